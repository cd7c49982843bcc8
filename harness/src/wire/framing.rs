//! Where the body of an answer ends (RFC 9112 §6.3).

use crate::wire::http1::Malformed;
use crate::wire::response::{AnswerTo, BodyFraming, Oddity, Response, Version};

/// How the body ends (RFC 9112 §6.3), and what is odd about how the server said so.
pub(super) fn frame(
    response: &mut Response,
    answer_to: AnswerTo,
) -> Result<BodyFraming, Malformed> {
    let codings = response.list("transfer-encoding");
    let has_length = response.values("content-length").next().is_some();
    if !codings.is_empty() && has_length {
        response.note(Oddity::BothFramings);
    }
    if !codings.is_empty() && response.version == Version::Http10 {
        response.note(Oddity::TransferEncodingInHttp10);
    }
    match response.status {
        101 => {
            response.note(Oddity::UnaskedUpgrade);
            return Ok(BodyFraming::None);
        }
        204 => {
            if has_length {
                response.note(Oddity::ContentLengthWithoutBody);
            }
            if !codings.is_empty() {
                response.note(Oddity::TransferEncodingWithoutBody);
            }
            return Ok(BodyFraming::None);
        }
        304 => return Ok(BodyFraming::None),
        _ => {}
    }
    if answer_to == AnswerTo::Head {
        return Ok(BodyFraming::None);
    }
    if codings.is_empty() {
        return if has_length {
            content_length(response)
        } else {
            Ok(BodyFraming::UntilClose)
        };
    }
    if codings != ["chunked"] {
        response.note(Oddity::UnknownTransferCoding {
            codings: codings.join(", "),
        });
    }
    match codings.last().map(String::as_str) {
        Some("chunked") => Ok(BodyFraming::Chunked),
        _ => Ok(BodyFraming::UntilClose),
    }
}

fn content_length(response: &mut Response) -> Result<BodyFraming, Malformed> {
    let joined = response
        .values("content-length")
        .collect::<Vec<_>>()
        .join(&b", "[..]);
    let values: Vec<&[u8]> = joined
        .split(|byte| *byte == b',')
        .map(<[u8]>::trim_ascii)
        .collect();
    let number = |value: &[u8]| -> Option<u64> {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        digits
            .then(|| std::str::from_utf8(value).ok()?.parse().ok())
            .flatten()
    };
    let numbers: Option<Vec<u64>> = values.iter().map(|value| number(value)).collect();
    match numbers.as_deref() {
        Some([first, others @ ..]) if others.iter().all(|other| other == first) => {
            if !others.is_empty() {
                response.note(Oddity::RepeatedContentLength);
            }
            Ok(BodyFraming::Length(*first))
        }
        Some(_) | None => {
            response.note(Oddity::ConflictingContentLength);
            Err(Malformed::ContentLength {
                values: joined.iter().copied().take(80).collect(),
            })
        }
    }
}
