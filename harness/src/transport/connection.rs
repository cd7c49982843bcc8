//! One TCP connection, with TLS or without, driven without blocking.
//!
//! What is to be sent is encrypted first and lies in `outgoing` as it will leave for the socket, so
//! that a race can hold its last bytes back.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, ProtocolVersion};
use tokio::io::{AsyncWrite as _, Interest, Ready};
use tokio::net::TcpStream;

use crate::clock::Stopwatch;
use crate::transport::destination::{Destination, Scheme};
use crate::transport::dial::dial_hop;
use crate::transport::exchange::ExchangeLimits;
use crate::transport::failure::{Failure, HandshakeFailure};
use crate::transport::handshake::{digest, handshake};
use crate::transport::proxy::tunnel;
use crate::transport::tls::{ClientCertificate, Presenter, TlsFacts, alert_name, facts};
use crate::x509::ClientIdentity;

/// How long to wait in TLS 1.3 for the server's judgement of a client certificate.
const CERTIFICATE_JUDGEMENT: Duration = Duration::from_millis(200);

/// Bytes that one read takes.
const READ: usize = 16 * 1024;

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The server closed it; over TLS after `close_notify`.
    Closed,
    /// The server closed it without `close_notify`.
    ClosedUnannounced,
    /// The server sent a fatal alert.
    Alert(String),
    /// What came can't be decrypted.
    Broken(String),
    /// The server reset it.
    Reset,
}

/// What one read brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// Bytes for the reader.
    Data,
    /// The end.
    Ended(Ending),
    /// Nothing, or nothing but TLS's own business.
    Nothing,
}

/// Whether the server knows that what it sent has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Acknowledgement {
    /// What was sent last carried it, or nothing came.
    Given,
    /// The kernel may hold it back.
    Owed,
}

/// An open connection.
pub(super) struct Connection {
    socket: TcpStream,
    session: Option<Box<ClientConnection>>,
    facts: Option<Arc<TlsFacts>>,
    /// Bytes as they leave for the socket, and how many of them have left.
    outgoing: Vec<u8>,
    left: usize,
    /// How long the TCP handshake took: about one round trip.
    round_trip: Duration,
    /// Something was read since bytes were lined up last: what is sent next would carry its acknowledgement.
    acknowledgement: Acknowledgement,
    /// Data that came before anybody asked for it.
    early: Vec<u8>,
    /// The end, seen in the same read as the last data.
    ending: Option<Ending>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("tls", &self.facts.is_some())
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Connects, and makes the TLS session where there is to be one.
    pub(super) async fn open(
        to: &Destination,
        config: &ClientConfig,
        identity: Option<&ClientIdentity>,
        limits: &ExchangeLimits,
    ) -> Result<Self, Failure> {
        let limit = limits.connect.min(limits.total);
        let watch = Stopwatch::start();
        let socket = dial_hop(to, limit).await?;
        let mut connection = Self {
            socket,
            session: None,
            facts: None,
            outgoing: Vec::new(),
            left: 0,
            round_trip: watch.elapsed(),
            acknowledgement: Acknowledgement::Given,
            early: Vec::new(),
            ending: None,
        };
        if to.scheme == Scheme::Https {
            if let Some(proxy) = &to.proxy {
                tunnel(&connection.socket, proxy, to).await?;
            }
            connection.secure(to, config, identity).await?;
        }
        Ok(connection)
    }

    async fn secure(
        &mut self,
        to: &Destination,
        config: &ClientConfig,
        identity: Option<&ClientIdentity>,
    ) -> Result<(), Failure> {
        let protocol = |cause: String| Failure::TlsHandshake(HandshakeFailure::Protocol { cause });
        let presenter = Arc::new(Presenter::new(identity.map(ClientIdentity::certified_key)));
        let mut config = config.clone();
        config.client_auth_cert_resolver = Arc::clone(&presenter) as Arc<_>;
        let name = ServerName::try_from(to.host.clone())
            .map_err(|error| protocol(format!("`{}`: {error}", to.host)))?;
        let mut session = ClientConnection::new(Arc::new(config), name)
            .map_err(|error| protocol(error.to_string()))?;
        session.set_buffer_limit(None);
        handshake(&self.socket, &mut session, &mut self.early).await?;
        let facts = facts(&session, &presenter);
        let judged_later = session.protocol_version() == Some(ProtocolVersion::TLSv1_3)
            && facts.client_certificate == ClientCertificate::Sent;
        self.session = Some(Box::new(session));
        self.facts = Some(Arc::new(facts));
        if judged_later {
            // Elapsed: the server has nothing to say, which is its right.
            let _elapsed =
                tokio::time::timeout(CERTIFICATE_JUDGEMENT, self.await_judgement()).await;
        }
        Ok(())
    }

    /// Reads until the server sends a ticket, data, an alert or the end.
    async fn await_judgement(&mut self) {
        loop {
            let session = self.session.as_ref();
            let ticket = session.is_none_or(|session| session.tls13_tickets_received() > 0);
            let judged = ticket || !self.early.is_empty() || self.ending.is_some();
            if judged || self.socket.readable().await.is_err() {
                return;
            }
            let mut data = Vec::new();
            if let Read::Ended(ending) = self.pull(&mut data) {
                self.ending = Some(ending);
            }
            self.early.append(&mut data);
        }
    }

    /// What the handshake settled.
    pub(super) fn facts(&self) -> Option<Arc<TlsFacts>> {
        self.facts.clone()
    }

    /// Lines bytes up to be written, encrypted where there is TLS.
    pub(super) fn line_up(&mut self, bytes: &[u8]) {
        self.acknowledgement = Acknowledgement::Given;
        match &mut self.session {
            None => self.outgoing.extend_from_slice(bytes),
            Some(session) => {
                // Neither fails: the session's buffer has no limit, and a Vec takes all.
                let _count = io::Write::write(&mut session.writer(), bytes);
                while session.wants_write() && session.write_tls(&mut self.outgoing).is_ok() {}
            }
        }
    }

