//! What to change where a grant does not work.

use super::advice::wrong_place;
use crate::run::Trouble;
use crate::target::{Client, Target};
use crate::vocabulary::{AuthMethod, Grant};

const LOOK: &str = "look at the answer below";

/// What to change, where the answer tells it.
pub(super) fn advice(
    target: &Target,
    client: &Client,
    grant: Grant,
    trouble: &Trouble,
) -> Option<String> {
    trouble.status?;
    if let Some(hook) = hook(grant).filter(|hook| trouble.came_back.contains(hook)) {
        return Some(format!(
            "check `{hook}`: opened, it has to make the resource owner decide and answer 2xx"
        ));
    }
    if let Some(advice) = wrong_place(asked(target, trouble), trouble) {
        return Some(advice);
    }
    let name = &client.name;
    Some(match trouble.error.as_deref() {
        Some("invalid_client") => credentials(client),
        Some("unauthorized_client") => {
            format!("let client `{name}` use {grant} at the server, or take it out of its `grants`")
        }
        Some("unsupported_grant_type") => {
            format!(
                "the server does not have {grant}: turn it on, or take it out of the `grants` of `{name}`"
            )
        }
        Some("invalid_scope") if grant == Grant::Ciba => {
            format!(
                "check `scopes` of `{name}`: the client has to be allowed each of them, and openid, for {grant}"
            )
        }
        Some("invalid_scope") => {
            format!(
                "check `scopes` of `{name}`: the client has to be allowed each of them for {grant}"
            )
        }
        Some("invalid_grant") => invalid_grant(client, grant),
        Some("invalid_target") => invalid_target(client, grant),
        Some("invalid_request") if grant == Grant::TokenExchange => subject_token(client),
        Some("invalid_request") | None => {
            format!(
                "look at the answer below; does the server ask for more than RFC 6749 does for {grant}?"
            )
        }
        Some(error) => polled(grant, error),
    })
}

/// What makes the resource owner approve.
const fn hook(grant: Grant) -> Option<&'static str> {
    match grant {
        Grant::Ciba => Some("ciba.approval"),
        Grant::DeviceCode => Some("device_approval"),
        Grant::AuthorizationCode
        | Grant::ClientCredentials
        | Grant::JwtBearer
        | Grant::Password
        | Grant::RefreshToken
        | Grant::Saml2Bearer
        | Grant::TokenExchange
        | Grant::ValidateBearer => None,
    }
}

/// The key whose URL was asked last.
fn asked(target: &Target, trouble: &Trouble) -> &'static str {
    let endpoints = &target.endpoints;
    let keys = [
        (
            "endpoints.backchannel_authentication",
            &endpoints.backchannel_authentication,
        ),
        (
            "endpoints.device_authorization",
            &endpoints.device_authorization,
        ),
        ("endpoints.token_mtls", &endpoints.token_mtls),
    ];
    let asked = trouble.asked.as_deref().unwrap_or_default();
    let token_endpoint = target.token_endpoint.url().path();
    let mut others = keys.into_iter().filter(|(_, url)| {
        let path = url.as_ref().map(|url| url.url().path());
        path.is_some_and(|path| asked.ends_with(path) && path != token_endpoint)
    });
    others.next().map_or("token_endpoint", |(key, _)| key)
}

/// What the client authenticates with.
fn credentials(client: &Client) -> String {
    let name = &client.name;
    let keys = match client.auth {
        AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost => {
            "`id`, `secret` and `auth`, that is whether the server takes the secret in the Authorization header (client_secret_basic) or in the body (client_secret_post)"
        }
        AuthMethod::ClientSecretJwt => {
            "`id`, `secret`, `auth` and `audience`, which the server compares with the `aud` of the assertion"
        }
        AuthMethod::PrivateKeyJwt => {
            "`id`, `auth`, `key` (file, alg, kid: the server has to know its public half) and `audience`, which the server compares with the `aud` of the assertion"
        }
        AuthMethod::Saml2ClientAuth => {
            "`id`, which is the subject of the assertion, `auth` and `assertions.saml2_bearer` (the server has to trust its `issuer` for this client, know its `certificate`, and be its `audience`)"
        }
        AuthMethod::SelfSignedTlsClientAuth | AuthMethod::TlsClientAuth => {
            "`id`, `auth` and `certificate`"
        }
        AuthMethod::None => {
            "`id`, and at the server whether the client is registered as a public one"
        }
    };
    format!("the server does not accept the client: check {keys} of client `{name}`")
}

fn invalid_grant(client: &Client, grant: Grant) -> String {
    let name = &client.name;
    match grant {
        Grant::AuthorizationCode => format!(
            "a code came and was not accepted: check the first of the `redirect_uris` of `{name}`, and that the code is meant for this client"
        ),
        Grant::Ciba | Grant::DeviceCode => format!(
            "what was approved is not accepted: check that `{}` approves the very request that client `{name}` began",
            hook(grant).unwrap_or_default()
        ),
        Grant::ClientCredentials => LOOK.to_owned(),
        Grant::JwtBearer => issuer("jwt_bearer", "the public half of its `key`"),
        Grant::Password => {
            "check `users`: name and password of the first one, or of `authorization_codes.user`"
                .to_owned()
        }
        Grant::RefreshToken => {
            "a refresh token came and was not accepted: does the server let this client refresh?"
                .to_owned()
        }
        Grant::Saml2Bearer => issuer("saml2_bearer", "its `certificate`"),
        Grant::TokenExchange => subject_token(client),
        Grant::ValidateBearer => format!(
            "a fresh access token is no good to client `{name}`: let it validate tokens of the access token manager that issued it"
        ),
    }
}

/// An issuer of assertions, by its key below `assertions`.
fn issuer(key: &str, known_by: &str) -> String {
    format!(
        "the server does not take the assertion: check `assertions.{key}`: the server has to trust its `issuer`, know {known_by}, know its `subject`, and be its `audience`"
    )
}

fn subject_token(client: &Client) -> String {
    format!(
        "the server does not take a fresh access token of client `{}` as subject token: let the client exchange its own tokens, or take token_exchange out of its `grants`",
        client.name
    )
}

fn invalid_target(client: &Client, grant: Grant) -> String {
    let name = &client.name;
    if grant == Grant::TokenExchange {
        return format!(
            "the server wants a target: name one that client `{name}` may ask for in `token_exchange.audiences`, or give it a default one at the server"
        );
    }
    format!(
        "the server wants a resource that this request does not name: give `{name}` a default one at the server"
    )
}

/// What a poll (RFC 8628 §3.5, CIBA Core §11) or the request before it (CIBA Core §13) is answered.
fn polled(grant: Grant, error: &str) -> String {
    let Some(hook) = hook(grant) else {
        return LOOK.to_owned();
    };
    match error {
        "access_denied" => {
            format!("the request was denied: check that `{hook}` approves, and does not deny")
        }
        "authorization_pending" => format!(
            "the decision did not reach the server: check that `{hook}` approves, and has done so when it answers"
        ),
        "expired_token" => {
            format!("it expired before it was approved: check how long `{hook}` takes")
        }
        "slow_down" => {
            "the first poll comes too early for the server: allow it to wait, `allow: [slow]`"
                .to_owned()
        }
        "unknown_user_id" => "check `ciba.login_hint`: the server has to know the user".to_owned(),
        _ => LOOK.to_owned(),
    }
}
