//! Grants and client authentication methods: the document, and what the token endpoint does (RFC 8414 §2).

use serde_json::Value;

use super::{edit, row};
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::vocabulary::AuthenticationMethod;
use crate::wire::response::Response;

const METHODS: &str = "token_endpoint_auth_methods_supported";
const GRANTS: &str = "grant_types_supported";

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "auth-methods-left-out-without-basic",
        &["metadata-auth-methods-default"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.remove(METHODS);
            })
        })],
    ),
    row(
        "auth-method-by-another-name",
        &["metadata-auth-methods-true"],
        &[],
        &[Seam::Response(|_, facts, response| {
            listed(facts, response, METHODS, |methods| {
                methods.push("http_basic".into());
            })
        })],
    ),
    row(
        "auth-method-of-body-not-listed",
        &["metadata-auth-methods-complete"],
        &[],
        &[Seam::Response(|_, facts, response| {
            listed(facts, response, METHODS, |methods| {
                methods.retain(|method| method != "client_secret_post");
            })
        })],
    ),
    row(
        "auth-method-none-taken-and-not-listed",
        &["metadata-auth-methods-complete"],
        &[],
        &[
            Seam::Replace(CheckId::AuthenticationMethodRegistered, |_, facts| {
                let registered = facts
                    .client
                    .as_ref()
                    .is_some_and(|client| client.methods.contains(&facts.method()));
                if registered || facts.method() == AuthenticationMethod::None {
                    Ok(())
                } else {
                    Err(INVALID_CLIENT)
                }
            }),
            Seam::Response(|_, facts, response| {
                listed(facts, response, METHODS, |methods| {
                    methods.retain(|method| method != "none");
                })
            }),
        ],
    ),
    row(
        "grant-type-by-short-name",
        &["metadata-grant-types-true"],
        &[],
        &[Seam::Response(|_, facts, response| {
            listed(facts, response, GRANTS, |grants| {
                grants.push("device_code".into());
            })
        })],
    ),
    row(
        "grant-type-listed-and-off",
        &["metadata-grant-types-true"],
        &[],
        &[Seam::Response(|_, facts, response| {
            listed(facts, response, GRANTS, |grants| {
                grants.push("urn:ietf:params:oauth:grant-type:saml2-bearer".into());
            })
        })],
    ),
    row(
        "grant-type-refresh-not-listed",
        &["metadata-grant-types-complete"],
        &[],
        &[Seam::Response(|_, facts, response| {
            listed(facts, response, GRANTS, |grants| {
                grants.retain(|grant| grant != "refresh_token");
            })
        })],
    ),
    row(
        "grant-types-left-out",
        &["metadata-grant-types-complete"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.remove(GRANTS);
            })
        })],
    ),
];

fn listed(
    facts: &Facts,
    response: Response,
    name: &str,
    change: impl FnOnce(&mut Vec<Value>),
) -> Response {
    edit(facts, response, |members| {
        if let Some(Value::Array(values)) = members.get_mut(name) {
            change(values);
        }
    })
}
