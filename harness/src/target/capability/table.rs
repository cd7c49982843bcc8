//! The words that keys of the target file, controls and profiles grant. A word that a suite needs and this table lacks is added here.

use super::{Capability, Fact, Source, client_word, target_word};
use crate::{
    target::Allow,
    vocabulary::{AuthMethod, Grant},
};

pub(super) const fn row(
    word: &'static str,
    granted_by: &'static str,
    source: Source,
) -> Capability {
    Capability {
        word,
        granted_by,
        source,
    }
}

/// A grant.
const fn grant(grant: Grant, granted_by: &'static str) -> Capability {
    row(grant.name(), granted_by, Source::Grant(grant))
}

/// A client authentication method.
const fn auth(method: AuthMethod, granted_by: &'static str) -> Capability {
    row(method.name(), granted_by, Source::Auth(method))
}

/// A word that a profile declares.
const fn profile(word: &'static str) -> Capability {
    row(word, "a profile that declares it", Source::Profile)
}

/// A word that no target can have yet.
const fn nothing(word: &'static str) -> Capability {
    row(
        word,
        "no key of the target file grants it yet",
        Source::Nothing,
    )
}

/// These words, sorted.
pub(super) const TABLE: &[Capability] = &[
    row(
        "atm_default",
        "`default_access_token_manager` at a client or `default: true` at one of the `access_token_managers`",
        Source::Keys(target_word::atm_default),
    ),
    row(
        "atm_ids",
        "two `access_token_managers` with `recognised_by`",
        Source::Keys(target_word::atm_ids),
    ),
    row(
        "atm_ineligible",
        "`clients` at one of the `access_token_managers`, or `restricted` at a client",
        Source::Keys(target_word::atm_ineligible),
    ),
    row(
        "atm_nested_uris",
        "`resources` of one of the `access_token_managers` below that of another, both with `recognised_by`",
        Source::Keys(target_word::atm_nested_uris),
    ),
    row(
        "atm_oidc_policy",
        "`openid_clients` at one of the `access_token_managers` that is not the client's default",
        Source::Client(client_word::has_policy_manager),
    ),
    row(
        "atm_resource_uris",
        "`resources` at `access_token_managers` with `recognised_by`",
        Source::Keys(target_word::atm_resource_uris),
    ),
    row(
        "atm_shared_uri",
        "the same URI in the `resources` of two `access_token_managers`",
        Source::Keys(target_word::atm_shared_uri),
    ),
    grant(
        Grant::AuthorizationCode,
        "it in the `grants` of a client with `redirect_uris`, and `authorization_codes`",
    ),
    row(
        "base64_secret",
        "a `secret` at a client that is base64 with padding",
        Source::Client(client_word::has_base64_secret),
    ),
    profile("bis"),
    grant(
        Grant::Ciba,
        "it in the `grants` of a client, `endpoints.backchannel_authentication` and `ciba`",
    ),
    row(
        "client_assertion",
        "`auth: private_key_jwt` or `client_secret_jwt` at a client",
        Source::Client(client_word::has_assertion),
    ),
    nothing("client_attestation"),
    grant(Grant::ClientCredentials, "it in the `grants` of a client"),
    row(
        "client_secret",
        "`auth: client_secret_basic` or `client_secret_post` at a client",
        Source::Client(client_word::has_basic_or_post),
    ),
    auth(
        AuthMethod::ClientSecretBasic,
        "`auth: client_secret_basic` at a client",
    ),
    auth(
        AuthMethod::ClientSecretJwt,
        "`auth: client_secret_jwt` at a client",
    ),
    auth(
        AuthMethod::ClientSecretPost,
        "`auth: client_secret_post` at a client",
    ),
    row(
        "clock",
        "`clock`",
        Source::Keys(|target| target.clock.is_some()),
    ),
    row(
        "confidential_client",
        "any `auth` but `none` at a client",
        Source::Client(client_word::is_confidential),
    ),
    row(
        "default_atm",
        "`default_access_token_manager` at a client, or `default: true` at an access token manager that it may use",
        Source::Client(client_word::has_default_manager),
    ),
    row(
        "device_approval",
        "`device_approval`",
        Source::Keys(|target| target.device_approval.is_some()),
    ),
    grant(
        Grant::DeviceCode,
        "it in the `grants` of a client, and `endpoints.device_authorization`",
    ),
    row(
        "device_denial",
        "`device_denial`",
        Source::Keys(|target| target.device_denial.is_some()),
    ),
    row(
        "ec_client_key",
        "`auth: private_key_jwt` and an EC `key` at a client",
        Source::Client(client_word::has_ec_key),
    ),
    profile("fapi1"),
    profile("fapi2"),
    row(
        "foreign_resource",
        "`resources.foreign`",
        Source::Shown(target_word::foreign_resource),
    ),
    row(
        "http2",
        "a server that chooses `h2` in the TLS handshake",
        Source::Learnt(Fact::Http2),
    ),
    row(
        "introspection",
        "`endpoints.introspection`",
        Source::Keys(|target| target.endpoints.introspection.is_some()),
    ),
    row(
        "jwt_access_tokens",
        "a JWT as the access token of a control",
        Source::Learnt(Fact::JwtAccessTokens),
    ),
    grant(
        Grant::JwtBearer,
        "it in the `grants` of a client, and `assertions.jwt_bearer`",
    ),
    row(
        "load",
        "`allow: [load]`",
        Source::Keys(|target| target.allow.contains(&Allow::Load)),
    ),
    row(
        "lockout",
        "`allow: [lockout]`",
        Source::Keys(|target| target.allow.contains(&Allow::Lockout)),
    ),
    row(
        "metadata",
        "`metadata`",
        Source::Keys(|target| target.metadata.is_some()),
    ),
    row(
        "mtls_endpoint_aliases",
        "`endpoints.token_mtls`",
        Source::Keys(|target| target.endpoints.token_mtls.is_some()),
    ),
    row(
        "multiple_redirect_uris",
        "two `redirect_uris` at a client",
        Source::Client(client_word::has_redirect_uris),
    ),
    profile("oauth2.1"),
    row(
        "offline_access",
        "`offline_access` in the `scopes` of a client",
        Source::Shown(target_word::offline_access),
    ),
    row(
        "openid",
        "`openid` in the `scopes` of a client",
        Source::Shown(target_word::openid),
    ),
    row(
        "par",
        "`endpoints.pushed_authorization`",
        Source::Keys(|target| target.endpoints.pushed_authorization.is_some()),
    ),
    grant(
        Grant::Password,
        "it in the `grants` of a client, and a user under `users`",
    ),
    profile("pingfederate"),
    profile("pingone"),
    row(
        "pinned_assertion_algorithm",
        "`pinned_assertion_algorithm: true` at a client",
        Source::ClientOrAll(client_word::is_pinned),
    ),
    row(
        "pkce",
        "a control with a code challenge that succeeds, or metadata that lists a method,",
        Source::Learnt(Fact::Pkce),
    ),
    nothing("pre_authorized_code"),
    auth(
        AuthMethod::PrivateKeyJwt,
        "`auth: private_key_jwt` at a client",
    ),
    row(
        "protected_resource",
        "`endpoints.protected_resource`",
        Source::Keys(|target| target.endpoints.protected_resource.is_some()),
    ),
    row(
        "public_client",
        "`auth: none` at a client",
        Source::Client(client_word::is_public),
    ),
    row(
        "race",
        "`limits.concurrency` of 2 or more",
        Source::Keys(target_word::race),
    ),
    row(
        "raw_http",
        "no `proxy`, or a `token_endpoint` with https",
        Source::Keys(target_word::raw_http),
    ),
    row(
        "refresh_rotation",
        "a refresh that answers with a new refresh token",
        Source::Learnt(Fact::RefreshRotation),
    ),
    grant(
        Grant::RefreshToken,
        "it in the `grants` of a client, with a grant that a refresh token comes from",
    ),
    row(
        "registration",
        "`endpoints.registration`",
        Source::Keys(|target| target.endpoints.registration.is_some()),
    ),
    row(
        "reserved_secret",
        "an `id` or `secret` of a client with a character that form encoding changes (best with `~` and `+`)",
        Source::Client(client_word::has_reserved_secret),
    ),
    row(
        "resource_indicators",
        "`resources.allowed`",
        Source::Shown(target_word::resource_indicators),
    ),
    row(
        "restricted",
        "`restricted: true` at a client",
        Source::Client(client_word::is_restricted),
    ),
    row(
        "retired_secret",
        "`retired_secret` at a client",
        Source::Client(client_word::has_retired_secret),
    ),
    row(
        "revocation",
        "`endpoints.revocation`",
        Source::Keys(|target| target.endpoints.revocation.is_some()),
    ),
    row(
        "rsa_client_key",
        "`auth: private_key_jwt` and an RSA `key` at a client",
        Source::Client(client_word::has_rsa_key),
    ),
    grant(
        Grant::Saml2Bearer,
        "it in the `grants` of a client, and `assertions.saml2_bearer`",
    ),
    auth(
        AuthMethod::Saml2ClientAuth,
        "`auth: saml2_client_auth` at a client, and `assertions.saml2_bearer`",
    ),
    row(
        "second_client",
        "a second client under `clients`",
        Source::Keys(|target| target.clients.len() > 1),
    ),
    auth(
        AuthMethod::SelfSignedTlsClientAuth,
        "`auth: self_signed_tls_client_auth` at a client",
    ),
    row(
        "slow",
        "`clock`, or `allow: [slow]`",
        Source::Keys(target_word::slow),
    ),
    row(
        "test_ca",
        "`tls.test_ca`",
        Source::Keys(|target| target.tls.test_ca.is_some()),
    ),
    row(
        "tls",
        "a `token_endpoint` with https",
        Source::Keys(target_word::tls),
    ),
    auth(
        AuthMethod::TlsClientAuth,
        "`auth: tls_client_auth` at a client",
    ),
    row(
        "token_endpoint_alias",
        "`also_at`",
        Source::Keys(|target| !target.also_at.is_empty()),
    ),
    grant(
        Grant::TokenExchange,
        "it in the `grants` of a client that has another grant, too",
    ),
    row(
        "token_exchange_target",
        "`token_exchange.audiences`",
        Source::Shown(target_word::exchange_audiences),
    ),
    row(
        "two_resources",
        "two URIs in `resources.allowed`",
        Source::Shown(target_word::two_resources),
    ),
    row(
        "two_scopes",
        "two `scopes` at a client",
        Source::Client(client_word::has_two_scopes),
    ),
    row(
        "userinfo",
        "`endpoints.userinfo`",
        Source::Keys(|target| target.endpoints.userinfo.is_some()),
    ),
    grant(
        Grant::ValidateBearer,
        "it in the `grants` of a client, and a client that gets tokens",
    ),
];
