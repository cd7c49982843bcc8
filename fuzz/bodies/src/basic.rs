//! Basic credentials of a client (RFC 6749 §2.3.1, RFC 7617 §2) against a naive reading.

use tokenspec_reference_server::wire::basic::{Authorization, read};

use crate::form;
use crate::naive::base64::{self, Alphabet};

/// Identifier and secret.
pub type Credentials = (String, String);

/// One input of the fuzzer: the value of an `Authorization` field, read by the reference server.
///
/// # Panics
/// When something does not hold.
pub fn fuzz(field: &[u8]) {
    check(field, ours);
    let twice = read([field, field].into_iter());
    assert!(
        twice == Authorization::Repeated,
        "of two fields one was read"
    );
    let harness = tokenspec::wire::basic::read(trimmed(field));
    if let Some((id, secret)) = expected(field) {
        let expected = (id.into_bytes(), secret.into_bytes());
        assert_eq!(harness, Some(expected), "the harness reads others");
    }
}

/// Holds a reader against the naive one, and against what the harness writes. It says `None` of what is no Basic credentials.
///
/// # Panics
/// When it reads others, or none where there are some.
pub fn check(field: &[u8], reader: impl Fn(&[u8]) -> Option<Credentials>) {
    let expected = expected(field);
    assert_eq!(reader(field), expected, "other credentials");
    if let Some((id, secret)) = expected {
        let written = tokenspec::wire::basic::authorization(&id, &secret);
        assert_eq!(
            reader(written.as_bytes()),
            Some((id, secret)),
            "written and read again"
        );
    }
}

/// As the reference server reads a field.
#[must_use]
pub fn ours(field: &[u8]) -> Option<Credentials> {
    match read([field].into_iter()) {
        Authorization::Basic(found) => Some((found.id, found.secret)),
        Authorization::Absent
        | Authorization::Bearer(_)
        | Authorization::Broken(_)
        | Authorization::OtherScheme
        | Authorization::Repeated => None,
    }
}

/// The credentials of a field: `Basic`, blanks, and the base64 of two halves in form encoding with a colon between them.
#[must_use]
pub fn expected(field: &[u8]) -> Option<Credentials> {
    let text = std::str::from_utf8(trimmed(field)).ok()?;
    let blank = text.find(' ')?;
    let (scheme, rest) = text.split_at(blank);
    if scheme.to_lowercase() != "basic" {
        return None;
    }
    let blanks = rest.chars().take_while(|c| *c == ' ').count();
    let pair = base64::decode(rest.as_bytes().get(blanks..)?, Alphabet::Standard)?;
    let colon = pair.iter().position(|octet| *octet == b':')?;
    let (id, secret) = pair.split_at(colon);
    Some((half(id)?, half(secret.get(1..)?)?))
}

/// One half: the value of a form's only pair. What would end or part it stands for itself here.
fn half(encoded: &[u8]) -> Option<String> {
    let mut body = b"x=".to_vec();
    for octet in encoded {
        match octet {
            b'&' => body.extend_from_slice(b"%26"),
            other => body.push(*other),
        }
    }
    let read = form::is_sound(&body).then(|| form::peer(&body))?;
    read.into_iter().next().map(|(_, value)| value)
}

/// Without the white space that RFC 9110 §5.5 allows around a value.
fn trimmed(field: &[u8]) -> &[u8] {
    let is_blank = |octet: &u8| matches!(octet, b' ' | b'\t');
    let start = field.iter().take_while(|octet| is_blank(octet)).count();
    let end = field
        .iter()
        .rev()
        .take_while(|octet| is_blank(octet))
        .count();
    field
        .get(start..field.len() - end.min(field.len() - start))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn example_of_section_2_3_1_is_expected() {
        let field = b"Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3";
        let expect = ("s6BhdRkqt3".to_owned(), "7Fjfp0ZBr1KtDRbnfVdmIw".to_owned());
        assert_eq!(expected(field), Some(expect));
        fuzz(field);
        assert_eq!(expected(b"Basic"), None);
        assert_eq!(expected(b" \t "), None);
    }

    #[test]
    #[should_panic(expected = "other credentials")]
    fn reader_that_does_not_decode_the_halves_is_found() {
        let field = tokenspec::wire::basic::authorization("a b", "c");
        check(field.as_bytes(), |_| {
            Some(("a+b".to_owned(), "c".to_owned()))
        });
    }

    #[test]
    #[should_panic(expected = "other credentials")]
    fn reader_that_forgives_missing_padding_is_found() {
        check(b"Basic YTpi\tYQ", |_| {
            Some(("a".to_owned(), "b".to_owned()))
        });
    }
}
