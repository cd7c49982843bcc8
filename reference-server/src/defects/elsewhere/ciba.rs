//! Defects in the folder or file `ciba`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("ciba-unknown-is-500", &["rfc6749-malformed-is-client-error"]),
];
