//! Defects in the folder or file `rfc8705`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("certificate-names-client", &["form-urlencoded-bracket-names"]),
    ("certificate-of-anybody", &["pingfederate-auth-method-configured"]),
    ("certificate-subject-by-string-type", &["pingfederate-client-certificate-subject-dn"]),
    ("certificate-pinned-to-first", &["pingfederate-client-certificate-subject-dn"]),
    ("certificate-client-may-send-any-secret", &["pingfederate-client-certificate-missing"]),
    ("certificate-demanded-of-everybody", &["rfc8705-bound-token-without-certificate"]),
    ("metadata-bound-tokens-as-text", &["metadata-value-types"]),
];
