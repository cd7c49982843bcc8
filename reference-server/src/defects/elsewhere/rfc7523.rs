//! Defects in the folder or file `rfc7523`.

use super::Row;

#[rustfmt::skip] // a line a row
pub(super) const ROWS: &[Row] = &[
    ("client-assertion-for-any-token-endpoint", &["pingfederate-assertion-audience-base-url"]),
    ("client-assertion-audience-by-prefix", &["pingfederate-assertion-audience-base-url"]),
    ("metadata-names-another-issuer", &["ciba-success-shape", "metadata-iss-parameter", "metadata-issuer-identical"]),
    ("client-assertion-for-issuer-only", &["pingfederate-assertion-audience-base-url"]),
    ("grant-assertion-scope-not-checked", &["rfc6749-scope-malformed"]),
    ("client-assertion-jti-optional", &["pingfederate-assertion-replay-on"]),
    ("client-assertion-jti-forgotten", &["pingfederate-assertion-replay-on"]),
    ("client-assertion-jti-entered-late", &["ciba-single-use-race", "pingfederate-assertion-replay-on",
        "rfc6749-code-single-use-race", "rfc8628-single-use-race", "rfc9700-code-race", "rfc9700-refresh-race"]),
    ("client-assertion-jti-of-all-clients", &["pingfederate-assertion-replay-on"]),
    ("client-assertion-hmac-of-nothing", &["rfc7523-secret-jwt-wrong-secret"]),
    ("client-assertion-not-wired-into-code-grant", &["rfc6749-grant-type-not-allowed"]),
    ("client-assertion-type-assumed", &["pingfederate-assertion-parameters"]),
    ("client-assertion-type-by-substring", &["pingfederate-assertion-parameters"]),
    ("client-without-secret-is-public", &["rfc6749-client-auth-required", "rfc8705-auth-method-confusion"]),
    ("client-assertion-and-client-id-refused", &["rfc7636-par"]),
    ("client-assertion-client-id-not-compared", &["pingfederate-auth-method-configured",
        "rfc7523-shared-keys-cross-client"]),
    ("client-assertion-of-nobody-is-500", &["form-urlencoded-no-folding", "form-urlencoded-nul",
        "form-urlencoded-prototype-names", "form-urlencoded-whitespace"]),
];
