//! Authorization codes: how long they are good, their redirect URI, verifier and scope.

use super::row;
use crate::checks::CheckId;
use crate::checks::scope::BEYOND_GRANT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::grants::authorization_code::INVALID_CODE;
use crate::pkce::Challenge;
use crate::resolve;
use crate::state::{CodeRecord, StateChange};
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType, Scope};

const LIFETIME: &[&str] = &["pingfederate-code-lifetime"];
const NARROWER: &[&str] = &["pingfederate-code-scope-narrower"];
const REDIRECT_URI: &[&str] = &["pingfederate-code-redirect-uri-required"];
const REDIRECT_URI_OPTIONAL: &[&str] = &["pingfederate-code-redirect-uri-optional"];
const VERIFIER: &[&str] = &["pingfederate-code-verifier"];
const WIDER: &[&str] = &["pingfederate-code-scope-wider"];

macro_rules! redirect_uri {
    ($id:literal, $same:expr) => {
        row(
            $id,
            REDIRECT_URI,
            &[],
            &[Seam::Replace(
                CheckId::CodeRedirectUriIdentical,
                |_, facts| identical_or(facts, $same),
            )],
        )
    };
}

macro_rules! scope {
    ($id:literal, $kills:expr, $fits:expr) => {
        row(
            $id,
            $kills,
            &[],
            &[Seam::Replace(CheckId::ScopeWithinCode, |_, facts| {
                scope_unless(facts, $fits)
            })],
        )
    };
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "code-lifetime-in-minutes",
        LIFETIME,
        &[],
        &[Seam::Changes(|_, _, changes| lives(changes, 60 * 60))],
    ),
    row(
        "code-lifetime-of-ten-seconds",
        LIFETIME,
        &[],
        &[Seam::Changes(|_, _, changes| lives(changes, 10))],
    ),
    row(
        "code-expired-is-invalid-request",
        LIFETIME,
        &[],
        &[Seam::Replace(
            CheckId::CodeNotExpired,
            expired_is_invalid_request,
        )],
    ),
    row(
        "code-redirect-uri-always-demanded",
        REDIRECT_URI_OPTIONAL,
        &[],
        &[Seam::Replace(
            CheckId::CodeRedirectUriPresent,
            |_, facts| {
                let sent = facts.parameters.value("redirect_uri").is_some();
                (facts.code.is_none() || sent)
                    .then_some(())
                    .ok_or(INVALID_CODE)
            },
        )],
    ),
    row(
        "code-redirect-uri-may-be-missing",
        REDIRECT_URI,
        &[],
        &[Seam::Skip(CheckId::CodeRedirectUriPresent)],
    ),
    row(
        "code-redirect-uri-may-be-empty",
        REDIRECT_URI,
        &[],
        &[Seam::Replace(
            CheckId::CodeRedirectUriPresent,
            |_, facts| {
                let owed = facts
                    .code
                    .as_ref()
                    .is_some_and(|code| code.redirect_uri.is_some());
                let sent = facts.parameters.count("redirect_uri") > 0;
                (!owed || sent).then_some(()).ok_or(INVALID_CODE)
            },
        )],
    ),
    redirect_uri!("code-redirect-uri-any-of-client", |named, _, code| {
        code.client.redirect_uris.iter().any(|uri| uri == named)
    }),
    redirect_uri!("code-redirect-uri-as-wildcard", |named, used, _| {
        let rest = named.strip_prefix(used);
        rest.is_some_and(|rest| rest.starts_with(['/', '?']))
    }),
    redirect_uri!("code-redirect-uri-by-first-characters", |named, used, _| {
        named.starts_with(used)
    }),
    row(
        "code-verifier-optional",
        VERIFIER,
        &[],
        &[Seam::Replace(CheckId::VerifierPresent, |_, facts| {
            present_or(facts, |facts| facts.parameters.count("code_verifier") == 0)
        })],
    ),
    row(
        "code-verifier-may-be-empty",
        VERIFIER,
        &[],
        &[Seam::Replace(CheckId::VerifierPresent, |_, facts| {
            present_or(facts, |facts| facts.parameters.count("code_verifier") > 0)
        })],
    ),
    row(
        "code-verifier-of-public-clients-only",
        VERIFIER,
        &[],
        &[
            Seam::Replace(CheckId::VerifierPresent, |_, facts| {
                present_or(facts, is_confidential)
            }),
            Seam::Replace(CheckId::VerifierMatchesChallenge, |_, facts| {
                matches_or(facts, |facts, _, _| is_confidential(facts))
            }),
        ],
    ),
    row(
        "code-verifier-not-compared",
        VERIFIER,
        &[],
        &[Seam::Skip(CheckId::VerifierMatchesChallenge)],
    ),
    row(
        "code-challenge-passes-for-verifier",
        VERIFIER,
        &[],
        &[Seam::Replace(
            CheckId::VerifierMatchesChallenge,
            |_, facts| matches_or(facts, |_, verifier, challenge| verifier == challenge.value),
        )],
    ),
    row(
        "code-scope-not-read",
        NARROWER,
        &[],
        &[Seam::Facts(scope_not_read)],
    ),
    row(
        "code-scope-left-out-is-first-value",
        NARROWER,
        &[(
            "pingfederate-refresh-scope",
            "the code that its grant begins with says the first value only",
        )],
        &[Seam::Facts(left_out_is_first_value)],
    ),
    scope!("code-scope-order-matters", NARROWER, |asked, granted, _| {
        let mut granted = granted.values();
        asked.values().all(|value| granted.any(|own| own == value))
    }),
    scope!(
        "code-scope-all-or-nothing",
        NARROWER,
        |asked, granted, _| { asked.is_within(granted) && granted.is_within(asked) }
    ),
    scope!("code-scope-held-against-client", WIDER, |asked, _, code| {
        asked.is_within(&code.client.scope)
    }),
    scope!(
        "code-scope-first-value-held-against-grant",
        WIDER,
        |asked, granted, _| {
            asked
                .values()
                .next()
                .is_none_or(|value| granted.contains(value))
        }
    ),
    scope!("code-scope-without-case", WIDER, |asked, granted, _| {
        asked.values().all(|value| {
            let mut granted = granted.values();
            granted.any(|own| own.eq_ignore_ascii_case(value))
        })
    }),
];

