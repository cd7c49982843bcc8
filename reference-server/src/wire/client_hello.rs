//! A `ClientHello` as far as defects ask for it (RFC 8446 §4.1.2; RFC 6101 App. E.1 for the form of SSL 2.0). The server itself
//! leaves TLS to its library.

/// What the first octets of a connection offer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientHello {
    /// `legacy_version`; 2 for the form of SSL 2.0.
    pub version: u16,
    /// The cipher suites in their order.
    pub suites: Vec<u16>,
    /// The compression methods.
    pub compression: Vec<u8>,
    /// The extensions in their order.
    pub extensions: Vec<(u16, Vec<u8>)>,
    /// The size of the message, its header included.
    pub octets: usize,
    /// How many records it came in.
    pub records: usize,
}

/// What the first octets of a connection are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// A `ClientHello`.
    Hello(ClientHello),
    /// No TLS.
    Clear,
    /// More octets are needed.
    Unfinished,
}

impl Opening {
    /// Reads the first octets.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        match octets {
            [] => Self::Unfinished,
            [22, ..] => of_records(octets),
            [first, second, rest @ ..] if first & 0x80 != 0 => {
                let length = usize::from(*second);
                if rest.len() < length {
                    return Self::Unfinished;
                }
                Self::Hello(ClientHello {
                    version: 2,
                    octets: length,
                    records: 1,
                    ..ClientHello::default()
                })
            }
            [first, ..] if first & 0x80 != 0 => Self::Unfinished,
            [_, ..] => Self::Clear,
        }
    }
}

fn of_records(octets: &[u8]) -> Opening {
    let mut rest = octets;
    let mut message = Vec::new();
    let mut records = 0;
    while let Some((header, behind)) = rest.split_at_checked(5) {
        let Some((content, behind)) =
            behind.split_at_checked(number(header.get(3..).unwrap_or_default()))
        else {
            break;
        };
        message.extend_from_slice(content);
        records += 1;
        rest = behind;
    }
    let Some((header, body)) = message.split_at_checked(4) else {
        return Opening::Unfinished;
    };
    if header.first() != Some(&1) {
        return Opening::Clear;
    }
    let length = number(header.get(1..).unwrap_or_default());
    let Some(body) = body.get(..length) else {
        return Opening::Unfinished;
    };
    let mut hello = read(body).unwrap_or_default();
    hello.octets = length + 4;
    hello.records = records;
    Opening::Hello(hello)
}

fn read(body: &[u8]) -> Option<ClientHello> {
    let (version, rest) = body.split_at_checked(2)?;
    let (_random, rest) = rest.split_at_checked(32)?;
    let (_session, rest) = behind_length(rest, 1)?;
    let (suites, rest) = behind_length(rest, 2)?;
    let (compression, rest) = behind_length(rest, 1)?;
    let mut hello = ClientHello {
        version: pair(version),
        suites: suites.chunks(2).map(pair).collect(),
        compression: compression.to_vec(),
        ..ClientHello::default()
    };
    let mut extensions = behind_length(rest, 2).map_or(&[][..], |(extensions, _)| extensions);
    while let Some((code, rest)) = extensions.split_at_checked(2) {
        let (content, rest) = behind_length(rest, 2)?;
        hello.extensions.push((pair(code), content.to_vec()));
        extensions = rest;
    }
    Some(hello)
}

impl ClientHello {
    /// The content of an extension.
    #[must_use]
    pub fn extension(&self, code: u16) -> Option<&[u8]> {
        let found = self.extensions.iter().find(|(known, _)| *known == code);
        found.map(|(_, content)| content.as_slice())
    }

    /// The versions of `supported_versions`; none without it.
    #[must_use]
    pub fn versions(&self) -> Vec<u16> {
        let list = self
            .extension(43)
            .and_then(|content| behind_length(content, 1));
        list.map_or_else(Vec::new, |(list, _)| list.chunks(2).map(pair).collect())
    }

    /// Whether it offers TLS 1.2 and nothing newer.
    #[must_use]
    pub fn ends_at_tls12(&self) -> bool {
        self.version == 0x0303 && !self.versions().contains(&0x0304)
    }

    /// Whether every suite, signals aside, is one of these.
    #[must_use]
    pub fn only_offers(&self, suites: &[u16]) -> bool {
        let mut real = self.suites.iter().filter(|suite| **suite != 0x00ff);
        real.clone().next().is_some() && real.all(|suite| suites.contains(suite))
    }

    /// The server's name.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let name = self.extension(0)?.get(5..)?;
        Some(String::from_utf8_lossy(name).into_owned())
    }
}

fn behind_length(octets: &[u8], width: usize) -> Option<(&[u8], &[u8])> {
    let (length, rest) = octets.split_at_checked(width)?;
    rest.split_at_checked(number(length))
}

fn number(octets: &[u8]) -> usize {
    octets
        .iter()
        .fold(0, |sum, octet| (sum << 8) | usize::from(*octet))
}

fn pair(octets: &[u8]) -> u16 {
    u16::try_from(number(octets)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello() -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend([0, 0, 4, 0xc0, 0x2f, 0, 0xff, 2, 1, 0]);
        body.extend([0, 16, 0, 0, 0, 6, 0, 4, 0, 0, 1, b'a', 0, 43, 0, 3, 2, 3, 3]);
        body.truncate(body.len());
        let fixed = body.len() - 19;
        if let Some(length) = body.get_mut(fixed + 1) {
            *length = 17;
        }
        [&[1, 0, 0, u8::try_from(body.len()).unwrap()], &body[..]].concat()
    }

    fn record(content: &[u8]) -> Vec<u8> {
        [
            &[22, 3, 1, 0, u8::try_from(content.len()).unwrap()],
            content,
        ]
        .concat()
    }

    #[test]
    fn hello_is_read_over_two_records() {
        let message = hello();
        let (front, back) = message.split_at(20);
        let octets = [record(front), record(back)].concat();
        assert_eq!(
            Opening::of(&octets[..octets.len() - 1]),
            Opening::Unfinished
        );
        let Opening::Hello(hello) = Opening::of(&octets) else {
            panic!("a ClientHello");
        };
        assert_eq!((hello.version, hello.records), (0x0303, 2));
        assert_eq!(hello.suites, [0xc02f, 0x00ff]);
        assert_eq!(hello.compression, [1, 0]);
        assert_eq!(hello.versions(), [0x0303]);
        assert_eq!(hello.name().as_deref(), Some("a"));
        assert!(hello.ends_at_tls12() && hello.only_offers(&[0xc02f]));
    }

    #[test]
    fn clear_text_and_ssl2_are_told_apart() {
        assert_eq!(Opening::of(b"POST /"), Opening::Clear);
        assert_eq!(Opening::of(&[0x80, 3, 1]), Opening::Unfinished);
        assert!(
            matches!(Opening::of(&[0x80, 3, 1, 0, 2]), Opening::Hello(hello) if hello.version == 2)
        );
    }
}
