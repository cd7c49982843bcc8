//! Several ATM parameters in one request, and empty ones.

use crate::access_token_manager::{Abort, ManagerRequest, ResourceUri};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Facts, ManagerChoice};
use crate::vocabulary::ErrorCode;

use super::choice::{asked, choose_as, fall_back, is_empty, is_known, lead, take};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "atm-aud-beats-id",
        kills: &["pingfederate-atm-id-beats-aud"],
        also: &[],
        seams: &[Seam::Facts(aud_beats_id)],
    },
    Defect {
        id: "atm-last-parameter-wins",
        kills: &["pingfederate-atm-id-beats-aud"],
        also: &[(
            "pingfederate-atm-empty-values",
            "an empty aud may be the last one",
        )],
        seams: &[Seam::Facts(last_parameter_wins)],
    },
    Defect {
        id: "atm-all-parameters-must-agree",
        kills: &["pingfederate-atm-id-beats-aud"],
        also: &[],
        seams: &[Seam::Facts(all_parameters_must_agree)],
    },
    Defect {
        id: "atm-resource-checked-beside-id",
        kills: &["pingfederate-atm-id-beats-aud"],
        also: &[],
        seams: &[Seam::Facts(resource_checked_beside_id)],
    },
    Defect {
        id: "atm-resources-must-agree-beside-id",
        kills: &["pingfederate-atm-id-beats-aud"],
        also: &[],
        seams: &[Seam::Facts(resources_must_agree_beside_id)],
    },
    Defect {
        id: "atm-ignored-aud-parsed",
        kills: &["pingfederate-atm-id-beats-aud"],
        also: &[],
        seams: &[Seam::Facts(ignored_aud_parsed)],
    },
    Defect {
        id: "atm-resource-beats-aud",
        kills: &["pingfederate-atm-aud-beats-resource"],
        also: &[],
        seams: &[Seam::Facts(resource_beats_aud)],
    },
    Defect {
        id: "atm-resource-checked-beside-aud",
        kills: &["pingfederate-atm-aud-beats-resource"],
        also: &[],
        seams: &[Seam::Facts(resource_checked_beside_aud)],
    },
    Defect {
        id: "atm-aud-and-resources-merged",
        kills: &["pingfederate-atm-aud-beats-resource"],
        also: &[],
        seams: &[Seam::Facts(aud_and_resources_merged)],
    },
    Defect {
        id: "atm-empty-id-matches-first-instance",
        kills: &["pingfederate-atm-empty-values"],
        also: &[],
        seams: &[Seam::Facts(empty_id_matches_first_instance)],
    },
    Defect {
        id: "atm-empty-id-switches-uris-off",
        kills: &["pingfederate-atm-empty-values"],
        also: &[],
        seams: &[Seam::Facts(empty_id_switches_uris_off)],
    },
    Defect {
        id: "atm-empty-aud-switches-resource-off",
        kills: &["pingfederate-atm-empty-values"],
        also: &[],
        seams: &[Seam::Facts(empty_aud_switches_resource_off)],
    },
    Defect {
        id: "atm-empty-resource-matches-everything",
        kills: &["pingfederate-atm-empty-values"],
        also: &[],
        seams: &[Seam::Facts(empty_resource_matches_everything)],
    },
    Defect {
        id: "atm-empty-parameter-refused",
        kills: &["pingfederate-atm-empty-values"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ManagerFound,
            empty_parameter_refused,
        )],
    },
];

/// What is asked, where a known identifier is among it.
fn with_known_id(context: &Context<'_>, facts: &Facts) -> Option<ManagerRequest> {
    asked(facts).filter(|request| request.id.as_ref().is_some_and(|id| is_known(context, id)))
}

fn aud_beats_id(context: &Context<'_>, facts: &mut Facts) {
    if let Some(request) = with_known_id(context, facts).filter(|request| request.aud.is_some()) {
        choose_as(
            context,
            facts,
            ManagerRequest {
                id: None,
                ..request
            },
        );
    }
}

/// Of identifier, `aud` and `resource` the one that stands last in the request decides.
fn last_parameter_wins(context: &Context<'_>, facts: &mut Facts) {
    let Some(request) = with_known_id(context, facts) else {
        return;
    };
    let last =
        facts.parameters.pairs.iter().rev().find(|pair| {
            ["access_token_manager_id", "aud", "resource"].contains(&pair.name.as_str())
        });
    let to = match last.map(|pair| pair.name.as_str()) {
        Some("aud") => ManagerRequest {
            aud: request.aud,
            ..ManagerRequest::default()
        },
        Some("resource") => ManagerRequest {
            resources: request.resources,
            ..ManagerRequest::default()
        },
        Some(_) | None => return,
    };
    choose_as(context, facts, to);
}

