//! ATM parameters that occur twice, or where they do not belong.

use crate::access_token_manager::ManagerRequest;
use crate::checks::CheckId;
use crate::checks::message::ONCE;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts, ManagerChoice};
use crate::vocabulary::ErrorCode;

use super::choice::{choose_as, fall_back, lead};

const REPEATED: &str = "it records whether a repeated aud is refused beside an ID";
const TOKEN: &str = "a repeated token is taken as any other parameter is";

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "atm-repeated-parameter-first-counts",
        kills: &["pingfederate-atm-repeated-id"],
        also: ALSO_REPEATED,
        seams: &[Seam::Replace(CheckId::ParametersNotRepeated, others_once)],
    },
    Defect {
        id: "atm-first-id-checked-last-id-used",
        kills: &["pingfederate-atm-repeated-id"],
        also: ALSO_REPEATED,
        seams: &[
            Seam::Replace(CheckId::ParametersNotRepeated, others_once),
            Seam::Facts(first_id_checked_last_id_used),
        ],
    },
    Defect {
        id: "atm-last-id-checked-first-id-used",
        kills: &["pingfederate-atm-repeated-id"],
        also: ALSO_REPEATED,
        seams: &[
            Seam::Replace(CheckId::ParametersNotRepeated, others_once),
            Seam::Facts(last_id_checked_first_id_used),
        ],
    },
    Defect {
        id: "atm-repeated-parameter-dropped",
        kills: &["pingfederate-atm-repeated-id"],
        also: ALSO_REPEATED,
        seams: &[
            Seam::Replace(CheckId::ParametersNotRepeated, others_once),
            Seam::Facts(repeated_parameter_dropped),
        ],
    },
    Defect {
        id: "atm-id-read-from-header",
        kills: &["pingfederate-atm-repeated-id"],
        also: &[],
        seams: &[Seam::Facts(id_read_from_header)],
    },
    Defect {
        id: "atm-id-read-from-query-first",
        kills: &["pingfederate-atm-repeated-id"],
        also: &[],
        seams: &[Seam::Facts(id_read_from_query_first)],
    },
];

/// The rules that repeat a parameter on their way.
const ALSO_REPEATED: &[(&str, &str)] = &[
    ("pingfederate-atm-id-beats-aud", REPEATED),
    ("pingfederate-validate-bearer-invalid", TOKEN),
];

/// Repetition matters for the parameters of the RFCs alone.
fn others_once(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if ONCE.iter().any(|name| facts.parameters.count(name) > 1) {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "A parameter is repeated",
        ));
    }
    Ok(())
}

/// The identifiers of a request at the token endpoint that has several.
fn ids(facts: &Facts) -> Option<(String, String)> {
    let mut all = facts.parameters.values("access_token_manager_id");
    let pair = (all.next()?.to_owned(), all.last()?.to_owned());
    (facts.endpoint == Endpoint::Token).then_some(pair)
}

fn first_id_checked_last_id_used(context: &Context<'_>, facts: &mut Facts) {
    if let Some((first, last)) = ids(facts) {
        checked_and_used(context, facts, first, last);
    }
}

fn last_id_checked_first_id_used(context: &Context<'_>, facts: &mut Facts) {
    if let Some((first, last)) = ids(facts) {
        checked_and_used(context, facts, last, first);
    }
}

/// Eligibility is asked of one instance, and the other one issues.
fn checked_and_used(context: &Context<'_>, facts: &mut Facts, checked: String, used: String) {
    choose_as(context, facts, ManagerRequest::by_id(checked));
    if !matches!(facts.manager, ManagerChoice::Chosen(_)) {
        return;
    }
    match lead(context, facts, ManagerRequest::by_id(used)) {
        ManagerChoice::Chosen(manager) | ManagerChoice::NotEligible(manager) => {
            facts.manager = ManagerChoice::Chosen(manager);
        }
        ManagerChoice::Aborted(_) | ManagerChoice::Implicit => {}
    }
}

/// A list where a text is expected reads as no value.
fn repeated_parameter_dropped(context: &Context<'_>, facts: &mut Facts) {
    let twice = |name| facts.parameters.count(name) > 1;
    if facts.endpoint == Endpoint::Token && (twice("access_token_manager_id") || twice("aud")) {
        fall_back(context, facts);
    }
}

fn id_read_from_header(context: &Context<'_>, facts: &mut Facts) {
    let id = context.request.field("access_token_manager_id");
    if let Some(id) = id.filter(|_| facts.endpoint == Endpoint::Token) {
        choose_as(context, facts, ManagerRequest::by_id(id.to_owned()));
    }
}

/// The query is looked at before the body.
fn id_read_from_query_first(context: &Context<'_>, facts: &mut Facts) {
    let query = context.request.query_form();
    let id = query.value("access_token_manager_id");
    if let Some(id) = id.filter(|_| facts.endpoint == Endpoint::Token) {
        choose_as(context, facts, ManagerRequest::by_id(id.to_owned()));
    }
}
