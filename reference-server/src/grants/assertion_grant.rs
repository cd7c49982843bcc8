//! What the grants of an assertion share, whatever the assertion is written in (RFC 7521 §4.1): how it is presented and
//! refused, whose scope counts, and that there is no refresh token.

use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::issue::{self, Basis, IdToken, Issued, Mint, Renewal};
use crate::state::StateChange;
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::form::Form;

/// The refusal of an assertion, for whatever reason (RFC 7521 §4.1.1).
pub const INVALID_ASSERTION: Refusal = Refusal::new(
    ErrorCode::InvalidGrant,
    "The assertion is not valid for this request",
);

/// The assertion of a request for this grant, as it was sent.
#[must_use]
pub fn presented(parameters: &Form, grant_type: GrantType) -> Option<&str> {
    let is_asked = parameters.value("grant_type") == Some(grant_type.as_str());
    parameters.value("assertion").filter(|_| is_asked)
}

/// An assertion is there.
///
/// # Errors
/// It is not.
pub fn present<A>(assertion: Option<&A>) -> Result<(), Refusal> {
    if assertion.is_some() {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidRequest,
        "assertion is missing",
    ))
}

/// What has to hold of the assertion, if one is there.
///
/// # Errors
/// [`INVALID_ASSERTION`].
pub fn require<A>(assertion: Option<&A>, holds: impl Fn(&A) -> bool) -> Result<(), Refusal> {
    if assertion.is_none_or(holds) {
        Ok(())
    } else {
        Err(INVALID_ASSERTION)
    }
}

/// The scope is that of the client, the subject that of the assertion.
pub(super) fn resolve(facts: &mut Facts, subject: Option<String>) {
    facts.offer_scope_of_client();
    facts.subject = subject;
}

/// Tokens; the assertion is used up where it has a name to be remembered by.
pub(super) fn issue(
    context: &Context<'_>,
    facts: &Facts,
    mint: &mut Mint<'_>,
    (grant_type, used): (GrantType, Option<StateChange>),
) -> Issued {
    let basis = Basis {
        grant: None,
        grant_type,
        renewal: Renewal::None,
        id_token: IdToken::None,
        changes: used.into_iter().collect(),
    };
    issue::tokens(context, facts, mint, basis)
}
