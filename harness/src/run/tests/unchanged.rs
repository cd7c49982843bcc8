//! Which changes of the built-in cases change nothing at the rich target.

/// Changes that leave every request of the rich target as it is, each with the reason. Where they are probes, they are skipped.
pub(super) const CHANGES_NOTHING: &[(&str, &str)] = &[
    (
        "form-urlencoded-basic-base64-variants/padding, two characters of the identifier encoded/left out",
        NO_PADDING,
    ),
    (
        "form-urlencoded-basic-base64-variants/padding, two characters of the identifier encoded/stray bits",
        NO_PADDING,
    ),
    (
        "http-slow-request/200 connections that hang/in the body",
        "the same request; only its octets stop midway",
    ),
    (
        "http-slow-request/200 connections that hang/in the header section",
        "the same request; only its octets stop midway",
    ),
    (
        "pingfederate-assertion-audience-base-url/the issuer or the token endpoint/step 1",
        "the audience of the target is the issuer; the next step sends the other one",
    ),
    (
        "pingfederate-endpoint-path/the documented path/",
        "the target has the documented path, and nothing else than acceptance conforms",
    ),
    (
        "rfc6749-client-id-mismatch/client credentials, right after another client/step 0",
        OWN_SCOPE,
    ),
    (
        "rfc6749-client-id-mismatch/client credentials, right after another client/step 1",
        OWN_SCOPE,
    ),
    (
        "rfc6749-scope-change-reported/one scope, then another/step 0",
        OWN_SCOPE,
    ),
    (
        "rfc7523-header-extra-members/typ/absent",
        "the assertions of the rich target have no typ; others do",
    ),
];

const NO_PADDING: &str =
    "of the three lengths that the case tries with a client, one needs no padding";

const OWN_SCOPE: &str =
    "the first scope of a client of the target is all that its requests ask for; others have more";
