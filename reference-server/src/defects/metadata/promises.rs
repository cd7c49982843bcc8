//! What the document promises of algorithms, of endpoints and of pushed requests (RFC 8414 §2, RFC 9126 §5).

use serde_json::Value;

use super::{edit, retold, row, set};
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::wire::response::Response;

const ONE_URL_LESS: &[(&str, &str)] =
    &[("metadata-endpoint-urls", "there is one URL less to look at")];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "metadata-revocation-by-none",
        &["metadata-required-members"],
        &[],
        &[Seam::Response(|_, facts, response| {
            with_none(facts, response, "revocation")
        })],
    ),
    row(
        "metadata-introspection-by-none",
        &["metadata-required-members"],
        &[],
        &[Seam::Response(|_, facts, response| {
            with_none(facts, response, "introspection")
        })],
    ),
    row(
        "metadata-dpop-by-none",
        &["metadata-required-members"],
        &[],
        &[Seam::Response(|_, facts, response| {
            let algorithms = ["ES256", "none"];
            let name = "dpop_signing_alg_values_supported";
            set(facts, response, name, algorithms.as_slice())
        })],
    ),
    row(
        "metadata-without-revocation-algorithms",
        &["metadata-required-members"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.remove("revocation_endpoint_auth_signing_alg_values_supported");
            })
        })],
    ),
    row(
        "metadata-without-introspection-algorithms",
        &["metadata-required-members"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.remove("introspection_endpoint_auth_signing_alg_values_supported");
            })
        })],
    ),
    row(
        "metadata-revocation-endpoint-of-old-version",
        &["metadata-endpoint-urls"],
        &[],
        &[Seam::Response(|_, facts, response| {
            moved(facts, response, "revocation_endpoint")
        })],
    ),
    row(
        "metadata-introspection-endpoint-of-old-version",
        &["metadata-endpoint-urls"],
        &[],
        &[Seam::Response(|_, facts, response| {
            moved(facts, response, "introspection_endpoint")
        })],
    ),
    row(
        "metadata-device-endpoint-of-old-version",
        &["metadata-endpoint-urls"],
        &[],
        &[Seam::Response(|_, facts, response| {
            moved(facts, response, "device_authorization_endpoint")
        })],
    ),
    row(
        "metadata-pushed-endpoint-of-old-version",
        &["metadata-endpoint-urls"],
        &[],
        &[Seam::Response(|_, facts, response| {
            moved(facts, response, "pushed_authorization_request_endpoint")
        })],
    ),
    row(
        "metadata-backchannel-endpoint-of-old-version",
        &["metadata-endpoint-urls"],
        &[],
        &[Seam::Response(|_, facts, response| {
            moved(facts, response, "backchannel_authentication_endpoint")
        })],
    ),
    row(
        "metadata-pushed-requests-required-on-paper",
        &["metadata-pushed-requests-required"],
        &[],
        &[Seam::Response(required)],
    ),
    row(
        "metadata-pushed-requests-required-nowhere",
        &["metadata-pushed-requests-required"],
        ONE_URL_LESS,
        &[
            Seam::Response(|_, facts, response| {
                edit(facts, response, |members| {
                    members.remove("pushed_authorization_request_endpoint");
                })
            }),
            Seam::Response(required),
        ],
    ),
];

/// Every algorithm that the library knows.
fn with_none(facts: &Facts, response: Response, endpoint: &str) -> Response {
    let name = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
    edit(facts, response, |members| {
        if let Some(Value::Array(algorithms)) = members.get_mut(&name) {
            algorithms.push("none".into());
        }
    })
}

/// The document was not told that endpoints were moved.
fn moved(facts: &Facts, response: Response, name: &str) -> Response {
    retold(facts, response, name, |url| url.replace("/as/", "/as/v1/"))
}

fn required(_: &crate::context::Context<'_>, facts: &Facts, response: Response) -> Response {
    set(
        facts,
        response,
        "require_pushed_authorization_requests",
        true,
    )
}
