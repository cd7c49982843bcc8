//! A token request in the making: pairs, credentials and header fields apart, octets last.

use std::borrow::Cow;

use super::http2::FieldEdits;
use crate::suite::wire::LineEnd;
use crate::wire::form;
use crate::wire::response::AnswerTo;
use crate::x509::ClientIdentity;

/// One pair of a form body, as it is spelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Octets before the `=`, encoded.
    pub name: Vec<u8>,
    /// Octets after the `=`, encoded; `None`: there is no `=`.
    pub value: Option<Vec<u8>>,
}

impl Pair {
    /// A pair of plain octets, encoded here.
    #[must_use]
    pub fn new(name: &[u8], value: &[u8]) -> Self {
        Self {
            name: form::encode_component(name).into_bytes(),
            value: Some(form::encode_component(value).into_bytes()),
        }
    }

    /// Whether its decoded name is this one.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        let spelled_otherwise = self.name.iter().any(|octet| matches!(octet, b'%' | b'+'));
        if spelled_otherwise {
            form::decode_component(&self.name) == name.as_bytes()
        } else {
            self.name == name.as_bytes()
        }
    }

    /// Its decoded value.
    #[must_use]
    pub fn decoded_value(&self) -> Vec<u8> {
        form::decode_component(self.value.as_deref().unwrap_or_default())
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.name);
        if let Some(value) = &self.value {
            out.push(b'=');
            out.extend_from_slice(value);
        }
    }

    fn length(&self) -> usize {
        self.name.len() + self.value.as_ref().map_or(0, |value| 1 + value.len())
    }
}

/// How the body's end is told (RFC 9112 §6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// Content-Length with the true length.
    #[default]
    Length,
    /// No framing field at all.
    None,
    /// One chunk and the last one.
    Chunked,
    /// Content-Length with this text.
    Claimed(String),
}

/// The version in the request line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    #[default]
    Http11,
}

/// Whether something waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// It goes right behind what comes before.
    #[default]
    AtOnce,
    /// It waits for what comes back.
    Waits,
}

/// Something that follows a request on its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Further {
    /// Its octets.
    pub octets: Vec<u8>,
    /// Whether its answer has no content because it is one to HEAD.
    pub answer_to: AnswerTo,
    /// Whether it waits for the answers to all that comes before.
    pub turn: Turn,
}

/// When a request leaves, and in which version of HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Departure {
    /// Once the connection is there.
    #[default]
    Connected,
    /// Once a connection is there that speaks HTTP/2; its fields are edited.
    Http2(FieldEdits),
    /// As early data of a TLS handshake that is never completed.
    Early,
}

/// How a request goes over its connection, where that is unusual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The whole request, instead of the one that is made of the parts.
    pub octets: Option<Vec<u8>>,
    /// Whether the body waits until something arrives.
    pub body: Turn,
    /// What other connections begin, one each.
    pub beside: Vec<Vec<u8>>,
    /// What follows.
    pub behind: Vec<Further>,
    /// What becomes of the connection behind the last octet.
    pub end: Option<LineEnd>,
    /// When it leaves, and in which version.
    pub departure: Departure,
}

/// A request that is not yet octets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// What is presented in the TLS handshake (RFC 8705 §2).
    pub identity: Option<ClientIdentity>,
    /// The request method.
    pub method: String,
    /// The URL asked: scheme and authority decide where it goes.
    pub url: String,
    /// The path of the request target.
    pub path: Vec<u8>,
    /// The query, without its `?`.
    pub query: Option<Vec<u8>>,
    /// The Host field's value.
    pub host: String,
    /// Header fields besides Host, Authorization, Content-Type and framing.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Field lines sent as they are, without their line ends.
    pub raw_fields: Vec<Vec<u8>>,
    /// The Authorization field's value.
    pub authorization: Option<Vec<u8>>,
    /// The Content-Type field's value.
    pub content_type: Option<Vec<u8>>,
    /// The parameters.
    pub pairs: Vec<Pair>,
    /// A body that is not made of the parameters.
    pub raw_body: Option<Vec<u8>>,
    /// How the body is framed.
    pub framing: Framing,
    /// The version in the request line.
    pub version: Version,
    /// How it goes over the connection, where that is unusual.
    pub delivery: Option<Box<Delivery>>,
}

