//! Seeded defects: deviations that this server can be told to commit, so that a harness can show that it notices them. One
//! row a defect, one file or folder a document; nothing outside this folder knows a defect, the pipeline calls [`Seam`]s.
//!
//! # How to write one
//!
//! A row in the file of the document whose rule it breaks:
//!
//! ```text
//! Defect {
//!     id: "code-reuse-accepted",                      // lower case, hyphens, unique
//!     kills: &["rfc6749-code-single-use"],            // the rules it is there for, at least one
//!     also: &[("rfc6749-code-single-use-race", "no use is remembered at all")],
//!     seams: &[Seam::Skip(CheckId::CodeNotRedeemed)], // usually one
//! },
//! ```
//!
//! What a defect needs beyond the row is a small function below the table. Choose the seam nearest to
//! the mistake that an implementer would make:
//!
//! | seam | when | sees |
//! | --- | --- | --- |
//! | [`Seam::Read`] | before anything is read | the raw request; returns the one that the server will see |
//! | [`Seam::Facts`] | after look-up, before the checks | [`Context`], and every [`Facts`] field, to change |
//! | [`Seam::Skip`] | a check is forgotten | (names: [`CheckId::ALL`]) |
//! | [`Seam::Replace`] | a check is weaker, or refuses otherwise | [`Context`], [`Facts`]; returns `Ok(())` or a [`Refusal`] |
//! | [`Seam::Mint`] | values are predictable, short, constant | [`Mint`]: `serial`, `now`, `client`, `random(octets)`; the [`Kind`] |
//! | [`Seam::KeySets`] | the wrong keys of a client are fetched, or kept too long | the facts; returns what is [`Wanted`] |
//! | [`Seam::Notification`] | a client is told wrongly, or what it answers counts | the [`Notification`], to change |
//! | [`Seam::Changes`] | something is not remembered, or too much | the [`StateChange`]s, before they are applied |
//! | [`Seam::Response`] | the answer is wrong | the finished [`Response`], and the facts |
//! | [`Seam::Commit`] | a race | (how long after the decision the changes are applied) |
//! | [`Seam::Connection`] | the transport | request and response; returns a [`Delivery`] |
//! | [`Seam::Reception`] | TLS is negotiated wrongly | the `ClientHello`; returns a [`Reception`] |
//! | [`Seam::Tls`] | another certificate, other protocols | the [`TlsPlan`], to change |
//! | [`Seam::Incoming`] | the HTTP parser is sloppy | octets as read; returns those that the parser sees |
//! | [`Seam::Fields`] | a front end puts right what is malformed over HTTP/2 | fields as sent; returns those that the HTTP library sees |
//! | [`Seam::Outgoing`] | answers are framed wrongly | octets as written; returns those that leave |
//!
//! [`Seam::Incoming`] and [`Seam::Outgoing`] see connections of HTTP/1.1 only; over HTTP/2 `request.protocol` says so.
//!
//! All endpoints go through the same pipeline: ask `facts.endpoint` where a seam should act at one only.
//!
//! **Reading another request.** [`RawRequest`] has `form()`, `with_form(&Form)` and `edit_form(|form| ..)` to decode,
//! change and encode the body again, `query_form()`, `field(name)`, `set_header`, `remove_header`;
//! [`Form`](crate::wire::form::Form) has `value`, `values`, `count`, `set`, `push`, `remove` and its `pairs`;
//! [`form::decode`](crate::wire::form::decode) and `encode`, [`basic::encode`](crate::wire::basic::encode), `read` and
//! `undecoded` (the halves as they stand, for a server that forgets to form-decode them) and `from_halves` (the way back)
//! are the codecs. A sloppy decoder is a `Read` that decodes the raw octets sloppily and returns a properly encoded
//! request. Change only requests that show the mistake, and leave the others octet by octet.
//!
//! **Looking up sloppily.** [`Context`] has `find_client`, `find_code`, `find_polled`, `find_refresh_token` and
//! `find_access_token`, each with a predicate over all records. Put what you find into `facts.client`, `facts.code`,
//! `facts.refresh_token` or `facts.token`, then run the later stages again:
//! [`resolve::assertion`](crate::resolve::assertion) after a change of client, [`resolve::grant`](crate::resolve::grant)
//! after a change of client, code or refresh token, [`resolve::scope`](crate::resolve::scope) after a change of
//! `requested_scope`, `available_scope` or `default_scope`, [`resolve::manager`](fn@crate::resolve::manager) after a change
//! of `manager_request`, [`resolve::token_state`](crate::resolve::token_state) after a change of `token`.
//!
//! **Other credentials.** `facts.presented` has what the request offers, `facts.methods` the methods it tries (the first
//! counts; empty is `none`). `facts.presented.secret()` is the secret, wherever it was; `client.secret` has `matches` and,
//! for sloppy comparisons, `expose()`. A weaker comparison of secrets is a `Replace` of both `BasicSecretMatches` and
//! `PostSecretMatches` by `secrets::compare`. To authenticate one client and issue to another, change the `client` of the records in `Changes`:
//! as a fact it would have to authenticate.
//!
//! **State.** A record knows its `issued` time, the `serial` of the request that issued it (of two records the later has
//! the higher), and its `usage` with the time of the last use; `ctx.records` has `each_code`, `each_refresh_token`,
//! `each_access_token` and `is_revoked`. `Changes` may edit the records of `AddAccessToken`, `AddCode` and
//! `AddRefreshToken` (scope, expiry, challenge, grant, client), drop `RedeemCode`, `RotateRefreshToken`, `RevokeGrant`,
//! `RememberAssertion`, or add any of them.
//!
//! **Access token managers.** `facts.manager_request` is what the request names, `facts.manager` what it leads to;
//! `ctx.server.managers` has every instance with `id`, `resources` (as configured, and parsed), `clients`, `grants`.
//! [`choose`](crate::access_token_manager::choose) is the conformant choice; a wrong one is a `Facts` that sets
//! `facts.manager` to [`Chosen`](crate::facts::ManagerChoice::Chosen). The authorization endpoint chooses too: ask
//! `facts.endpoint`.
//!
//! **Issuer.** `facts.issuer` is what tokens, introspection and redirects call the issuer.
//!
//! **Checks pass when their subject is absent.** So a skipped `CodeKnown` leads to a token for no code at all, and a
//! skipped `CodePresent` to `CodeKnown`'s `invalid_grant` instead of `invalid_request`. Issuing never fails: without a
//! client it issues to nobody, without a subject for the client.
//!
//! **Rules of the house.** A defect must leave the control alone, or no rule can be judged. It should be a mistake that
//! somebody made. It must not be caught by a rule that it has nothing to do with; what it trips necessarily goes into
//! `also`, with the reason; rules of other documents, which `tokenspec mutants --full` alone runs, into `elsewhere`.

