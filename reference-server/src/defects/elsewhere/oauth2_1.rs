//! Defects in the folder or file `oauth2_1`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("pkce-required-of-public-clients-only", &["rfc7636-accepted"]),
    ("pkce-required-of-confidential-clients-only", &["rfc7636-downgrade-required"]),
    ("surplus-verifier-ignored", &["rfc7636-accepted", "rfc7636-downgrade-challenge-dropped",
        "rfc7636-downgrade-required", "rfc9700-pkce-downgrade"]),
    ("verifier-left-out-served", &["form-urlencoded-query-not-merged", "rfc7636-verifier-missing",
        "rfc7636-verifier-missing-confidential", "rfc7636-verifier-twice"]),
    ("redirect-uri-asked-for-as-before", &["form-urlencoded-query-not-merged", "rfc6749-redirect-uri-required"]),
    ("redirect-uri-ignored-altogether", &["rfc6749-error-text-charset", "rfc6749-malformed-is-client-error",
        "rfc6749-redirect-uri-identical", "rfc6749-redirect-uri-other-registered"]),
    ("redirect-uri-any-registered-one", &["rfc6749-redirect-uri-other-registered"]),
    ("body-credentials-unpublished", &["rfc6749-basic-supported"]),
    ("client-authentication-methods-unpublished", &["metadata-auth-methods-default", "rfc6749-basic-supported",
        "rfc9700-asymmetric-client-auth-offered"]),
];
