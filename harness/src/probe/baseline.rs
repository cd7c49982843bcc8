//! A valid request for each grant (RFC 6749 §4.1.3, §4.3.2, §4.4.2, §6, RFC 7523 §2.1, RFC 8693 §2.1).

use super::message::{Message, Pair};
use crate::target::{Client, Target};
use crate::vocabulary::{AuthMethod, Grant};

/// What a grant exchanges for a token. It is used once.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credential {
    /// The code, refresh token, `device_code`, `auth_req_id`, assertion, subject token, or token to be validated.
    pub value: Option<String>,
    /// The redirect URI of the authorization request, if it had one.
    pub redirect_uri: Option<String>,
    /// The verifier of its challenge, if it had one (RFC 7636 §4.1).
    pub code_verifier: Option<String>,
    /// User name and password.
    pub user: Option<(String, String)>,
    /// The scope that was granted with it, where that is known.
    pub scope: Option<String>,
}

impl Credential {
    /// A value, and nothing beside it.
    #[must_use]
    pub fn of(value: String) -> Self {
        Self {
            value: Some(value),
            ..Self::default()
        }
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Credential")
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

/// The type of the subject token of a baseline request (RFC 8693 §3).
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Whether this program can make a request of this grant.
#[must_use]
pub fn can_send(grant: Grant) -> bool {
    match grant {
        Grant::AuthorizationCode
        | Grant::Ciba
        | Grant::ClientCredentials
        | Grant::DeviceCode
        | Grant::JwtBearer
        | Grant::Password
        | Grant::RefreshToken
        | Grant::Saml2Bearer
        | Grant::TokenExchange
        | Grant::ValidateBearer => true,
    }
}

/// Whether the answer to a request of this grant is a token (RFC 6749 §5.1): all but that of `validate_bearer`.
#[must_use]
pub fn issues(grant: Grant) -> bool {
    grant != Grant::ValidateBearer
}

/// The grant that costs the fewest requests, of those that issue a token.
#[must_use]
pub fn cheapest(grants: &[Grant]) -> Option<Grant> {
    let order = [
        Grant::ClientCredentials,
        Grant::Password,
        Grant::JwtBearer,
        Grant::Saml2Bearer,
        Grant::AuthorizationCode,
        Grant::RefreshToken,
        Grant::TokenExchange,
        Grant::DeviceCode,
        Grant::Ciba,
    ];
    order.into_iter().find(|grant| grants.contains(grant))
}

/// The grant by which a client gets its refresh tokens.
#[must_use]
pub fn refreshed_grant(client: &Client) -> Option<Grant> {
    let order = [
        Grant::AuthorizationCode,
        Grant::Password,
        Grant::DeviceCode,
        Grant::Ciba,
    ];
    order.into_iter().find(|grant| client.may(*grant))
}

/// The scopes that the target file gives a client, for a grant where it tells them apart.
#[must_use]
pub fn scopes(client: &Client, grant: Option<Grant>) -> Vec<String> {
    // A refresh token has the scopes of the grant that it comes from.
    let grant = match grant {
        Some(Grant::RefreshToken) => {
            Some(refreshed_grant(client).unwrap_or(Grant::AuthorizationCode))
        }
        other => other,
    };
    match grant {
        Some(grant) => client.scopes.of(grant).to_vec(),
        // A sequence of several grants begins with a code, where the client has that grant.
        None => {
            let first = [
                Grant::AuthorizationCode,
                Grant::ClientCredentials,
                Grant::DeviceCode,
                Grant::Ciba,
                Grant::Password,
            ];
            let grant = first.into_iter().find(|grant| client.may(*grant));
            grant
                .map(|grant| client.scopes.of(grant).to_vec())
                .unwrap_or_default()
        }
    }
}

/// The scope that a control asks for: the first one, where the grant takes one.
#[must_use]
pub fn asked_scope(client: &Client, grant: Grant) -> Option<String> {
    let scopes = takes_scope(grant).then(|| scopes(client, Some(grant)));
    scopes?.into_iter().next()
}

/// Whether a control of the grant asks for a scope: where it does not, another request did before.
#[must_use]
pub fn takes_scope(grant: Grant) -> bool {
    match grant {
        Grant::AuthorizationCode
        | Grant::Ciba
        | Grant::DeviceCode
        | Grant::RefreshToken
        | Grant::ValidateBearer => false,
        Grant::ClientCredentials
        | Grant::JwtBearer
        | Grant::Password
        | Grant::Saml2Bearer
        | Grant::TokenExchange => true,
    }
}

/// The parameter that holds what the grant exchanges.
#[must_use]
pub fn credential_parameter(grant: Grant) -> &'static str {
    match grant {
        Grant::Ciba => "auth_req_id",
        Grant::DeviceCode => "device_code",
        Grant::JwtBearer | Grant::Saml2Bearer => "assertion",
        Grant::RefreshToken => "refresh_token",
        Grant::TokenExchange => "subject_token",
        Grant::ValidateBearer => "token",
        Grant::AuthorizationCode | Grant::ClientCredentials | Grant::Password => "code",
    }
}

/// Whether a client polls for the tokens of this grant.
#[must_use]
pub fn is_polled(grant: Grant) -> bool {
    matches!(grant, Grant::Ciba | Grant::DeviceCode)
}

/// The parameters of the request that begins what is polled for (RFC 8628 §3.1, CIBA Core §7.1), without the client's
/// credentials.
#[must_use]
pub fn beginning(target: &Target, grant: Grant, scope: &str) -> Vec<Pair> {
    let mut pairs = Vec::new();
    if !scope.is_empty() {
        pairs.push(Pair::new(b"scope", scope.as_bytes()));
    }
    if let (Grant::Ciba, Some(ciba)) = (grant, &target.ciba) {
        pairs.push(Pair::new(b"login_hint", ciba.login_hint.as_bytes()));
    }
    pairs
}

/// The scope that such a request asks for where nothing else is said: all of the client's, and `openid` for CIBA, which
/// demands it (CIBA Core §7.1).
#[must_use]
pub fn beginning_scope(client: &Client, grant: Grant, wanted: Option<&str>) -> String {
    let own = || scopes(client, Some(grant)).join(" ");
    let scope = wanted.map_or_else(own, str::to_owned);
    if grant != Grant::Ciba || scope.split(' ').any(|value| value == "openid") {
        return scope;
    }
    format!("openid {scope}").trim_end().to_owned()
}

/// The parameters of a grant's request, without the client's credentials.
#[must_use]
pub fn parameters(client: &Client, grant: Grant, credential: &Credential) -> Vec<Pair> {
    let mut pairs = vec![Pair::new(b"grant_type", grant.grant_type().as_bytes())];
    let mut add = |name: &str, value: Option<&str>| {
        pairs.extend(value.map(|value| Pair::new(name.as_bytes(), value.as_bytes())));
    };
    let value = credential.value.as_deref();
    match grant {
        Grant::AuthorizationCode => {
            add("code", value);
            add("redirect_uri", credential.redirect_uri.as_deref());
            add("code_verifier", credential.code_verifier.as_deref());
        }
        Grant::RefreshToken => add("refresh_token", value),
        Grant::Password => {
            let user = credential.user.as_ref();
            add("username", user.map(|(name, _)| name.as_str()));
            add("password", user.map(|(_, password)| password.as_str()));
        }
        Grant::JwtBearer | Grant::Saml2Bearer => add("assertion", value),
        Grant::TokenExchange => {
            add("subject_token", value);
            add("subject_token_type", Some(ACCESS_TOKEN));
        }
        Grant::ValidateBearer => add("token", value),
        Grant::Ciba | Grant::DeviceCode => add(credential_parameter(grant), value),
        Grant::ClientCredentials => {}
    }
    add("scope", asked_scope(client, grant).as_deref());
    pairs
}

/// Whether an authorization request of this program has a challenge (RFC 7636 §4.3): unless the target file denies `pkce`.
#[must_use]
pub fn uses_pkce(target: &Target) -> bool {
    !target.supports.denied.contains("pkce")
}

/// The names of the parameters that a baseline request has, credentials included.
#[must_use]
pub fn parameter_names(target: &Target, client: &Client, grant: Grant) -> Vec<&'static str> {
    let mut names = vec!["grant_type"];
    match grant {
        Grant::AuthorizationCode => {
            names.push("code");
            if !client.redirect_uris.is_empty() {
                names.push("redirect_uri");
            }
            if uses_pkce(target) {
                names.push("code_verifier");
            }
        }
        Grant::RefreshToken => names.push("refresh_token"),
        Grant::Password => names.extend(["username", "password"]),
        Grant::JwtBearer | Grant::Saml2Bearer => names.push("assertion"),
        Grant::TokenExchange => names.extend(["subject_token", "subject_token_type"]),
        Grant::ValidateBearer => names.push("token"),
        Grant::Ciba | Grant::DeviceCode => names.push(credential_parameter(grant)),
        Grant::ClientCredentials => {}
    }
    if asked_scope(client, grant).is_some() {
        names.push("scope");
    }
    match client.auth {
        AuthMethod::ClientSecretBasic => {}
        AuthMethod::ClientSecretPost => names.extend(["client_id", "client_secret"]),
        AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt | AuthMethod::Saml2ClientAuth => {
            names.extend(["client_assertion_type", "client_assertion"]);
        }
        AuthMethod::None | AuthMethod::SelfSignedTlsClientAuth | AuthMethod::TlsClientAuth => {
            names.push("client_id");
        }
    }
    names
}

/// The request's outer form: POST, the endpoint's address, the form media type.
#[must_use]
pub fn envelope(token_endpoint: &str) -> Message {
    let mut message = Message {
        method: "POST".to_owned(),
        content_type: Some(b"application/x-www-form-urlencoded".to_vec()),
        ..Message::default()
    };
    super::address(&mut message, token_endpoint);
    message
        .headers
        .push(("Accept".to_owned(), b"application/json".to_vec()));
    message.headers.push(super::uncoded());
    message
}
