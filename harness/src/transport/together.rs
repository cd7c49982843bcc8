//! Several requests in one instant: the race barrier.
//!
//! Each request has a connection of its own and is on its way but for its last byte as it leaves
//! for the socket (over TLS the last byte of the last record, without which none of the record can
//! be read). When all are so far, one thread writes the last bytes, one after the other without
//! pause.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::clock::{Stopwatch, now};
use crate::transport::connection::Connection;
use crate::transport::connector::{Connector, converse};
use crate::transport::conversation::Conversation;
use crate::transport::destination::Destination;
use crate::transport::exchange::{ConnectionUse, Exchange, ExchangeLimits};
use crate::transport::failure::{Activity, Failure};
use crate::transport::proxy::addressed;
use crate::wire::response::AnswerTo;
use crate::x509::ClientIdentity;

/// How many bytes of each request wait for the others.
const WITHHELD: usize = 1;

/// How long the server has, at least, to take up what was sent ahead. It is one round trip where
/// that is longer, and at most [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// One request, on its way but for its last byte.
struct Racer {
    connection: Connection,
    conversation: Conversation<'static>,
}

impl Connector {
    /// Sends several requests so that the server gets the last byte of each in one instant, and
    /// reads their answers; the exchanges are in the order of the requests.
    ///
    /// A request whose connection does not come about within `limits.connect` (TLS included) does
    /// not keep the others back. `limits.total` runs for each from the common instant. No request
    /// may be one to HEAD.
    pub async fn together(
        &self,
        to: &Destination,
        identity: Option<&ClientIdentity>,
        requests: Vec<Vec<u8>>,
        limits: &ExchangeLimits,
    ) -> Vec<Exchange> {
        let mut setting_up = JoinSet::new();
        for (index, request) in requests.into_iter().enumerate() {
            let (connector, to) = (self.clone(), to.clone());
            let (identity, limits) = (identity.cloned(), *limits);
            setting_up.spawn(async move {
                (
                    index,
                    connector
                        .set_up(&to, identity.as_ref(), &request, &limits)
                        .await,
                )
            });
        }
        let mut exchanges = Vec::new();
        let mut racers = Vec::new();
        while let Some(joined) = setting_up.join_next().await {
            match joined {
                Ok((index, Ok(racer))) => racers.push((index, racer)),
                Ok((index, Err(exchange))) => exchanges.push((index, *exchange)),
                // The tasks are neither aborted nor do they panic.
                Err(_) => {}
            }
        }
        let round_trip = racers
            .iter()
            .map(|(_, racer)| racer.connection.round_trip())
            .max();
        sleep(round_trip.unwrap_or_default().clamp(PAUSE, LONGEST_PAUSE)).await;
        release(&mut racers);
        let deadline = Instant::now() + limits.total;
        let mut answering = JoinSet::new();
        for (index, racer) in racers {
            answering.spawn(async move { (index, racer.finish(deadline).await) });
        }
        while let Some(joined) = answering.join_next().await {
            exchanges.extend(joined);
        }
        exchanges.sort_by_key(|(index, _)| *index);
        exchanges
            .into_iter()
            .map(|(_, exchange)| exchange)
            .collect()
    }

    /// Connects, and sends all of the request but its last byte.
    async fn set_up(
        &self,
        to: &Destination,
        identity: Option<&ClientIdentity>,
        request: &[u8],
        limits: &ExchangeLimits,
    ) -> Result<Racer, Box<Exchange>> {
        let request = addressed(request.into(), to).into_owned();
        let mut conversation = Conversation::new(request.into(), AnswerTo::Other, limits);
        let preparation = async {
            let mut connection = Connection::open(to, &self.shared.tls, identity, limits).await?;
            conversation.line_up_all(&mut connection);
            // What the server said when it closed can still be read.
            let _closed = connection.push_all_but(WITHHELD).await;
            Ok(connection)
        };
        let prepared = match timeout(limits.connect, preparation).await {
            Ok(prepared) => prepared,
            Err(_) => {
                let activity = Activity::Handshake;
                Err(Failure::Timeout {
                    activity,
                    after: limits.connect,
                })
            }
        };
        match prepared {
            Ok(connection) => Ok(Racer {
                connection,
                conversation,
            }),
            Err(failure) => Err(Box::new(conversation.finish(
                Err(failure),
                None,
                ConnectionUse::Fresh,
            ))),
        }
    }
}

/// Writes the last byte of every request. Nothing here waits, or hands the thread over.
fn release(racers: &mut [(usize, Racer)]) {
    let (started, watch) = (now(), Stopwatch::start());
    for (_, racer) in racers.iter_mut() {
        racer.conversation.start_at(started, watch);
    }
    for (_, racer) in racers {
        // An error shows when the answer is read.
        let _closed = racer.connection.push(0);
    }
}

impl Racer {
    async fn finish(mut self, deadline: Instant) -> Exchange {
        let (outcome, connection) =
            converse(&mut self.conversation, self.connection, deadline).await;
        let tls = connection.facts();
        self.conversation.finish(outcome, tls, ConnectionUse::Fresh)
    }
}
