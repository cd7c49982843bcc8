//! Defects that rules of PingFederate notice, one file a subject.

mod assertions;
mod authentication;
mod choice;
mod codes;
mod defaults;
mod eligibility;
mod endpoint;
mod hints;
mod locations;
mod matching;
mod nesting;
mod no_match;
mod refresh;
mod repeated;
mod resources;
mod secret_jwt;
mod secrets;
mod spelling;
mod unknown;
mod validation;

use super::{Defect, row};

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    assertions::DEFECTS,
    authentication::DEFECTS,
    codes::DEFECTS,
    defaults::DEFECTS,
    eligibility::DEFECTS,
    endpoint::DEFECTS,
    hints::DEFECTS,
    locations::DEFECTS,
    matching::DEFECTS,
    nesting::DEFECTS,
    no_match::DEFECTS,
    refresh::DEFECTS,
    repeated::DEFECTS,
    resources::DEFECTS,
    secret_jwt::DEFECTS,
    secrets::DEFECTS,
    spelling::DEFECTS,
    unknown::DEFECTS,
    validation::DEFECTS,
];
