//! The Host field, which the HTTP library leaves to the application (RFC 9112 §3.2, RFC 9110 §7.2), and what HTTP/2 has in its place
//! (RFC 9113 §8.3.1).

use hyper::header::HOST;
use hyper::http::request::Parts;
use hyper::{Request, Version};

use crate::vocabulary::ErrorCode;
use crate::wire::json::Object;
use crate::wire::response::Response;

/// Whether a request of HTTP/1.1 lacks Host, has several, or one that names no host; one of HTTP/2 may lack it, but names no other host
/// than its `:authority`.
pub(super) fn is_at_fault<B>(request: &Request<B>) -> bool {
    let mut lines = request.headers().get_all(HOST).iter();
    match (lines.next(), lines.next()) {
        (None, _) => request.version() == Version::HTTP_11,
        (Some(host), None) => {
            let authority = request.uri().authority().map(|it| it.as_str().as_bytes());
            let differs = |authority| !host.as_bytes().eq_ignore_ascii_case(authority);
            let is_http2 = request.version() == Version::HTTP_2;
            !is_host(host.as_bytes()) || (is_http2 && authority.is_some_and(differs))
        }
        (Some(_), Some(_)) => true,
    }
}

/// The `:authority` of a request of HTTP/2 that has no Host.
pub(super) fn authority(head: &Parts) -> Option<Vec<u8>> {
    let authority = head.uri.authority()?;
    let takes_its_place = head.version == Version::HTTP_2 && !head.headers.contains_key(HOST);
    takes_its_place.then(|| authority.as_str().as_bytes().to_vec())
}

/// 400, and the end of a connection of HTTP/1.1.
pub(super) fn refusal(version: Version) -> Response {
    let object = Object::default()
        .text("error", ErrorCode::InvalidRequest.as_str())
        .text(
            "error_description",
            "The request needs one valid Host header",
        );
    let refusal = Response::json(400, object);
    if version == Version::HTTP_2 {
        refusal
    } else {
        refusal.with("Connection", "close")
    }
}

/// `uri-host [ ":" port ]` (RFC 3986 §3.2.2, §3.2.3).
fn is_host(value: &[u8]) -> bool {
    let (host, port) = match value.iter().rposition(|octet| *octet == b']') {
        Some(end) => {
            let (host, rest) = value.split_at(end + 1);
            match rest.split_first() {
                None => (host, None),
                Some((b':', port)) => (host, Some(port)),
                Some(_) => return false,
            }
        }
        None => match value.iter().position(|octet| *octet == b':') {
            Some(colon) => {
                let (host, port) = value.split_at(colon);
                (host, port.get(1..))
            }
            None => (value, None),
        },
    };
    let is_literal = host.starts_with(b"[") && host.ends_with(b"]");
    let allowed = |octet: &u8| {
        octet.is_ascii_alphanumeric()
            || b"-._~!$&'()*+,;=%".contains(octet)
            || (is_literal && b"[]:".contains(octet))
    };
    host.iter().all(allowed) && port.is_none_or(|port| port.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_is_a_name_or_an_address_with_a_port_at_most() {
        for good in [
            "as.example",
            "as.example:9031",
            "[::1]:80",
            "127.0.0.1:1",
            "",
        ] {
            assert!(is_host(good.as_bytes()), "{good}");
        }
        for bad in ["a b", "a, b", "u@a", "a/b", "a:x", "[::1]x", "a:1:2"] {
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
    }
}
