//! The Authorization header: HTTP Basic as RFC 6749 §2.3.1 has it (both halves form-encoded before
//! base64), and bearer tokens (RFC 6750 §2.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::form;
use crate::opaque::opaque_debug;

/// What the Authorization header says.
#[derive(Clone, PartialEq, Eq)]
pub enum Authorization {
    /// There is none.
    Absent,
    /// Readable Basic credentials.
    Basic(Credentials),
    /// A bearer token.
    Bearer(String),
    /// Basic, but unreadable.
    Broken(BasicFault),
    /// Another scheme, or none.
    OtherScheme,
    /// The header occurs more than once.
    Repeated,
}

/// Client identifier and secret, decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The client identifier.
    pub id: String,
    /// The client secret, maybe empty.
    pub secret: String,
}

opaque_debug!(Authorization, Credentials);

/// Why Basic credentials can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasicFault {
    /// A half is not form-encoded text.
    NotFormEncoded,
    /// Not the base64 of RFC 4648 §4 with its padding.
    NotBase64,
    /// No colon between the halves.
    NoColon,
}

/// Reads all Authorization fields of a request.
pub fn read<'a>(mut fields: impl Iterator<Item = &'a [u8]>) -> Authorization {
    let Some(field) = fields.next() else {
        return Authorization::Absent;
    };
    if fields.next().is_some() {
        return Authorization::Repeated;
    }
    let Ok(text) = std::str::from_utf8(field) else {
        return Authorization::OtherScheme;
    };
    let text = text.trim_matches([' ', '\t']);
    let (scheme, credentials) = text.split_once(' ').unwrap_or((text, ""));
    let credentials = credentials.trim_start_matches(' ');
    if scheme.eq_ignore_ascii_case("bearer") {
        return Authorization::Bearer(credentials.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Authorization::OtherScheme;
    }
    match credentials_of(credentials) {
        Ok(credentials) => Authorization::Basic(credentials),
        Err(fault) => Authorization::Broken(fault),
    }
}

/// The field value for an identifier and a secret.
#[must_use]
pub fn encode(id: &str, secret: &str) -> String {
    from_halves(&form::encode(id), &form::encode(secret))
}

/// The halves of Basic credentials as they stand, base64 taken off and nothing else; none if there are
/// none. For readers that are sloppier than this server.
#[must_use]
pub fn undecoded(field: &str) -> Option<(String, String)> {
    let (_, credentials) = field.trim().split_once(' ')?;
    let pair = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// The field value for two halves that are form-encoded already, well or badly.
#[must_use]
pub fn from_halves(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

fn credentials_of(text: &str) -> Result<Credentials, BasicFault> {
    let pair = STANDARD.decode(text).map_err(|_| BasicFault::NotBase64)?;
    let colon = pair
        .iter()
        .position(|octet| *octet == b':')
        .ok_or(BasicFault::NoColon)?;
    let (id, secret) = pair.split_at(colon);
    let mut faults = Vec::new();
    let id = form::decode(id, &mut faults);
    let secret = form::decode(secret.get(1..).unwrap_or_default(), &mut faults);
    if faults.is_empty() {
        Ok(Credentials { id, secret })
    } else {
        Err(BasicFault::NotFormEncoded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(field: &str) -> Authorization {
        read([field.as_bytes()].into_iter())
    }

    fn credentials(id: &str, secret: &str) -> Authorization {
        Authorization::Basic(Credentials {
            id: id.to_owned(),
            secret: secret.to_owned(),
        })
    }

    #[test]
    fn example_of_section_2_3_1_decodes() {
        // RFC 6749 §2.3.1.
        let expected = credentials("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw");
        assert!(of("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3") == expected);
    }

    #[test]
    fn halves_can_be_had_undecoded() {
        let value = encode("a b", "c:d");
        assert_eq!(
            undecoded(&value),
            Some(("a+b".to_owned(), "c%3Ad".to_owned()))
        );
        assert_eq!(undecoded("Basic"), None);
    }

    #[test]
    fn scheme_has_any_case_and_any_number_of_spaces() {
        let value = encode("a b", "x:%+é");
        let expected = credentials("a b", "x:%+é");
        assert!(of(&value) == expected);
        assert!(of(&value.replace("Basic ", "bAsIc   ")) == expected);
        assert!(of(&format!("{value} \t")) == expected);
    }

    #[test]
    fn first_colon_separates() {
        let value = format!("Basic {}", STANDARD.encode("a:b:c"));
        assert!(of(&value) == credentials("a", "b:c"));
    }

    #[test]
    fn broken_credentials_are_told_apart() {
        let broken = |text: &str| format!("Basic {}", STANDARD.encode(text));
        assert!(of("Basic") == Authorization::Broken(BasicFault::NoColon));
        assert!(of("Basic !!") == Authorization::Broken(BasicFault::NotBase64));
        assert!(of("Basic YTpi YTpi") == Authorization::Broken(BasicFault::NotBase64));
        assert!(of("Basic YQ") == Authorization::Broken(BasicFault::NotBase64));
        assert!(of(&broken("ab")) == Authorization::Broken(BasicFault::NoColon));
        assert!(of(&broken("a:%zz")) == Authorization::Broken(BasicFault::NotFormEncoded));
        assert!(of(&broken("a:b\0c")) == Authorization::Broken(BasicFault::NotFormEncoded));
    }

    #[test]
    fn other_schemes_and_repetitions_are_no_credentials() {
        assert!(of("BasicX YTpi") == Authorization::OtherScheme);
        assert!(of("YTpi") == Authorization::OtherScheme);
        assert!(of("Bearer abc") == Authorization::Bearer("abc".to_owned()));
        assert!(read([b"Basic YTpi".as_slice(); 2].into_iter()) == Authorization::Repeated);
        assert!(read(std::iter::empty()) == Authorization::Absent);
    }
}
