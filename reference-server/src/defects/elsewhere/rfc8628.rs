//! Defects in the folder or file `rfc8628`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("device-endpoint-not-published", &["rfc6749-error-shape"]),
    ("device-secret-not-compared", &["rfc6749-secret-exact"]),
];
