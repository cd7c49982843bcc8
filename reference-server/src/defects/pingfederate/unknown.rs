//! `access_token_manager_id`: not read, or looked up sloppily.

use crate::access_token_manager::{Abort, Manager, ManagerRequest};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;

use super::choice::{aborted, asked, choose_as, fall_back, take};

const NO_ID: &str = "it names an ID that nobody reads";
/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "atm-id-ignored",
        kills: &["pingfederate-atm-id-selects"],
        also: &[
            (
                "pingfederate-validate-bearer-atm",
                "the ID chooses where the token is validated, too",
            ),
            ("pingfederate-atm-at-authorization", NO_ID),
            ("pingfederate-atm-at-refresh", NO_ID),
            ("pingfederate-atm-eligibility-acl", NO_ID),
            ("pingfederate-atm-eligibility-mapping", NO_ID),
            ("pingfederate-atm-empty-values", NO_ID),
            ("pingfederate-atm-id-beats-aud", NO_ID),
            ("pingfederate-atm-id-unknown", NO_ID),
            ("pingfederate-atm-oidc-policy", NO_ID),
            ("pingfederate-atm-repeated-id", NO_ID),
            ("pingfederate-atm-restrict-to-default", NO_ID),
        ],
        seams: &[Seam::Facts(id_ignored)],
    },
    Defect {
        id: "atm-unknown-id-falls-back",
        kills: &["pingfederate-atm-id-unknown"],
        also: &[],
        seams: &[Seam::Facts(unknown_id_falls_back)],
    },
    Defect {
        id: "atm-id-by-prefix",
        kills: &["pingfederate-atm-id-unknown"],
        also: &[],
        seams: &[Seam::Facts(id_by_prefix)],
    },
    Defect {
        id: "atm-id-list-first",
        kills: &["pingfederate-atm-id-unknown"],
        also: &[],
        seams: &[Seam::Facts(id_list_first)],
    },
    Defect {
        id: "atm-unknown-id-gives-way-to-aud",
        kills: &["pingfederate-atm-id-unknown"],
        also: &[],
        seams: &[Seam::Facts(unknown_id_gives_way_to_aud)],
    },
    Defect {
        id: "atm-unknown-id-gives-way-to-resource",
        kills: &["pingfederate-atm-id-unknown"],
        also: &[],
        seams: &[Seam::Facts(unknown_id_gives_way_to_resource)],
    },
    Defect {
        id: "atm-id-case-folded",
        kills: &["pingfederate-atm-id-unknown"],
        also: &[],
        seams: &[Seam::Facts(id_case_folded)],
    },
    Defect {
        id: "atm-id-trimmed",
        kills: &["pingfederate-atm-id-unknown"],
        also: &[],
        seams: &[Seam::Facts(id_trimmed)],
    },
];

/// The identifier is not read: what stands beside it decides, or the default.
fn id_ignored(context: &Context<'_>, facts: &mut Facts) {
    if let Some(request) = asked(facts).filter(|request| request.id.is_some()) {
        let rest = ManagerRequest {
            id: None,
            ..request
        };
        choose_as(context, facts, rest);
    }
}

fn unknown_id_falls_back(context: &Context<'_>, facts: &mut Facts) {
    if aborted(facts, Abort::UnknownId) {
        fall_back(context, facts);
    }
}

/// Looks an identifier up that led nowhere, by another comparison.
fn look_up(context: &Context<'_>, facts: &mut Facts, same: fn(&str, &str) -> bool) {
    let id = asked(facts).and_then(|request| request.id);
    let Some(id) = id.filter(|_| aborted(facts, Abort::UnknownId)) else {
        return;
    };
    let mut managers = context.server.managers.iter();
    let found = managers.find(|manager: &&std::sync::Arc<Manager>| same(&manager.id, &id));
    if let Some(manager) = found {
        take(context, facts, manager);
    }
}

fn id_by_prefix(context: &Context<'_>, facts: &mut Facts) {
    look_up(context, facts, |known, asked| asked.starts_with(known));
}

fn id_list_first(context: &Context<'_>, facts: &mut Facts) {
    look_up(context, facts, |known, asked| {
        asked.split([',', ' ']).next() == Some(known)
    });
}

fn id_case_folded(context: &Context<'_>, facts: &mut Facts) {
    look_up(context, facts, str::eq_ignore_ascii_case);
}

fn id_trimmed(context: &Context<'_>, facts: &mut Facts) {
    look_up(context, facts, |known, asked| asked.trim() == known);
}

fn unknown_id_gives_way_to_aud(context: &Context<'_>, facts: &mut Facts) {
    let aud = asked(facts).and_then(|request| request.aud);
    if let Some(aud) = aud.filter(|_| aborted(facts, Abort::UnknownId)) {
        let to = ManagerRequest {
            aud: Some(aud),
            ..ManagerRequest::default()
        };
        choose_as(context, facts, to);
    }
}

fn unknown_id_gives_way_to_resource(context: &Context<'_>, facts: &mut Facts) {
    let resources = asked(facts).map(|request| request.resources);
    let resources = resources.filter(|all| !all.is_empty() && aborted(facts, Abort::UnknownId));
    if let Some(resources) = resources {
        let to = ManagerRequest {
            resources,
            ..ManagerRequest::default()
        };
        choose_as(context, facts, to);
    }
}