/// Refuses where what stands beside the identifier leads to another instance or nowhere.
fn all_parameters_must_agree(context: &Context<'_>, facts: &mut Facts) {
    let Some(request) = with_known_id(context, facts) else {
        return;
    };
    let id = request.id.clone();
    let rest = ManagerRequest {
        id: None,
        ..request
    };
    if rest.is_empty() {
        return;
    }
    let agrees = match lead(context, facts, rest) {
        ManagerChoice::Chosen(manager) => Some(&manager.id) == id.as_ref(),
        ManagerChoice::Aborted(_) | ManagerChoice::Implicit | ManagerChoice::NotEligible(_) => {
            false
        }
    };
    if !agrees {
        facts.manager = ManagerChoice::Aborted(Abort::Conflict);
    }
}

/// Refuses where a `resource` beside the identifier leads nowhere.
fn resource_checked_beside_id(context: &Context<'_>, facts: &mut Facts) {
    beside(context, facts, Abort::NoMatch);
}

/// Refuses where the values of `resource` beside the identifier lead to different instances.
fn resources_must_agree_beside_id(context: &Context<'_>, facts: &mut Facts) {
    beside(context, facts, Abort::Conflict);
}

fn beside(context: &Context<'_>, facts: &mut Facts, why: Abort) {
    let Some(request) = with_known_id(context, facts).filter(|it| !it.resources.is_empty()) else {
        return;
    };
    abort_where(context, facts, request.resources, why);
}

fn abort_where(context: &Context<'_>, facts: &mut Facts, resources: Vec<String>, why: Abort) {
    let to = ManagerRequest {
        resources,
        ..ManagerRequest::default()
    };
    if matches!(lead(context, facts, to), ManagerChoice::Aborted(found) if found == why) {
        facts.manager = ManagerChoice::Aborted(why);
    }
}

fn ignored_aud_parsed(context: &Context<'_>, facts: &mut Facts) {
    let aud = with_known_id(context, facts).and_then(|request| request.aud);
    if aud.is_some_and(|aud| ResourceUri::parse(&aud).is_none()) {
        facts.manager = ManagerChoice::Aborted(Abort::NoMatch);
    }
}

/// What is asked by `aud` and `resource` together, without an identifier.
fn with_both_uris(facts: &Facts) -> Option<ManagerRequest> {
    asked(facts).filter(|it| it.id.is_none() && it.aud.is_some() && !it.resources.is_empty())
}

fn resource_beats_aud(context: &Context<'_>, facts: &mut Facts) {
    if let Some(request) = with_both_uris(facts) {
        choose_as(
            context,
            facts,
            ManagerRequest {
                aud: None,
                ..request
            },
        );
    }
}

fn resource_checked_beside_aud(context: &Context<'_>, facts: &mut Facts) {
    if let Some(request) = with_both_uris(facts) {
        abort_where(context, facts, request.resources, Abort::NoMatch);
    }
}

/// `aud` counts as one more `resource`.
fn aud_and_resources_merged(context: &Context<'_>, facts: &mut Facts) {
    if let Some(mut request) = with_both_uris(facts) {
        request.resources.extend(request.aud.take());
        choose_as(context, facts, request);
    }
}

/// The empty text is the beginning of every identifier.
fn empty_id_matches_first_instance(context: &Context<'_>, facts: &mut Facts) {
    let second = context.server.managers.get(1);
    if let Some(manager) = second.filter(|_| is_empty(facts, "access_token_manager_id")) {
        take(context, facts, manager);
    }
}

/// The identifier is there, so that nothing else is looked at; and it is empty, so that it names nothing.
fn empty_id_switches_uris_off(context: &Context<'_>, facts: &mut Facts) {
    if is_empty(facts, "access_token_manager_id") {
        fall_back(context, facts);
    }
}

fn empty_aud_switches_resource_off(context: &Context<'_>, facts: &mut Facts) {
    let no_id = asked(facts).is_some_and(|request| request.id.is_none());
    if no_id && is_empty(facts, "aud") {
        fall_back(context, facts);
    }
}

/// The empty text is the beginning of every URI.
fn empty_resource_matches_everything(context: &Context<'_>, facts: &mut Facts) {
    let by_resource = asked(facts).is_none_or(|it| it.id.is_none() && it.aud.is_none());
    let with_uris = context
        .server
        .managers
        .iter()
        .find(|it| !it.resources.is_empty());
    if let Some(manager) = with_uris.filter(|_| by_resource && is_empty(facts, "resource")) {
        take(context, facts, manager);
    }
}

fn empty_parameter_refused(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let mut names = ["access_token_manager_id", "aud", "resource"].into_iter();
    if names.any(|name| is_empty(facts, name)) {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "A parameter is empty",
        ));
    }
    match &facts.manager {
        ManagerChoice::Aborted(Abort::NoDefault | Abort::NoMatch | Abort::UnknownId) => {
            Err(crate::checks::target::INVALID_TARGET)
        }
        ManagerChoice::Aborted(Abort::Conflict)
        | ManagerChoice::Chosen(_)
        | ManagerChoice::Implicit
        | ManagerChoice::NotEligible(_) => Ok(()),
    }
}
