//! A connection on which more happens than one request and its answer: several requests at once or in turn, a body held
//! back, an end in one direction, other connections left hanging beside it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::clock::{Stopwatch, now};
use crate::transport::connection::{Connection, Ending, Read};
use crate::transport::connector::Connector;
use crate::transport::conversation::MAX_HEAD;
use crate::transport::destination::Destination;
use crate::transport::exchange::{Aftermath, ConnectionUse, Exchange, ExchangeLimits};
use crate::transport::failure::{Activity, Failure};
use crate::wire::http1::{End, Progress, ReadError, ReadLimits, ResponseReader};
use crate::wire::response::{AnswerTo, Oddity, Response};
use crate::x509::ClientIdentity;

/// How long to wait at most for something before a body that was held back is sent all the same.
const HELD: Duration = Duration::from_secs(5);

/// How long to look for octets behind the last answer that is due.
const GLANCE: Duration = Duration::from_millis(50);

/// One thing that the client does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Waits until anything arrives, at most five seconds; a final answer ends the moves.
    AwaitAnything,
    /// Waits until so many answers are there.
    AwaitAnswers(usize),
    /// Closes without reading.
    Close,
    /// Sends no more.
    HalfClose,
    /// Sends these octets.
    Write(Vec<u8>),
}

/// What happens on a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialogue {
    /// What other connections begin before, one each.
    pub beside: Vec<Vec<u8>>,
    /// What the client does, in order.
    pub moves: Vec<Move>,
    /// The answers that are due, one for each request.
    pub answers: Vec<AnswerTo>,
}

impl Connector {
    /// Carries a dialogue out on a connection of its own. What fails is in the exchange.
    pub async fn dialogue(
        &self,
        to: &Destination,
        identity: Option<&ClientIdentity>,
        dialogue: &Dialogue,
        limits: &ExchangeLimits,
    ) -> Exchange {
        let mut talk = Talk::new(dialogue, limits);
        let mut beside = Vec::new();
        for octets in &dialogue.beside {
            let opened = Connection::open(to, &self.shared.tls, identity, limits).await;
            if let Ok(mut connection) = opened {
                connection.line_up(octets);
                // One that is refused can't keep others waiting.
                let _refused = connection.push_all_but(0).await;
                beside.push(connection);
            }
        }
        let outcome = match Connection::open(to, &self.shared.tls, identity, limits).await {
            Ok(mut connection) => {
                let outcome = talk.run(&mut connection, dialogue).await;
                talk.tls = connection.facts();
                outcome
            }
            Err(failure) => Err(failure),
        };
        drop(beside);
        talk.finish(outcome)
    }
}

/// A dialogue under way.
struct Talk {
    limits: ExchangeLimits,
    deadline: Instant,
    started: jiff::Timestamp,
    watch: Stopwatch,
    tls: Option<Arc<crate::transport::tls::TlsFacts>>,
    sent: Vec<u8>,
    received: Vec<u8>,
    reader: ResponseReader,
    due: Vec<AnswerTo>,
    answers: Vec<Response>,
    heard: Option<bool>,
    ending: Option<Ending>,
    failure: Option<Failure>,
    /// The socket takes no more.
    deaf: bool,
}

impl Talk {
    fn new(dialogue: &Dialogue, limits: &ExchangeLimits) -> Self {
        let due = dialogue.answers.clone();
        let mut talk = Self {
            limits: *limits,
            deadline: Instant::now() + limits.total,
            started: now(),
            watch: Stopwatch::start(),
            tls: None,
            sent: Vec::new(),
            received: Vec::new(),
            reader: ResponseReader::new(AnswerTo::Other, read_limits(limits)),
            due,
            answers: Vec::new(),
            heard: None,
            ending: None,
            failure: None,
            deaf: false,
        };
        talk.next_answer();
        talk
    }

    fn next_answer(&mut self) {
        let answer_to = self
            .due
            .get(self.answers.len())
            .copied()
            .unwrap_or(AnswerTo::Other);
        self.reader = ResponseReader::new(answer_to, read_limits(&self.limits));
    }

