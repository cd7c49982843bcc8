//! Words that are properties of a client.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    jose::KeyType,
    target::{Client, Target},
    vocabulary::{AuthMethod, Grant},
};

/// Whether a client can be made to use a grant: it may, and what the grant takes is there.
pub(super) fn can_use(target: &Target, client: &Client, grant: Grant) -> bool {
    let possible = match grant {
        Grant::ClientCredentials => true,
        // A token of the client itself is exchanged; one of anybody is validated.
        Grant::TokenExchange => gives_token(target, client),
        Grant::ValidateBearer => target
            .clients
            .iter()
            .any(|client| gives_token(target, client)),
        Grant::AuthorizationCode => {
            target.authorization_codes.is_some() && !client.redirect_uris.is_empty()
        }
        Grant::RefreshToken => [
            Grant::AuthorizationCode,
            Grant::Password,
            Grant::DeviceCode,
            Grant::Ciba,
        ]
        .into_iter()
        .any(|first| can_use(target, client, first)),
        Grant::Password => !target.users.is_empty(),
        Grant::DeviceCode => target.endpoints.device_authorization.is_some(),
        Grant::JwtBearer => target.assertions.jwt_bearer.is_some(),
        Grant::Saml2Bearer => target.assertions.saml2_bearer.is_some(),
        Grant::Ciba => {
            target.endpoints.backchannel_authentication.is_some() && target.ciba.is_some()
        }
    };
    client.may(grant) && possible
}

/// Whether a client gets a token by a grant that takes none.
fn gives_token(target: &Target, client: &Client) -> bool {
    let mut grants = client.grants.iter().copied();
    grants.any(|grant| {
        !matches!(
            grant,
            Grant::RefreshToken | Grant::TokenExchange | Grant::ValidateBearer
        ) && can_use(target, client, grant)
    })
}

pub(super) fn has_basic_or_post(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    matches!(
        client.auth,
        AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost
    )
}

pub(super) fn has_assertion(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    matches!(
        client.auth,
        AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt
    )
}

pub(super) fn has_base64_secret(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    let secret = client.secret.as_ref();
    secret.is_some_and(|secret| STANDARD.decode(secret.reveal()).is_ok())
}

/// Another client has its key.
pub(super) fn has_shared_key(target: &Target, client: &Client, _: Option<Grant>) -> bool {
    let mut others = target.clients.iter().filter(|it| it.name != client.name);
    others.any(|other| client.shares_key_with(other))
}

pub(super) fn is_confidential(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    client.is_confidential()
}

pub(super) fn is_public(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    !client.is_confidential()
}

pub(super) fn has_retired_secret(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    client.retired_secret.is_some()
}

pub(super) fn has_reserved_secret(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    client.has_reserved_characters()
}

pub(super) fn has_rsa_key(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    key_type(client) == Some(KeyType::Rsa)
}

pub(super) fn has_ec_key(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    matches!(
        key_type(client),
        Some(KeyType::P256 | KeyType::P384 | KeyType::P521)
    )
}

pub(super) fn has_redirect_uris(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    client.redirect_uris.len() > 1
}

pub(super) fn is_restricted(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    client.restricted
}

pub(super) fn is_pinned(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    client.pinned_assertion_algorithm
}

/// Two scopes: for the grant that is asked about, or for one of the client's.
pub(super) fn has_two_scopes(_: &Target, client: &Client, grant: Option<Grant>) -> bool {
    let two = |grant: Grant| client.scopes.of(grant).len() > 1;
    grant.map_or_else(|| client.grants.iter().copied().any(two), two)
}

/// A default of its own, not the installation's.
pub(super) fn has_default_manager(_: &Target, client: &Client, _: Option<Grant>) -> bool {
    client.default_access_token_manager.is_some()
}

/// Its `OpenID` Connect policy names another instance than its default.
pub(super) fn has_policy_manager(target: &Target, client: &Client, _: Option<Grant>) -> bool {
    let default = target.default_manager(client);
    target.access_token_managers.iter().any(|manager| {
        manager.openid_clients.contains(&client.name)
            && default.is_none_or(|default| default.id != manager.id)
    })
}

fn key_type(client: &Client) -> Option<KeyType> {
    client.key.as_ref().map(|key| key.key.key_type())
}
