//! Defects in the folder or file `rfc8707`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("resource-ignored", &["rfc8707-scope-resource-product"]),
    ("resource-checked-and-not-used", &["rfc8693-multiple-targets", "rfc8693-target-honoured"]),
    ("resource-audience-constant", &["rfc8693-multiple-targets", "rfc8693-target-honoured"]),
    ("resource-refused-as-forbidden", &["rfc8693-invalid-target", "rfc8693-resource-syntax",
        "rfc8707-audience-honest"]),
    ("resource-refused-by-page", &["rfc8693-invalid-target", "rfc8693-resource-syntax", "rfc8707-audience-honest"]),
    ("resource-of-code-not-narrowed", &["rfc8707-scope-resource-product"]),
    ("resource-of-refresh-not-narrowed", &["rfc8707-scope-resource-product"]),
    ("resource-repetition-refused", &["rfc8707-scope-resource-product"]),
];
