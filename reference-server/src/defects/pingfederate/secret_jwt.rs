//! Assertions that are keyed with the secret.

use super::row;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::jose::assertion::Signature;
use crate::vocabulary::AuthenticationMethod;

const ALGORITHMS: &[&str] = &["pingfederate-secret-jwt-signing-algorithms"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[row(
    "secret-jwt-of-other-family-accepted",
    ALGORITHMS,
    &[],
    &[Seam::Facts(other_family_accepted)],
)];

/// There is no public key on file, so that nothing says no to a signature that needs one.
fn other_family_accepted(_: &Context<'_>, facts: &mut Facts) {
    let by_secret = facts.method() == AuthenticationMethod::ClientSecretJwt;
    let Some(assertion) = facts.presented.assertion.as_mut().filter(|_| by_secret) else {
        return;
    };
    let alg = assertion
        .jws
        .as_ref()
        .and_then(|jws| jws.header_text("alg"));
    if alg.is_some_and(|alg| alg.starts_with("RS")) && assertion.signature == Signature::NoKey {
        assertion.signature = Signature::Valid;
    }
}