fn lives(mut changes: Vec<StateChange>, seconds: u64) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddCode(code) = change {
            code.expires = code.issued.plus(seconds);
            code.forgotten = code.forgotten.max(code.expires);
        }
    }
    changes
}

fn expired_is_invalid_request(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let code = facts.code.as_ref();
    if code.is_some_and(|code| context.now >= code.expires) {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "The code has expired",
        ));
    }
    Ok(())
}

/// The redirect URI is the one of the authorization request, or passes for it.
fn identical_or(facts: &Facts, same: fn(&str, &str, &CodeRecord) -> bool) -> Result<(), Refusal> {
    let (Some(code), Some(named)) = (&facts.code, facts.parameters.value("redirect_uri")) else {
        return Ok(());
    };
    let only = || code.client.redirect_uris.first();
    match code.redirect_uri.as_ref().or_else(only) {
        Some(used) if used == named || same(named, used, code) => Ok(()),
        Some(_) | None => Err(INVALID_CODE),
    }
}

fn is_confidential(facts: &Facts) -> bool {
    facts.method() != AuthenticationMethod::None
}

/// A code with a challenge comes with a verifier, or the condition excuses it.
fn present_or(facts: &Facts, excused: fn(&Facts) -> bool) -> Result<(), Refusal> {
    let code = facts.code.as_ref();
    let owed = code.is_some_and(|code| code.challenge.is_some());
    let sent = facts.parameters.value("code_verifier").is_some();
    (!owed || sent || excused(facts))
        .then_some(())
        .ok_or(INVALID_CODE)
}

/// The verifier belongs to the challenge, or the condition excuses it.
fn matches_or(facts: &Facts, excused: fn(&Facts, &str, &Challenge) -> bool) -> Result<(), Refusal> {
    let challenge = facts.code.as_ref().and_then(|code| code.challenge.as_ref());
    let pair = challenge.zip(facts.parameters.value("code_verifier"));
    let holds = pair.is_none_or(|(challenge, verifier)| {
        challenge.is_met_by(verifier) || excused(facts, verifier, challenge)
    });
    holds.then_some(()).ok_or(INVALID_CODE)
}

/// As RFC 6749 has it: the token has the scope of the code.
fn scope_not_read(context: &Context<'_>, facts: &mut Facts) {
    if facts.is_grant(GrantType::AuthorizationCode) && facts.requested_scope.is_some() {
        facts.requested_scope = None;
        resolve::scope(context, facts);
    }
}

/// Of the scope that counts where none is asked for, the first value counts.
pub(super) fn default_is_first_value(context: &Context<'_>, facts: &mut Facts) {
    let first: Vec<String> = facts
        .default_scope
        .values()
        .take(1)
        .map(str::to_owned)
        .collect();
    facts.default_scope = Scope::of(&first);
    resolve::scope(context, facts);
}

/// The column is read as one value where it holds a list.
fn left_out_is_first_value(context: &Context<'_>, facts: &mut Facts) {
    let openid = facts.default_scope.contains("openid");
    if !openid && facts.is_grant(GrantType::AuthorizationCode) && facts.requested_scope.is_none() {
        default_is_first_value(context, facts);
    }
}

/// The requested scope fits that of the code, in some sense.
fn scope_unless(
    facts: &Facts,
    fits: fn(&Scope, &Scope, &CodeRecord) -> bool,
) -> Result<(), Refusal> {
    let code = facts
        .code
        .as_ref()
        .filter(|_| facts.requested_scope.is_some());
    if code.is_some_and(|code| !fits(&facts.scope, &facts.available_scope, code)) {
        return Err(BEYOND_GRANT);
    }
    Ok(())
}
