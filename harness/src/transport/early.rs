//! A request in early data (RFC 8446 §2.3) of a handshake that the client leaves unfinished.

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::transport::connector::Connector;
use crate::transport::conversation::Conversation;
use crate::transport::destination::Destination;
use crate::transport::dial::dial;
use crate::transport::exchange::{ConnectionUse, Exchange, ExchangeLimits};
use crate::transport::failure::{Failure, HandshakeFailure};
use crate::transport::handshake::{digest, handshake, read, write_pending};
use crate::transport::tls::Presenter;
use crate::wire::http1::Progress;
use crate::wire::response::AnswerTo;
use crate::x509::ClientIdentity;

/// Bytes that one read takes.
const READ: usize = 16 * 1024;

/// How long the server has for its part of the handshake.
const FLIGHT: Duration = Duration::from_secs(3);

/// How long it then has to process what it must not process yet.
const MOMENT: Duration = Duration::from_secs(1);

/// A server with which sessions are resumed.
struct Resuming<'d> {
    to: &'d Destination,
    name: ServerName<'static>,
    config: Arc<ClientConfig>,
    limits: ExchangeLimits,
}

impl Connector {
    /// Gets a session by `first`, a request that does nothing, and resumes it with `request` as early data. The client's Finished is never
    /// sent: what comes back was said before the handshake was complete. [`Failure::NotEarly`] where the server takes no early
    /// data, [`Failure::Unfinished`] where it did and said nothing of HTTP.
    pub async fn early(
        &self,
        to: &Destination,
        identity: Option<&ClientIdentity>,
        first: &[u8],
        request: (&[u8], AnswerTo),
        limits: &ExchangeLimits,
    ) -> Exchange {
        let (request, answer_to) = request;
        let deadline = Instant::now() + limits.total;
        let mut conversation = Conversation::new(Cow::Borrowed(request), answer_to, limits);
        let talk = async {
            let resuming = Resuming::new(&self.shared.tls, to, identity, limits)?;
            resuming.take_session(first).await?;
            resuming.resume(request, &mut conversation).await
        };
        let outcome = match timeout_at(deadline, talk).await {
            Ok(outcome) => outcome,
            Err(_) => Err(conversation.timeout()),
        };
        conversation.finish(outcome, None, ConnectionUse::Fresh)
    }
}

impl<'d> Resuming<'d> {
    fn new(
        config: &ClientConfig,
        to: &'d Destination,
        identity: Option<&ClientIdentity>,
        limits: &ExchangeLimits,
    ) -> Result<Self, Failure> {
        let mut config = config.clone();
        config.enable_early_data = true;
        config.resumption = Resumption::in_memory_sessions(8);
        // A session is resumed only with the certificates that it began with.
        let identity = identity.map(ClientIdentity::certified_key);
        config.client_auth_cert_resolver = Arc::new(Presenter::new(identity));
        let name = ServerName::try_from(to.host.clone())
            .map_err(|error| protocol(&format!("`{}`: {error}", to.host)))?;
        Ok(Self {
            to,
            name,
            config: Arc::new(config),
            limits: *limits,
        })
    }

    async fn connect(&self) -> Result<TcpStream, Failure> {
        dial(self.to, self.limits.connect.min(self.limits.total)).await
    }

    fn session(&self) -> Result<ClientConnection, Failure> {
        ClientConnection::new(Arc::clone(&self.config), self.name.clone())
            .map_err(|error| protocol(&error.to_string()))
    }

    /// A whole exchange: what the server offers for another time comes before its answer.
    async fn take_session(&self, first: &[u8]) -> Result<(), Failure> {
        let socket = self.connect().await?;
        let mut session = self.session()?;
        let mut data = Vec::new();
        handshake(&socket, &mut session, &mut data).await?;
        // It does not fail: a request is shorter than the session's buffer.
        let _written = session.writer().write_all(first);
        write_pending(&socket, &mut session).await;
        let until = Instant::now() + FLIGHT;
        let mut buffer = vec![0; READ];
        while data.is_empty() {
            match timeout_at(until, read(&socket, &mut buffer)).await {
                Ok(Ok([]) | Err(_)) | Err(_) => break,
                Ok(Ok(bytes)) if digest(&mut session, bytes, &mut data).is_err() => break,
                Ok(Ok(_)) => {}
            }
        }
        session.send_close_notify();
        write_pending(&socket, &mut session).await;
        Ok(())
    }

    async fn resume(
        &self,
        request: &[u8],
        conversation: &mut Conversation<'_>,
    ) -> Result<(), Failure> {
        let mut session = self.session()?;
        match session.early_data() {
            Some(mut early) if early.bytes_left() >= request.len() => {
                let written = early.write_all(request);
                written.map_err(|error| protocol(&error.to_string()))?;
            }
            Some(_) | None => return Err(Failure::NotEarly),
        }
        let socket = self.connect().await?;
        write_pending(&socket, &mut session).await;
        conversation.has_left();
        let answered = hear(&socket, &mut session, conversation).await?;
        // Only the server's whole part of the handshake tells that it took nothing.
        let rejected = !session.is_handshaking() && !session.is_early_data_accepted();
        match (answered, rejected) {
            (true, _) => Ok(()),
            (false, true) => Err(Failure::NotEarly),
            (false, false) => Err(Failure::Unfinished),
        }
    }
}

/// Reads the server's part of the handshake, and what it says behind it within a moment, without a word of the client; whether an
/// answer came.
async fn hear(
    socket: &TcpStream,
    session: &mut ClientConnection,
    conversation: &mut Conversation<'_>,
) -> Result<bool, Failure> {
    let mut until = Instant::now() + FLIGHT;
    let mut flown = false;
    let mut buffer = vec![0; READ];
    let mut data = Vec::new();
    loop {
        let bytes: io::Result<&[u8]> = match timeout_at(until, read(socket, &mut buffer)).await {
            Ok(bytes) => bytes,
            // The time is over.
            Err(_) => return Ok(false),
        };
        let ended = match bytes {
            Ok([]) | Err(_) => true,
            Ok(bytes) => digest(session, bytes, &mut data).is_err(),
        };
        if !data.is_empty() && conversation.read(&data)? == Progress::Done {
            return Ok(true);
        }
        data.clear();
        if ended {
            return Ok(false);
        }
        if !flown && !session.is_handshaking() {
            if !session.is_early_data_accepted() {
                return Ok(false);
            }
            flown = true;
            until = Instant::now() + MOMENT;
        }
    }
}

fn protocol(cause: &str) -> Failure {
    Failure::TlsHandshake(HandshakeFailure::Protocol {
        cause: cause.to_owned(),
    })
}
