//! The answer of a stream: interim responses, fields, data, trailers (RFC 9113 §8.1), and the same as a text.

use super::frame::StreamEnd;
use super::{Failure, Field};
use crate::wire::http1::{Progress, ReadLimits};
use crate::wire::response::{AnswerTo, BodyFraming, Header, Response, Version};

/// The most interim responses before the final one.
const MAX_INTERIM: usize = 32;

/// Fields that belong to a connection of HTTP/1.1 (RFC 9113 §8.2.2).
const OF_CONNECTIONS: [&str; 5] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

/// An answer as far as it came.
#[derive(Debug)]
pub(super) struct Answer {
    answer_to: AnswerTo,
    limits: ReadLimits,
    interim: Vec<u16>,
    response: Option<Response>,
    text: Vec<u8>,
}

impl Answer {
    pub(super) const fn new(answer_to: AnswerTo, limits: ReadLimits) -> Self {
        Self {
            answer_to,
            limits,
            interim: Vec::new(),
            response: None,
            text: Vec::new(),
        }
    }

    /// Whether the final fields are there.
    pub(super) const fn has_begun(&self) -> bool {
        self.response.is_some()
    }

    /// What came, as a text: a line for each field, an empty one, the data.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The answer, as much of it as came.
    pub(super) fn into_parts(self) -> (Option<Response>, Vec<u8>) {
        (self.response, self.text)
    }

    /// Takes a field section.
    pub(super) fn section(
        &mut self,
        fields: Vec<Field>,
        end: StreamEnd,
    ) -> Result<Progress, Failure> {
        for (name, value) in &fields {
            line(&mut self.text, name, value);
        }
        self.text.extend_from_slice(b"\r\n");
        if self.response.is_some() {
            return self.trailers(fields, end);
        }
        let (status, headers) = head(fields)?;
        if (100..200).contains(&status) && status != 101 {
            if end == StreamEnd::Here {
                return Err(Failure::malformed("an interim response ends the stream"));
            }
            self.interim.push(status);
            if self.interim.len() > MAX_INTERIM {
                return Err(Failure::malformed(format!(
                    "more than {MAX_INTERIM} interim (1xx) responses and no final one"
                )));
            }
            return Ok(Progress::More);
        }
        self.response = Some(Response {
            version: Version::Http2,
            status,
            reason: Vec::new(),
            headers,
            body: Vec::new(),
            trailers: Vec::new(),
            framing: BodyFraming::Stream,
            interim: std::mem::take(&mut self.interim),
            oddities: Vec::new(),
        });
        self.ended(end)
    }

    /// Takes the content of a DATA frame.
    pub(super) fn data(&mut self, content: &[u8], end: StreamEnd) -> Result<Progress, Failure> {
        let limit = self.limits.body;
        let Some(response) = &mut self.response else {
            return Err(Failure::malformed("DATA before the fields of an answer"));
        };
        let room = limit.saturating_sub(response.body.len());
        let kept = content.get(..room).unwrap_or(content);
        response.body.extend_from_slice(kept);
        self.text.extend_from_slice(kept);
        if kept.len() < content.len() {
            return Err(Failure::TooLarge { limit });
        }
        self.ended(end)
    }

    fn trailers(&mut self, fields: Vec<Field>, end: StreamEnd) -> Result<Progress, Failure> {
        if end == StreamEnd::Later {
            return Err(Failure::malformed("a second answer on one stream"));
        }
        let trailers = regular(fields)?;
        if let Some(response) = &mut self.response {
            response.trailers = trailers;
        }
        self.ended(end)
    }

    /// At the end of the stream: whether the length is as it was told (RFC 9113 §8.1.1).
    fn ended(&self, end: StreamEnd) -> Result<Progress, Failure> {
        let (Some(response), StreamEnd::Here) = (&self.response, end) else {
            return Ok(Progress::More);
        };
        let without_content = self.answer_to == AnswerTo::Head || response.status == 304;
        let length = response.body.len().to_string();
        let mut told = response.values("content-length");
        if without_content || told.all(|told| told == length.as_bytes()) {
            return Ok(Progress::Done);
        }
        Err(Failure::malformed(format!(
            "a content-length that is not the {length} bytes of the data"
        )))
    }
}

/// The status and the regular fields of a response (RFC 9113 §8.3.2).
fn head(mut fields: Vec<Field>) -> Result<(u16, Vec<Header>), Failure> {
    let status = match fields.first() {
        Some((name, value)) if name == b":status" => number(value),
        Some(_) | None => None,
    };
    let status = status.ok_or_else(|| Failure::malformed("an answer without a :status"))?;
    fields.remove(0);
    Ok((status, regular(fields)?))
}

fn number(value: &[u8]) -> Option<u16> {
    let digits = value.len() == 3 && value.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(value).ok()?.parse().ok()?;
    (digits && number >= 100).then_some(number)
}

/// Fields that are no pseudo-header fields, in the letters of HTTP/2 (RFC 9113 §8.2).
fn regular(fields: Vec<Field>) -> Result<Vec<Header>, Failure> {
    let header = |(name, value): Field| {
        let lower = |octet: &u8| matches!(octet, 0x21..=0x7e) && !octet.is_ascii_uppercase();
        let sound = !name.is_empty() && name.iter().all(lower) && !name.contains(&b':');
        let value_is_sound = !value.iter().any(|octet| matches!(octet, 0 | b'\r' | b'\n'));
        match String::from_utf8(name) {
            Ok(name) if sound && value_is_sound && !OF_CONNECTIONS.contains(&name.as_str()) => {
                Ok(Header { name, value })
            }
            Ok(name) => Err(name.into_bytes()),
            Err(error) => Err(error.into_bytes()),
        }
        .map_err(|name| {
            let name: Vec<u8> = name.into_iter().take(40).collect();
            Failure::malformed(format!("the field `{}`", name.escape_ascii()))
        })
    };
    fields.into_iter().map(header).collect()
}

/// A field as a line.
pub(super) fn line(text: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    for part in [name, b": ", value, b"\r\n"] {
        text.extend_from_slice(part);
    }
}
