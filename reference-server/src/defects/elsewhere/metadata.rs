//! Defects in the folder or file `metadata`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("auth-methods-left-out-without-basic", &["oauth2.1-secret-in-body", "rfc6749-basic-supported",
        "rfc8705-metadata-auth-methods", "rfc9700-asymmetric-client-auth-offered"]),
    ("auth-method-of-body-not-listed", &["oauth2.1-secret-in-body", "rfc6749-basic-supported"]),
    ("auth-method-none-taken-and-not-listed", &["ciba-client-authentication", "form-urlencoded-nested-names",
        "http-401-challenge", "oauth2.1-code-replay-invalid-does-not-revoke", "oauth2.1-empty-is-absent",
        "rfc6749-client-auth-required", "rfc6749-client-secret-entropy", "rfc6749-empty-param-omitted",
        "rfc6749-refresh-auth-required", "rfc6749-secret-exact", "rfc7523-no-authentication-at-all",
        "rfc8628-client-authentication", "rfc8693-client-authorised", "rfc8705-auth-method-confusion"]),
    ("grant-types-left-out", &["ciba-metadata", "rfc8628-metadata", "rfc9700-password-grant-off"]),
    ("metadata-without-authorization-endpoint", &["rfc7523-aud-wrong"]),
    ("metadata-without-assertion-algorithms", &["rfc7523-metadata-methods"]),
    ("metadata-relative-endpoint", &["rfc7523-type-wrong"]),
    ("metadata-aliases-as-list", &["rfc8705-alias-metadata-shape", "rfc8705-alias-token-endpoint"]),
    ("metadata-at-no-well-known-place", &["ciba-success-shape", "rfc7523-aud-issuer"]),
    ("metadata-of-issuer-without-slash", &["ciba-success-shape", "rfc7523-aud-issuer"]),
    ("metadata-issuer-behind-proxy", &["ciba-success-shape", "rfc7523-aud-issuer"]),
    ("token-issuer-with-slash", &["ciba-success-shape"]),
    ("metadata-issuer-without-scheme", &["ciba-success-shape", "rfc7523-aud-issuer"]),
    ("metadata-issuer-with-tenant-in-query", &["ciba-success-shape", "rfc7523-aud-issuer"]),
    ("metadata-dpop-by-none", &["rfc9700-sender-constrained-offered"]),
    ("metadata-revocation-endpoint-of-old-version", &["rfc7523-aud-cross-endpoint-replay", "rfc7523-type-wrong"]),
    ("metadata-introspection-endpoint-of-old-version", &["rfc7523-type-wrong"]),
    ("metadata-device-endpoint-of-old-version", &["rfc6749-error-shape", "rfc8628-client-authentication"]),
    ("metadata-backchannel-endpoint-of-old-version", &["ciba-client-authentication", "rfc6749-error-shape"]),
];