    /// How many bytes are lined up and not written.
    pub(super) fn lined_up(&self) -> usize {
        self.outgoing.len() - self.left
    }

    /// Whether the end was seen before anything was sent: sending would be in vain.
    pub(super) fn has_ended(&self) -> bool {
        self.ending.is_some()
    }

    /// Gives up what is lined up.
    pub(super) fn discard(&mut self) {
        self.outgoing.clear();
        self.left = 0;
    }

    /// Waits until the socket can be read, or written if something is lined up.
    pub(super) async fn ready(&self) -> io::Result<Ready> {
        if self.acknowledgement == Acknowledgement::Owed {
            acknowledge_at_once(&self.socket);
        }
        if self.lined_up() > 0 {
            self.socket
                .ready(Interest::READABLE | Interest::WRITABLE)
                .await
        } else {
            self.socket.ready(Interest::READABLE).await
        }
    }

    /// Writes what the socket takes at once of what is lined up, all but the last `keep` bytes.
    pub(super) fn push(&mut self, keep: usize) -> io::Result<()> {
        let end = self.outgoing.len().saturating_sub(keep);
        let bytes = self.outgoing.get(self.left..end).unwrap_or_default();
        if !bytes.is_empty() {
            match self.socket.try_write(bytes) {
                Ok(count) => self.left += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        if self.lined_up() == 0 {
            self.discard();
        }
        Ok(())
    }

    /// Writes all that is lined up but the last `keep` bytes.
    pub(super) async fn push_all_but(&mut self, keep: usize) -> io::Result<()> {
        loop {
            self.push(keep)?;
            if self.lined_up() <= keep {
                return Ok(());
            }
            self.socket.writable().await?;
        }
    }

    /// Tells the server that no more will be sent; over TLS by `close_notify`.
    pub(super) async fn end_writing(&mut self) {
        if let Some(session) = &mut self.session {
            session.send_close_notify();
            while session.wants_write() && session.write_tls(&mut self.outgoing).is_ok() {}
            // A server that has gone shows in the next read.
            let _gone = self.push_all_but(0).await;
        }
        let shutdown =
            std::future::poll_fn(|context| Pin::new(&mut self.socket).poll_shutdown(context));
        let _gone = shutdown.await;
    }

    /// About how long a byte takes to the server and back.
    pub(super) fn round_trip(&self) -> Duration {
        self.round_trip
    }

    /// Whether nothing has come since the last read.
    pub(super) fn is_quiet(&mut self) -> bool {
        match &self.session {
            None => {
                let read = self.socket.try_read(&mut [0]);
                read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
            }
            Some(_) => self.pull(&mut Vec::new()) == Read::Nothing,
        }
    }

    /// Reads once what has come, without waiting, and appends it to `data`.
    pub(super) fn pull(&mut self, data: &mut Vec<u8>) -> Read {
        let before = data.len();
        data.append(&mut self.early);
        if data.len() > before {
            return Read::Data;
        }
        if let Some(ending) = &self.ending {
            return Read::Ended(ending.clone());
        }
        let read = match &mut self.session {
            None => {
                data.reserve(READ);
                self.socket.try_read_buf(data)
            }
            Some(session) => {
                let mut buffer = [0; READ];
                let read = self.socket.try_read(&mut buffer);
                if let Ok(count @ 1..) = read {
                    let bytes = buffer.get(..count).unwrap_or_default();
                    self.ending = decrypt(session, bytes, data);
                }
                read
            }
        };
        match read {
            Ok(0) => return Read::Ended(self.closed()),
            Ok(_) => self.acknowledgement = Acknowledgement::Owed,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Read::Nothing,
            Err(_) => return Read::Ended(Ending::Reset),
        }
        match &self.ending {
            _ if data.len() > before => Read::Data,
            Some(ending) => Read::Ended(ending.clone()),
            None => Read::Nothing,
        }
    }

    /// The end of the stream: over TLS it should have been announced.
    fn closed(&self) -> Ending {
        if self.session.is_some() {
            Ending::ClosedUnannounced
        } else {
            Ending::Closed
        }
    }
}

/// Tells the server of a TLS session that this is the end, if the socket takes it at once.
impl Drop for Connection {
    fn drop(&mut self) {
        if self.lined_up() == 0
            && let Some(session) = &mut self.session
        {
            session.send_close_notify();
            let mut last = Vec::new();
            if session.write_tls(&mut last).is_ok() {
                let _written = self.socket.try_write(&last);
            }
        }
    }
}

/// Gives bytes to the session and takes out what they say; the session's end, if they end it.
fn decrypt(session: &mut ClientConnection, bytes: &[u8], data: &mut Vec<u8>) -> Option<Ending> {
    match digest(session, bytes, data) {
        Err(rustls::Error::AlertReceived(alert)) => Some(Ending::Alert(alert_name(alert))),
        Err(error) => Some(Ending::Broken(error.to_string())),
        Ok(state) if state.peer_has_closed() => Some(Ending::Closed),
        Ok(_) => None,
    }
}

/// A server without `TCP_NODELAY` that writes twice waits for an acknowledgement in between, which
/// the kernel would delay by 40 ms. The kernel forgets this setting, so it is renewed. It costs a packet of its own.
#[cfg(target_os = "linux")]
fn acknowledge_at_once(socket: &TcpStream) {
    // Where it can't be set, the server is only slower.
    let _unset = socket.set_quickack(true);
}

#[cfg(not(target_os = "linux"))]
fn acknowledge_at_once(_: &TcpStream) {}
