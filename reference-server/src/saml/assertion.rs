//! A SAML assertion that was presented. What it looks at is one rule of RFC 7522 §3 each; the caller decides what a fault means.

use std::sync::Arc;

use super::BEARER;
use super::date_time::Time;
use crate::context::Context;
use crate::jose::assertion::Signature;
use crate::jose::grant_assertion::TrustedIssuer;
use crate::opaque::opaque_debug;

/// By how many seconds the clocks of issuer and server may differ.
pub const SKEW: i64 = 30;

/// A presented assertion.
#[derive(Clone)]
pub struct SamlAssertion {
    /// The document as sent, decoded; empty if it could not be.
    pub xml: String,
    /// What the assertion says, if the document is one assertion and nothing else.
    pub statement: Option<Statement>,
    /// Its issuer, if the server trusts that.
    pub issuer: Option<Arc<TrustedIssuer>>,
    /// Whether a key of its issuer signed what it says.
    pub signature: Signature,
}

opaque_debug!(SamlAssertion);

/// What an assertion says (SAML Core §2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// Its `ID`.
    pub id: String,
    /// `Issuer`.
    pub issuer: Option<String>,
    /// `NameID` of the `Subject`.
    pub name_id: Option<String>,
    /// The confirmations of the subject.
    pub confirmations: Vec<Confirmation>,
    /// `NotBefore` of `Conditions`.
    pub not_before: Option<Time>,
    /// `NotOnOrAfter` of `Conditions`.
    pub not_on_or_after: Option<Time>,
    /// The audiences of each `AudienceRestriction`.
    pub audience_restrictions: Vec<Vec<String>>,
}

/// How a subject is confirmed (SAML Core §2.4.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirmation {
    /// `Method`.
    pub method: Option<String>,
    /// `SubjectConfirmationData`.
    pub data: Option<ConfirmationData>,
}

/// What limits a confirmation (SAML Core §2.4.1.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfirmationData {
    /// `Recipient`.
    pub recipient: Option<String>,
    /// `NotBefore`.
    pub not_before: Option<Time>,
    /// `NotOnOrAfter`.
    pub not_on_or_after: Option<Time>,
}

impl SamlAssertion {
    /// Reads an assertion and tries its signature. Reading cannot fail.
    #[cfg(feature = "saml")]
    #[must_use]
    pub fn read(text: &str, trusted: &[Arc<TrustedIssuer>]) -> Self {
        Self::of_xml(super::document::decode(text).unwrap_or_default(), trusted)
    }

    /// As [`Self::read`], of a document that was decoded.
    #[cfg(feature = "saml")]
    #[must_use]
    pub fn of_xml(xml: String, trusted: &[Arc<TrustedIssuer>]) -> Self {
        let document = super::document::Document::read(&xml);
        let content = document.as_ref().map(|it| it.content.as_str());
        let statement = content.and_then(super::statement::read);
        let named = statement.as_ref().and_then(|it| it.issuer.as_deref());
        let mut trusted = trusted.iter();
        let issuer = trusted.find(|issuer| Some(issuer.issuer.as_str()) == named);
        let keys = issuer.map_or(&[][..], |issuer| &issuer.keys);
        let signature = document.map_or(Signature::NoKey, |it| super::signature::verify(&it, keys));
        Self {
            statement,
            issuer: issuer.cloned(),
            signature,
            xml,
        }
    }

    /// In this build nothing can be read.
    #[cfg(not(feature = "saml"))]
    #[must_use]
    pub fn read(_: &str, _: &[Arc<TrustedIssuer>]) -> Self {
        Self {
            xml: String::new(),
            statement: None,
            issuer: None,
            signature: Signature::NoKey,
        }
    }

