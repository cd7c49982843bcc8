//! Defects in the folder or file `rfc7636`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("pkce-odd-verifier-is-500", &["rfc6749-malformed-is-client-error"]),
    ("pkce-verifier-from-query", &["form-urlencoded-query-not-merged"]),
    ("pkce-verifier-demands-code-grant", &["pingfederate-grant-types", "rfc6749-grant-type-case", "rfc6749-grant-type-unknown"]),
    ("pkce-verifier-ignored", &["pingfederate-code-verifier"]),
    ("pkce-mismatch-is-invalid-request", &["pingfederate-code-verifier"]),
    ("pkce-verifier-optional", &["form-urlencoded-query-not-merged", "pingfederate-code-verifier"]),
    ("pkce-empty-verifier-is-enough", &["pingfederate-code-verifier"]),
    ("pkce-of-confidential-clients-unchecked", &["form-urlencoded-query-not-merged", "pingfederate-code-verifier"]),
    ("pkce-of-confidential-clients-only-present", &["pingfederate-code-verifier"]),
    ("pkce-both-methods-tried", &["pingfederate-code-verifier"]),
];
