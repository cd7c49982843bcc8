//! What to change where something does not work. The words of a failed exchange say it themselves.

use super::grants;
use crate::run::{Subject, Trouble};
use crate::target::{Client, Target};

/// What to change, where the answer tells it.
pub(super) fn advice(target: &Target, subject: &Subject, trouble: &Trouble) -> Option<String> {
    let client = |index: &usize| target.clients.get(*index);
    match subject {
        Subject::TokenEndpoint(url) => token_endpoint(url, trouble),
        Subject::Grant {
            client: index,
            grant,
        } => grants::advice(target, client(index)?, *grant, trouble),
        Subject::Authorization(index) => authorization(client(index)?, trouble),
        Subject::Metadata => {
            trouble.status?;
            Some("check `metadata`: RFC 8414 section 3 says where the document is".to_owned())
        }
        Subject::AccessTokenManager(index) => {
            trouble.status?;
            let name = &client(index)?.name;
            Some(format!(
                "compare `recognised_by` of each of the `access_token_managers` with the claims of the token and the introspection answer (`-v` shows it); `{name}` needs exactly one that fits"
            ))
        }
        Subject::Introspection => introspection(target, trouble),
        Subject::ProtectedResource => {
            trouble.status?;
            Some("check `endpoints.protected_resource`: it has to answer 2xx to a good bearer token, whatever its scope, and 401 otherwise".to_owned())
        }
        Subject::Revocation => {
            trouble.status?;
            Some("check `endpoints.revocation`, and at the server whether the client may revoke its tokens (RFC 7009 section 2.1)".to_owned())
        }
        Subject::Clock => Some(
            "check `clock.advance`: a POST there has to move the server's clock and answer 2xx"
                .to_owned(),
        ),
        Subject::Endpoint(_) => None,
    }
}

/// What any answer with this status says of the URL, whoever asked.
pub(super) fn wrong_place(key: &str, trouble: &Trouble) -> Option<String> {
    match (trouble.status?, &trouble.location) {
        (300..400, Some(location)) => Some(format!(
            "the URL redirects: write where it leads to, {location}, as `{key}`"
        )),
        (404 | 410, _) => Some(format!("nothing is at this URL: check the path of `{key}`")),
        (405, _) => Some(format!("the URL takes no POST: check the path of `{key}`")),
        (429, _) => Some("the server throttles: set `limits.rate` in the target file".to_owned()),
        (500.., _) => Some("the server failed: its log should say why".to_owned()),
        _ => None,
    }
}

fn token_endpoint(url: &str, trouble: &Trouble) -> Option<String> {
    let status = trouble.status?;
    if let Some(advice) = wrong_place("token_endpoint", trouble) {
        return Some(advice);
    }
    Some(if (200..300).contains(&status) {
        format!("a client that does not exist is not refused: is {url} a token endpoint?")
    } else {
        format!(
            "a token endpoint refuses with a JSON object that has an `error` (RFC 6749 section 5.2): is {url} one?"
        )
    })
}

fn authorization(client: &Client, trouble: &Trouble) -> Option<String> {
    let name = &client.name;
    let refused = trouble.came_back.contains('`');
    Some(match (trouble.status?, &trouble.location) {
        (300..400, Some(_)) if refused => format!(
            "check `scopes` and `redirect_uris` of `{name}`, and `authorization_codes.parameters`; the answer below has the reason"
        ),
        (300..400, Some(_)) => {
            "the server redirects to a page for a person: let it consent by itself, or fetch codes with `authorization_codes: {via: command, ..}`".to_owned()
        }
        (404, _) => "check `endpoints.authorization`".to_owned(),
        (400..500, _) => format!("check `id` and `redirect_uris` of `{name}`: they have to be registered"),
        (500.., _) => "the server failed: its log should say why".to_owned(),
        _ => "the server shows a page: let it consent by itself, or fetch codes with `authorization_codes: {via: command, ..}`".to_owned(),
    })
}

fn introspection(target: &Target, trouble: &Trouble) -> Option<String> {
    let status = trouble.status?;
    let client = target.endpoints.introspection.as_ref();
    let who = match client.and_then(|endpoint| endpoint.client.as_deref()) {
        Some(name) => format!("client `{name}`"),
        None => "the client that got the token".to_owned(),
    };
    Some(match status {
        200..300 => format!(
            "let {who} introspect tokens of other clients, or name another one in `endpoints.introspection.client`"
        ),
        401 | 403 => format!(
            "the server does not let {who} introspect: check its credentials, or name another one in `endpoints.introspection.client`"
        ),
        _ => "check `endpoints.introspection.url`".to_owned(),
    })
}
