//! Defects in the folder or file `http`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("refusals-with-byte-order-mark", &["rfc6749-error-shape", "rfc7523-error-shape", "rfc8707-error-shape"]),
    ("authorization-list-read", &["form-urlencoded-basic-base64-garbage"]),
    ("large-body-is-500", &["form-urlencoded-many-parameters", "rfc7523-oversized"]),
    ("client-kept-in-thread", &["form-urlencoded-bracket-names", "form-urlencoded-cookies-not-merged",
        "form-urlencoded-nested-names", "rfc6749-client-auth-required", "rfc6749-code-public-client-id-required",
        "rfc6749-credentials-not-in-uri", "rfc6749-empty-param-omitted", "rfc6749-error-cache-control",
        "rfc6749-refresh-auth-required", "rfc7523-assertion-of-other-client", "rfc8628-client-authentication",
        "rfc8693-client-authorised", "rfc8705-auth-client-id-absent"]),
    ("options-issues", &["rfc9700-cors-for-browsers"]),
    ("preflight-issues", &["rfc9700-cors-for-browsers"]),
    ("long-field-is-503", &["form-urlencoded-long-values"]),
    ("lenient-path-takes-get", &["rfc9700-no-307"]),
];
