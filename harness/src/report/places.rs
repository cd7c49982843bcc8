//! Where secrets stand in HTTP messages.

/// A place of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub start: usize,
    pub end: usize,
    /// The kind of secret.
    pub kind: &'static str,
    /// Whether the value itself is a secret elsewhere too (an Authorization value is not: it is made of one).
    pub by_value: bool,
}

/// Parameters and members whose values are secrets.
const NAMES: &[&str] = &[
    "access_token",
    "actor_token",
    "assertion",
    "auth_req_id",
    "client_assertion",
    "client_notification_token",
    "client_secret",
    "code",
    "code_verifier",
    "device_code",
    "id_token",
    "password",
    "refresh_token",
    "registration_access_token",
    "subject_token",
    "token",
    "user_code",
];

/// Every place of a secret in a message, in order.
pub(super) fn find(bytes: &[u8]) -> Vec<Place> {
    let head_end = find_text(bytes, b"\r\n\r\n", 0).unwrap_or(bytes.len());
    let mut places = Vec::new();
    head(bytes, head_end, &mut places);
    let body = head_end + 4;
    if body < bytes.len() {
        pairs(bytes, body, bytes.len(), &mut places);
        members(bytes, body, &mut places);
        parts(bytes, body, &mut places);
    }
    places.sort_by_key(|place| place.start);
    places
}

fn head(bytes: &[u8], end: usize, places: &mut Vec<Place>) {
    let mut start = 0;
    while start < end {
        let line_end = find_text(bytes, b"\r\n", start).unwrap_or(end).min(end);
        let line = bytes.get(start..line_end).unwrap_or_default();
        let lower = line.to_ascii_lowercase();
        if start == 0
            || lower.starts_with(b":path:")
            || lower.starts_with(b"location:")
            || lower.starts_with(b"referer:")
        {
            if let Some(query) = line.iter().position(|octet| matches!(octet, b'?' | b'#')) {
                let stop = line.iter().skip(query).position(|octet| *octet == b' ');
                let stop = stop.map_or(line_end, |stop| start + query + stop);
                pairs(bytes, start + query + 1, stop, places);
            }
        } else if lower.starts_with(b"authorization:") || lower.starts_with(b"proxy-authorization:")
        {
            authorization(line, start, places);
        } else if lower.starts_with(b"cookie:") {
            cookies(bytes, start + 7, line_end, places);
        } else if lower.starts_with(b"dpop:") {
            places.push(Place {
                start: start + 5,
                end: line_end,
                kind: "dpop_proof",
                by_value: false,
            });
        }
        start = line_end + 2;
    }
}

/// What comes after the scheme; all of it where there is no scheme.
fn authorization(line: &[u8], start: usize, places: &mut Vec<Place>) {
    let colon = line
        .iter()
        .position(|octet| *octet == b':')
        .map_or(0, |at| at + 1);
    let value = line.get(colon..).unwrap_or_default();
    let blank = value
        .iter()
        .take_while(|octet| matches!(octet, b' ' | b'\t'))
        .count();
    let rest = value.get(blank..).unwrap_or_default();
    let scheme = rest
        .iter()
        .position(|octet| matches!(octet, b' ' | b'\t' | b','));
    let skip = scheme.map_or(0, |at| {
        let behind = rest.get(at..).unwrap_or_default();
        at + behind
            .iter()
            .take_while(|octet| matches!(octet, b' ' | b'\t' | b','))
            .count()
    });
    let kind = if rest.to_ascii_lowercase().starts_with(b"bearer") {
        "bearer_token"
    } else {
        "credentials"
    };
    let from = start + colon + blank + skip;
    if from < start + line.len() {
        places.push(Place {
            start: from,
            end: start + line.len(),
            kind,
            by_value: false,
        });
    }
}

fn cookies(bytes: &[u8], start: usize, end: usize, places: &mut Vec<Place>) {
    segments(bytes, start, end, b';', |name, from, to| {
        if let Some(kind) = kind_of(name) {
            places.push(Place {
                start: from,
                end: to,
                kind,
                by_value: false,
            });
        }
    });
}

