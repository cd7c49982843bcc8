//! Instances that a client may not use, or not for the grant in hand.

use crate::access_token_manager::{Abort, ManagerRequest};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts, ManagerChoice};
use crate::registry::Restriction;
use crate::vocabulary::GrantType;
use crate::wire::response::Response;

use super::choice::{asked, asked_uri, barred, choose_as, fall_back};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "atm-eligibility-not-asked",
        kills: &[
            "pingfederate-atm-eligibility-acl",
            "pingfederate-atm-eligibility-mapping",
        ],
        also: &[
            (
                "pingfederate-atm-at-authorization",
                "at redemption nobody asks either",
            ),
            (
                "pingfederate-atm-at-refresh",
                "at refresh nobody asks either",
            ),
            (
                "pingfederate-atm-best-match-ineligible",
                "the best match issues though it is not eligible",
            ),
            (
                "pingfederate-atm-id-unknown",
                "an ID that is not eligible aborts nothing",
            ),
            (
                "pingfederate-atm-restrict-to-default",
                "a restriction is a limit on eligibility",
            ),
        ],
        seams: &[Seam::Skip(CheckId::ManagerEligible)],
    },
    Defect {
        id: "atm-access-list-for-ids-only",
        kills: &["pingfederate-atm-eligibility-acl"],
        also: &[
            (
                "pingfederate-atm-at-authorization",
                "it names a URI at redemption, too",
            ),
            (
                "pingfederate-atm-best-match-ineligible",
                "the best match by URI issues",
            ),
            ("pingfederate-atm-restrict-to-default", "it names URIs, too"),
        ],
        seams: &[Seam::Facts(access_list_for_ids_only)],
    },
    Defect {
        id: "atm-access-list-for-uris-only",
        kills: &["pingfederate-atm-eligibility-acl"],
        also: &[
            (
                "pingfederate-atm-id-unknown",
                "an ID of an instance that the client may not use is unknown to it",
            ),
            (
                "pingfederate-atm-at-authorization",
                "it names an ID at redemption, too",
            ),
            ("pingfederate-atm-at-refresh", "it names an ID at refresh"),
            (
                "pingfederate-atm-eligibility-mapping",
                "it takes every instance that is not eligible, by ID",
            ),
        ],
        seams: &[Seam::Facts(access_list_for_uris_only)],
    },
    Defect {
        id: "atm-ineligible-match-falls-back",
        kills: &["pingfederate-atm-best-match-ineligible"],
        also: &[
            (
                "pingfederate-atm-at-authorization",
                "it names a URI that is not eligible at redemption",
            ),
            (
                "pingfederate-atm-eligibility-acl",
                "the default answers for a URI that is not eligible",
            ),
            (
                "pingfederate-atm-restrict-to-default",
                "it records what answers for a URI that is not eligible",
            ),
        ],
        seams: &[Seam::Facts(ineligible_match_falls_back)],
    },
    Defect {
        id: "atm-next-best-instead-of-abort",
        kills: &["pingfederate-atm-best-match-ineligible"],
        also: &[
            (
                "pingfederate-atm-at-authorization",
                "it records what answers for a nested URI that is not eligible",
            ),
            (
                "pingfederate-atm-eligibility-acl",
                "it records what answers for a nested URI that is not eligible",
            ),
        ],
        seams: &[Seam::Facts(next_best_instead_of_abort)],
    },
    Defect {
        id: "atm-missing-mapping-is-500",
        kills: &["pingfederate-atm-eligibility-mapping"],
        also: &[
            (
                "pingfederate-atm-at-authorization",
                "it redeems with the URI of the instance without mapping",
            ),
            (
                "pingfederate-atm-eligibility-acl",
                "it asks for the URI of the instance without mapping",
            ),
            (
                "pingfederate-atm-id-unknown",
                "it asks for the ID of the instance without mapping",
            ),
        ],
        seams: &[Seam::Response(missing_mapping_is_500)],
    },
    Defect {
        id: "atm-mapping-not-asked-at-redemption",
        kills: &["pingfederate-atm-eligibility-mapping"],
        also: &[(
            "pingfederate-atm-at-authorization",
            "it redeems with the ID and URI of the instance without mapping",
        )],
        seams: &[Seam::Facts(mapping_not_asked_at_redemption)],
    },
    Defect {
        id: "atm-restriction-is-a-default-only",
        kills: &["pingfederate-atm-restrict-to-default"],
        also: &[
            ("pingfederate-atm-id-unknown", OF_RESTRICTED),
            ("pingfederate-atm-best-match-ineligible", OF_RESTRICTED),
            ("pingfederate-atm-at-refresh", OF_RESTRICTED),
        ],
        seams: &[Seam::Facts(restriction_is_a_default_only)],
    },
    Defect {
        id: "atm-restricted-client-gets-its-default",
        kills: &["pingfederate-atm-restrict-to-default"],
        also: &[
            ("pingfederate-atm-id-unknown", OF_RESTRICTED),
            ("pingfederate-atm-best-match-ineligible", OF_RESTRICTED),
            (
                "pingfederate-atm-aud-no-match",
                "a restricted client asks for foreign URIs, too",
            ),
            (
                "pingfederate-atm-partial-scheme-authority",
                "a restricted client asks for foreign URIs, too",
            ),
        ],
        seams: &[Seam::Facts(restricted_client_gets_its_default)],
    },
    Defect {
        id: "atm-eligibility-asked-at-authorization-only",
        kills: &["pingfederate-atm-at-authorization"],
        also: &[(
            "pingfederate-atm-eligibility-mapping",
            "it redeems with an ID that is not eligible",
        )],
        seams: &[Seam::Facts(eligibility_asked_at_authorization_only)],
    },
    Defect {
        id: "atm-choice-of-authorization-forgotten",
        kills: &["pingfederate-atm-at-authorization"],
        also: &[],
        seams: &[Seam::Facts(choice_of_authorization_forgotten)],
    },
    Defect {
        id: "atm-choice-of-authorization-holds",
        kills: &["pingfederate-atm-at-authorization"],
        also: &[],
        seams: &[Seam::Facts(choice_of_authorization_holds)],
    },
    Defect {
        id: "atm-eligibility-not-asked-at-refresh",
        kills: &["pingfederate-atm-at-refresh"],
        also: &[],
        seams: &[Seam::Facts(eligibility_not_asked_at_refresh)],
    },
    Defect {
        id: "atm-id-ignored-at-refresh",
        kills: &["pingfederate-atm-at-refresh"],
        also: &[],
        seams: &[Seam::Facts(id_ignored_at_refresh)],
    },
];

