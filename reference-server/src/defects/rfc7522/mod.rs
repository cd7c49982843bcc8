//! RFC 7522: SAML assertions as grants, and as client authentication.

mod clients;
mod comparisons;
mod documents;
mod requests;
mod signatures;
mod statements;

use std::sync::Arc;

use super::{Defect, row};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::grants::assertion_grant::require;
use crate::jose::grant_assertion::TrustedIssuer;
use crate::resolve;
use crate::saml::assertion::{SamlAssertion, Statement};
use crate::vocabulary::GrantType;

/// The rows, by what they are about.
pub(super) const DEFECTS: &[&[Defect]] = &[
    clients::DEFECTS,
    comparisons::DEFECTS,
    documents::DEFECTS,
    requests::DEFECTS,
    signatures::DEFECTS,
    statements::DEFECTS,
];

fn is_grant(facts: &Facts) -> bool {
    facts.is_grant(GrantType::Saml2Bearer)
}

fn refuse_unless(facts: &Facts, holds: impl Fn(&SamlAssertion) -> bool) -> Result<(), Refusal> {
    require(facts.saml_assertion.as_ref(), holds)
}

fn refuse_unless_says(facts: &Facts, holds: impl Fn(&Statement) -> bool) -> Result<(), Refusal> {
    refuse_unless(facts, |it| it.statement.as_ref().is_none_or(&holds))
}

/// Changes what the assertion says, and what follows from it.
fn restate(context: &Context<'_>, facts: &mut Facts, change: impl FnOnce(&mut Statement)) {
    let statement = facts.saml_assertion.as_mut();
    if let Some(statement) = statement.and_then(|it| it.statement.as_mut()) {
        change(statement);
        resolve::grant(context, facts);
    }
}

/// Puts another assertion in the place of the one that was read.
fn replace(context: &Context<'_>, facts: &mut Facts, by: SamlAssertion) {
    facts.saml_assertion = Some(by);
    resolve::grant(context, facts);
}

/// Reads another document as the assertion.
fn reread(context: &Context<'_>, facts: &mut Facts, xml: String) {
    let trusted: &[Arc<TrustedIssuer>] = &context.server.saml_issuers;
    let read = SamlAssertion::of_xml(xml, trusted);
    replace(context, facts, read);
}

/// The document that was sent.
fn document(facts: &Facts) -> &str {
    facts.saml_assertion.as_ref().map_or("", |it| &it.xml)
}
