//! The password grant, redirects, other origins (RFC 9700 §2.4, §2.6, §4.12).

use super::row;
use crate::checks::CheckId;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts, RequestedGrantType};
use crate::grants;
use crate::resolve;
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "password-grant-on-for-all",
        &["rfc9700-password-grant-off"],
        &[],
        &[Seam::Replace(CheckId::GrantTypeKnown, |context, facts| {
            if is_password(facts) {
                return Err(Refusal::new(
                    ErrorCode::InvalidGrant,
                    "The password is wrong",
                ));
            }
            grants::grant_type_known(context, facts)
        })],
    ),
    row(
        "password-grant-takes-any-password",
        &["rfc9700-password-grant-off"],
        &[],
        &[Seam::Facts(|context, facts| {
            if is_password(facts) {
                facts.grant_type = RequestedGrantType::Known(GrantType::ClientCredentials);
                resolve::grant(context, facts);
            }
        })],
    ),
    row(
        "slash-redirected-with-307",
        &["rfc9700-no-307"],
        &[],
        &[Seam::Response(|context, facts, response| {
            let path = context.request.path.trim_end_matches('/');
            let is_near = context.server.endpoint(path) == Endpoint::Token;
            if facts.endpoint == Endpoint::Unknown && is_near {
                return Response::empty(307).with("Location", path);
            }
            response
        })],
    ),
    row(
        "origin-mirrored-with-credentials",
        &["rfc9700-cors-for-browsers"],
        &[],
        &[Seam::Response(|context, facts, response| {
            match context.request.field("origin") {
                Some(origin) if facts.endpoint == Endpoint::Token => response
                    .with("Access-Control-Allow-Origin", origin)
                    .with("Access-Control-Allow-Credentials", "true"),
                Some(_) | None => response,
            }
        })],
    ),
];

fn is_password(facts: &Facts) -> bool {
    facts.endpoint == Endpoint::Token && facts.parameters.value("grant_type") == Some("password")
}
