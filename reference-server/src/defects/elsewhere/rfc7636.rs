//! Defects in the folder or file `rfc7636`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("pkce-requirement-forgotten", &["oauth2.1-pkce-always", "oauth2.1-verifier-iff-challenge",
        "pingone-pkce-enforced"]),
    ("pkce-requirement-late", &["oauth2.1-code-once", "oauth2.1-verifier-iff-challenge", "pingone-pkce-enforced",
        "rfc6749-code-single-use", "rfc9700-code-replay-refused"]),
    ("pkce-requirement-met-by-any-verifier", &["oauth2.1-code-once", "oauth2.1-pkce-always",
        "oauth2.1-verifier-iff-challenge", "pingone-pkce-enforced", "rfc6749-code-single-use",
        "rfc9700-code-replay-refused"]),
    ("metadata-without-pkce", &["rfc9700-pkce-supported"]),
    ("metadata-without-s256", &["rfc9700-pkce-supported"]),
    ("pkce-challenge-compared-with-padding", &["rfc7522-client-auth-accepted", "rfc7523-accepted",
        "rfc8705-auth-valid-certificate"]),
    ("pkce-challenge-compared-as-hexadecimal", &["rfc7522-client-auth-accepted", "rfc7523-accepted",
        "rfc8705-auth-valid-certificate"]),
    ("pkce-plain-offered", &["pingone-pkce-enforced"]),
    ("pkce-odd-verifier-is-500", &["rfc6749-malformed-is-client-error"]),
    ("pkce-verifier-from-query", &["form-urlencoded-query-not-merged"]),
    ("pkce-verifier-demands-code-grant", &["pingfederate-grant-types", "rfc6749-grant-type-case",
        "rfc6749-grant-type-unknown", "rfc6749-no-implicit-grant"]),
    ("pkce-verifier-ignored", &["oauth2.1-code-replay-invalid-does-not-revoke", "pingfederate-code-verifier",
        "pingone-pkce-enforced", "rfc7636-par", "rfc9700-pkce-supported"]),
    ("pkce-verifier-trimmed", &["rfc7636-plain-exact"]),
    ("pkce-mismatch-is-invalid-request", &["pingfederate-code-verifier", "rfc7636-par"]),
    ("pkce-verifier-optional", &["form-urlencoded-query-not-merged", "oauth2.1-code-replay-invalid-does-not-revoke",
        "oauth2.1-verifier-iff-challenge", "pingfederate-code-verifier", "pingone-pkce-enforced"]),
    ("pkce-empty-verifier-is-enough", &["oauth2.1-empty-is-absent", "pingfederate-code-verifier",
        "pingone-pkce-enforced", "rfc6749-empty-param-omitted"]),
    ("pkce-of-confidential-clients-unchecked", &["form-urlencoded-query-not-merged",
        "oauth2.1-code-replay-invalid-does-not-revoke", "pingfederate-code-verifier", "pingone-pkce-enforced"]),
    ("pkce-of-confidential-clients-only-present", &["pingfederate-code-verifier", "pingone-pkce-enforced",
        "rfc7636-par", "rfc9700-pkce-supported"]),
    ("pkce-both-methods-tried", &["pingfederate-code-verifier"]),
];
