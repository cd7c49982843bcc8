//! Comparisons of a client's secret, for defects of several documents (RFC 6749 §2.3.1).

use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::registry::Secret;

/// Compares the secret that was sent with the client's own. As the checks do, it passes where one of the two is not there.
pub(super) fn compare(facts: &Facts, pass: impl Fn(&str, &Secret) -> bool) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    let stored = client.and_then(|client| client.secret.as_ref());
    match (facts.presented.secret(), stored) {
        (Some(sent), Some(stored)) if !pass(sent, stored) => Err(INVALID_CLIENT),
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

/// Whether it is the secret of any client.
pub(super) fn is_of_anybody(context: &Context<'_>, sent: &str) -> bool {
    let found = context.find_client(|client| {
        let own = client.secret.as_ref();
        own.is_some_and(|own| own.matches(sent))
    });
    found.is_some()
}