    /// The subject.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.statement.as_ref()?.name_id.as_deref()
    }

    /// Whether the server trusts its issuer (§3 item 1).
    #[must_use]
    pub fn issuer_is_trusted(&self) -> bool {
        self.holds(|_| self.issuer.is_some())
    }

    /// Whether its issuer signed it (§3).
    #[must_use]
    pub fn signature_is_valid(&self) -> bool {
        self.issuer.is_none() || self.signature == Signature::Valid
    }

    /// Whether it has a subject, for whom its issuer may speak (§3 item 3).
    #[must_use]
    pub fn subject_is_known(&self) -> bool {
        let subjects = self.issuer.as_ref().and_then(|it| it.subjects.as_ref());
        self.holds(|it| {
            let subject = it.name_id.as_ref().filter(|subject| !subject.is_empty());
            subject.is_some_and(|it| subjects.is_none_or(|all| all.contains(it)))
        })
    }

    /// Whether there is a restriction of the audience, and every one of them lets this server in (§3 item 2, SAML Core
    /// §2.5.1.4).
    #[must_use]
    pub fn audience_is_server(&self, context: &Context<'_>) -> bool {
        let own = |audience: &String| context.server.audiences.contains(audience);
        self.holds(|it| {
            let restrictions = &it.audience_restrictions;
            !restrictions.is_empty() && restrictions.iter().all(|any| any.iter().any(own))
        })
    }

    /// Whether the conditions name no end that has come (§3).
    #[must_use]
    pub fn has_not_expired(&self, context: &Context<'_>) -> bool {
        self.holds(|it| {
            it.not_on_or_after
                .is_none_or(|end| end.is_after(now(context) - SKEW))
        })
    }

    /// Whether its time has come (SAML Core §2.5.1.2).
    #[must_use]
    pub fn has_begun(&self, context: &Context<'_>) -> bool {
        self.holds(|it| has_come(it.not_before, context))
    }

    /// Whether one confirmation at least is good (§3 item 5): by bearer, for this endpoint, not over. Only where the conditions
    /// have an end it may say nothing more.
    #[must_use]
    pub fn subject_is_confirmed(&self, context: &Context<'_>) -> bool {
        self.holds(|statement| {
            let mut all = statement.confirmations.iter();
            all.any(|it| is_good(it, statement, context))
        })
    }

    /// Whether its `ID` was not used before (§3).
    #[must_use]
    pub fn is_new(&self, context: &Context<'_>) -> bool {
        self.holds(|it| !context.records.is_assertion_used(&owner(it), &it.id))
    }

    fn holds(&self, condition: impl Fn(&Statement) -> bool) -> bool {
        self.statement.as_ref().is_none_or(condition)
    }
}

impl Statement {
    /// The last moment at which it can be good: until then its `ID` has to be remembered.
    #[must_use]
    pub fn end(&self) -> i64 {
        let data = self.confirmations.iter().filter_map(|it| it.data.as_ref());
        let ends = data.map(|it| it.not_on_or_after);
        let ends = ends.chain([self.not_on_or_after]).flatten();
        let ends = ends.filter_map(|end| match end {
            Time::At(end) => Some(end),
            Time::Unreadable => None,
        });
        ends.max().unwrap_or(0).saturating_add(SKEW)
    }
}

/// Under whose name an `ID` is remembered: that of its issuer.
#[must_use]
pub fn owner(statement: &Statement) -> String {
    let issuer = statement.issuer.as_deref().unwrap_or_default();
    format!("SAML assertion of {issuer}")
}

fn is_good(it: &Confirmation, statement: &Statement, context: &Context<'_>) -> bool {
    if it.method.as_deref() != Some(BEARER) {
        return false;
    }
    let Some(data) = &it.data else {
        return statement.not_on_or_after.is_some();
    };
    let end = data.not_on_or_after;
    context.server.is_token_endpoint(data.recipient.as_deref())
        && end.is_some_and(|end| end.is_after(now(context) - SKEW))
        && has_come(data.not_before, context)
}

fn has_come(begin: Option<Time>, context: &Context<'_>) -> bool {
    begin.is_none_or(|begin| begin.is_no_later_than(now(context) + SKEW))
}

fn now(context: &Context<'_>) -> i64 {
    i64::try_from(context.now.0).unwrap_or(i64::MAX - SKEW)
}
