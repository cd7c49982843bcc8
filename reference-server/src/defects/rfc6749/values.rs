//! Issued values (RFC 6749 §10.10).

use crate::defects::{Defect, Seam};
use crate::issue::{Kind, Mint};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[Defect {
    id: "access-token-is-counter",
    kills: &["rfc6749-access-token-entropy-128"],
    also: &[(
        "rfc6749-access-token-entropy-160",
        "a counter has no 160 bits either",
    )],
    seams: &[Seam::Mint(access_token_is_counter)],
}];

fn access_token_is_counter(mint: &mut Mint<'_>, kind: Kind) -> String {
    match kind {
        Kind::AccessToken => format!("{:08}", mint.serial),
        Kind::AuthorizationCode | Kind::Jti | Kind::RefreshToken => mint.random(32),
    }
}
