//! Whether the scope of the answer stays within what there is to give (RFC 6749 §3.3). Each grant has a check of its own,
//! with a name of its own, of one of these two kinds.

use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::vocabulary::ErrorCode;

/// The refusal of a scope beyond what the client may have.
pub const BEYOND_CLIENT: Refusal = Refusal::new(
    ErrorCode::InvalidScope,
    "The scope has a value that the client may not have",
);

/// The refusal of a scope beyond what the resource owner granted.
pub const BEYOND_GRANT: Refusal = Refusal::new(
    ErrorCode::InvalidScope,
    "The scope exceeds what the resource owner granted",
);

/// The client is registered for every value.
///
/// # Errors
/// [`BEYOND_CLIENT`].
pub fn within_client(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    within(facts, BEYOND_CLIENT)
}

/// The resource owner granted every value.
///
/// # Errors
/// [`BEYOND_GRANT`].
pub fn within_grant(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    within(facts, BEYOND_GRANT)
}

/// The scope has no value that is not available to the request.
///
/// # Errors
/// The refusal.
pub fn within(facts: &Facts, refusal: Refusal) -> Result<(), Refusal> {
    if facts.scope.is_within(&facts.available_scope) {
        Ok(())
    } else {
        Err(refusal)
    }
}