mod ciba;
mod elsewhere;
mod form_urlencoded;
mod http;
mod jwt;
mod metadata;
mod oauth2_1;
mod pingfederate;
mod pingone;
mod polled;
mod rfc6749;
#[cfg(feature = "saml")]
mod rfc7522;
mod rfc7523;
mod rfc7636;
mod rfc8628;
mod rfc8693;
mod rfc8705;
mod rfc8707;
mod rfc9700;
mod seam;
mod secrets;
mod tls;

pub(crate) use seam::ActiveGroup;
pub use seam::{
    ChangesFn, Commit, ConnectionFn, Delivery, FactsFn, FieldsFn, KeySetsFn, MintFn,
    NotificationFn, OctetsFn, ReadFn, ResponseFn, Seam, Seams,
};

#[cfg(doc)]
use crate::checks::CheckId;
#[cfg(doc)]
use crate::context::Context;
#[cfg(doc)]
use crate::error::Refusal;
#[cfg(doc)]
use crate::facts::Facts;
#[cfg(doc)]
use crate::issue::{Kind, Mint};
#[cfg(doc)]
use crate::jose::key_sets::Wanted;
#[cfg(doc)]
use crate::notification::Notification;
#[cfg(doc)]
use crate::state::StateChange;
#[cfg(doc)]
use crate::tls_plan::{Reception, TlsPlan};
#[cfg(doc)]
use crate::wire::raw_request::RawRequest;
#[cfg(doc)]
use crate::wire::response::Response;

/// A deviation that the server can be told to commit.
#[derive(Debug)]
pub struct Defect {
    /// Its name.
    pub id: &'static str,
    /// The rules that have to notice it.
    pub kills: &'static [&'static str],
    /// Rules that necessarily trip too, each with the reason.
    pub also: &'static [(&'static str, &'static str)],
    /// Where it acts.
    pub seams: &'static [Seam],
}

/// A row of a table on one line or a few.
const fn row(
    id: &'static str,
    kills: &'static [&'static str],
    also: &'static [(&'static str, &'static str)],
    seams: &'static [Seam],
) -> Defect {
    Defect {
        id,
        kills,
        also,
        seams,
    }
}

/// All seeded defects.
pub fn all() -> impl Iterator<Item = &'static Defect> {
    form_urlencoded::DEFECTS
        .iter()
        .chain(rfc6749::DEFECTS)
        .chain(SAML)
        .chain(rfc7523::DEFECTS)
        .chain(rfc7636::DEFECTS)
        .chain(rfc8693::DEFECTS)
        .chain(rfc8707::DEFECTS)
        .chain(rfc8705::DEFECTS)
        .chain(rfc9700::DEFECTS)
        .chain(oauth2_1::DEFECTS)
        .chain(metadata::DEFECTS)
        .chain(pingfederate::DEFECTS)
        .chain(pingone::DEFECTS)
        .chain(rfc8628::DEFECTS)
        .chain(ciba::DEFECTS)
        .chain(http::DEFECTS)
        .chain(tls::DEFECTS)
        .copied()
        .flatten()
}

impl Defect {
    /// Rules of other documents than its own that it trips, too: their requests meet the same mistake.
    pub fn elsewhere(&self) -> impl Iterator<Item = &'static str> + use<> {
        elsewhere::rules(self.id)
    }
}

/// Those of RFC 7522, in a build that can show them.
#[cfg(feature = "saml")]
const SAML: &[&[Defect]] = rfc7522::DEFECTS;
#[cfg(not(feature = "saml"))]
const SAML: &[&[Defect]] = &[];

/// The defect with this name.
#[must_use]
pub fn find(id: &str) -> Option<&'static Defect> {
    all().find(|defect| defect.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_defect_has_a_name_of_its_own_a_rule_and_a_seam() {
        let mut names = BTreeSet::new();
        for defect in all() {
            let Defect {
                id,
                kills,
                also,
                seams,
            } = defect;
            assert!(names.insert(*id), "{id} twice");
            assert!(!kills.is_empty() && !seams.is_empty(), "{id}");
            assert!(
                id.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            );
            assert!(
                also.iter()
                    .all(|(rule, why)| !kills.contains(rule) && !why.is_empty()),
                "{id}"
            );
        }
    }
}
