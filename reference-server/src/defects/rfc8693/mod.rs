//! Defects that rules of RFC 8693 notice, one file a subject.

mod answers;
mod requests;
mod tokens;

use super::Defect;
use crate::context::Context;
use crate::facts::Facts;
use crate::resolve;
use crate::security_token::SecurityToken;
use crate::vocabulary::GrantType;

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[answers::DEFECTS, requests::DEFECTS, tokens::DEFECTS];

/// Whether this is a request for an exchange.
fn is_exchange(facts: &Facts) -> bool {
    facts.is_grant(GrantType::TokenExchange)
}

/// Takes something else for the subject token, and looks at what follows from it.
fn with_subject(context: &Context<'_>, facts: &mut Facts, mut token: SecurityToken) {
    token.look(context);
    facts.subject_token = Some(token);
    crate::grants::token_exchange::derive(facts);
    resolve::scope(context, facts);
}
