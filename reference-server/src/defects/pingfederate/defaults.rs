//! Which instance answers where nothing is asked for.

use crate::access_token_manager::ManagerRequest;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts, ManagerChoice};
use crate::vocabulary::GrantType;

use super::choice::{asked, choose_as, lead, take};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "atm-client-default-ignored",
        kills: &["pingfederate-atm-default"],
        also: &[
            (
                "pingfederate-atm-empty-values",
                "what is sent empty leaves the choice to the default",
            ),
            (
                "pingfederate-atm-oidc-policy",
                "without openid the default answers",
            ),
            (
                "pingfederate-atm-repeated-id",
                "a header field leaves the choice to the default",
            ),
        ],
        seams: &[Seam::Facts(client_default_ignored)],
    },
    Defect {
        id: "atm-installation-default-ignored",
        kills: &["pingfederate-atm-default"],
        also: &[
            (
                "pingfederate-atm-repeated-id",
                "the client that sends the ID in a header field has that default",
            ),
            (
                "pingfederate-atm-at-refresh",
                "it records whether the default answers",
            ),
            (
                "pingfederate-atm-empty-values",
                "what is sent empty leaves the choice to the default",
            ),
            (
                "pingfederate-virtual-host-names",
                "at another host it asks for the default, too",
            ),
        ],
        seams: &[Seam::Facts(installation_default_ignored)],
    },
    Defect {
        id: "atm-default-without-eligibility",
        kills: &["pingfederate-atm-default"],
        also: &[
            (
                "pingfederate-atm-repeated-id",
                "the client that sends the ID in a header field has that default",
            ),
            (
                "pingfederate-atm-empty-values",
                "what is sent empty leaves the choice to the default",
            ),
            (
                "pingfederate-virtual-host-names",
                "at another host it asks for the default, too",
            ),
        ],
        seams: &[Seam::Facts(default_without_eligibility)],
    },
    Defect {
        id: "atm-policy-ignored",
        kills: &["pingfederate-atm-oidc-policy"],
        also: &[],
        seams: &[Seam::Facts(policy_ignored)],
    },
    Defect {
        id: "atm-policy-without-openid",
        kills: &["pingfederate-atm-oidc-policy"],
        also: &[(
            "pingfederate-atm-at-refresh",
            "the grant that is refreshed has the instance of the policy",
        )],
        seams: &[Seam::Facts(policy_without_openid)],
    },
    Defect {
        id: "atm-policy-beats-id",
        kills: &["pingfederate-atm-oidc-policy"],
        also: &[],
        seams: &[Seam::Facts(policy_beats_id)],
    },
];

/// Whether a token request leaves the choice to the server.
fn leaves_it_open(facts: &Facts) -> bool {
    facts.endpoint == Endpoint::Token
        && facts.manager_request.is_empty()
        && !facts.scope.contains("openid")
}

fn client_default_ignored(context: &Context<'_>, facts: &mut Facts) {
    let manager = context.server.installation_default();
    if let Some(manager) = manager.filter(|_| leaves_it_open(facts)) {
        take(context, facts, &manager);
    }
}

/// Without a default of its own a client gets the last configured instance that it may use.
fn installation_default_ignored(context: &Context<'_>, facts: &mut Facts) {
    let own = facts
        .client
        .as_ref()
        .is_some_and(|it| it.default_manager.is_some());
    if own || !leaves_it_open(facts) {
        return;
    }
    let choices = context
        .server
        .managers
        .iter()
        .rev()
        .map(|manager| lead(context, facts, ManagerRequest::by_id(manager.id.clone())));
    let chosen = choices
        .into_iter()
        .find(|choice| matches!(choice, ManagerChoice::Chosen(_)));
    if let Some(chosen) = chosen {
        facts.manager = chosen;
    }
}

/// Without a default of its own a client gets an instance whose access list nobody asked.
fn default_without_eligibility(context: &Context<'_>, facts: &mut Facts) {
    let own = facts
        .client
        .as_ref()
        .is_some_and(|it| it.default_manager.is_some());
    let listed = context
        .server
        .managers
        .iter()
        .find(|it| it.clients.is_some());
    if let Some(manager) = listed.filter(|_| !own && leaves_it_open(facts)) {
        facts.manager = ManagerChoice::Chosen(std::sync::Arc::clone(manager));
    }
}

/// The policy's instance of the client of a code.
fn policy(facts: &Facts) -> Option<String> {
    let client = facts.client.as_ref()?;
    let policy = client.policy_manager.clone();
    policy.filter(|_| facts.is_grant(GrantType::AuthorizationCode))
}

fn policy_ignored(context: &Context<'_>, facts: &mut Facts) {
    if policy(facts).is_some() && facts.manager_request.is_empty() {
        let client = facts
            .client
            .as_ref()
            .and_then(|client| client.default_manager.clone());
        let default = client.or_else(|| context.server.default_manager.clone());
        if let Some(default) = default {
            choose_as(context, facts, ManagerRequest::by_id(default));
        }
    }
}

fn policy_without_openid(context: &Context<'_>, facts: &mut Facts) {
    if let Some(policy) = policy(facts).filter(|_| facts.manager_request.is_empty()) {
        choose_as(context, facts, ManagerRequest::by_id(policy));
    }
}

fn policy_beats_id(context: &Context<'_>, facts: &mut Facts) {
    let wanted = facts.scope.contains("openid") && asked(facts).is_some();
    if let Some(policy) = policy(facts).filter(|_| wanted) {
        choose_as(context, facts, ManagerRequest::by_id(policy));
    }
}
