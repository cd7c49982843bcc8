//! One control for each client, grant and endpoint of a target, each on its own: what works, and what does not (design §5, `doctor`).
//!
//! Nothing here is judged and nothing deviates, but for the request of a client that the target does not know.

mod client;
mod endpoint;
mod state;

use super::halt::Halt;
use super::observe;
use super::runner::Runner;
use super::session::{Logged, Session};
use crate::judge::Reply;
use crate::plan::Variant;
use crate::vocabulary::Grant;

/// One thing that was tried.
#[derive(Clone, Debug)]
pub struct Examination {
    /// What was tried.
    pub subject: Subject,
    /// How it went.
    pub outcome: Outcome,
    /// The exchanges, in the order in which they were started.
    pub log: Vec<Logged>,
}

/// What is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The token endpoint at this URL, with a client that it does not know.
    TokenEndpoint(String),
    /// The metadata document (RFC 8414).
    Metadata,
    /// An authorization request of the client with this index.
    Authorization(usize),
    /// A token request.
    Grant {
        /// Index of the client.
        client: usize,
        /// The grant.
        grant: Grant,
    },
    /// Which access token manager issued the token of the client with this index.
    AccessTokenManager(usize),
    /// Introspection (RFC 7662).
    Introspection,
    /// The protected resource (RFC 6750).
    ProtectedResource,
    /// Revocation (RFC 7009).
    Revocation,
    /// The clock of a test server.
    Clock,
    /// An endpoint that nothing was sent to, by its key.
    Endpoint(&'static str),
}

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It works; what came back, in words.
    Works(String),
    /// It does not work.
    Fails(Trouble),
    /// It was not tried, and why.
    Untried(String),
}

/// Why something does not work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// What came back, in words.
    pub came_back: String,
    /// The status of the last answer.
    pub status: Option<u16>,
    /// Its `error`.
    pub error: Option<String>,
    /// Where it redirects to.
    pub location: Option<String>,
    /// What the last request asked for, in its first line.
    pub asked: Option<String>,
}

/// Tries everything that the target file names.
pub async fn examine(runner: &Runner) -> Vec<Examination> {
    let mut examiner = Examiner {
        runner,
        done: Vec::new(),
        token: None,
        silent: 0,
    };
    runner.read_clock().await;
    examiner.token_endpoints().await;
    examiner.metadata().await;
    for client in 0..runner.target.clients.len() {
        examiner.client(client).await;
    }
    examiner.introspection().await;
    examiner.protected_resource().await;
    examiner.revocation().await;
    examiner.clock().await;
    examiner.pushed_authorization().await;
    examiner.registration().await;
    examiner.unused_endpoints();
    examiner.done
}

/// After so many requests in a row without an answer nothing more is sent.
const SILENT: u32 = 3;

struct Examiner<'r> {
    runner: &'r Runner,
    done: Vec<Examination>,
    /// A token that came, and the index of its client.
    token: Option<(usize, String)>,
    silent: u32,
}

impl<'r> Examiner<'r> {
    /// Notes how something went.
    fn note(&mut self, subject: Subject, outcome: Outcome, log: Vec<Logged>) {
        for logged in &log {
            self.silent = match logged.exchange.result {
                Ok(_) => 0,
                Err(_) => self.silent + 1,
            };
        }
        self.done.push(Examination {
            subject,
            outcome,
            log,
        });
    }

    /// Whether there is any use in sending more; if not, that is noted.
    fn tries(&mut self, subject: &Subject) -> bool {
        if self.silent < SILENT {
            return true;
        }
        let why = format!("{SILENT} requests in a row had no answer");
        self.note(subject.clone(), Outcome::Untried(why), Vec::new());
        false
    }

    fn session<'v>(&self, variant: &'v Variant) -> Session<'v>
    where
        'r: 'v,
    {
        Session::new(self.runner, variant, 0)
    }
}

/// The variant of something that is tried.
fn variant(of: &str, client: Option<usize>, grant: Option<Grant>) -> Variant {
    Variant {
        id: format!("doctor/{of}/{client:?}/{grant:?}"),
        client,
        grant,
        ..Variant::default()
    }
}

/// What became of a step that ended early: an answer that was no good, or no try at all.
fn halted(halt: Halt, log: &[Logged]) -> Outcome {
    match halt {
        Halt::Skipped(why) => Outcome::Untried(why),
        Halt::Interrupted => Outcome::Untried("interrupted".to_owned()),
        Halt::Inconclusive(why) | Halt::Broken { cause: why, .. } => {
            Outcome::Fails(trouble(why, log))
        }
    }
}

/// Words, and what the last answer was.
fn trouble(came_back: String, log: &[Logged]) -> Trouble {
    let mut trouble = Trouble {
        came_back,
        ..Trouble::default()
    };
    let sent = log.last().map(|last| &last.exchange.sent);
    trouble.asked = sent.and_then(|sent| {
        let text = String::from_utf8_lossy(sent);
        text.split(' ').nth(1).map(str::to_owned)
    });
    if let Some(Reply::Answer(answer)) = log.last().map(|last| observe::reply(&last.exchange)) {
        trouble.status = Some(answer.status);
        trouble.error = answer.text_member("error").map(str::to_owned);
        trouble.location = answer.header("location").next();
    }
    trouble
}
