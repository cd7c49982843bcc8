//! A `ServerHello` made by hand, with what follows it in TLS 1.2 (RFC 5246 §7.4): enough for a client to see what was negotiated.

use crate::wire::client_hello::ClientHello;

/// What a server answers; by default what one of today does.
#[derive(Clone, Debug)]
pub(super) struct ServerHello {
    pub(super) version: u16,
    pub(super) suite: u16,
    pub(super) compression: u8,
    pub(super) extensions: Vec<(u16, Vec<u8>)>,
    pub(super) certificate: Vec<u8>,
    pub(super) key_exchange: Vec<u8>,
}

impl ServerHello {
    /// The answer to a hello, with the first suite that it offers.
    pub(super) fn to(hello: &ClientHello) -> Self {
        let mut extensions = Vec::new();
        if hello.suites.contains(&0x00ff) || hello.extension(0xff01).is_some() {
            extensions.push((0xff01, vec![0]));
        }
        if hello.extension(23).is_some() {
            extensions.push((23, Vec::new()));
        }
        let mut suites = hello
            .suites
            .iter()
            .filter(|suite| !matches!(**suite, 0x00ff | 0x5600));
        Self {
            version: hello.version.min(0x0303),
            suite: suites.next().copied().unwrap_or_default(),
            compression: 0,
            extensions,
            certificate: Vec::new(),
            key_exchange: Vec::new(),
        }
    }

    /// Without an extension.
    pub(super) fn without(mut self, code: u16) -> Self {
        self.extensions.retain(|(known, _)| *known != code);
        self
    }

    /// The record.
    pub(super) fn octets(&self) -> Vec<u8> {
        let mut body = self.version.to_be_bytes().to_vec();
        body.extend([0x5a; 24]);
        body.extend(b"DOWNGRD\x01");
        body.push(0);
        body.extend(self.suite.to_be_bytes());
        body.push(self.compression);
        if self.version > 0x0300 {
            let mut all = Vec::new();
            for (code, content) in &self.extensions {
                all.extend(code.to_be_bytes());
                all.extend(prefixed(2, content));
            }
            body.extend(prefixed(2, &all));
        }
        let mut flight = message(2, &body);
        if !self.certificate.is_empty() {
            flight.extend(message(11, &prefixed(3, &prefixed(3, &self.certificate))));
        }
        if !self.key_exchange.is_empty() {
            flight.extend(message(12, &self.key_exchange));
        }
        flight.extend(message(14, &[]));
        let mut record = vec![22];
        record.extend(self.version.to_be_bytes());
        record.extend(prefixed(2, &flight));
        record
    }
}

/// SERVER-HELLO of SSL 2.0, with one kind of cipher and no certificate.
pub(super) fn ssl2() -> Vec<u8> {
    let mut message = vec![4, 0, 1, 0, 2, 0, 0, 0, 3, 0, 16];
    message.extend([0x07, 0x00, 0xc0]);
    message.extend([0x5a; 16]);
    let mut record = vec![0x80];
    record.extend(prefixed(1, &message));
    record
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    out.extend(prefixed(3, body));
    out
}

pub(super) fn prefixed(width: usize, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len())
        .unwrap_or(u32::MAX)
        .to_be_bytes();
    let mut out = length
        .get(4_usize.saturating_sub(width)..)
        .unwrap_or_default()
        .to_vec();
    out.extend_from_slice(content);
    out
}
