//! TLS as a defect has it: what comes as early data (RFC 8446 §2.3) is handed on before the handshake is complete.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream};

/// Octets that are read at a time.
const READ: usize = 16 * 1024;

/// A TLS session in which there is something to hand on, or will be.
pub(super) struct Hasty<S> {
    socket: S,
    session: ServerConnection,
    plain: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Hasty<S> {
    /// The handshake: up to its end, or to early data.
    pub(super) async fn accept(socket: S, config: Arc<ServerConfig>) -> io::Result<Self> {
        let session = ServerConnection::new(config).map_err(io::Error::other)?;
        let mut hasty = Self {
            socket,
            session,
            plain: Vec::new(),
        };
        let mut octets = vec![0; READ];
        while hasty.session.is_handshaking() && hasty.plain.is_empty() {
            match hasty.socket.read(&mut octets).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => {
                    let taken = hasty.take(octets.get(..count).unwrap_or_default());
                    // An alert, perhaps.
                    hasty.flush().await?;
                    taken?;
                }
            }
        }
        Ok(hasty)
    }

    /// What the client presented, in this handshake or the one that is resumed.
    pub(super) fn presented(&self) -> Vec<Vec<u8>> {
        let presented = self.session.peer_certificates().unwrap_or_default();
        presented.iter().map(|der| der.to_vec()).collect()
    }

    /// The application protocol that was chosen (RFC 7301).
    pub(super) fn alpn_protocol(&self) -> Option<&[u8]> {
        self.session.alpn_protocol()
    }

    /// Carries octets to and from who speaks HTTP, until that one ends. A client that is gone is heard to the end.
    pub(super) async fn run(mut self, speaker: DuplexStream) -> io::Result<()> {
        let (mut answers, mut requests) = tokio::io::split(speaker);
        let mut received = vec![0; READ];
        let mut answer = vec![0; READ];
        let mut ended = false;
        loop {
            if !self.plain.is_empty() {
                requests.write_all(&std::mem::take(&mut self.plain)).await?;
            }
            if ended {
                requests.shutdown().await?;
            }
            tokio::select! {
                count = self.socket.read(&mut received), if !ended => {
                    let octets = received.get(..count.unwrap_or(0)).unwrap_or_default();
                    ended = octets.is_empty() || self.take(octets).is_err();
                }
                count = answers.read(&mut answer) => match answer.get(..count?) {
                    Some([]) | None => break,
                    Some(octets) => self.session.writer().write_all(octets)?,
                },
            }
            // That the client is gone shows in the next read.
            let _gone = self.flush().await;
        }
        self.session.send_close_notify();
        self.flush().await?;
        self.socket.shutdown().await
    }

    /// Gives received octets to the session, and keeps what they say.
    fn take(&mut self, mut octets: &[u8]) -> io::Result<()> {
        while !octets.is_empty() {
            self.session.read_tls(&mut octets)?;
            let processed = self.session.process_new_packets();
            if let Some(mut early) = self.session.early_data() {
                early.read_to_end(&mut self.plain)?;
            }
            // Its end is told by the socket.
            let _end = self.session.reader().read_to_end(&mut self.plain);
            processed.map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// Writes what the session has to say.
    async fn flush(&mut self) -> io::Result<()> {
        let mut outgoing = Vec::new();
        while self.session.wants_write() {
            self.session.write_tls(&mut outgoing)?;
        }
        self.socket.write_all(&outgoing).await?;
        self.socket.flush().await
    }
}
