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
//! | [`Seam::Changes`] | something is not remembered, or too much | the [`StateChange`]s, before they are applied |
//! | [`Seam::Response`] | the answer is wrong | the finished [`Response`], and the facts |
//! | [`Seam::Commit`] | a race | (how long after the decision the changes are applied) |
//! | [`Seam::Connection`] | the transport | request and response; returns a [`Delivery`] |
//! | [`Seam::Reception`] | TLS is negotiated wrongly | the `ClientHello`; returns a [`Reception`] |
//! | [`Seam::Tls`] | another certificate, other protocols | the [`TlsPlan`], to change |
//! | [`Seam::Incoming`] | the HTTP parser is sloppy | octets as read; returns those that the parser sees |
//! | [`Seam::Outgoing`] | answers are framed wrongly | octets as written; returns those that leave |
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
//! `PostSecretMatches`. To authenticate one client and issue to another, change the `client` of the records in `Changes`:
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
mod tls;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::checks::{CheckFn, CheckId, Group, groups};
use crate::context::Context;
use crate::facts::Facts;
use crate::issue::{Kind, Mint};
use crate::jose::key_sets::Wanted;
use crate::state::StateChange;
use crate::tls_plan::{ReceptionFn, TlsPlan, TlsPlanFn};
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

#[cfg(doc)]
use crate::error::Refusal;
#[cfg(doc)]
use crate::tls_plan::Reception;

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

/// Where a defect acts.
#[derive(Clone, Copy)]
pub enum Seam {
    /// The changes are applied later than the decision, without looking again.
    Commit(Commit),
    /// The connection does something else than sending the answer.
    Connection(ConnectionFn),
    /// Other changes are applied.
    Changes(ChangesFn),
    /// Something else was found.
    Facts(FactsFn),
    /// Other octets are read from the connection.
    Incoming(OctetsFn),
    /// Other key sets of clients are fetched, or kept for another time.
    KeySets(KeySetsFn),
    /// Values are made otherwise.
    Mint(MintFn),
    /// Other octets are written to the connection.
    Outgoing(OctetsFn),
    /// The server sees another request.
    Read(ReadFn),
    /// Something else becomes of a connection after its first octets.
    Reception(ReceptionFn),
    /// A check is weaker, stronger or refuses otherwise.
    Replace(CheckId, CheckFn),
    /// The answer is another.
    Response(ResponseFn),
    /// A check is gone.
    Skip(CheckId),
    /// Something else is shown in the TLS handshake.
    Tls(TlsPlanFn),
}

