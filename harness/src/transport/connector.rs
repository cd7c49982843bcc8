//! The client: makes connections and exchanges.

use std::borrow::Cow;
use std::sync::Arc;

use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};

use crate::transport::connection::Connection;
use crate::transport::conversation::Conversation;
use crate::transport::destination::Destination;
use crate::transport::exchange::{ConnectionUse, Exchange, ExchangeLimits, Reuse};
use crate::transport::failure::{Activity, Failure};
use crate::transport::pool::{Key, Pool};
use crate::transport::proxy::addressed;
use crate::transport::tls::{TlsFacts, TlsSettings, Verification, configure};
use crate::wire::response::AnswerTo;
use crate::x509::ClientIdentity;

/// Why there is no client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The certificate authorities can't be read.
    #[error("no readable CA certificate (want PEM, `-----BEGIN CERTIFICATE-----`): {cause}")]
    Roots {
        /// What is wrong with them.
        cause: String,
    },
    /// The TLS library refuses its own settings.
    #[error("TLS can't be set up: {cause}")]
    Tls {
        /// What the TLS library said.
        cause: String,
    },
}

/// Makes exchanges. Cheap to clone; the clones share kept-alive connections.
#[derive(Clone, Debug)]
pub struct Connector {
    pub(super) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) tls: ClientConfig,
    /// The same without a look at certificates.
    pub(super) any: ClientConfig,
    pub(super) settings: TlsSettings,
    pool: Pool,
}

impl Connector {
    /// A client with these TLS settings.
    ///
    /// # Errors
    /// The certificate authorities can't be read.
    pub fn new(settings: &TlsSettings) -> Result<Self, SetupError> {
        let shared = Shared {
            tls: configure(settings)?,
            any: configure(&TlsSettings {
                verification: Verification::Off,
                ..settings.clone()
            })?,
            settings: settings.clone(),
            pool: Pool::default(),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Sends the bytes of one request, and reads one answer.
    ///
    /// It never fails and always ends within `limits.total`: what went wrong is in
    /// [`Exchange::result`]. Must run inside a tokio runtime with I/O and time.
    pub async fn exchange(
        &self,
        to: &Destination,
        identity: Option<&ClientIdentity>,
        request: impl Into<Cow<'_, [u8]>>,
        answer_to: AnswerTo,
        reuse: Reuse,
        limits: &ExchangeLimits,
    ) -> Exchange {
        let deadline = Instant::now() + limits.total;
        let request = addressed(request.into(), to);
        let length = request.len();
        let mut conversation = Conversation::new(request, answer_to, limits);
        let fingerprint = identity.map(ClientIdentity::chain_fingerprint);
        let mut connection_use = ConnectionUse::Fresh;
        if let Some((key, connection)) = self.shared.pool.take(to, fingerprint, reuse) {
            let (outcome, connection) = converse(&mut conversation, connection, deadline).await;
            let stale = is_stale(&conversation, &outcome);
            if stale {
                self.shared.pool.distrust(&key);
            }
            if !stale || reuse == Reuse::Once {
                let tls = connection.facts();
                let exchange = conversation.finish(outcome, tls, ConnectionUse::Reused);
                self.keep(key, connection, &exchange, length);
                return exchange;
            }
            conversation.again(answer_to);
            connection_use = ConnectionUse::FreshAfterStale;
        }
        let opening = Connection::open(to, &self.shared.tls, identity, limits);
        let connection = match timeout_at(deadline, opening).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(failure)) => return conversation.finish(Err(failure), None, connection_use),
            Err(_) => {
                let activity = Activity::Handshake;
                let failure = Failure::Timeout {
                    activity,
                    after: limits.total,
                };
                return conversation.finish(Err(failure), None, connection_use);
            }
        };
        let (outcome, connection) = converse(&mut conversation, connection, deadline).await;
        let tls: Option<Arc<TlsFacts>> = connection.facts();
        let exchange = conversation.finish(outcome, tls, connection_use);
        if reuse != Reuse::Fresh {
            let key = Key {
                to: to.clone(),
                identity: fingerprint,
            };
            self.keep(key, connection, &exchange, length);
        }
        exchange
    }

    /// Keeps a connection for another exchange, if the request left whole, all its `length` bytes,
    /// and the answer's end is beyond doubt.
    fn keep(&self, key: Key, connection: Connection, exchange: &Exchange, length: usize) {
        let sent_all = exchange.sent.len() == length;
        let keeps_alive = exchange
            .result
            .as_ref()
            .is_ok_and(crate::wire::response::Response::keeps_alive);
        if sent_all && keeps_alive {
            self.shared.pool.put(key, connection);
        }
    }
}

/// Lets a conversation run until its deadline.
pub(super) async fn converse(
    conversation: &mut Conversation<'_>,
    mut connection: Connection,
    deadline: Instant,
) -> (Result<(), Failure>, Connection) {
    let outcome = match timeout_at(deadline, conversation.run(&mut connection)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(conversation.timeout()),
    };
    (outcome, connection)
}

/// Whether a kept-alive connection turned out to be closed before any byte of an answer.
fn is_stale(conversation: &Conversation<'_>, outcome: &Result<(), Failure>) -> bool {
    conversation.heard_nothing() && matches!(outcome, Err(Failure::Closed | Failure::Reset))
}