const OF_RESTRICTED: &str = "the client that asks for what it may not use is a restricted one";

/// The instance issues although the client may not use it.
fn let_through(facts: &mut Facts) {
    if let Some(manager) = barred(facts) {
        facts.manager = ManagerChoice::Chosen(manager);
    }
}

fn access_list_for_ids_only(_: &Context<'_>, facts: &mut Facts) {
    if asked(facts).is_some_and(|request| request.id.is_none()) {
        let_through(facts);
    }
}

fn access_list_for_uris_only(_: &Context<'_>, facts: &mut Facts) {
    let of_list = barred(facts).is_some_and(|manager| manager.clients.is_some());
    if of_list && asked(facts).is_some_and(|request| request.id.is_some()) {
        let_through(facts);
    }
}

fn ineligible_match_falls_back(context: &Context<'_>, facts: &mut Facts) {
    if asked_uri(facts).is_some() && barred(facts).is_some() {
        fall_back(context, facts);
    }
}

/// Narrows to the instances that the client may use, and then matches.
fn next_best_instead_of_abort(context: &Context<'_>, facts: &mut Facts) {
    let Some((uri, mut worse)) = asked_uri(facts).zip(barred(facts)) else {
        return;
    };
    let mut parent = uri;
    while let Some((shorter, _)) = parent.rsplit_once('/') {
        parent = shorter.to_owned();
        let to = super::choice::by_uri(&parent);
        match super::choice::lead(context, facts, to) {
            ManagerChoice::NotEligible(manager) => worse = manager,
            found @ ManagerChoice::Chosen(_) => {
                facts.manager = found;
                return;
            }
            ManagerChoice::Aborted(_) | ManagerChoice::Implicit => break,
        }
    }
    facts.manager = ManagerChoice::NotEligible(worse);
}

fn missing_mapping_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let unmapped = barred(facts).is_some_and(|manager| manager.grants.is_some());
    if facts.endpoint == Endpoint::Token && unmapped && response.status == 400 {
        return response.with_status(500);
    }
    response
}

fn mapping_not_asked_at_redemption(_: &Context<'_>, facts: &mut Facts) {
    let unmapped = barred(facts).is_some_and(|manager| manager.grants.is_some());
    if unmapped && facts.is_grant(GrantType::AuthorizationCode) {
        let_through(facts);
    }
}

/// Whether the client of a token request may use its default instance only.
fn is_restricted(facts: &Facts) -> bool {
    let client = facts.client.as_ref();
    facts.endpoint == Endpoint::Token
        && client.is_some_and(|client| client.restriction == Restriction::ToDefault)
}

/// The setting says what is chosen if nothing is asked for, and nothing more.
fn restriction_is_a_default_only(_: &Context<'_>, facts: &mut Facts) {
    let open =
        |it: &crate::access_token_manager::Manager| it.clients.is_none() && it.grants.is_none();
    if is_restricted(facts) && barred(facts).is_some_and(|manager| open(&manager)) {
        let_through(facts);
    }
}

fn restricted_client_gets_its_default(context: &Context<'_>, facts: &mut Facts) {
    if is_restricted(facts) && facts.is_grant(GrantType::ClientCredentials) {
        fall_back(context, facts);
    }
}

fn eligibility_asked_at_authorization_only(_: &Context<'_>, facts: &mut Facts) {
    if facts.is_grant(GrantType::AuthorizationCode) {
        let_through(facts);
    }
}

fn choice_of_authorization_forgotten(context: &Context<'_>, facts: &mut Facts) {
    if facts.is_grant(GrantType::AuthorizationCode) && asked(facts).is_none() {
        fall_back(context, facts);
    }
}

/// Where both requests name an instance the first one counts.
fn choice_of_authorization_holds(context: &Context<'_>, facts: &mut Facts) {
    let first = facts.code.as_ref().map(|code| code.manager.clone());
    if let Some(first) = first.filter(|first: &ManagerRequest| !first.is_empty()) {
        choose_as(context, facts, first);
    }
}

fn eligibility_not_asked_at_refresh(_: &Context<'_>, facts: &mut Facts) {
    if facts.is_grant(GrantType::RefreshToken) {
        let_through(facts);
    }
}

/// A refresh stays with the instance of the first token.
fn id_ignored_at_refresh(context: &Context<'_>, facts: &mut Facts) {
    let first = facts
        .refresh_token
        .as_ref()
        .and_then(|token| token.manager.clone());
    let known = !matches!(facts.manager, ManagerChoice::Aborted(Abort::UnknownId));
    if let Some(first) = first.filter(|_| known && barred(facts).is_none()) {
        choose_as(context, facts, ManagerRequest::by_id(first));
    }
}
