//! Handshakes for their own sake.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::UnixTime;

use super::Runner;
use crate::run::halt::Halt;
use crate::tls_hello::{Answer, is_complete, read};
use crate::transport::{Failure, HandshakeFailure, Scheme};
use crate::x509::server;

/// What a handshake showed, by name.
pub(in crate::run) type Shown = Vec<(&'static str, String)>;

impl Runner {
    /// Sends a `ClientHello` and reads what is said to it in clear.
    pub(in crate::run) async fn hello(&self, url: &str, octets: &[u8]) -> Result<Shown, Halt> {
        self.pause(1).await?;
        let to = self.tls_destination(url)?;
        let limits = self.exchange_limits();
        let interrupted = self.interruption.notified();
        let flight = tokio::select! {
            flight = self.connector.flight(&to, octets, is_complete, &limits) => flight,
            () = interrupted => return Err(Halt::Interrupted),
        };
        self.requests
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let flight = flight.map_err(|why| broken(&why))?;
        let answer = read(&flight.received, flight.stream);
        let mut shown = answer.facts();
        if let Answer::Negotiated(hello) = &answer {
            shown.extend(self.certificates(&hello.certificates, &to.host));
        }
        Ok(shown)
    }

    /// A whole handshake with any certificate.
    pub(in crate::run) async fn look(&self, url: &str, alpn: &[String]) -> Result<Shown, Halt> {
        self.pause(1).await?;
        let to = self.tls_destination(url)?;
        let limits = self.exchange_limits();
        let interrupted = self.interruption.notified();
        let look = tokio::select! {
            look = self.connector.look(&to, alpn, &limits) => look,
            () = interrupted => return Err(Halt::Interrupted),
        };
        self.requests
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let look = match look {
            Ok(look) => look,
            Err(failure) => return refusal(&failure),
        };
        let mut shown = vec![
            ("outcome", "negotiated".to_owned()),
            ("version", look.facts.version.replace("TLSv", "TLS ")),
            ("suite", look.facts.cipher.clone()),
        ];
        shown.extend(look.facts.alpn.clone().map(|alpn| ("alpn", alpn)));
        shown.extend(look.http2.map(|spoken| ("http2", spoken.to_string())));
        shown.extend(self.certificates(&look.facts.peer_certificates, &to.host));
        Ok(shown)
    }

    fn certificates(&self, chain: &[Vec<u8>], host: &str) -> Shown {
        if chain.is_empty() {
            return Vec::new();
        }
        let now = self.now();
        let mut shown = server::facts(chain, host, now);
        let now = UnixTime::since_unix_epoch(Duration::from_secs(now.unsigned_abs()));
        shown.push((
            "trusted",
            self.connector.trusts(chain, host, now).to_owned(),
        ));
        shown
    }

    fn tls_destination(&self, url: &str) -> Result<Arc<crate::transport::Destination>, Halt> {
        let to = self.destination(url)?;
        match to.scheme {
            Scheme::Https => Ok(to),
            Scheme::Http => Err(Halt::Skipped(format!("needs TLS: `{url}` is plain http"))),
        }
    }
}

/// A failure that says something of the server's TLS.
fn refusal(failure: &Failure) -> Result<Shown, Halt> {
    let shown = |outcome: &str| Ok(vec![("outcome", outcome.to_owned())]);
    match failure {
        Failure::OnlyHttp2 => Ok(vec![
            ("outcome", "alert".to_owned()),
            ("alert", "no_application_protocol".to_owned()),
        ]),
        Failure::SpeaksPlainHttp => shown("plain"),
        Failure::TlsHandshake(HandshakeFailure::Alert { alert }) => Ok(vec![
            ("outcome", "alert".to_owned()),
            ("alert", alert.clone()),
        ]),
        Failure::TlsHandshake(HandshakeFailure::Closed | HandshakeFailure::Reset) => {
            shown("closed")
        }
        Failure::TlsHandshake(HandshakeFailure::NotTls { .. }) => shown("plain"),
        Failure::TlsHandshake(
            HandshakeFailure::Protocol { cause } | HandshakeFailure::Certificate { cause },
        ) => Ok(vec![
            ("outcome", "broken".to_owned()),
            ("cause", cause.clone()),
        ]),
        Failure::Resolve { .. }
        | Failure::ConnectRefused { .. }
        | Failure::ConnectTimeout { .. }
        | Failure::Connect { .. }
        | Failure::Proxy { .. }
        | Failure::TlsAlert { .. }
        | Failure::TlsBroken { .. }
        | Failure::Closed
        | Failure::ClosedMidway { .. }
        | Failure::Reset
        | Failure::ResetMidway { .. }
        | Failure::Http2(_)
        | Failure::NotEarly
        | Failure::Unfinished
        | Failure::Timeout { .. }
        | Failure::Malformed(_)
        | Failure::TooLarge { .. }
        | Failure::SpeaksTls => Err(broken(failure)),
    }
}

fn broken(failure: &Failure) -> Halt {
    Halt::Broken {
        cause: failure.to_string(),
        again: !matches!(failure, Failure::Timeout { .. }),
    }
}
