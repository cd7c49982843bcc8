//! Defects in the folder or file `rfc7522`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("saml-client-parser-error-is-500", &["rfc7523-type-wrong"]),
];
