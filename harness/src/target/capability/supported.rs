//! Words that only `supports` grants, and what each says about the server.

use super::{Capability, Source};

const fn row(word: &'static str, granted_by: &'static str) -> Capability {
    Capability {
        word,
        granted_by,
        source: Source::Supports,
    }
}

/// These words, sorted.
pub(super) const SUPPORTED: &[Capability] = &[
    row(
        "acr",
        "`supports`, if the server honours requested authentication contexts (OpenID Connect Core 1.0 section 5.5.1.1)",
    ),
    row(
        "admin_config",
        "`supports`, if the server's configuration is as the rule asks",
    ),
    row(
        "attestation_challenge",
        "`supports`, if the server hands out challenges for client attestations",
    ),
    row(
        "attestation_dpop_combined",
        "`supports`, if one proof serves both client attestation and DPoP",
    ),
    row(
        "browser",
        "`supports`, if the token endpoint answers requests of other origins (CORS)",
    ),
    row(
        "certificate_bound_tokens",
        "`supports`, if the server binds tokens to client certificates (RFC 8705 section 3)",
    ),
    row(
        "claims_parameter",
        "`supports`, if the server takes the `claims` parameter (OpenID Connect Core 1.0 section 5.5)",
    ),
    row(
        "client_issuer_dn",
        "`supports`, if a client is registered with the issuer of its certificate, as at PingFederate",
    ),
    row(
        "client_san",
        "`supports`, if clients whose certificates have an alternative name are registered by that name (RFC 8705 section 2.1.2)",
    ),
    row(
        "credential_configurations",
        "`supports`, if the server issues credentials (OpenID4VCI)",
    ),
    row(
        "dpop",
        "`supports`, if the server binds tokens to keys (RFC 9449)",
    ),
    row(
        "dpop_bound_client",
        "`supports`, if a client is registered with `dpop_bound_access_tokens`",
    ),
    row(
        "dpop_nonce",
        "`supports`, if the server hands out DPoP nonces (RFC 9449 section 8)",
    ),
    row(
        "encrypted_id_token",
        "`supports`, if a client is registered for encrypted ID tokens",
    ),
    row(
        "hybrid",
        "`supports`, if the server has a response type with code and ID token",
    ),
    row("id_token", "`supports`, if a token answer has an ID token"),
    row(
        "id_token_alg",
        "`supports`, if clients are registered with a `id_token_signed_response_alg` each",
    ),
    row("max_age", "`supports`, if the server honours `max_age`"),
    row(
        "may_act",
        "`supports`, if a subject token with `may_act` can be had (RFC 8693 section 4.4)",
    ),
    row(
        "pkce_plain",
        "`supports`, if the server takes the method `plain` (RFC 7636 section 4.2)",
    ),
    row(
        "pkce_required",
        "`supports`, if a public client that sends no challenge is refused (RFC 7636 section 4.4.1)",
    ),
    row(
        "rar",
        "`supports`, if the server takes `authorization_details` (RFC 9396)",
    ),
    row(
        "redirect_uri_legacy",
        "`supports`, if a client is registered as one of OAuth 2.0",
    ),
    row(
        "replay_prevention",
        "`supports`, if the server remembers the `jti` of assertions (RFC 7523 section 3)",
    ),
    row(
        "resource_scopes",
        "`supports`, if scopes belong to one resource each",
    ),
    row(
        "reverse_proxy",
        "`supports`, if a proxy ends TLS in front of the server",
    ),
    row(
        "secret_expiry",
        "`supports`, if a client's secret has expired",
    ),
    row(
        "secret_retention",
        "`supports`, if replaced secrets work for a while",
    ),
    row(
        "token_exchange_actor",
        "`supports`, if the server takes actor tokens (RFC 8693 section 2.1)",
    ),
    row(
        "tx_code",
        "`supports`, if an offer has a transaction code (OpenID4VCI)",
    ),
    row(
        "unidentified_clients",
        "`supports`, if the server serves unidentified clients",
    ),
];
