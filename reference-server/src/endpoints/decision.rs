//! Where the resource owner decides: about a device at the verification URI (RFC 8628 §3.3), about a
//! backchannel authentication at a place of this server's own (CIBA Core leaves it open). Nobody logs in
//! here, as at the authorization endpoint: this is a server to test with.

use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::{Reason, Refusal};
use crate::facts::{Endpoint, Facts};
use crate::issue::{Issued, Mint};
use crate::notification;
use crate::state::{Decision, PolledName, StateChange};
use crate::wire::response::Response;

/// Decisions.
pub const GROUP: Group = Group {
    applies: |facts| {
        matches!(
            facts.endpoint,
            Endpoint::BackchannelDecision | Endpoint::DeviceVerification
        )
    },
    checks: &[(CheckId::DecisionAwaited, decision_awaited)],
};

/// Takes the decision, `approve` or `deny`; without one it asks. The client is told of it, if it is one that is.
pub fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let decision = match facts.parameters.value("decision") {
        Some("approve") => Decision::Approved,
        Some("deny") => Decision::Denied,
        Some(_) | None => return Issued::only(page(ASK)),
    };
    let polled = facts.polled.as_ref().map(|record| {
        let user_code = record.user_code.clone().map(PolledName::UserCode);
        user_code.unwrap_or_else(|| PolledName::Value(record.value.clone()))
    });
    let decided = polled.map(|polled| StateChange::Decide { polled, decision });
    let (pushed, notification) = match &facts.polled {
        Some(record) => notification::of(context, facts, mint, (record, decision)),
        None => (Vec::new(), None),
    };
    Issued {
        response: page("<h1>Thank you</h1><p>You may close this page."),
        changes: decided.into_iter().chain(pushed).collect(),
        notification,
    }
}

/// The form keeps the query of the page, which names what is decided.
const ASK: &str = "<h1>Allow access?</h1><form method=post>\
    <button name=decision value=approve>Allow</button> \
    <button name=decision value=deny>Refuse</button></form>";

fn page(content: &str) -> Response {
    Response::empty(200)
        .with("Content-Type", "text/html; charset=utf-8")
        .with("Cache-Control", "no-store")
        .with_body(format!(
            "<!doctype html><title>Authorization</title>{content}"
        ))
}

/// Something waits for a decision.
///
/// # Errors
/// A page that says so.
pub(crate) fn decision_awaited(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let awaited = facts
        .polled
        .as_ref()
        .is_some_and(|record| record.decision == Decision::Pending && context.now < record.expires);
    if awaited {
        return Ok(());
    }
    Err(Refusal::because(
        Reason::Page,
        "Nothing of this code waits for a decision",
    ))
}