    async fn run(
        &mut self,
        connection: &mut Connection,
        dialogue: &Dialogue,
    ) -> Result<(), Failure> {
        for step in &dialogue.moves {
            match step {
                Move::Write(octets) => self.write(connection, octets).await,
                Move::AwaitAnswers(count) => {
                    // What an answer lacks by its own account, the next one shows.
                    let deadline = self.deadline.min(Instant::now() + self.limits.total / 3);
                    self.listen(connection, deadline, |talk| talk.answers.len() >= *count)
                        .await;
                }
                Move::AwaitAnything => {
                    let patience = HELD.min(self.limits.total / 3);
                    let deadline = self.deadline.min(Instant::now() + patience);
                    self.listen(connection, deadline, |talk| !talk.received.is_empty())
                        .await;
                    self.heard = Some(!self.received.is_empty());
                    if !self.answers.is_empty() {
                        break;
                    }
                }
                Move::HalfClose => connection.end_writing().await,
                Move::Close => return Err(Failure::Closed),
            }
            if self.ending.is_some() {
                break;
            }
        }
        self.hear_out(connection).await
    }

    /// Reads until the connection ends, or nothing more is to be expected.
    async fn hear_out(&mut self, connection: &mut Connection) -> Result<(), Failure> {
        let deadline = self.deadline;
        self.listen(connection, deadline, |talk| !talk.answers.is_empty())
            .await;
        if self.answers.is_empty() && self.ending.is_none() {
            return Err(self.timeout());
        }
        loop {
            let before = self.answers.len();
            // A server has long for ending the connection, or for a further answer that is due: it may have much to do.
            let patience = if before < self.due.len() {
                self.limits.total / 2
            } else {
                GLANCE
            };
            let deadline = self.deadline.min(Instant::now() + patience);
            self.listen(connection, deadline, |talk| talk.answers.len() > before)
                .await;
            if self.answers.len() == before || self.ending.is_some() {
                break;
            }
        }
        match self.failure.take() {
            Some(failure) if self.answers.is_empty() => Err(failure),
            Some(_) | None => Ok(()),
        }
    }

    fn timeout(&self) -> Failure {
        Failure::Timeout {
            activity: if self.received.is_empty() {
                Activity::AwaitAnswer
            } else {
                Activity::ReadAnswer
            },
            after: self.limits.total,
        }
    }

    async fn write(&mut self, connection: &mut Connection, octets: &[u8]) {
        if self.deaf {
            return;
        }
        connection.line_up(octets);
        self.sent.extend_from_slice(octets);
        let mut data = Vec::new();
        while connection.lined_up() > 0 && self.ending.is_none() {
            if connection.push(0).is_err() {
                connection.discard();
                self.deaf = true;
                return;
            }
            if connection.lined_up() > 0 {
                let deadline = self.deadline;
                if timeout_at(deadline, connection.ready()).await.is_err() {
                    return;
                }
                // A server may refuse a request of which it has seen enough.
                self.pull(connection, &mut data);
            }
        }
    }

    /// Reads until the condition holds, the connection ends or the time is over.
    async fn listen(
        &mut self,
        connection: &mut Connection,
        deadline: Instant,
        until: impl Fn(&Self) -> bool,
    ) {
        let mut data = Vec::new();
        while self.ending.is_none() && self.failure.is_none() && !until(self) {
            if self.pull(connection, &mut data) {
                continue;
            }
            if self.ending.is_none() && timeout_at(deadline, connection.ready()).await.is_err() {
                return;
            }
        }
    }

    /// Reads once; whether something came.
    fn pull(&mut self, connection: &mut Connection, data: &mut Vec<u8>) -> bool {
        data.clear();
        match connection.pull(data) {
            Read::Data => {
                self.received.extend_from_slice(data);
                self.feed(data);
                true
            }
            Read::Ended(ending) => {
                self.end(ending);
                false
            }
            Read::Nothing => false,
        }
    }

