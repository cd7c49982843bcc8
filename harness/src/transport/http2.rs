//! A request over HTTP/2, on a TLS connection of its own (RFC 9113 §3.2).

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use crate::clock::Stopwatch;
use crate::transport::connection::{Connection, Ending, Read};
use crate::transport::connector::Connector;
use crate::transport::conversation::MAX_HEAD;
use crate::transport::destination::Destination;
use crate::transport::exchange::{ConnectionUse, Exchange, ExchangeLimits};
use crate::transport::failure::{Activity, Failure};
use crate::transport::tls::TlsFacts;
use crate::wire::http1::{Progress, ReadLimits};
use crate::wire::http2::{self, Client, Request};
use crate::wire::response::AnswerTo;
use crate::x509::ClientIdentity;

/// The name of HTTP/2 in ALPN (RFC 9113 §3.1).
const H2: &str = "h2";

/// A request on its way.
struct Talk {
    client: Client,
    /// Octets of the data that have left for certain; `None`: not even the fields.
    left: Option<usize>,
    tls: Option<Arc<TlsFacts>>,
    limits: ExchangeLimits,
}

impl Connector {
    /// Sends a request over HTTP/2, and reads its answer. Nothing but `h2` is offered in the handshake; a server that does not choose it
    /// is [`http2::Failure::NotChosen`], and gets nothing.
    ///
    /// The octets of the [`Exchange`] are texts: a line for each field, an empty one, and the data.
    pub async fn http2(
        &self,
        to: &Destination,
        identity: Option<&ClientIdentity>,
        request: Request,
        answer_to: AnswerTo,
        limits: &ExchangeLimits,
    ) -> Exchange {
        let (started, watch) = (crate::clock::now(), Stopwatch::start());
        let deadline = Instant::now() + limits.total;
        let read_limits = ReadLimits {
            head: MAX_HEAD,
            body: limits.max_body,
        };
        let mut talk = Talk {
            client: Client::new(request, answer_to, read_limits),
            left: None,
            tls: None,
            limits: *limits,
        };
        let mut config = self.shared.tls.clone();
        config.alpn_protocols = vec![H2.as_bytes().to_vec()];
        let running = async {
            let opened = Connection::open(to, &config, identity, limits).await;
            talk.run(&mut opened.map_err(not_chosen)?).await
        };
        let outcome = match timeout_at(deadline, running).await {
            Ok(outcome) => outcome,
            Err(_) => Err(talk.timeout()),
        };
        let sent = talk.left.map(|left| talk.client.request().text(left));
        let (response, received) = talk.client.into_parts();
        let (result, partial) = match (outcome, response) {
            (Ok(()), Some(response)) => (Ok(response), None),
            (Ok(()), None) => (Err(Failure::Closed), None),
            (Err(failure), partial) => (Err(failure), partial),
        };
        Exchange {
            sent: sent.unwrap_or_default(),
            received,
            result,
            partial,
            started,
            elapsed: watch.elapsed(),
            tls: talk.tls,
            connection: ConnectionUse::Fresh,
            aftermath: None,
        }
    }
}

impl Talk {
    async fn run(&mut self, connection: &mut Connection) -> Result<(), Failure> {
        self.tls = connection.facts();
        let chosen = self.tls.as_ref().and_then(|facts| facts.alpn.as_deref());
        if chosen != Some(H2) {
            return Err(http2::Failure::NotChosen.into());
        }
        let mut data = Vec::new();
        let mut writable = !connection.has_ended();
        loop {
            if writable {
                writable = self.send(connection);
            }
            data.clear();
            match connection.pull(&mut data) {
                Read::Data => {
                    if self.client.feed(&data)? == Progress::Done {
                        return Ok(());
                    }
                    // A server that writes faster than we read must not keep the deadline away.
                    tokio::task::consume_budget().await;
                }
                Read::Ended(ending) => return Err(self.ended(ending)),
                Read::Nothing => {
                    // An error shows in the next read.
                    let _ready = connection.ready().await;
                }
            }
        }
    }

    /// Writes what the socket takes at once; whether more can be written later.
    fn send(&mut self, connection: &mut Connection) -> bool {
        let outgoing = self.client.take_outgoing();
        connection.line_up(&outgoing);
        if connection.push(0).is_err() {
            // The server does not listen any more, but what it said can still be read.
            connection.discard();
            return false;
        }
        if connection.lined_up() == 0 {
            self.left = Some(self.client.framed());
        }
        true
    }

    fn ended(&self, ending: Ending) -> Failure {
        match (ending, self.client.heard()) {
            (Ending::Alert(alert), _) => Failure::TlsAlert { alert },
            (Ending::Broken(cause), _) => Failure::TlsBroken { cause },
            (Ending::Reset, 0) => Failure::Reset,
            (Ending::Reset, received) => Failure::ResetMidway { received },
            (Ending::Closed | Ending::ClosedUnannounced, 0) => Failure::Closed,
            (Ending::Closed | Ending::ClosedUnannounced, received) => {
                Failure::ClosedMidway { received }
            }
        }
    }

    fn timeout(&self) -> Failure {
        let all = self.client.request().data.len();
        let activity = match (&self.tls, self.client.heard() > 0, self.left) {
            (None, _, _) => Activity::Handshake,
            (Some(_), true, _) => Activity::ReadAnswer,
            (Some(_), false, Some(left)) if left == all => Activity::AwaitAnswer,
            (Some(_), false, Some(_) | None) => Activity::SendRequest,
        };
        Failure::Timeout {
            activity,
            after: self.limits.total,
        }
    }
}

/// A server that has no protocol in common refuses the handshake (RFC 7301 §3.2).
fn not_chosen(failure: Failure) -> Failure {
    if failure == Failure::OnlyHttp2 {
        http2::Failure::NotChosen.into()
    } else {
        failure
    }
}
