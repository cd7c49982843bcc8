//! Which access token manager issues the token.

use super::{CheckId, Group};
use crate::access_token_manager::Abort;
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts, ManagerChoice};
use crate::vocabulary::ErrorCode;

/// Token requests.
pub const MANAGER: Group = Group {
    applies: |facts| facts.endpoint == Endpoint::Token,
    checks: &[
        (CheckId::ManagerFound, manager_found),
        (CheckId::ManagerResourcesAgree, manager_resources_agree),
        (CheckId::ManagerEligible, manager_eligible),
    ],
};

/// The refusal of a request that leads to no instance.
pub const INVALID_TARGET: Refusal = Refusal::new(
    ErrorCode::InvalidTarget,
    "There is no access token manager for this client and request",
);

fn manager_found(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match &facts.manager {
        ManagerChoice::Aborted(Abort::NoDefault | Abort::NoMatch | Abort::UnknownId) => {
            Err(INVALID_TARGET)
        }
        ManagerChoice::Aborted(Abort::Conflict)
        | ManagerChoice::Chosen(_)
        | ManagerChoice::Implicit
        | ManagerChoice::NotEligible(_) => Ok(()),
    }
}

fn manager_resources_agree(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match &facts.manager {
        ManagerChoice::Aborted(Abort::Conflict) => Err(Refusal::new(
            ErrorCode::InvalidTarget,
            "The resources belong to different access token managers",
        )),
        ManagerChoice::Aborted(Abort::NoDefault | Abort::NoMatch | Abort::UnknownId)
        | ManagerChoice::Chosen(_)
        | ManagerChoice::Implicit
        | ManagerChoice::NotEligible(_) => Ok(()),
    }
}

fn manager_eligible(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match &facts.manager {
        ManagerChoice::NotEligible(_) => Err(INVALID_TARGET),
        ManagerChoice::Aborted(_) | ManagerChoice::Chosen(_) | ManagerChoice::Implicit => Ok(()),
    }
}