impl Message {
    /// The body octets.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        match &self.raw_body {
            Some(body) => body.clone(),
            None => join(&self.pairs),
        }
    }

    /// The first value of a parameter, decoded.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Vec<u8>> {
        self.pairs
            .iter()
            .find(|pair| pair.is(name))
            .map(Pair::decoded_value)
    }

    /// Sets a parameter, in place if it is there.
    pub fn set(&mut self, name: &[u8], value: &[u8]) {
        let text = String::from_utf8_lossy(name).into_owned();
        let pair = Pair::new(name, value);
        match self.pairs.iter_mut().find(|old| old.is(&text)) {
            Some(old) => *old = pair,
            None => self.pairs.push(pair),
        }
    }

    /// Takes every occurrence of a parameter out.
    pub fn remove(&mut self, name: &str) {
        self.pairs.retain(|pair| !pair.is(name));
    }

    /// Sets a header field, replacing those of its name.
    pub fn set_header(&mut self, name: &str, value: Vec<u8>) {
        self.remove_header(name);
        self.add_header(name, value);
    }

    /// Adds a header field. The fields with a member of their own go there if that is empty.
    pub fn add_header(&mut self, name: &str, value: Vec<u8>) {
        if name.eq_ignore_ascii_case("host") && self.host.is_empty() {
            self.host = String::from_utf8_lossy(&value).into_owned();
        } else if name.eq_ignore_ascii_case("authorization") && self.authorization.is_none() {
            self.authorization = Some(value);
        } else if name.eq_ignore_ascii_case("content-type") && self.content_type.is_none() {
            self.content_type = Some(value);
        } else {
            self.headers.push((name.to_owned(), value));
        }
    }

    /// Takes a header field out.
    pub fn remove_header(&mut self, name: &str) {
        if name.eq_ignore_ascii_case("host") {
            self.host.clear();
        } else if name.eq_ignore_ascii_case("authorization") {
            self.authorization = None;
        } else if name.eq_ignore_ascii_case("content-type") {
            self.content_type = None;
        }
        self.headers
            .retain(|(field, _)| !field.eq_ignore_ascii_case(name));
    }

    /// The octets as they go on the wire: the request's, and what follows it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.own_bytes();
        for further in self.delivery.iter().flat_map(|delivery| &delivery.behind) {
            out.extend_from_slice(&further.octets);
        }
        out
    }

    /// The request's octets alone.
    #[must_use]
    pub fn own_bytes(&self) -> Vec<u8> {
        if let Some(octets) = self
            .delivery
            .as_ref()
            .and_then(|delivery| delivery.octets.as_ref())
        {
            return octets.clone();
        }
        let body = match &self.raw_body {
            Some(body) => Cow::Borrowed(body.as_slice()),
            None => Cow::Owned(join(&self.pairs)),
        };
        let mut out = Vec::with_capacity(512 + body.len());
        self.write_head(&mut out, &body);
        match &self.framing {
            Framing::Chunked => {
                if !body.is_empty() {
                    out.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
                    out.extend_from_slice(&body);
                    out.extend_from_slice(b"\r\n");
                }
                out.extend_from_slice(b"0\r\n\r\n");
            }
            Framing::Length | Framing::None | Framing::Claimed(_) => out.extend_from_slice(&body),
        }
        out
    }

    fn write_head(&self, out: &mut Vec<u8>, body: &[u8]) {
        out.extend_from_slice(self.method.as_bytes());
        out.push(b' ');
        match self.path.as_slice() {
            [] => out.push(b'/'),
            path => out.extend_from_slice(path),
        }
        if let Some(query) = &self.query {
            out.push(b'?');
            out.extend_from_slice(query);
        }
        out.extend_from_slice(match self.version {
            Version::Http10 => b" HTTP/1.0\r\n",
            Version::Http11 => b" HTTP/1.1\r\n",
        });
        if !self.host.is_empty() {
            write_field(out, "Host", self.host.as_bytes());
        }
        if let Some(value) = &self.authorization {
            write_field(out, "Authorization", value);
        }
        if let Some(value) = &self.content_type {
            write_field(out, "Content-Type", value);
        }
        for (name, value) in &self.headers {
            write_field(out, name, value);
        }
        for line in &self.raw_fields {
            out.extend_from_slice(line);
            out.extend_from_slice(b"\r\n");
        }
        let bodyless = body.is_empty() && matches!(self.method.as_str(), "GET" | "HEAD" | "DELETE");
        match &self.framing {
            Framing::Length if bodyless => {}
            Framing::Length => {
                write_field(out, "Content-Length", body.len().to_string().as_bytes());
            }
            Framing::None => {}
            Framing::Chunked => write_field(out, "Transfer-Encoding", b"chunked"),
            Framing::Claimed(text) => write_field(out, "Content-Length", text.as_bytes()),
        }
        out.extend_from_slice(b"\r\n");
    }
}

fn write_field(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// Pairs joined by `&`.
#[must_use]
pub fn join(pairs: &[Pair]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pairs.iter().map(|pair| pair.length() + 1).sum());
    for (at, pair) in pairs.iter().enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        pair.write(&mut out);
    }
    out
}
