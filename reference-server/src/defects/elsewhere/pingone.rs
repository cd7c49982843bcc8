//! Defects in the folder or file `pingone`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("application-needs-verifier-without-challenge", &["rfc7636-downgrade-challenge-dropped"]),
    ("application-redirect-uri-may-be-left-out", &["form-urlencoded-query-not-merged",
        "rfc6749-redirect-uri-required"]),
    ("application-verifier-may-be-left-out", &["form-urlencoded-query-not-merged", "rfc7636-verifier-missing",
        "rfc7636-verifier-missing-confidential", "rfc7636-verifier-twice"]),
    ("application-of-method-none-exchanges", &["rfc8693-client-authorised"]),
    ("application-setting-of-pkce-not-looked-at", &["rfc7636-downgrade-required"]),
];
