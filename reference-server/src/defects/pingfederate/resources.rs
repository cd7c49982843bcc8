//! Several values of `resource`, and a URI that several instances share.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::access_token_manager::{Abort, Manager, ManagerRequest, ResourceUri};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Facts, ManagerChoice};

use super::choice::{aborted, asked, asked_uri, by_uri, choose_as, fall_back, lead, take};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "atm-first-resource-decides",
        kills: &["pingfederate-atm-several-resources-differ"],
        also: &[(
            "pingfederate-atm-several-resources-common-parent",
            "of nested URIs the first may be the inner one",
        )],
        seams: &[Seam::Facts(first_resource_decides)],
    },
    Defect {
        id: "atm-last-resource-decides",
        kills: &[
            "pingfederate-atm-several-resources-common-parent",
            "pingfederate-atm-several-resources-differ",
        ],
        also: &[],
        seams: &[Seam::Facts(last_resource_decides)],
    },
    Defect {
        id: "atm-unmatched-resource-skipped",
        kills: &["pingfederate-atm-several-resources-differ"],
        also: &[],
        seams: &[Seam::Facts(unmatched_resource_skipped)],
    },
    Defect {
        id: "atm-barred-resource-skipped",
        kills: &["pingfederate-atm-several-resources-differ"],
        also: &[],
        seams: &[Seam::Facts(barred_resource_skipped)],
    },
    Defect {
        id: "atm-repeated-resource-refused",
        kills: &["pingfederate-atm-several-resources-same"],
        also: &[],
        seams: &[Seam::Facts(repeated_resource_refused)],
    },
    Defect {
        id: "atm-resources-compared-as-text",
        kills: &["pingfederate-atm-several-resources-same"],
        also: &[],
        seams: &[Seam::Facts(resources_compared_as_text)],
    },
    Defect {
        id: "atm-one-instance-for-all-resources-sought",
        kills: &["pingfederate-atm-several-resources-common-parent"],
        also: &[(
            "pingfederate-atm-several-resources-differ",
            "it records where one instance contains the values of two",
        )],
        seams: &[Seam::Facts(one_instance_for_all_resources_sought)],
    },
    Defect {
        id: "atm-shared-uri-falls-back",
        kills: &["pingfederate-atm-same-uri-twice"],
        also: &[],
        seams: &[Seam::Facts(shared_uri_falls_back)],
    },
    Defect {
        id: "atm-shared-uri-refused",
        kills: &["pingfederate-atm-same-uri-twice"],
        also: &[],
        seams: &[Seam::Facts(shared_uri_refused)],
    },
];

/// The values of `resource`, where they decide and there are several.
fn several(facts: &Facts) -> Option<Vec<String>> {
    let request = asked(facts).filter(|it| it.id.is_none() && it.aud.is_none())?;
    (request.resources.len() > 1).then_some(request.resources)
}

fn first_resource_decides(context: &Context<'_>, facts: &mut Facts) {
    if let Some(first) = several(facts).and_then(|all| all.first().cloned()) {
        choose_as(context, facts, by_uri(&first));
    }
}

/// Each value overwrites what the one before led to.
fn last_resource_decides(context: &Context<'_>, facts: &mut Facts) {
    if let Some(last) = several(facts).and_then(|all| all.last().cloned()) {
        choose_as(context, facts, by_uri(&last));
    }
}

fn unmatched_resource_skipped(context: &Context<'_>, facts: &mut Facts) {
    skip(context, facts, |choice| {
        matches!(choice, ManagerChoice::Aborted(Abort::NoMatch))
    });
}

fn barred_resource_skipped(context: &Context<'_>, facts: &mut Facts) {
    skip(context, facts, |choice| {
        matches!(choice, ManagerChoice::NotEligible(_))
    });
}

/// Leaves out the values that lead to such an end, unless all do.
fn skip(context: &Context<'_>, facts: &mut Facts, is_bad: fn(&ManagerChoice) -> bool) {
    let Some(mut resources) = several(facts) else {
        return;
    };
    resources.retain(|uri| !is_bad(&lead(context, facts, by_uri(uri))));
    if !resources.is_empty() {
        let to = ManagerRequest {
            resources,
            ..ManagerRequest::default()
        };
        choose_as(context, facts, to);
    }
}

fn repeated_resource_refused(_: &Context<'_>, facts: &mut Facts) {
    if several(facts).is_some() {
        facts.manager = ManagerChoice::Aborted(Abort::Conflict);
    }
}

/// Two values agree when they are the same text.
fn resources_compared_as_text(_: &Context<'_>, facts: &mut Facts) {
    let different = several(facts).map(|all| all.into_iter().collect::<BTreeSet<_>>().len());
    if different.is_some_and(|different| different > 1) {
        facts.manager = ManagerChoice::Aborted(Abort::Conflict);
    }
}

fn contains(manager: &Manager, requested: &str) -> bool {
    ResourceUri::parse(requested).is_some_and(|requested| {
        let mut own = manager.resources.iter();
        own.any(|(_, uri)| uri.matches(&requested).is_some())
    })
}

/// An instance that contains every value is good enough, though none of them may fit it best.
fn one_instance_for_all_resources_sought(context: &Context<'_>, facts: &mut Facts) {
    let Some(all) = several(facts).filter(|_| aborted(facts, Abort::Conflict)) else {
        return;
    };
    let mut managers = context.server.managers.iter();
    let found = managers.find(|manager| all.iter().all(|uri| contains(manager, uri)));
    if let Some(manager) = found {
        take(context, facts, manager);
    }
}

/// The instances that share the configured URI which the requested one fits.
fn sharing<'m>(context: &Context<'m>, facts: &Facts) -> Vec<&'m Arc<Manager>> {
    let Some(uri) = asked_uri(facts) else {
        return Vec::new();
    };
    let managers = &context.server.managers;
    let fitting = managers.iter().filter(|it| contains(it, &uri));
    let texts = |it: &Manager| -> BTreeSet<String> {
        it.resources.iter().map(|(text, _)| text.clone()).collect()
    };
    fitting
        .filter(|it| {
            let own = texts(it);
            managers
                .iter()
                .any(|other| other.id != it.id && !own.is_disjoint(&texts(other)))
        })
        .collect()
}

fn shared_uri_falls_back(context: &Context<'_>, facts: &mut Facts) {
    if !sharing(context, facts).is_empty() {
        fall_back(context, facts);
    }
}

fn shared_uri_refused(context: &Context<'_>, facts: &mut Facts) {
    if !sharing(context, facts).is_empty() {
        facts.manager = ManagerChoice::Aborted(Abort::NoMatch);
    }
}
