//! A JWT of an issuer that the server trusts (RFC 7523 §2.1, §3): a grant, or a token to be exchanged.
//! What it looks at is one rule of §3 each; the caller decides what a fault means.

use std::sync::Arc;

use serde_json::Value;

use super::assertion::{Assertion, Signature};
use super::jws::Jws;
use crate::context::Context;
use crate::opaque::opaque_debug;
use crate::registry::ClientKey;

/// By how many seconds the clocks of issuer and server may differ.
pub const SKEW: f64 = 30.0;

/// An issuer whose assertions the server accepts.
pub struct TrustedIssuer {
    /// The claim `iss`.
    pub issuer: String,
    /// Its public keys.
    pub keys: Vec<ClientKey>,
    /// For whom it may speak; none: for anybody.
    pub subjects: Option<Vec<String>>,
}

opaque_debug!(TrustedIssuer);

/// A presented assertion.
#[derive(Clone, Debug)]
pub struct GrantAssertion {
    /// What it says, its signature tried against the keys of its issuer.
    pub assertion: Assertion,
    /// Its issuer, if the server trusts that.
    pub issuer: Option<Arc<TrustedIssuer>>,
}

impl GrantAssertion {
    /// Reads an assertion and tries its signature. Reading cannot fail.
    #[must_use]
    pub fn read(text: &str, trusted: &[Arc<TrustedIssuer>]) -> Self {
        let mut assertion = Assertion::read(text);
        let named = assertion.jws.as_ref().and_then(|jws| jws.text("iss"));
        let issuer = trusted
            .iter()
            .find(|issuer| Some(issuer.issuer.as_str()) == named)
            .cloned();
        if let Some(issuer) = &issuer {
            assertion.try_each(&issuer.keys);
        }
        Self { assertion, issuer }
    }

    /// What it says, if it is a JWS of two JSON objects.
    #[must_use]
    pub const fn jws(&self) -> Option<&Jws> {
        self.assertion.jws.as_ref()
    }

    /// A claim that is a text.
    #[must_use]
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.jws()?.text(claim)
    }

    /// Whether it wants no extension to be understood (RFC 7515 §4.1.11).
    #[must_use]
    pub fn header_is_understood(&self) -> bool {
        self.jws()
            .is_none_or(|jws| !jws.header.contains_key("crit") && !jws.header.contains_key("b64"))
    }

    /// Whether its issuer has a key for its `alg` and `kid`.
    #[must_use]
    pub fn key_is_known(&self) -> bool {
        self.assertion.signature != Signature::NoKey
    }

    /// Whether it was not made by another key than the one it names.
    #[must_use]
    pub fn signature_is_valid(&self) -> bool {
        self.assertion.signature != Signature::Invalid
    }

    /// Whether it has a subject, for whom its issuer may speak (§3 item 2).
    #[must_use]
    pub fn subject_is_known(&self) -> bool {
        let Some(subject) = self.text("sub").filter(|subject| !subject.is_empty()) else {
            return false;
        };
        let subjects = self.issuer.as_ref().and_then(|it| it.subjects.as_ref());
        subjects.is_none_or(|all| all.iter().any(|own| own == subject))
    }

    /// Whether it is meant for this server (§3 item 3).
    #[must_use]
    pub fn audience_is_server(&self, context: &Context<'_>) -> bool {
        let known = |audience: &&str| context.server.audiences.iter().any(|own| own == audience);
        self.assertion.audiences().iter().any(known)
    }

    /// Whether `exp` is there, and it, `nbf` and `iat` are numbers (RFC 7519 §2).
    #[must_use]
    pub fn dates_are_numbers(&self) -> bool {
        self.jws().is_none_or(|jws| {
            let numeric = |claim: &&str| jws.payload.get(*claim).is_none_or(Value::is_number);
            jws.payload.contains_key("exp") && ["exp", "iat", "nbf"].iter().all(numeric)
        })
    }

    /// Whether it has not expired (§3 item 4).
    #[must_use]
    pub fn has_not_expired(&self, context: &Context<'_>) -> bool {
        self.date("exp")
            .is_none_or(|date| date > now(context) - SKEW)
    }

    /// Whether it does not live longer than its `jti` is remembered.
    #[must_use]
    pub fn lifetime_is_within_limit(&self, context: &Context<'_>) -> bool {
        let limit = f64::from(context.server.lifetimes.assertion);
        self.date("exp")
            .is_none_or(|date| date <= now(context) + limit + SKEW)
    }

    /// Whether the time of a claim, if it is there, does not lie ahead (§3 items 5 and 6).
    #[must_use]
    pub fn is_not_ahead(&self, context: &Context<'_>, claim: &str) -> bool {
        self.date(claim)
            .is_none_or(|date| date <= now(context) + SKEW)
    }

    /// Whether its `jti`, if it has one, is a text that was not used before (§3 item 7).
    #[must_use]
    pub fn is_new(&self, context: &Context<'_>) -> bool {
        match self.jws().and_then(|jws| jws.payload.get("jti")) {
            None => true,
            Some(Value::String(jti)) => {
                let owner = self.owner();
                !jti.is_empty() && !context.records.is_assertion_used(&owner, jti)
            }
            Some(
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Array(_)
                | Value::Object(_),
            ) => false,
        }
    }

    /// Under whose name its `jti` is remembered: a client of the same name has its own.
    #[must_use]
    pub fn owner(&self) -> String {
        format!("grant of {}", self.text("iss").unwrap_or_default())
    }

    /// Whether it is an assertion that the server accepts, but for `jti`: a token to be exchanged may
    /// be presented again.
    #[must_use]
    pub fn is_genuine(&self) -> bool {
        self.jws().is_some()
            && self.header_is_understood()
            && self.issuer.is_some()
            && self.assertion.signature == Signature::Valid
    }

    /// Whether it is meant for this server, now.
    #[must_use]
    pub fn is_good(&self, context: &Context<'_>) -> bool {
        self.subject_is_known()
            && self.audience_is_server(context)
            && self.dates_are_numbers()
            && self.has_not_expired(context)
            && self.lifetime_is_within_limit(context)
            && self.is_not_ahead(context, "nbf")
            && self.is_not_ahead(context, "iat")
    }

    fn date(&self, claim: &str) -> Option<f64> {
        self.jws()?.date(claim)
    }
}

/// Seconds as a `NumericDate` has them.
#[expect(
    clippy::cast_precision_loss,
    reason = "seconds since 1970 are far below 2^53"
)]
fn now(context: &Context<'_>) -> f64 {
    context.now.0 as f64
}
