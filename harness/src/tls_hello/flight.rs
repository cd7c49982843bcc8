//! The server's first flight: records, and the handshake messages in them (RFC 8446 §5.1, RFC 5246 §7.4).

use super::answer::{Answer, ServerHello};
use super::key_exchange;
use super::names;
use super::octets::Cursor;

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

const SERVER_HELLO: usize = 2;
const CERTIFICATE: usize = 11;
const SERVER_KEY_EXCHANGE: usize = 12;
const SERVER_HELLO_DONE: usize = 14;

/// Whether more octets could tell no more.
#[must_use]
pub fn is_complete(received: &[u8]) -> bool {
    if is_ssl2(received) {
        return true;
    }
    if received
        .first()
        .is_some_and(|kind| !(20..=24).contains(kind))
    {
        return received.len() >= 64;
    }
    let parsed = Parsed::of(received);
    parsed.done || parsed.alert.is_some()
}

/// Whether the connection ended behind the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// It ended.
    Ended,
    /// More might have come.
    Open,
}

/// What the octets say.
#[must_use]
pub fn read(received: &[u8], stream: Stream) -> Answer {
    if is_ssl2(received) {
        return ssl2(received);
    }
    if received
        .first()
        .is_some_and(|kind| !(20..=24).contains(kind))
    {
        return Answer::Plain(received.iter().copied().take(64).collect());
    }
    let parsed = Parsed::of(received);
    match (parsed.hello, parsed.alert) {
        (Some(mut hello), alert) => {
            hello.alert = alert;
            Answer::Negotiated(Box::new(hello))
        }
        (None, Some(alert)) => Answer::Alert(alert),
        (None, None) => match stream {
            Stream::Ended => Answer::Closed,
            Stream::Open => Answer::Silent,
        },
    }
}

/// A record of SSL 2.0: two octets with the first bit set, then SERVER-HELLO or ERROR.
fn is_ssl2(received: &[u8]) -> bool {
    matches!(received, [first, _, 0 | 4, ..] if first & 0x80 != 0)
}

fn ssl2(received: &[u8]) -> Answer {
    if received.get(2) == Some(&0) {
        return Answer::Alert("ssl2_error".to_owned());
    }
    Answer::Negotiated(Box::new(ServerHello {
        version: 2,
        ..ServerHello::default()
    }))
}

#[derive(Debug, Default)]
struct Parsed {
    hello: Option<ServerHello>,
    alert: Option<String>,
    /// Nothing more comes in clear.
    done: bool,
}

impl Parsed {
    fn of(received: &[u8]) -> Self {
        let mut parsed = Self::default();
        let mut records = Cursor(received);
        let mut handshake = Vec::new();
        loop {
            let mut record = records;
            let kind = record.number(1).and_then(|kind| u8::try_from(kind).ok());
            let Some((kind, content)) = kind.and_then(|kind| {
                record.pair()?;
                Some((kind, record.prefixed(2)?))
            }) else {
                break;
            };
            records = record;
            match kind {
                HANDSHAKE => handshake.extend_from_slice(content),
                // The level is of no account: only close_notify and the like are warnings, and they end it too. A warning
                // about the name is followed by the handshake (RFC 6066 §3).
                ALERT if content.first() == Some(&2) || content.get(1) == Some(&0) => {
                    parsed.alert = content.get(1).map(|code| names::alert(*code));
                    break;
                }
                _ => {}
            }
        }
        parsed.messages(&handshake);
        parsed
    }

    fn messages(&mut self, handshake: &[u8]) {
        let mut messages = Cursor(handshake);
        while let Some(kind) = messages.number(1) {
            let Some(body) = messages.prefixed(3) else {
                return;
            };
            match (kind, &mut self.hello) {
                (SERVER_HELLO, hello @ None) => {
                    let Some(read) = server_hello(body) else {
                        return;
                    };
                    // What follows in TLS 1.3 is encrypted.
                    self.done = read.version >= 0x0304;
                    *hello = Some(read);
                }
                (CERTIFICATE, Some(hello)) => hello.certificates = certificates(body),
                (SERVER_KEY_EXCHANGE, Some(hello)) => key_exchange::read(hello, body),
                (SERVER_HELLO_DONE, Some(_)) => self.done = true,
                _ => {}
            }
        }
    }
}

fn server_hello(body: &[u8]) -> Option<ServerHello> {
    let mut cursor = Cursor(body);
    let mut hello = ServerHello {
        version: cursor.pair()?,
        random: cursor.take(32)?.to_vec(),
        ..ServerHello::default()
    };
    let _session = cursor.prefixed(1)?;
    hello.suite = cursor.pair()?;
    hello.compression = u8::try_from(cursor.number(1)?).ok()?;
    if let Some(extensions) = cursor.prefixed(2) {
        let mut extensions = Cursor(extensions);
        while let Some(code) = extensions.pair() {
            hello
                .extensions
                .push((code, extensions.prefixed(2)?.to_vec()));
        }
    }
    if let Some(selected) = hello
        .extension(43)
        .and_then(|content| Cursor(content).pair())
    {
        hello.version = selected;
    }
    Some(hello)
}

fn certificates(body: &[u8]) -> Vec<Vec<u8>> {
    let mut list = Cursor(Cursor(body).prefixed(3).unwrap_or_default());
    let mut all = Vec::new();
    while let Some(der) = list.prefixed(3) {
        all.push(der.to_vec());
    }
    all
}