fn pairs(bytes: &[u8], start: usize, end: usize, places: &mut Vec<Place>) {
    segments(bytes, start, end, b'&', |name, from, to| {
        if let Some(kind) = kind_of(name) {
            places.push(Place {
                start: from,
                end: to,
                kind,
                by_value: true,
            });
        }
    });
}

fn segments(
    bytes: &[u8],
    start: usize,
    end: usize,
    separator: u8,
    mut each: impl FnMut(&[u8], usize, usize),
) {
    let mut from = start;
    while from < end {
        let rest = bytes.get(from..end).unwrap_or_default();
        let length = rest
            .iter()
            .position(|octet| *octet == separator)
            .unwrap_or(rest.len());
        let segment = rest.get(..length).unwrap_or_default();
        if let Some(equals) = segment.iter().position(|octet| *octet == b'=') {
            each(
                segment.get(..equals).unwrap_or_default(),
                from + equals + 1,
                from + length,
            );
        }
        from += length + 1;
    }
}

/// The kind of secret that a parameter of this encoded name holds.
fn kind_of(name: &[u8]) -> Option<&'static str> {
    let plain = |octet: &u8| octet.is_ascii_lowercase() || *octet == b'_';
    if name.iter().all(plain) {
        return known(name);
    }
    let decoded = crate::wire::form::decode_component(name);
    let decoded = crate::wire::form::decode_component(&decoded);
    let text = String::from_utf8_lossy(&decoded).to_ascii_lowercase();
    let text = text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let base = text.split(['[', '.']).next().unwrap_or(text);
    NAMES.iter().find(|known| **known == base).copied()
}

/// `"name" : "value"`.
fn members(bytes: &[u8], start: usize, places: &mut Vec<Place>) {
    let mut from = start;
    while let Some(open) = find_octet(bytes, b'"', from) {
        let Some(close) = find_octet(bytes, b'"', open + 1) else {
            return;
        };
        from = close;
        let Some(name) = known(bytes.get(open + 1..close).unwrap_or_default()) else {
            continue;
        };
        let rest = bytes.get(close + 1..).unwrap_or_default();
        let blank = |octet: &&u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b':');
        let skip = rest.iter().take_while(blank).count();
        if rest.get(skip) != Some(&b'"') {
            continue;
        }
        let value = close + 1 + skip + 1;
        let mut end = value;
        while let Some(octet) = bytes.get(end) {
            match octet {
                b'"' => break,
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        places.push(Place {
            start: value,
            end: end.min(bytes.len()),
            kind: name,
            by_value: true,
        });
        from = end + 1;
    }
}

fn known(name: &[u8]) -> Option<&'static str> {
    NAMES.iter().find(|known| known.as_bytes() == name).copied()
}

/// Multipart parts and XML elements of these names.
fn parts(bytes: &[u8], start: usize, places: &mut Vec<Place>) {
    let body = bytes.get(start..).unwrap_or_default();
    if body.starts_with(b"--") {
        for name in NAMES {
            between(
                bytes,
                start,
                (&format!("name=\"{name}\"\r\n\r\n"), "\r\n"),
                name,
                places,
            );
        }
    }
    if body.starts_with(b"<") {
        for name in NAMES {
            between(bytes, start, (&format!("<{name}>"), "</"), name, places);
        }
    }
}

fn between(
    bytes: &[u8],
    start: usize,
    (open, close): (&str, &str),
    kind: &'static str,
    places: &mut Vec<Place>,
) {
    let mut from = start;
    while let Some(at) = find_text(bytes, open.as_bytes(), from) {
        from = at + open.len();
        let end = find_text(bytes, close.as_bytes(), from).unwrap_or(bytes.len());
        places.push(Place {
            start: from,
            end,
            kind,
            by_value: true,
        });
    }
}

fn find_octet(bytes: &[u8], octet: u8, from: usize) -> Option<usize> {
    bytes
        .get(from..)?
        .iter()
        .position(|other| *other == octet)
        .map(|at| from + at)
}

fn find_text(bytes: &[u8], text: &[u8], from: usize) -> Option<usize> {
    let first = *text.first()?;
    let mut from = from;
    while let Some(at) = find_octet(bytes, first, from) {
        if bytes.get(at..)?.starts_with(text) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}
