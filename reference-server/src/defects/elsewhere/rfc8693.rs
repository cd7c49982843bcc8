//! Defects in the folder or file `rfc8693`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("access-token-called-id-token", &["form-urlencoded-invalid-utf8", "form-urlencoded-malformed-percent",
        "form-urlencoded-many-parameters", "form-urlencoded-nul", "form-urlencoded-overlong-utf8",
        "http-body-too-large", "http-chunked-malformed", "http-incomplete-body", "rfc6749-client-secret-entropy",
        "rfc6749-code-unknown", "rfc6749-malformed-is-client-error", "rfc6749-refresh-unknown",
        "rfc6749-ropc-bad-credentials", "rfc6749-secret-exact", "rfc7523-whitespace", "rfc7636-verifier-syntax",
        "rfc8705-registration-one-subject"]),
    ("exchange-narrows-scope-silently", &["rfc6749-scope-malformed"]),
    ("client-is-the-subject-without-token", &["form-urlencoded-query-not-merged", "pingone-token-exchange-auth"]),
    ("subject-token-type-guessed", &["pingfederate-token-exchange-types"]),
    ("subject-token-type-missing-is-500", &["pingfederate-token-exchange-types"]),
    ("exchange-for-any-target", &["pingfederate-token-exchange-audience-atm", "rfc8707-client-permission"]),
    ("exchange-widens-scope", &["rfc6749-scope-malformed"]),
    ("exchange-for-every-client", &["pingone-token-exchange-auth"]),
    ("exchange-for-public-clients", &["pingone-token-exchange-auth"]),
    ("unknown-token-type-is-access-token", &["pingfederate-token-exchange-types", "rfc6749-malformed-is-client-error"]),
];