    fn feed(&mut self, data: &[u8]) {
        let mut rest = data.to_vec();
        while !rest.is_empty() && self.failure.is_none() {
            match self.reader.feed(&rest) {
                Ok(Progress::More) => return,
                Ok(Progress::Done) => {
                    let excess = self.take_answer();
                    rest.drain(..rest.len().saturating_sub(excess));
                }
                Err(ReadError::Malformed(cause)) => self.failure = Some(Failure::Malformed(cause)),
                Err(ReadError::BodyTooLarge { limit }) => {
                    self.failure = Some(Failure::TooLarge { limit });
                }
            }
        }
    }

    /// Keeps a complete answer; how many octets behind it have arrived.
    fn take_answer(&mut self) -> usize {
        let empty = ResponseReader::new(AnswerTo::Other, read_limits(&self.limits));
        let reader = std::mem::replace(&mut self.reader, empty);
        let mut excess = 0;
        if let Some(mut response) = reader.into_response() {
            response.oddities.retain(|oddity| {
                let behind = if let Oddity::BytesAfterEnd { count } = oddity {
                    Some(*count)
                } else {
                    None
                };
                excess = behind.unwrap_or(excess);
                behind.is_none()
            });
            self.answers.push(response);
        }
        self.next_answer();
        excess
    }

    fn end(&mut self, ending: Ending) {
        let received = self.received.len();
        let reset = ending == Ending::Reset;
        match (&ending, self.reader.end()) {
            (Ending::Alert(alert), _) => {
                self.failure = Some(Failure::TlsAlert {
                    alert: alert.clone(),
                });
            }
            (Ending::Broken(cause), _) => {
                self.failure = Some(Failure::TlsBroken {
                    cause: cause.clone(),
                });
            }
            (_, End::Complete) => drop(self.take_answer()),
            (_, End::Nothing) if reset => self.failure = Some(Failure::Reset),
            (_, End::Nothing) if self.answers.is_empty() => self.failure = Some(Failure::Closed),
            (_, End::Nothing) => {}
            (_, End::Midway) => {
                let foreign = self.reader.foreign_start();
                self.failure = Some(match foreign {
                    Some(cause) => Failure::Malformed(cause),
                    None if reset => Failure::ResetMidway { received },
                    None => Failure::ClosedMidway { received },
                });
            }
        }
        self.ending = Some(ending);
    }

    fn finish(mut self, outcome: Result<(), Failure>) -> Exchange {
        let stray = match (&self.failure, self.reader.has_begun()) {
            // A reset behind a complete answer is an end.
            (Some(Failure::Reset), _) => None,
            (Some(failure), _) => Some(failure.to_string()),
            (None, true) => Some("octets that are no complete answer follow it".to_owned()),
            (None, false) => None,
        };
        let mut answers = std::mem::take(&mut self.answers).into_iter();
        let first = answers.next();
        let result = match (outcome, first) {
            (_, Some(response)) => Ok(response),
            (Err(failure), None) => Err(failure),
            (Ok(()), None) => Err(self.failure.take().unwrap_or(Failure::Closed)),
        };
        let aftermath = Aftermath {
            further: answers.collect(),
            ended: self.ending.is_some(),
            announced: match (&self.tls, &self.ending) {
                (Some(_), Some(Ending::Closed)) => Some(true),
                (Some(_), Some(Ending::ClosedUnannounced)) => Some(false),
                (Some(_) | None, _) => None,
            },
            heard: self.heard,
            stray,
        };
        Exchange {
            sent: self.sent,
            received: self.received,
            result,
            partial: None,
            started: self.started,
            elapsed: self.watch.elapsed(),
            tls: self.tls,
            connection: ConnectionUse::Fresh,
            aftermath: Some(aftermath),
        }
    }
}

fn read_limits(limits: &ExchangeLimits) -> ReadLimits {
    ReadLimits {
        head: MAX_HEAD,
        body: limits.max_body,
    }
}
