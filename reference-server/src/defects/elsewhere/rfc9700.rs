//! Defects in the folder or file `rfc9700`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("asymmetric-methods-unpublished", &["rfc6749-basic-supported", "rfc7523-metadata-methods",
        "rfc8705-metadata-auth-methods"]),
    ("pkce-challenge-methods-unpublished", &["rfc7636-metadata"]),
    ("sender-constraint-unpublished", &["rfc8705-metadata-bound-tokens-flag"]),
    ("refresh-token-of-public-client-stays-good", &["rfc9700-refresh-race"]),
    ("refresh-rotation-without-lock", &["ciba-single-use-race", "rfc6749-code-single-use-race",
        "rfc7523-jti-replay-race", "rfc8628-single-use-race"]),
    ("refresh-token-compared-by-beginning", &["form-urlencoded-whitespace", "rfc6749-refresh-unknown"]),
    ("refresh-token-signature-part-ignored", &["rfc6749-refresh-unknown"]),
    ("refresh-token-letter-case-ignored", &["rfc6749-refresh-unknown"]),
    ("password-grant-takes-any-password", &["rfc6749-grant-type-not-allowed"]),
    ("token-has-all-scopes-of-client", &["form-urlencoded-query-not-merged", "rfc6749-error-code-registered",
        "rfc6749-error-shape", "rfc6749-error-text-charset", "rfc6749-error-uri-syntax", "rfc6749-scope-malformed",
        "rfc8693-scope-not-widened", "rfc8707-audience-honest"]),
    ("narrow-scope-told-and-not-granted", &["form-urlencoded-query-not-merged", "rfc6749-scope-change-reported",
        "rfc8693-scope-not-widened", "rfc8707-scope-resource-product"]),
    ("subject-always-client", &["rfc7522-grant-accepted"]),
    ("pkce-not-looked-at", &["form-urlencoded-long-values", "form-urlencoded-query-not-merged",
        "oauth2.1-code-replay-invalid-does-not-revoke", "oauth2.1-verifier-iff-challenge",
        "rfc6749-malformed-is-client-error", "rfc7636-bound-to-code", "rfc7636-challenge-as-verifier",
        "rfc7636-downgrade-challenge-dropped", "rfc7636-par", "rfc7636-verifier-encoding", "rfc7636-verifier-guessing",
        "rfc7636-verifier-missing", "rfc7636-verifier-missing-confidential", "rfc7636-verifier-syntax",
        "rfc7636-verifier-twice", "rfc7636-verifier-wrong"]),
];
