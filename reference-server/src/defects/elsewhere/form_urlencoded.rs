//! Defects in the folder or file `form_urlencoded`.

use super::Row;

pub(super) const ROWS: &[Row] = &[
    (
        "basic-lower-case-hex-unread",
        &["rfc6749-basic-form-decoding"],
    ),
    ("basic-not-decoded", &["rfc6749-basic-form-decoding"]),
    (
        "base64-foreign-characters-skipped",
        &["rfc6749-basic-malformed"],
    ),
    (
        "base64-stops-at-foreign-character",
        &["rfc6749-basic-malformed"],
    ),
    ("base64-stops-at-padding", &["rfc6749-basic-malformed"]),
    ("base64-length-is-500", &["rfc6749-basic-malformed"]),
    (
        "authorization-scheme-of-five-octets-cut",
        &["rfc6749-basic-malformed"],
    ),
    (
        "form-broken-escape-is-500",
        &["rfc6749-error-shape", "rfc6749-malformed-is-client-error"],
    ),
    (
        "form-invalid-utf8-is-500",
        &["rfc6749-error-shape", "rfc6749-malformed-is-client-error"],
    ),
    (
        "form-raw-octets-are-500",
        &["rfc6749-error-shape", "rfc6749-malformed-is-client-error"],
    ),
    (
        "form-nul-ends-value",
        &[
            "rfc6749-code-unknown",
            "rfc6749-malformed-is-client-error",
            "rfc6749-refresh-unknown",
            "rfc7636-verifier-syntax",
        ],
    ),
    (
        "form-trailing-nul-trimmed",
        &[
            "rfc6749-malformed-is-client-error",
            "rfc7636-verifier-syntax",
        ],
    ),
    (
        "form-nul-is-500",
        &[
            "rfc6749-code-unknown",
            "rfc6749-error-shape",
            "rfc6749-malformed-is-client-error",
            "rfc6749-refresh-unknown",
            "rfc7636-verifier-syntax",
        ],
    ),
    (
        "four-octet-character-is-500",
        &["rfc6749-malformed-is-client-error"],
    ),
    (
        "latin-1-log-is-500",
        &["rfc6749-error-shape", "rfc6749-malformed-is-client-error"],
    ),
    (
        "form-plus-kept",
        &[
            "pingfederate-code-scope-narrower",
            "rfc6749-refresh-scope-narrowing",
        ],
    ),
    ("form-lower-case-hex-unread", &["rfc7636-verifier-lengths"]),
    (
        "form-credentials-decoded-twice",
        &["rfc6749-unknown-client"],
    ),
    (
        "form-grants-decoded-twice",
        &["rfc6749-code-unknown", "rfc6749-refresh-unknown"],
    ),
    ("json-body-served", &["pingfederate-content-type"]),
    ("multipart-body-served", &["pingfederate-content-type"]),
    ("media-type-ignored", &["pingfederate-content-type"]),
    ("missing-media-type-served", &["pingfederate-content-type"]),
    ("missing-media-type-is-500", &["pingfederate-content-type"]),
    (
        "form-second-equals-is-500",
        &[
            "pingfederate-content-type",
            "rfc6749-malformed-is-client-error",
        ],
    ),
    (
        "form-empty-pair-is-500",
        &["rfc6749-malformed-is-client-error"],
    ),
    (
        "form-empty-name-is-500",
        &["rfc6749-malformed-is-client-error"],
    ),
    (
        "form-equal-repetition-ignored",
        &["pingfederate-atm-repeated-id", "rfc7636-verifier-twice"],
    ),
    (
        "form-empty-repetition-wins-last",
        &["pingfederate-atm-empty-values"],
    ),
    (
        "form-empty-repetition-wins-first",
        &["pingfederate-atm-empty-values"],
    ),
    (
        "form-empty-repetition-is-500",
        &[
            "pingfederate-atm-empty-values",
            "rfc6749-malformed-is-client-error",
        ],
    ),
    (
        "long-known-value-is-500",
        &[
            "rfc6749-grant-type-unknown",
            "rfc6749-malformed-is-client-error",
        ],
    ),
    (
        "query-merged",
        &[
            "pingfederate-assertion-parameters",
            "pingfederate-none-client-id",
            "pingfederate-secret-not-in-query",
            "rfc7636-verifier-twice",
        ],
    ),
    ("query-wins-over-body", &["pingfederate-atm-repeated-id"]),
    (
        "query-refused",
        &[
            "pingfederate-assertion-parameters",
            "pingfederate-atm-repeated-id",
            "pingfederate-none-client-id",
            "pingfederate-secret-not-in-query",
        ],
    ),
    (
        "form-brackets-are-500",
        &[
            "rfc6749-malformed-is-client-error",
            "rfc6749-unrecognized-param-ignored",
        ],
    ),
    (
        "form-dotted-name-is-500",
        &["rfc6749-unrecognized-param-ignored"],
    ),
    (
        "prototype-grant-type-is-500",
        &["rfc6749-grant-type-unknown"],
    ),
    (
        "grants-trimmed",
        &["rfc6749-code-unknown", "rfc6749-refresh-unknown"],
    ),
    ("client-id-trimmed", &["rfc6749-unknown-client"]),
    (
        "values-trimmed",
        &["pingfederate-atm-id-unknown", "rfc7636-plain-exact"],
    ),
];
