//! The TLS handshake, with what a server that refuses or does not speak TLS says in it.

use std::io::{self, Read as _};

use rustls::{AlertDescription, CertificateError, ClientConnection, IoState};
use tokio::net::TcpStream;

use crate::transport::failure::{Failure, HandshakeFailure};
use crate::transport::tls::alert_name;

/// Bytes that one read takes.
const READ: usize = 16 * 1024;

/// Brings a session to the end of its handshake. What the server says at once behind it goes to
/// `data`.
pub(super) async fn handshake(
    socket: &TcpStream,
    session: &mut ClientConnection,
    data: &mut Vec<u8>,
) -> Result<(), Failure> {
    let mut first = Vec::new();
    let mut buffer = vec![0; READ];
    loop {
        write_pending(socket, session).await;
        if !session.is_handshaking() {
            return Ok(());
        }
        let read = match read(socket, &mut buffer).await {
            Ok([]) => return Err(ended(&first, HandshakeFailure::Closed)),
            Ok(read) => read,
            Err(_) => return Err(ended(&first, HandshakeFailure::Reset)),
        };
        first.extend(read.iter().take(32_usize.saturating_sub(first.len())));
        if let Err(error) = digest(session, read, data) {
            // The alert that tells the server why; it matters to nobody else.
            write_pending(socket, session).await;
            return Err(refused(&error, &first));
        }
    }
}

/// Gives received bytes to a session, and appends what they say to `data`.
pub(super) fn digest(
    session: &mut ClientConnection,
    mut bytes: &[u8],
    data: &mut Vec<u8>,
) -> Result<IoState, rustls::Error> {
    loop {
        // Reading from a slice fails only when the session's buffer is full, which draining empties.
        let taken = session.read_tls(&mut bytes).unwrap_or(0);
        let processed = session.process_new_packets();
        // Its result tells of the end only, and so does `processed`.
        let _end = session.reader().read_to_end(data);
        let state = processed?;
        if bytes.is_empty() || taken == 0 {
            return Ok(state);
        }
    }
}

/// Writes what the session has to say. A failure shows in the next read.
pub(super) async fn write_pending(socket: &TcpStream, session: &mut ClientConnection) {
    let mut outgoing = Vec::new();
    while session.wants_write() {
        if session.write_tls(&mut outgoing).is_err() {
            return;
        }
    }
    let mut rest = outgoing.as_slice();
    while !rest.is_empty() && socket.writable().await.is_ok() {
        match socket.try_write(rest) {
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// Reads once.
pub(super) async fn read<'b>(socket: &TcpStream, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
    loop {
        socket.readable().await?;
        match socket.try_read(buffer) {
            Ok(count) => return Ok(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

/// The connection ended: perhaps because the server did not understand what it got.
fn ended(first: &[u8], otherwise: HandshakeFailure) -> Failure {
    if is_http(first) {
        Failure::SpeaksPlainHttp
    } else {
        Failure::TlsHandshake(otherwise)
    }
}

fn refused(error: &rustls::Error, first: &[u8]) -> Failure {
    if is_http(first) {
        return Failure::SpeaksPlainHttp;
    }
    if !matches!(first, [0x14..=0x17, 0x03, ..]) {
        return Failure::TlsHandshake(HandshakeFailure::NotTls {
            first: first.to_vec(),
        });
    }
    if let rustls::Error::AlertReceived(alert) = error {
        // We offer HTTP/1.1 only (RFC 7301 §3.2).
        if *alert == AlertDescription::NoApplicationProtocol {
            return Failure::OnlyHttp2;
        }
        let alert = alert_name(*alert);
        return Failure::TlsHandshake(HandshakeFailure::Alert { alert });
    }
    if let rustls::Error::InvalidCertificate(cause) = error {
        let cause = if *cause == CertificateError::UnknownIssuer {
            "its issuer is not trusted; name the CA under `tls.ca`".to_owned()
        } else {
            cause.to_string()
        };
        return Failure::TlsHandshake(HandshakeFailure::Certificate { cause });
    }
    Failure::TlsHandshake(HandshakeFailure::Protocol {
        cause: error.to_string(),
    })
}

fn is_http(first: &[u8]) -> bool {
    first.starts_with(b"HTTP/")
}
