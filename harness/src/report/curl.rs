//! A probe as a curl line, with environment variables where secrets were (design §6).

use crate::probe::http2::FieldEdits;
use crate::probe::message::{Delivery, Departure, Framing, Message, Version};

use super::redact::Mask;

/// The command that sends a message again. `None`: curl can't send it.
#[must_use]
pub(super) fn line(message: &Message, mask: &Mask<'_>) -> Option<String> {
    let plain = matches!(message.framing, Framing::Length) && message.version == Version::Http11;
    if !plain || !message.raw_fields.is_empty() {
        return None;
    }
    let version = version(message)?;
    let bytes = message.to_bytes();
    // Head and body are redacted together, as places are told by them; a line of curl is made of what is left.
    let marked = mask.replace(&bytes, |label| format!("\u{1}{label}\u{2}"));
    let marked_split = marked.windows(4).position(|window| window == b"\r\n\r\n")?;
    let marked_head = String::from_utf8(marked.get(..marked_split)?.to_vec()).ok()?;
    let marked_body = String::from_utf8(marked.get(marked_split + 4..)?.to_vec()).ok()?;
    let mut lines = marked_head.split("\r\n");
    let mut first = lines.next()?.splitn(3, ' ');
    let (method, target) = (first.next()?, first.next()?);
    let origin = message.url.split_once("://").map(|(scheme, rest)| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        format!("{scheme}://{authority}")
    })?;
    let mut command = format!(
        "curl -sS -i{version} -X {method} {}",
        quoted(&format!("{origin}{target}"))
    );
    for field in lines {
        let (name, value) = field.split_once(": ")?;
        let implied = name.eq_ignore_ascii_case("content-length")
            || (name.eq_ignore_ascii_case("host") && origin.ends_with(value));
        if !implied {
            let field = if value.is_empty() {
                format!("{name};")
            } else {
                field.to_owned()
            };
            command.push_str(&format!(" -H {}", quoted(&field)));
        }
    }
    if message.content_type.is_none() && !marked_body.is_empty() {
        command.push_str(" -H 'Content-Type:'");
    }
    if !marked_body.is_empty() {
        if marked_body.contains('\0') || marked_body.len() > 8 * 1024 {
            return None;
        }
        command.push_str(&format!(" --data-binary {}", quoted(&marked_body)));
    }
    Some(command)
}

/// The option for the version. `None`: curl can't send the request in this way.
fn version(message: &Message) -> Option<&'static str> {
    let Some(delivery) = &message.delivery else {
        return Some("");
    };
    let http2 = Delivery {
        departure: Departure::Http2(FieldEdits::default()),
        ..Delivery::default()
    };
    (**delivery == http2).then_some(" --http2")
}

/// The text in single quotes, secrets as variables in double quotes between them.
fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\u{1}') {
        let (label, after) = behind.split_once('\u{2}').unwrap_or((behind, ""));
        out.push_str(&before.replace('\'', "'\\''"));
        out.push_str(&format!("'\"${}\"'", variable(label)));
        rest = after;
    }
    out.push_str(&rest.replace('\'', "'\\''"));
    out.push('\'');
    out
}

/// `access_token#3 43 chars base64url` → `ACCESS_TOKEN_3`.
fn variable(label: &str) -> String {
    let name = label.split(' ').next().unwrap_or(label);
    name.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::message::Pair;

    #[test]
    fn http2_is_an_option_and_what_is_malformed_has_no_line() {
        let mut message = crate::probe::baseline::envelope("https://as.example/token");
        let mut over = |edits: FieldEdits| {
            message.delivery = Some(Box::new(Delivery {
                departure: Departure::Http2(edits),
                ..Delivery::default()
            }));
            line(&message, &crate::report::Redactor::default().mask())
        };
        let plain = over(FieldEdits::default()).expect("a line");
        assert!(
            plain.starts_with("curl -sS -i --http2 -X POST 'https://as.example/token'"),
            "{plain}"
        );
        let remove = vec![b":path".to_vec()];
        assert_eq!(
            over(FieldEdits {
                remove,
                ..FieldEdits::default()
            }),
            None
        );
    }

    #[test]
    fn secrets_become_variables() {
        let mut message = crate::probe::baseline::envelope("http://127.0.0.1:9000/token");
        message.pairs = vec![
            Pair::new(b"grant_type", b"client_credentials"),
            Pair::new(b"client_secret", b"it's a secret"),
        ];
        let mut redactor = crate::report::Redactor::default();
        redactor.meet(&message.to_bytes());
        let line = line(&message, &redactor.mask()).expect("a line");
        assert_eq!(
            line,
            "curl -sS -i -X POST 'http://127.0.0.1:9000/token' -H 'Content-Type: application/x-www-form-urlencoded' \
             -H 'Accept: application/json' -H 'Accept-Encoding: identity' --data-binary 'grant_type=client_credentials&client_secret='\"$CLIENT_SECRET_1\"''"
        );
    }
}
