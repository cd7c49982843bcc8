//! A request as HTTP/2 has it (RFC 9113 §8.3.1), and what is wrong with it on purpose.

use super::message::{Framing, Message};
use crate::wire::http2::{Field, Request};

/// Fields of HTTP/1.1 that say something of its connection, and are none of HTTP/2 (RFC 9113 §8.2.2).
const OF_CONNECTIONS: [&[u8]; 6] = [
    b"connection",
    b"keep-alive",
    b"proxy-connection",
    b"te",
    b"transfer-encoding",
    b"upgrade",
];

/// What becomes of the fields of a request, in the order of the members. Names are compared and sent as they are spelled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldEdits {
    /// Fields taken out, every occurrence.
    pub remove: Vec<Vec<u8>>,
    /// Fields with another value; one that is not there goes behind all others.
    pub set: Vec<Field>,
    /// Fields in front of all others.
    pub prepend: Vec<Field>,
    /// Fields behind all others.
    pub append: Vec<Field>,
}

/// The request of a message.
#[must_use]
pub fn request(message: &Message, edits: &FieldEdits) -> Request {
    let data = message.body();
    let mut fields = pseudo(message);
    fields.extend(regular(message, &data));
    fields.retain(|(name, _)| !edits.remove.contains(name));
    for (name, value) in &edits.set {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => old.clone_from(value),
            None => fields.push((name.clone(), value.clone())),
        }
    }
    fields.splice(0..0, edits.prepend.iter().cloned());
    fields.extend(edits.append.iter().cloned());
    Request { fields, data }
}

fn pseudo(message: &Message) -> Vec<Field> {
    let scheme = message
        .url
        .split_once("://")
        .map_or("", |(scheme, _)| scheme);
    let mut path = message.path.clone();
    if path.is_empty() {
        path.push(b'/');
    }
    if let Some(query) = &message.query {
        path.push(b'?');
        path.extend_from_slice(query);
    }
    let mut fields = vec![
        (b":method".to_vec(), message.method.clone().into_bytes()),
        (b":scheme".to_vec(), scheme.as_bytes().to_vec()),
    ];
    if !message.host.is_empty() {
        fields.push((b":authority".to_vec(), message.host.clone().into_bytes()));
    }
    fields.push((b":path".to_vec(), path));
    fields
}

fn regular(message: &Message, data: &[u8]) -> Vec<Field> {
    let named = |name: &str, value: &[u8]| (name.to_ascii_lowercase().into_bytes(), value.to_vec());
    let mut fields: Vec<Field> = Vec::new();
    let authorization = message.authorization.iter();
    fields.extend(authorization.map(|value| named("authorization", value)));
    let content_type = message.content_type.iter();
    fields.extend(content_type.map(|value| named("content-type", value)));
    let others = message.headers.iter();
    fields.extend(others.map(|(name, value)| named(name, value)));
    fields.retain(|(name, _)| !OF_CONNECTIONS.contains(&name.as_slice()));
    let length = match &message.framing {
        Framing::Length if data.is_empty() => None,
        Framing::Length => Some(data.len().to_string()),
        Framing::Claimed(text) => Some(text.clone()),
        Framing::Chunked | Framing::None => None,
    };
    fields.extend(length.map(|length| named("content-length", length.as_bytes())));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::message::Pair;

    fn message() -> Message {
        let mut message = crate::probe::baseline::envelope("https://as.example:9031/token");
        message.pairs = vec![Pair::new(b"a", b"b")];
        message
            .headers
            .push(("Connection".to_owned(), b"close".to_vec()));
        message.authorization = Some(b"Basic eA==".to_vec());
        message
    }

    fn text(edits: &FieldEdits) -> String {
        let request = request(&message(), edits);
        String::from_utf8(request.text(usize::MAX)).unwrap()
    }

    fn field(name: &str, value: &str) -> Field {
        (name.into(), value.into())
    }

    #[test]
    fn request_has_pseudo_header_fields_first_and_nothing_of_a_connection() {
        assert_eq!(
            text(&FieldEdits::default()),
            ":method: POST\r\n:scheme: https\r\n:authority: as.example:9031\r\n:path: /token\r\n\
             authorization: Basic eA==\r\ncontent-type: application/x-www-form-urlencoded\r\naccept: application/json\r\n\
             accept-encoding: identity\r\ncontent-length: 3\r\n\r\na=b"
        );
    }

    #[test]
    fn fields_are_edited_as_they_are_spelled() {
        let edits = FieldEdits {
            remove: vec![b":path".to_vec(), b"authorization".to_vec()],
            set: vec![field(":authority", "other.example"), field("new", "1")],
            prepend: vec![field(":method", "GET")],
            append: vec![field("X-Capital", " a "), field("Accept", "b")],
        };
        assert_eq!(
            text(&edits),
            ":method: GET\r\n:method: POST\r\n:scheme: https\r\n:authority: other.example\r\n\
             content-type: application/x-www-form-urlencoded\r\naccept: application/json\r\naccept-encoding: identity\r\n\
             content-length: 3\r\nnew: 1\r\n\
             X-Capital:  a \r\nAccept: b\r\n\r\na=b"
        );
    }

    #[test]
    fn claimed_length_is_told_whatever_the_data() {
        let mut message = message();
        message.framing = Framing::Claimed("13".to_owned());
        let fields = request(&message, &FieldEdits::default()).fields;
        assert!(fields.contains(&field("content-length", "13")));
        message.framing = Framing::None;
        let fields = request(&message, &FieldEdits::default()).fields;
        assert!(fields.iter().all(|(name, _)| name != b"content-length"));
    }
}
