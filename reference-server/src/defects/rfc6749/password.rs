//! Names and passwords of resource owners (RFC 6749 §4.3).

use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::grants::password::INVALID_CREDENTIALS;
use crate::vocabulary::ErrorCode;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "password-wrong-is-invalid-client",
        kills: &["rfc6749-ropc-bad-credentials"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::PasswordMatches,
            wrong_is_invalid_client,
        )],
    },
    Defect {
        id: "password-unknown-user-is-invalid-request",
        kills: &["rfc6749-ropc-bad-credentials"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::PasswordMatches,
            unknown_is_invalid_request,
        )],
    },
    Defect {
        id: "password-case-folded",
        kills: &["rfc6749-ropc-bad-credentials"],
        also: &[],
        seams: &[Seam::Replace(CheckId::PasswordMatches, case_folded)],
    },
    Defect {
        id: "password-may-go-on",
        kills: &["rfc6749-ropc-bad-credentials"],
        also: &[],
        seams: &[Seam::Replace(CheckId::PasswordMatches, may_go_on)],
    },
    Defect {
        id: "password-empty-binds",
        kills: &["rfc6749-ropc-missing-params"],
        also: &[],
        seams: &[Seam::Replace(CheckId::PasswordPresent, empty_is_there)],
    },
    Defect {
        id: "password-without-username",
        kills: &["rfc6749-ropc-missing-params"],
        also: &[],
        seams: &[Seam::Skip(CheckId::UsernamePresent)],
    },
    Defect {
        id: "password-guessed-without-end",
        kills: &["rfc6749-ropc-bruteforce"],
        also: &[],
        seams: &[Seam::Skip(CheckId::GuessesWithinLimit)],
    },
];

/// Whether a condition on the own and the sent password holds; none for an unknown name.
fn compare(context: &Context<'_>, facts: &Facts, same: fn(&str, &str) -> bool) -> Option<bool> {
    let username = facts.parameters.value("username")?;
    let own = context.server.users.get(username)?;
    let sent = facts.parameters.value("password")?;
    Some(same(own.expose(), sent))
}

fn wrong_is_invalid_client(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match compare(context, facts, |own, sent| own == sent) {
        Some(true) => Ok(()),
        Some(false) | None => Err(INVALID_CLIENT),
    }
}

fn unknown_is_invalid_request(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match compare(context, facts, |own, sent| own == sent) {
        Some(true) => Ok(()),
        Some(false) => Err(INVALID_CREDENTIALS),
        None => Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "There is no such user",
        )),
    }
}

fn case_folded(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match compare(context, facts, |own, sent| own.eq_ignore_ascii_case(sent)) {
        Some(true) => Ok(()),
        Some(false) | None => Err(INVALID_CREDENTIALS),
    }
}

/// What is longer than the kept one is cut.
fn may_go_on(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match compare(context, facts, |own, sent| sent.starts_with(own)) {
        Some(true) => Ok(()),
        Some(false) | None => Err(INVALID_CREDENTIALS),
    }
}

/// A directory that is bound to with an empty password says yes.
fn empty_is_there(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.parameters.count("password") > 0 {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidRequest,
        "password is missing",
    ))
}
