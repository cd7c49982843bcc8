//! Basic credentials of a client (RFC 6749 §2.3.1, RFC 7617 §2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::wire::form;

/// The value of an `Authorization` header: identifier and secret form-encoded, joined by a colon,
/// in base64, behind `Basic `.
#[must_use]
pub fn authorization(client_id: &str, client_secret: &str) -> String {
    let encode = |half: &str| form::encode_component(half.as_bytes());
    verbatim(format!("{}:{}", encode(client_id), encode(client_secret)).as_bytes())
}

/// The same for credentials that are already joined, taken as they are: for deviations such as
/// halves that are not form-encoded, or no colon.
#[must_use]
pub fn verbatim(credentials: &[u8]) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}

/// Reads the value of an `Authorization` header back into identifier and secret, form-decoded;
/// `None` if it is of another scheme or broken.
#[must_use]
pub fn read(authorization: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (scheme, rest) = authorization.split_at_checked("Basic".len())?;
    if !scheme.eq_ignore_ascii_case(b"Basic") || !rest.starts_with(b" ") {
        return None;
    }
    let credentials = STANDARD.decode(rest.trim_ascii()).ok()?;
    let colon = credentials.iter().position(|octet| *octet == b':')?;
    let (client_id, secret) = credentials.split_at_checked(colon)?;
    Some((
        form::decode_component(client_id),
        form::decode_component(secret.get(1..)?),
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{authorization, read, verbatim};

    #[test]
    fn example_of_rfc_6749_section_2_3_1_is_encoded_as_printed() {
        let expect = "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3";
        assert_eq!(
            authorization("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw"),
            expect
        );
    }

    #[test]
    fn example_of_rfc_7617_section_2_is_encoded_as_printed() {
        assert_eq!(
            verbatim(b"Aladdin:open sesame"),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        );
    }

    #[test]
    fn reserved_characters_are_form_encoded_before_base64() {
        let expect = verbatim(b"https%3A%2F%2Fa.example:p%3Aa%25+%C3%A9%7E");
        assert_eq!(authorization("https://a.example", "p:a% \u{e9}~"), expect);
    }

    #[test]
    fn other_schemes_and_broken_credentials_are_not_read() {
        for value in [
            "Bearer QQ==",
            "Basic",
            "Basic ?",
            "Basic QQ==",
            "BasicQTpC",
            "Bas",
        ] {
            assert_eq!(read(value.as_bytes()), None, "{value}");
        }
        assert_eq!(read(b"basic QTpC"), Some((b"A".to_vec(), b"B".to_vec())));
    }

    proptest! {
        #[test]
        fn credentials_survive_the_way_there_and_back(id: String, secret: String) {
            let value = authorization(&id, &secret);
            prop_assert_eq!(read(value.as_bytes()), Some((id.into_bytes(), secret.into_bytes())));
        }
    }
}
