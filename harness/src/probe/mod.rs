//! Token requests: a valid one for each grant, and what a change makes of it. Pure.

pub mod apply;
pub mod baseline;
pub mod credentials;
pub mod formats;
pub mod http2;
pub mod lint;
pub mod message;
pub mod wire;

use message::Message;

/// The field that asks for an answer as it is: where it is absent every content coding conforms (RFC 9110 §12.5.3), and
/// none is decoded here.
#[must_use]
pub fn uncoded() -> (String, Vec<u8>) {
    ("Accept-Encoding".to_owned(), b"identity".to_vec())
}

/// Points a request at a URL: where it goes, Host, path and query.
pub fn address(message: &mut Message, url: &str) {
    message.url = url.to_owned();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or(rest);
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(at);
    message.host = authority.rsplit('@').next().unwrap_or(authority).to_owned();
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    message.path = if path.is_empty() {
        b"/".to_vec()
    } else {
        path.as_bytes().to_vec()
    };
    message.query = query.map(|query| query.as_bytes().to_vec());
}
