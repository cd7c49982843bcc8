//! Exchanges → facts. No opinion.

use std::sync::Arc;

use super::saved::Saved;
use crate::judge::{Aftermath, HttpAnswer, Observation, Reply, TokenFacts, json_text};
use crate::probe::message::Message;
use crate::suite::answer::Silence;
use crate::template::Rendered;
use crate::transport::{self, Exchange, Failure};
use crate::wire::http2;
use crate::wire::json;
use crate::wire::response::{BodyFraming, Oddity, Response};

/// What came back for a request.
#[must_use]
pub(super) fn observation(
    exchange: &Exchange,
    message: &Message,
    asked_scope: Option<String>,
) -> Observation {
    read(exchange, message, reply(exchange), asked_scope)
}

/// What came back for a request, and was read already.
#[must_use]
pub(super) fn read(
    exchange: &Exchange,
    message: &Message,
    reply: Reply,
    asked_scope: Option<String>,
) -> Observation {
    Observation {
        reply,
        had_authorization: message.authorization.is_some(),
        asked_scope,
        token: TokenFacts::default(),
        aftermath: exchange.aftermath.as_ref().map(|aftermath| Aftermath {
            further: aftermath
                .further
                .iter()
                .map(|response| http_answer(response, exchange.started))
                .collect(),
            ended: aftermath.ended,
            announced: aftermath.announced,
            heard: aftermath.heard,
            stray: aftermath.stray.clone(),
        }),
    }
}

/// The HTTP answer of an exchange, or how it failed to come.
#[must_use]
pub(super) fn reply(exchange: &Exchange) -> Reply {
    match &exchange.result {
        Ok(response) => Reply::Answer(Arc::new(http_answer(response, exchange.started))),
        Err(failure) => {
            let (silence, outcome) = silence(failure);
            Reply::None {
                silence,
                cause: failure.to_string(),
                outcome,
            }
        }
    }
}

/// The parts of an HTTP answer that are judged; `started` is when its request was sent.
#[must_use]
pub fn http_answer(response: &Response, started: jiff::Timestamp) -> HttpAnswer {
    let document = json::Document::read(&response.body).ok();
    let headers: Vec<(String, Vec<u8>)> = response
        .headers
        .iter()
        .map(|header| (header.name.clone(), header.value.clone()))
        .collect();
    HttpAnswer {
        status: response.status,
        date_gap: date_gap(&headers, started),
        headers,
        body: response.body.clone(),
        strict_json: document.as_ref().is_some_and(is_strict),
        json: document
            .map(|document| document.value)
            .or_else(|| lenient(&response.body)),
        framing: match response.framing {
            BodyFraming::None => "none",
            BodyFraming::Length(_) => "length",
            BodyFraming::Chunked => "chunked",
            BodyFraming::UntilClose => "close",
            BodyFraming::Stream => "stream",
        },
        framing_flaws: response
            .oddities
            .iter()
            .filter(|oddity| is_of_framing(oddity))
            .map(|oddity| format!("{oddity:?}"))
            .collect(),
    }
}

/// Whether a strict reader could see another end of the answer (RFC 9112 §6).
fn is_of_framing(oddity: &Oddity) -> bool {
    match oddity {
        Oddity::BareLf
        | Oddity::BothFramings
        | Oddity::BodyCut { .. }
        | Oddity::BytesAfterEnd { .. }
        | Oddity::ChunkSizeSpace
        | Oddity::ConflictingContentLength
        | Oddity::ContentLengthWithoutBody
        | Oddity::ObsoleteFolding
        | Oddity::RepeatedContentLength
        | Oddity::SpaceBeforeColon
        | Oddity::TransferEncodingInHttp10
        | Oddity::TransferEncodingWithoutBody
        | Oddity::UnknownTransferCoding { .. } => true,
        Oddity::LeadingEmptyLines
        | Oddity::MissingReason
        | Oddity::StatusLineSpaces
        | Oddity::UncleanTlsClose
        | Oddity::UnaskedUpgrade => false,
    }
}

