//! What stands in the document (RFC 8414 §2).

use serde_json::Value;

use super::{edit, retold, row, set};
use crate::defects::{Defect, Seam};
use crate::facts::Endpoint;
use crate::wire::base64url;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "metadata-without-response-types",
        &["metadata-required-members"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.remove("response_types_supported");
            })
        })],
    ),
    row(
        "metadata-without-authorization-endpoint",
        &["metadata-required-members"],
        &[("metadata-endpoint-urls", "there is one URL less to look at")],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.remove("authorization_endpoint");
            })
        })],
    ),
    row(
        "metadata-without-assertion-algorithms",
        &["metadata-required-members"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.remove("token_endpoint_auth_signing_alg_values_supported");
            })
        })],
    ),
    row(
        "metadata-value-as-bare-string",
        &["metadata-value-types"],
        &[],
        &[Seam::Response(|_, facts, response| {
            set(facts, response, "response_modes_supported", "query")
        })],
    ),
    row(
        "metadata-empty-list",
        &["metadata-value-types"],
        &[],
        &[Seam::Response(|_, facts, response| {
            set(
                facts,
                response,
                "ui_locales_supported",
                Vec::<String>::new(),
            )
        })],
    ),
    row(
        "metadata-flag-in-quotes",
        &["metadata-value-types"],
        &[],
        &[Seam::Response(|_, facts, response| {
            set(
                facts,
                response,
                "require_pushed_authorization_requests",
                "false",
            )
        })],
    ),
    row(
        "metadata-null-for-nothing",
        &["metadata-value-types"],
        &[],
        &[Seam::Response(|_, facts, response| {
            set(facts, response, "registration_endpoint", Value::Null)
        })],
    ),
    row(
        "metadata-value-twice",
        &["metadata-value-types"],
        &[],
        &[Seam::Response(|_, facts, response| {
            set(
                facts,
                response,
                "response_types_supported",
                ["code", "code"].as_slice(),
            )
        })],
    ),
    row(
        "metadata-relative-endpoint",
        &["metadata-endpoint-urls"],
        &[],
        &[Seam::Response(|_, facts, response| {
            set(
                facts,
                response,
                "revocation_endpoint",
                "/as/revoke_token.oauth2",
            )
        })],
    ),
    row(
        "metadata-endpoint-without-tls",
        &["metadata-endpoint-urls"],
        &[],
        &[Seam::Response(|_, facts, response| {
            set(facts, response, "jwks_uri", "http://as.example/jwks")
        })],
    ),
    row(
        "metadata-token-endpoint-with-fragment",
        &["metadata-endpoint-urls"],
        &[],
        &[Seam::Response(|_, facts, response| {
            retold(facts, response, "token_endpoint", |url| {
                format!("{url}#token")
            })
        })],
    ),
    row(
        "metadata-token-endpoint-of-old-version",
        &["metadata-token-endpoint-works"],
        &[],
        &[Seam::Response(|_, facts, response| {
            retold(facts, response, "token_endpoint", |url| format!("{url}/v1"))
        })],
    ),
    row(
        "metadata-scopes-in-one-string",
        &["metadata-scopes", "metadata-value-types"],
        &[],
        &[Seam::Response(|_, facts, response| {
            set(
                facts,
                response,
                "scopes_supported",
                ["read write"].as_slice(),
            )
        })],
    ),
    row(
        "metadata-scopes-between-commas",
        &["metadata-scopes"],
        &[],
        &[Seam::Response(|_, facts, response| {
            set(
                facts,
                response,
                "scopes_supported",
                ["read,write"].as_slice(),
            )
        })],
    ),
    row(
        "metadata-modes-in-one-text",
        &["metadata-value-types"],
        &[],
        &[Seam::Response(|_, facts, response| {
            set(
                facts,
                response,
                "response_modes_supported",
                ["query fragment"].as_slice(),
            )
        })],
    ),
    row(
        "metadata-signing-algorithm-as-text",
        &["metadata-value-types"],
        &[],
        &[Seam::Response(|_, facts, response| {
            set(
                facts,
                response,
                "introspection_signing_alg_values_supported",
                "ES256",
            )
        })],
    ),
    row(
        "metadata-aliases-as-list",
        &["metadata-value-types"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                if let Some(aliases) = members.get_mut("mtls_endpoint_aliases") {
                    *aliases = Value::Array(vec![aliases.clone()]);
                }
            })
        })],
    ),
    row(
        "metadata-scopes-of-an-example",
        &["metadata-scopes"],
        &[],
        &[Seam::Response(|_, facts, response| {
            set(
                facts,
                response,
                "scopes_supported",
                ["profile", "email"].as_slice(),
            )
        })],
    ),
    row(
        "signed-metadata-without-issuer",
        &["metadata-signed"],
        &[],
        &[Seam::Response(|_, facts, response| {
            let claims = format!("{{\"issuer\":\"{}\"}}", facts.issuer);
            set(facts, response, "signed_metadata", signed("ES256", &claims))
        })],
    ),
    row(
        "signed-metadata-unsigned",
        &["metadata-signed"],
        &[],
        &[Seam::Response(|_, facts, response| {
            let claims = format!("{{\"iss\":\"{0}\",\"issuer\":\"{0}\"}}", facts.issuer);
            set(facts, response, "signed_metadata", signed("none", &claims))
        })],
    ),
    row(
        "signed-metadata-stale",
        &["metadata-signed"],
        &[],
        &[Seam::Response(|_, facts, response| {
            let claims = format!(
                "{{\"iss\":\"{0}\",\"issuer\":\"{0}\",\"token_endpoint\":\"{0}/old\"}}",
                facts.issuer
            );
            set(facts, response, "signed_metadata", signed("ES256", &claims))
        })],
    ),
    row(
        "iss-parameter-not-announced",
        &["metadata-iss-parameter"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.remove("authorization_response_iss_parameter_supported");
            })
        })],
    ),
    row(
        "iss-parameter-of-errors-missing",
        &["metadata-iss-parameter"],
        &[],
        &[Seam::Response(|_, facts, response| {
            let location = response.field("location").map(str::to_owned);
            match location {
                Some(location)
                    if facts.endpoint == Endpoint::Authorization && location.contains("error=") =>
                {
                    let cut = location.split("&iss=").next().unwrap_or_default();
                    response.replace("Location", cut)
                }
                Some(_) | None => response,
            }
        })],
    ),
    row(
        "iss-parameter-with-slash",
        &["metadata-iss-parameter"],
        &[],
        &[Seam::Facts(|_, facts| {
            if facts.endpoint == Endpoint::Authorization {
                facts.issuer.push('/');
            }
        })],
    ),
];

/// What looks like a signed statement.
fn signed(algorithm: &str, claims: &str) -> String {
    let header = format!("{{\"alg\":\"{algorithm}\"}}");
    let part = |text: &str| base64url::encode(text.as_bytes());
    format!("{}.{}.{}", part(&header), part(claims), part("signature"))
}
