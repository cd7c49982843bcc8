//! What was issued, and what may and must come of a request.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokenspec_reference_server::Server;
use tokenspec_reference_server::registry::Client;
use tokenspec_reference_server::wire::response::Response;

use super::request::set;
use super::step::{Act, Proof, Step};
use crate::server::Conversation;

pub(super) type Scope = BTreeSet<String>;

/// How often what was reached: a sequence that reached nothing proves nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests.
    pub requests: usize,
    /// Requests that got tokens or a code.
    pub granted: usize,
    /// Requests that had to be refused, and were.
    pub refused: usize,
}

pub(super) struct Code {
    pub(super) value: String,
    pub(super) client: String,
    pub(super) redirect: Option<String>,
    pub(super) proof: Proof,
    pub(super) scope: Scope,
    pub(super) issued: u64,
    pub(super) is_used: bool,
    pub(super) is_revoked: bool,
}

pub(super) struct Refresh {
    pub(super) value: String,
    pub(super) client: String,
    pub(super) scope: Scope,
    pub(super) code: usize,
    pub(super) issued: u64,
    pub(super) is_rotated: bool,
}

pub(super) struct Access {
    pub(super) value: String,
    pub(super) code: Option<usize>,
    pub(super) issued: u64,
}

/// A conversation, and what is known of its state.
#[expect(missing_debug_implementations, reason = "it holds secrets and tokens")]
pub struct Model<'s> {
    pub(super) server: &'s Server,
    pub(super) conversation: Conversation<'s>,
    pub(super) codes: Vec<Code>,
    pub(super) refresh_tokens: Vec<Refresh>,
    pub(super) access_tokens: Vec<Access>,
    /// Octets were appended to a request, so what it did to the state is not known: what is good need not succeed any more.
    pub(super) is_blurred: bool,
    pub(super) seen: BTreeSet<String>,
    /// What was reached.
    pub tally: Tally,
}

/// Whether a request gets what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Granted,
    Refused,
}

impl From<bool> for Verdict {
    fn from(is_good: bool) -> Self {
        if is_good {
            Self::Granted
        } else {
            Self::Refused
        }
    }
}

impl<'s> Model<'s> {
    /// Before the first request.
    #[must_use]
    pub fn of(server: &'s Server) -> Self {
        Self {
            server,
            conversation: Conversation::with(server),
            codes: Vec::new(),
            refresh_tokens: Vec::new(),
            access_tokens: Vec::new(),
            is_blurred: false,
            seen: BTreeSet::new(),
            tally: Tally::default(),
        }
    }

    /// Takes one step.
    ///
    /// # Panics
    /// When what comes of it must not be.
    pub fn walk(&mut self, step: &Step) {
        match step.act {
            Act::Authorize => self.authorize(step),
            Act::Elapse(seconds) => {
                self.conversation.now = self.conversation.now.plus(u64::from(seconds));
            }
            Act::Introspect(number) => self.introspect(step, number),
            Act::Issue => self.issue(step),
            Act::Redeem(number) => self.redeem(step, number),
            Act::Refresh(number) => self.refresh(step, number),
            Act::Revoke(number) => self.revoke(step, number),
        }
    }

    pub(super) fn now(&self) -> u64 {
        self.conversation.now.0
    }

    pub(super) fn client(&self, name: &str) -> Option<Arc<Client>> {
        self.server
            .registry
            .clients()
            .find(|client| client.name == name)
            .cloned()
    }

    /// What must be refused is; what is good succeeds, unless octets were appended to this request or to one before.
    pub(super) fn hold(&mut self, step: &Step, expected: Verdict, found: Verdict) {
        self.tally.requests += 1;
        self.is_blurred |= step.more.is_some();
        match expected {
            // What is appended may name another client, or a scope: then the request is not the one that was judged.
            Verdict::Refused if step.more.is_none() => {
                assert_eq!(found, expected, "granted, and must not be: {step}");
                self.tally.refused += 1;
            }
            Verdict::Granted if !self.is_blurred => {
                assert_eq!(found, expected, "refused, and is good: {step}");
            }
            Verdict::Granted | Verdict::Refused => {}
        }
        self.tally.granted += usize::from(found == Verdict::Granted);
    }

    /// Remembers what a token response brought, and holds its scope against what was granted.
    pub(super) fn tokens(
        &mut self,
        response: &Response,
        client: &Client,
        code: Option<usize>,
        wanted: &Scope,
        granted: &Scope,
    ) {
        if !response.is_token() {
            return;
        }
        let member = |name: &str| {
            response
                .member(name)
                .and_then(|value| value.as_str().map(str::to_owned))
        };
        let told: Scope = set(&member("scope").unwrap_or_default());
        assert!(told.is_subset(granted), "{told:?} exceeds {granted:?}");
        assert!(
            self.is_blurred || told == *wanted,
            "{told:?} is not {wanted:?}"
        );
        let issued = self.now();
        if let Some(value) = member("access_token") {
            self.is_new(&value);
            self.access_tokens.push(Access {
                value,
                code,
                issued,
            });
        }
        if let (Some(value), Some(code)) = (member("refresh_token"), code) {
            self.is_new(&value);
            self.refresh_tokens.push(Refresh {
                value,
                client: client.id.clone(),
                scope: granted.clone(),
                code,
                issued,
                is_rotated: false,
            });
        }
    }

    pub(super) fn is_new(&mut self, value: &str) {
        assert!(
            self.seen.insert(value.to_owned()),
            "a value was issued twice"
        );
    }
}
