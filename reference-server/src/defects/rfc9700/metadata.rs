//! What the metadata offers (RFC 9700 §2.1.1, §2.4, §2.5).

use super::row;
use crate::defects::metadata::edit;
use crate::defects::{Defect, Seam};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "password-grant-published",
        &["rfc9700-password-grant-off"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                if let Some(serde_json::Value::Array(grants)) =
                    members.get_mut("grant_types_supported")
                {
                    grants.push("password".into());
                }
            })
        })],
    ),
    row(
        "asymmetric-methods-unpublished",
        &["rfc9700-asymmetric-client-auth-offered"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                let secrets = ["client_secret_basic", "client_secret_post", "none"];
                members.insert(
                    "token_endpoint_auth_methods_supported".to_owned(),
                    secrets.as_slice().into(),
                );
            })
        })],
    ),
    row(
        "pkce-challenge-methods-unpublished",
        &["rfc9700-pkce-supported"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.remove("code_challenge_methods_supported");
            })
        })],
    ),
    row(
        "sender-constraint-unpublished",
        &["rfc9700-sender-constrained-offered"],
        &[],
        &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.remove("tls_client_certificate_bound_access_tokens");
                members.remove("dpop_signing_alg_values_supported");
            })
        })],
    ),
];
