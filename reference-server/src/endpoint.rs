//! The life of a request: read, look up, check, issue. Nothing here does I/O.

use crate::checks::CheckId;
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Facts, TokenRecord};
use crate::grants;
use crate::issue::{self, Issued, Mint};
use crate::moment::Moment;
use crate::notification::Notification;
use crate::resolve;
use crate::server::Server;
use crate::state::{Party, Records, StateChange};
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// What a request leads to.
#[derive(Debug)]
pub struct Outcome {
    /// The answer.
    pub response: Response,
    /// What changes; to be applied together with the decision in one atomic step.
    pub changes: Vec<StateChange>,
    /// Who is told of it, once the changes are applied.
    pub notification: Option<Notification>,
}

/// A request as far as it can be understood without state and time.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The request as read.
    pub request: RawRequest,
    /// What it says.
    pub facts: Facts,
}

/// Answers a request.
#[must_use]
pub fn respond(
    server: &Server,
    records: &dyn Records,
    request: &RawRequest,
    moment: Moment<'_>,
) -> Outcome {
    let Reading { request, facts } = read(server, request.clone());
    decide_on(server, records, (&request, facts), moment)
}

/// Reads a request. Reading cannot fail: what is odd becomes a fact.
#[must_use]
pub fn read(server: &Server, request: RawRequest) -> Reading {
    let request = server
        .seams
        .read
        .iter()
        .fold(request, |request, seam| seam(request));
    let facts = resolve::request(server, &request);
    Reading { request, facts }
}

/// Decides on a request that was read: the part that has to be one step with its changes.
#[must_use]
pub fn decide(
    server: &Server,
    records: &dyn Records,
    reading: &Reading,
    moment: Moment<'_>,
) -> Outcome {
    let Reading { request, facts } = reading;
    decide_on(server, records, (request, facts.clone()), moment)
}

/// Decides on a request whose facts are needed for nothing else.
fn decide_on(
    server: &Server,
    records: &dyn Records,
    (request, mut facts): (&RawRequest, Facts),
    moment: Moment<'_>,
) -> Outcome {
    let Moment {
        now,
        serial,
        entropy,
    } = moment;
    let context = Context {
        server,
        records,
        request,
        now,
        serial,
    };
    resolve::records(&context, &mut facts);
    server
        .seams
        .facts
        .iter()
        .for_each(|seam| seam(&context, &mut facts));
    let issued = match check(&context, &facts) {
        Ok(()) => {
            let client = facts
                .client
                .as_ref()
                .map_or("", |client| client.id.as_str());
            issue::issue(&context, &facts, &mut Mint::new(&context, client, entropy))
        }
        Err((check, refusal)) => Issued {
            response: refusal.render(&context, &facts),
            changes: aftermath(&context, &facts, check),
            notification: None,
        },
    };
    let Issued {
        response,
        changes,
        notification,
    } = issued;
    let changes = server
        .seams
        .changes
        .iter()
        .fold(changes, |changes, seam| seam(&context, &facts, changes));
    let response = server
        .seams
        .response
        .iter()
        .fold(response, |response, seam| seam(&context, &facts, response));
    let notification = notification.map(|notification| {
        let seams = server.seams.notification.iter();
        seams.fold(notification, |it, seam| seam(&facts, it))
    });
    Outcome {
        response,
        changes,
        notification,
    }
}

/// Runs the checks in order; the first refusal wins.
fn check(context: &Context<'_>, facts: &Facts) -> Result<(), (CheckId, Refusal)> {
    for group in &context.server.checks {
        if (group.applies)(facts) {
            for (id, check) in &group.checks {
                check(context, facts).map_err(|refusal| (*id, refusal))?;
            }
        }
    }
    Ok(())
}

/// What a refusal changes: the reuse of a code that is good otherwise, or of a rotated refresh token ends its grant
/// (RFC 6749 §4.1.2, RFC 9700 §4.14.2), and a good assertion is used up.
fn aftermath(context: &Context<'_>, facts: &Facts, check: CheckId) -> Vec<StateChange> {
    let mut changes = Vec::new();
    if check.is_after_authentication() {
        changes.extend(issue::used_assertion(context, facts));
        changes.extend(issue::forgotten_failures(context, facts));
    }
    if check.is_of_authentication() {
        changes.extend(counted_failure(context, facts));
    }
    if check == CheckId::PasswordMatches {
        let party = grants::password::owner(context, facts);
        changes.extend(party.map(|party| failure(context, party)));
    }
    changes.extend(grants::polled::counted(facts, check));
    let grant = if check == CheckId::CodeNotRedeemed && is_good_otherwise(context, facts) {
        facts.code.as_ref().map(|code| code.value.clone())
    } else if check == CheckId::RefreshTokenNotRotated {
        facts
            .refresh_token
            .as_ref()
            .map(|record| record.grant.clone())
    } else {
        None
    };
    changes.extend(grant.map(|grant| revoke(context, grant)));
    changes
}

/// Whether a request for a used code passes every other check: anybody can send a used code, so that only the client who could
/// have redeemed it ends the grant (OAuth 2.1, "Reuse of Authorization Codes"). A code that is too old was used all the same.
fn is_good_otherwise(context: &Context<'_>, facts: &Facts) -> bool {
    let groups = context.server.checks.iter();
    let mut checks = groups
        .filter(|group| (group.applies)(facts))
        .flat_map(|group| &group.checks);
    checks.all(|(id, check)| {
        matches!(id, CheckId::CodeNotRedeemed | CheckId::CodeNotExpired)
            || check(context, facts).is_ok()
    })
}

fn counted_failure(context: &Context<'_>, facts: &Facts) -> Option<StateChange> {
    let client = facts.client.as_ref()?.id.clone();
    Some(failure(context, Party::Client(client)))
}

fn failure(context: &Context<'_>, party: Party) -> StateChange {
    StateChange::CountFailure {
        party,
        until: context.now.plus(context.server.limits.lock),
    }
}

/// The end of a grant and of all its tokens.
#[must_use]
pub fn revoke(context: &Context<'_>, grant: String) -> StateChange {
    let lifetimes = &context.server.lifetimes;
    let until = context
        .now
        .plus(lifetimes.refresh_token.max(lifetimes.access_token));
    StateChange::RevokeGrant { grant, until }
}

/// The changes that revoke one token: a refresh token takes its grant along (RFC 7009 §2.1).
#[must_use]
pub fn revoke_token(context: &Context<'_>, token: &TokenRecord) -> StateChange {
    match token {
        TokenRecord::Access(record) => StateChange::RemoveAccessToken(record.value.clone()),
        TokenRecord::Refresh(record) => revoke(context, record.grant.clone()),
    }
}
