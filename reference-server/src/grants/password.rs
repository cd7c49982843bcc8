//! Resource owner password credentials (RFC 6749 §4.3).

use super::Grant;
use crate::checks::{CheckId, Group, scope};
use crate::context::Context;
use crate::error::{Reason, Refusal};
use crate::facts::Facts;
use crate::issue::{self, Basis, IdToken, Issued, Mint, Renewal};
use crate::state::{Party, StateChange};
use crate::vocabulary::{ErrorCode, GrantType};

/// The grant.
pub const GRANT: Grant = Grant {
    grant_type: GrantType::Password,
    resolve,
    group: Group {
        applies: |facts| facts.is_grant(GrantType::Password),
        checks: &[
            (CheckId::UsernamePresent, username_present),
            (CheckId::PasswordPresent, password_present),
            (CheckId::GuessesWithinLimit, guesses_within_limit),
            (CheckId::PasswordMatches, password_matches),
            (CheckId::ScopeWithinOwner, scope::within_client),
        ],
    },
    issue,
};

/// The refusal of a name and a password. It does not say which of them is wrong.
pub const INVALID_CREDENTIALS: Refusal = Refusal::new(
    ErrorCode::InvalidGrant,
    "The username or the password is wrong",
);

/// The resource owner whose password a request sends, if the server knows one of that name.
#[must_use]
pub fn owner(context: &Context<'_>, facts: &Facts) -> Option<Party> {
    let username = facts.parameters.value("username")?;
    let known = facts.is_grant(GrantType::Password) && context.server.users.contains_key(username);
    known.then(|| Party::ResourceOwner(username.to_owned()))
}

fn resolve(_: &Context<'_>, facts: &mut Facts) {
    facts.offer_scope_of_client();
    facts.subject = facts.parameters.value("username").map(str::to_owned);
}

fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let party = owner(context, facts).filter(|party| context.records.failures(party).is_some());
    let renewal = Renewal::first(facts, Some(&facts.scope));
    // The grant is no value that anybody sends: it names the family of the refresh token only.
    let grant = match renewal {
        Renewal::First { .. } => Some(mint.random(16)),
        Renewal::Next { .. } | Renewal::None => None,
    };
    let basis = Basis {
        grant,
        grant_type: GrantType::Password,
        renewal,
        id_token: IdToken::None,
        changes: party.map(StateChange::ForgetFailures).into_iter().collect(),
    };
    issue::tokens(context, facts, mint, basis)
}

fn username_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    present(facts, "username", "username is missing")
}

/// An empty password is none: no directory is asked with it.
fn password_present(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    present(facts, "password", "password is missing")
}

fn present(facts: &Facts, name: &str, description: &'static str) -> Result<(), Refusal> {
    if facts.parameters.value(name).is_none() {
        return Err(Refusal::new(ErrorCode::InvalidRequest, description));
    }
    Ok(())
}

/// RFC 6749 §4.3.2: the endpoint is protected against brute force.
fn guesses_within_limit(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let failures = owner(context, facts).and_then(|party| context.records.failures(&party));
    let is_locked = failures.is_some_and(|failures| {
        failures.count >= context.server.limits.failures && context.now < failures.until
    });
    if is_locked {
        let description = "There were too many wrong passwords for this username";
        return Err(Refusal::because(Reason::TooManyRequests, description));
    }
    Ok(())
}

fn password_matches(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let credentials = facts
        .parameters
        .value("username")
        .zip(facts.parameters.value("password"));
    let matches = |(username, password): (&str, &str)| {
        let known = context.server.users.get(username);
        known.is_some_and(|own| own.matches(password))
    };
    if credentials.is_none_or(matches) {
        return Ok(());
    }
    Err(INVALID_CREDENTIALS)
}
