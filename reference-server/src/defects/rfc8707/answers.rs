//! What comes of a resource: the audience of the token, and the refusal.

use super::grants::{audience, every};
use super::{asks, row};
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::state::StateChange;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "resource-ignored",
        &["rfc8707-accepted", "rfc8707-audience-honest"],
        &[
            (
                "rfc8707-client-permission",
                "no resource is looked at, here either",
            ),
            (
                "rfc8707-code-default",
                "no resource is looked at, here either",
            ),
            (
                "rfc8707-code-subset",
                "no resource is looked at, here either",
            ),
            (
                "rfc8707-code-widening",
                "no resource is looked at, here either",
            ),
            (
                "rfc8707-error-shape",
                "no resource is looked at, here either",
            ),
            ("rfc8707-fragment", "no resource is looked at, here either"),
            (
                "rfc8707-non-http-schemes",
                "no resource is looked at, here either",
            ),
            (
                "rfc8707-not-absolute",
                "no resource is looked at, here either",
            ),
            ("rfc8707-oversized", "no resource is looked at, here either"),
            ("rfc8707-query", "no resource is looked at, here either"),
            (
                "rfc8707-refresh-subset",
                "no resource is looked at, here either",
            ),
            (
                "rfc8707-refresh-widening",
                "no resource is looked at, here either",
            ),
            (
                "rfc8707-several-accepted",
                "no resource is looked at, here either",
            ),
            (
                "rfc8707-several-not-conflated",
                "no resource is looked at, here either",
            ),
            (
                "rfc8707-several-one-bad",
                "no resource is looked at, here either",
            ),
            (
                "rfc8707-unknown-resource",
                "no resource is looked at, here either",
            ),
        ],
        &[Seam::Facts(|_, facts| {
            facts.manager_request.resources.clear()
        })],
    ),
    row(
        "resource-checked-and-not-used",
        &["rfc8707-accepted", "rfc8707-audience-honest"],
        &[
            (
                "rfc8707-code-subset",
                "no token is for the resource that was asked for",
            ),
            (
                "rfc8707-refresh-subset",
                "no token is for the resource that was asked for",
            ),
            (
                "rfc8707-several-accepted",
                "no token is for the resource that was asked for",
            ),
        ],
        &[Seam::Changes(|_, facts, changes| {
            if asks(facts) {
                audience(changes, std::slice::from_ref(&facts.issuer))
            } else {
                changes
            }
        })],
    ),
    row(
        "resource-audience-constant",
        &["rfc8707-accepted", "rfc8707-audience-honest"],
        &[
            ("rfc8707-code-subset", "every token is for all resources"),
            ("rfc8707-refresh-subset", "every token is for all resources"),
            (
                "rfc8707-several-accepted",
                "every token is for all resources",
            ),
        ],
        &[Seam::Changes(|context, facts, changes| {
            if asks(facts) {
                audience(changes, &every(context))
            } else {
                changes
            }
        })],
    ),
    row(
        "resource-audience-of-token-before",
        &["rfc8707-audience-honest"],
        &[
            (
                "rfc8707-refresh-subset",
                "the audience of the refreshed token is looked at there, too",
            ),
            (
                "rfc8707-accepted",
                "a token for no resource has the audience of the one before",
            ),
            (
                "rfc8707-several-accepted",
                "the audience is that of another request",
            ),
        ],
        &[Seam::Changes(|context, facts, mut changes| {
            for change in &mut changes {
                if let StateChange::AddAccessToken(record) = change
                    && asks(facts)
                {
                    let same = |own: &crate::state::AccessRecord| {
                        own.client.id == record.client.id
                            && own.grant == record.grant
                            && own.audience != [facts.issuer.clone()]
                            && own.serial + 8 > record.serial
                    };
                    if let Some(before) = context.find_access_token(same) {
                        record.audience.clone_from(&before.audience);
                    }
                }
            }
            changes
        })],
    ),
    row(
        "resource-scope-not-cut",
        &["rfc8707-scope-resource-product"],
        &[],
        &[
            Seam::Changes(|_, facts, mut changes| {
                for change in &mut changes {
                    if let StateChange::AddAccessToken(record) = change {
                        record.scope = facts.scope.clone();
                    }
                }
                changes
            }),
            Seam::Response(|_, facts, response| {
                if !response.is_token() {
                    return response;
                }
                response.edit(|members| {
                    members.insert("scope".to_owned(), facts.scope.to_string().into());
                })
            }),
        ],
    ),
    row(
        "resource-refused-as-forbidden",
        &["rfc8707-error-shape"],
        &[
            (
                "rfc8707-client-permission",
                "every refusal of a resource has the wrong status",
            ),
            (
                "rfc8707-code-widening",
                "every refusal of a resource has the wrong status",
            ),
            (
                "rfc8707-fragment",
                "every refusal of a resource has the wrong status",
            ),
            (
                "rfc8707-non-http-schemes",
                "every refusal of a resource has the wrong status",
            ),
            (
                "rfc8707-not-absolute",
                "every refusal of a resource has the wrong status",
            ),
            (
                "rfc8707-oversized",
                "every refusal of a resource has the wrong status",
            ),
            (
                "rfc8707-query",
                "every refusal of a resource has the wrong status",
            ),
            (
                "rfc8707-refresh-widening",
                "every refusal of a resource has the wrong status",
            ),
            (
                "rfc8707-several-not-conflated",
                "every refusal of a resource has the wrong status",
            ),
            (
                "rfc8707-several-one-bad",
                "every refusal of a resource has the wrong status",
            ),
            (
                "rfc8707-unknown-resource",
                "every refusal of a resource has the wrong status",
            ),
        ],
        &[Seam::Response(|_, facts, response| {
            if is_refusal(facts, &response) {
                return Response {
                    status: 403,
                    ..response
                };
            }
            response
        })],
    ),
    row(
        "resource-refused-by-page",
        &["rfc8707-error-shape"],
        &[
            (
                "rfc8707-client-permission",
                "every refusal of a resource is a page",
            ),
            (
                "rfc8707-code-widening",
                "every refusal of a resource is a page",
            ),
            ("rfc8707-fragment", "every refusal of a resource is a page"),
            (
                "rfc8707-non-http-schemes",
                "every refusal of a resource is a page",
            ),
            (
                "rfc8707-not-absolute",
                "every refusal of a resource is a page",
            ),
            ("rfc8707-oversized", "every refusal of a resource is a page"),
            ("rfc8707-query", "every refusal of a resource is a page"),
            (
                "rfc8707-refresh-widening",
                "every refusal of a resource is a page",
            ),
            (
                "rfc8707-several-not-conflated",
                "every refusal of a resource is a page",
            ),
            (
                "rfc8707-several-one-bad",
                "every refusal of a resource is a page",
            ),
            (
                "rfc8707-unknown-resource",
                "every refusal of a resource is a page",
            ),
        ],
        &[Seam::Response(|_, facts, response| {
            if is_refusal(facts, &response) {
                return Response::empty(404)
                    .with("Content-Type", "text/html")
                    .with_body("<h1>No such resource</h1>");
            }
            response
        })],
    ),
    row(
        "resource-refusal-reflects-markup",
        &["rfc8707-error-shape"],
        &[],
        &[Seam::Response(|_, facts, response| {
            let value = facts.parameters.value("resource").unwrap_or_default();
            if is_refusal(facts, &response) && value.contains('<') {
                return Response::empty(400)
                    .with("Content-Type", "text/html")
                    .with_body(format!("{{\"error\":\"invalid_target\"}}{value}"));
            }
            response
        })],
    ),
];

fn is_refusal(facts: &Facts, response: &Response) -> bool {
    asks(facts) && response.status == 400
}