/// Returns the request that the server sees.
pub type ReadFn = fn(RawRequest) -> RawRequest;
/// Changes what was found.
pub type FactsFn = fn(&Context<'_>, &mut Facts);
/// Returns the changes that are applied.
pub type ChangesFn = fn(&Context<'_>, &Facts, Vec<StateChange>) -> Vec<StateChange>;
/// Returns the answer that is sent.
pub type ResponseFn = fn(&Context<'_>, &Facts, Response) -> Response;
/// Changes octets on their way, as much as was read or is written at once.
pub type OctetsFn = fn(Vec<u8>) -> Vec<u8>;
/// Changes what is fetched for a request.
pub type KeySetsFn = fn(&Facts, Wanted) -> Wanted;
/// Makes a value.
pub type MintFn = fn(&mut Mint<'_>, Kind) -> String;
/// Decides how the answer is delivered.
pub type ConnectionFn = fn(&RawRequest, &Response) -> Delivery;

/// When the changes are applied.
#[derive(Clone, Copy, Debug)]
pub enum Commit {
    /// After the answer was sent off, and so long after the decision.
    AfterReply(Duration),
    /// Before the answer, but so long after the decision.
    Window(Duration),
    /// Likewise, but only for requests that say this.
    WindowFor(fn(&Facts) -> bool, Duration),
}

/// How an answer is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The connection is closed without an answer.
    Close,
    /// When so much time has passed by the server's clock.
    Late(Duration),
    /// As it is.
    Ordinary,
    /// The connection is closed after so many octets of the content.
    Truncated(usize),
}

impl std::fmt::Debug for Seam {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Commit(commit) => write!(f, "Commit({commit:?})"),
            Self::Connection(_) => f.write_str("Connection"),
            Self::Changes(_) => f.write_str("Changes"),
            Self::Facts(_) => f.write_str("Facts"),
            Self::Incoming(_) => f.write_str("Incoming"),
            Self::KeySets(_) => f.write_str("KeySets"),
            Self::Mint(_) => f.write_str("Mint"),
            Self::Outgoing(_) => f.write_str("Outgoing"),
            Self::Read(_) => f.write_str("Read"),
            Self::Reception(_) => f.write_str("Reception"),
            Self::Replace(check, _) => write!(f, "Replace({check:?})"),
            Self::Response(_) => f.write_str("Response"),
            Self::Skip(check) => write!(f, "Skip({check:?})"),
            Self::Tls(_) => f.write_str("Tls"),
        }
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

/// The seams of a server, ready to be called; all empty on one without defects.
#[derive(Clone, Default)]
pub struct Seams {
    pub(crate) commit: Option<Commit>,
    pub(crate) connection: Vec<ConnectionFn>,
    pub(crate) changes: Vec<ChangesFn>,
    pub(crate) facts: Vec<FactsFn>,
    pub(crate) incoming: Vec<OctetsFn>,
    pub(crate) key_sets: Vec<KeySetsFn>,
    pub(crate) mint: Option<MintFn>,
    pub(crate) outgoing: Vec<OctetsFn>,
    pub(crate) read: Vec<ReadFn>,
    pub(crate) reception: Vec<ReceptionFn>,
    pub(crate) response: Vec<ResponseFn>,
    tls: Vec<TlsPlanFn>,
    checks: BTreeMap<CheckId, Option<CheckFn>>,
}

impl std::fmt::Debug for Seams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seams")
            .field("commit", &self.commit)
            .finish_non_exhaustive()
    }
}

impl Seams {
    /// The seams of these defects, in order.
    #[must_use]
    pub fn of<'s>(seams: impl IntoIterator<Item = &'s Seam>) -> Self {
        let mut all = Self::default();
        for seam in seams {
            match seam {
                Seam::Commit(commit) => all.commit = Some(*commit),
                Seam::Connection(seam) => all.connection.push(*seam),
                Seam::Changes(seam) => all.changes.push(*seam),
                Seam::Facts(seam) => all.facts.push(*seam),
                Seam::Incoming(seam) => all.incoming.push(*seam),
                Seam::KeySets(seam) => all.key_sets.push(*seam),
                Seam::Mint(seam) => all.mint = Some(*seam),
                Seam::Outgoing(seam) => all.outgoing.push(*seam),
                Seam::Read(seam) => all.read.push(*seam),
                Seam::Reception(seam) => all.reception.push(*seam),
                Seam::Replace(check, by) => drop(all.checks.insert(*check, Some(*by))),
                Seam::Response(seam) => all.response.push(*seam),
                Seam::Skip(check) => drop(all.checks.insert(*check, None)),
                Seam::Tls(seam) => all.tls.push(*seam),
            }
        }
        all
    }

    /// What is shown in the handshake, as the defects have it.
    pub(crate) fn plan(&self, mut plan: TlsPlan) -> TlsPlan {
        for seam in &self.tls {
            seam(&mut plan);
        }
        plan
    }

    /// The table of checks with those of the defects.
    pub(crate) fn checks(&self) -> Vec<ActiveGroup> {
        groups().map(|group| self.active(group)).collect()
    }

    fn active(&self, group: &Group) -> ActiveGroup {
        let checks = group.checks.iter().filter_map(|(id, check)| {
            let active = self.checks.get(id).copied().unwrap_or(Some(*check));
            active.map(|check| (*id, check))
        });
        ActiveGroup {
            applies: group.applies,
            checks: checks.collect(),
        }
    }
}

/// A group of checks as a server runs it.
pub(crate) struct ActiveGroup {
    pub(crate) applies: fn(&Facts) -> bool,
    pub(crate) checks: Vec<(CheckId, CheckFn)>,
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
