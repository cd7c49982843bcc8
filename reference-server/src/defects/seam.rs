//! Seams: where defects act.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::checks::{CheckFn, CheckId, Group, groups};
use crate::context::Context;
use crate::facts::Facts;
use crate::issue::{Kind, Mint};
use crate::jose::key_sets::Wanted;
use crate::notification::Notification;
use crate::state::StateChange;
use crate::tls_plan::{ReceptionFn, TlsPlan, TlsPlanFn};
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

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
    /// A request over HTTP/2 has other fields, as behind a front end that puts right what it must refuse.
    Fields(FieldsFn),
    /// Other octets are read from the connection.
    Incoming(OctetsFn),
    /// Other key sets of clients are fetched, or kept for another time.
    KeySets(KeySetsFn),
    /// Values are made otherwise.
    Mint(MintFn),
    /// A client is notified otherwise.
    Notification(NotificationFn),
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
/// Returns the fields of a request over HTTP/2 as the HTTP library sees them; pseudo-header fields are among them.
pub type FieldsFn = fn(Vec<(Vec<u8>, Vec<u8>)>) -> Vec<(Vec<u8>, Vec<u8>)>;
/// Returns the changes that are applied.
pub type ChangesFn = fn(&Context<'_>, &Facts, Vec<StateChange>) -> Vec<StateChange>;
/// Returns the answer that is sent.
pub type ResponseFn = fn(&Context<'_>, &Facts, Response) -> Response;
/// Changes octets on their way, as much as was read or is written at once.
pub type OctetsFn = fn(Vec<u8>) -> Vec<u8>;
/// Changes what is fetched for a request.
pub type KeySetsFn = fn(&Facts, Wanted) -> Wanted;
/// Returns the notification that is sent.
pub type NotificationFn = fn(&Facts, Notification) -> Notification;
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
            Self::Fields(_) => f.write_str("Fields"),
            Self::Incoming(_) => f.write_str("Incoming"),
            Self::KeySets(_) => f.write_str("KeySets"),
            Self::Mint(_) => f.write_str("Mint"),
            Self::Notification(_) => f.write_str("Notification"),
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

/// The seams of a server, ready to be called; all empty on one without defects.
#[derive(Clone, Default)]
pub struct Seams {
    pub(crate) commit: Option<Commit>,
    pub(crate) connection: Vec<ConnectionFn>,
    pub(crate) changes: Vec<ChangesFn>,
    pub(crate) facts: Vec<FactsFn>,
    pub(crate) fields: Vec<FieldsFn>,
    pub(crate) incoming: Vec<OctetsFn>,
    pub(crate) key_sets: Vec<KeySetsFn>,
    pub(crate) mint: Option<MintFn>,
    pub(crate) notification: Vec<NotificationFn>,
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
                Seam::Fields(seam) => all.fields.push(*seam),
                Seam::Incoming(seam) => all.incoming.push(*seam),
                Seam::KeySets(seam) => all.key_sets.push(*seam),
                Seam::Mint(seam) => all.mint = Some(*seam),
                Seam::Notification(seam) => all.notification.push(*seam),
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
