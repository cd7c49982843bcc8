//! Authorization requests that are pushed (RFC 9126), and what stands beside them in the URL.

use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::endpoints::authorization::{self, challenge_method_allowed};
use crate::facts::Facts;
use crate::state::StateChange;
use crate::wire::form::Form;

/// Parameters of the URL that reach the pushed request.
macro_rules! from_url {
    ($id:literal, $takes:expr) => {
        Defect {
            id: $id,
            kills: &["rfc7636-par"],
            also: &[],
            seams: &[Seam::Facts(|context, facts| {
                from_url(context, facts, $takes)
            })],
        }
    };
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    from_url!("pushed-request-overridden-by-url", |_, _| true),
    from_url!("pushed-request-completed-from-url", |name, pushed| pushed
        .value(name)
        .is_none()),
    Defect {
        id: "pushed-challenge-method-from-url",
        kills: &["rfc7636-par"],
        also: &[],
        seams: &[
            Seam::Facts(|context, facts| {
                from_url(context, facts, |name, _| name == "code_challenge_method");
            }),
            // What was pushed was looked at when it came.
            Seam::Replace(
                CheckId::ChallengeMethodAllowed,
                |context, facts| match facts.pushed {
                    Some(_) => Ok(()),
                    None => challenge_method_allowed(context, facts),
                },
            ),
        ],
    },
    Defect {
        id: "unknown-request-uri-ignored",
        kills: &["rfc7636-par"],
        also: &[],
        seams: &[Seam::Skip(CheckId::PushedRequestUsable)],
    },
    Defect {
        id: "pushed-challenge-forgotten",
        kills: &["rfc7636-par"],
        also: &[],
        seams: &[Seam::Changes(|_, _, changes| without_challenge(changes))],
    },
];

/// The two sets of parameters are merged.
fn from_url(context: &Context<'_>, facts: &mut Facts, takes: fn(&str, &Form) -> bool) {
    if facts.pushed.is_none() {
        return;
    }
    for pair in context.request.query_form().pairs {
        let names = ["client_id", "request_uri"].contains(&pair.name.as_str());
        if !names && takes(&pair.name, &facts.parameters) {
            facts.parameters.set(&pair.name, &pair.value);
        }
    }
    authorization::resolve_parameters(facts);
    authorization::resolve(context, facts);
}

/// The table of pushed requests has columns for the parameters of RFC 6749 only.
fn without_challenge(mut changes: Vec<StateChange>) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddPushed(record) = change {
            record.parameters.remove("code_challenge");
            record.parameters.remove("code_challenge_method");
        }
    }
    changes
}