/// How far a Date in IMF-fixdate form (RFC 9110 §5.6.7) is from the tester's clock.
fn date_gap(headers: &[(String, Vec<u8>)], started: jiff::Timestamp) -> Option<i64> {
    let (_, value) = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("date"))?;
    let date = jiff::fmt::rfc2822::parse(std::str::from_utf8(value).ok()?).ok()?;
    Some((date.timestamp().as_second() - started.as_second()).abs())
}

/// One JSON value in UTF-8 with white space at most around it (RFC 8259 §2, §8.1).
fn is_strict(document: &json::Document) -> bool {
    document
        .notes
        .iter()
        .all(|note| *note == json::Note::LoneSurrogate)
}

/// The first JSON object in a body that is not JSON as a whole: controls are read leniently (design §2).
fn lenient(body: &[u8]) -> Option<json::Json> {
    json::Document::first_object(body).map(|document| document.value)
}

fn silence(failure: &Failure) -> (Option<Silence>, &'static str) {
    match failure.silence() {
        Some(transport::Silence::Closed) => (Some(Silence::Closed), "closed"),
        Some(transport::Silence::GoneAway) => (Some(Silence::Goaway), "closed"),
        Some(transport::Silence::HandshakeRefused) => (Some(Silence::HandshakeRefused), "tls"),
        Some(transport::Silence::NotEarly) => (Some(Silence::NotEarly), "tls"),
        Some(transport::Silence::StreamReset) => (Some(Silence::StreamReset), "closed"),
        Some(transport::Silence::Unfinished) => (Some(Silence::Unfinished), "tls"),
        Some(transport::Silence::TlsAlert) => (Some(Silence::TlsAlert), "tls"),
        None if matches!(
            failure,
            Failure::Malformed(_) | Failure::Http2(http2::Failure::Malformed { .. })
        ) =>
        {
            (Some(Silence::Malformed), "closed")
        }
        None if matches!(
            failure,
            Failure::ClosedMidway { .. }
                | Failure::ResetMidway { .. }
                | Failure::Http2(http2::Failure::StreamResetMidway { .. })
        ) =>
        {
            (Some(Silence::Cut), "closed")
        }
        None if matches!(failure, Failure::Timeout { .. }) => (Some(Silence::Late), "timeout"),
        None if matches!(failure, Failure::ConnectTimeout { .. }) => (None, "timeout"),
        None => (None, "closed"),
    }
}

/// The lifetime that the claims of a JWT access token tell: `exp - iat`, in seconds.
#[must_use]
pub(super) fn lifetime_of_jwt(seen: &Observation) -> Option<i64> {
    let token = seen.answer()?.text_member("access_token")?;
    let claims = crate::jose::peek_claims(token)?;
    Some(claims.get("exp")?.as_i64()? - claims.get("iat")?.as_i64()?)
}

/// The values that templates may ask of an answer.
#[must_use]
pub(super) fn values(seen: &Observation) -> Saved {
    let mut saved = Saved::default();
    let Some(answer) = seen.answer() else {
        return saved;
    };
    saved.put("status", Rendered::plain(answer.status.to_string()));
    if let Some(gap) = answer.date_gap {
        saved.put("date_gap", Rendered::plain(gap.to_string()));
    }
    for (name, value) in answer.members() {
        let text = json_text(value);
        let rendered = match name.as_str() {
            "access_token" => Rendered::secret(text, "access_token"),
            "refresh_token" => Rendered::secret(text, "refresh_token"),
            "device_code" => Rendered::secret(text, "device_code"),
            "user_code" => Rendered::secret(text, "user_code"),
            "auth_req_id" => Rendered::secret(text, "auth_req_id"),
            "client_secret" => Rendered::secret(text, "client_secret"),
            "id_token" => Rendered::secret(text, "id_token"),
            "registration_access_token" => Rendered::secret(text, "registration_access_token"),
            _ => Rendered::plain(text),
        };
        saved
            .values
            .entry(format!("json.{name}"))
            .or_insert_with(|| rendered.clone());
        saved.values.entry(name.clone()).or_insert(rendered);
    }
    saved
}
