//! Filters: pure functions on octets.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{Filter, RenderProblem, Scope};

/// Declares the filters once: variant, name, number of arguments, what it takes.
macro_rules! filters {
    ($($variant:ident $name:literal $least:literal..=$most:literal $wanted:literal;)*) => {
        /// The filters.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Name { $(#[doc = $wanted] $variant),* }

        impl Name {
            /// The filter of this name.
            pub(super) fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// Its name.
            pub(super) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What arguments it takes, for people.
            pub(super) fn wanted(self) -> &'static str {
                match self { $(Self::$variant => $wanted),* }
            }

            fn arity(self) -> std::ops::RangeInclusive<usize> {
                match self { $(Self::$variant => $least..=$most),* }
            }

            /// All names.
            pub(super) const ALL: &'static [&'static str] = &[$($name),*];
        }
    };
}

filters! {
    AtmMatch "atm_match" 0..=0 "no argument";
    Base64 "base64" 0..=0 "no argument";
    Base64Decode "base64_decode" 0..=0 "no argument";
    Base64Url "base64url" 0..=0 "no argument";
    Base64UrlDecode "base64url_decode" 0..=0 "no argument";
    Claim "claim" 1..=1 "a name";
    ChangeAt "change_at" 1..=1 "a position";
    Chunks "chunks" 1..=1 "a number";
    DateTime "date_time" 0..=0 "no argument";
    DefaultPort "default_port" 0..=0 "no argument";
    DropFirst "drop_first" 1..=1 "a number";
    DropLast "drop_last" 1..=1 "a number";
    EcdsaDer "ecdsa_der" 0..=0 "no argument";
    Fill "fill" 1..=1 "a text";
    First "first" 1..=1 "a number";
    Form "form" 0..=0 "no argument";
    FullWidth "full_width" 0..=0 "no argument";
    Gzip "gzip" 0..=0 "no argument";
    Hex "hex" 0..=0 "no argument";
    HexLength "hex_length" 1..=1 "a number";
    Ibm037 "ibm037" 0..=0 "no argument";
    JoseHeader "jose_header" 1..=1 "a name";
    Length "length" 0..=0 "no argument";
    Lower "lower" 0..=0 "no argument";
    PaddingBits "padding_bits" 0..=0 "no argument";
    Part "part" 2..=4 "a part of a URI and a filter";
    Percent "percent" 0..=0 "no argument";
    PercentAt "percent_at" 1..=1 "a position";
    PercentLower "percent_lower" 0..=0 "no argument";
    PercentTwiceAt "percent_twice_at" 1..=1 "a position";
    Plus "plus" 1..=1 "a number";
    Prefix "prefix" 1..=1 "a text";
    Repeat "repeat" 1..=1 "a number";
    Replace "replace" 2..=2 "two texts";
    Reverse "reverse" 0..=0 "no argument";
    Segment "segment" 1..=1 "a number";
    Sha1 "sha1" 0..=0 "no argument";
    Sha256 "sha256" 0..=0 "no argument";
    Sha512 "sha512" 0..=0 "no argument";
    Suffix "suffix" 1..=1 "a text";
    SwapCase "swap_case" 0..=0 "no argument";
    TrimEnd "trim_end" 1..=1 "a text";
    Unhex "unhex" 0..=0 "no argument";
    Upper "upper" 0..=0 "no argument";
    Uri "uri" 1..=1 "a part of a URI";
    Utf16Le "utf16le" 0..=0 "no argument";
}

impl Name {
    /// Whether it takes these arguments.
    pub(super) fn takes(self, arguments: &[Vec<u8>]) -> bool {
        let numeric = matches!(self.wanted(), "a number" | "a position");
        self.arity().contains(&arguments.len())
            && (!numeric || arguments.iter().all(|argument| number(argument).is_some()))
    }
}

impl Filter {
    pub(super) fn apply(&self, bytes: &[u8], scope: &dyn Scope) -> Result<Vec<u8>, RenderProblem> {
        let first = self.argument(0);
        let count = usize::try_from(number(first).unwrap_or(0)).unwrap_or(0);
        Ok(match self.name {
            Name::AtmMatch => scope.atm_match(&lossy(bytes)).into_bytes(),
            Name::Base64 => STANDARD.encode(bytes).into_bytes(),
            Name::Base64Decode => self.base64_decode(bytes)?,
            Name::Base64Url => URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
            Name::Base64UrlDecode => self.base64url_decode(bytes)?,
            Name::ChangeAt => self.at(bytes, |octet| vec![other_alphanumeric(octet)])?,
            Name::Claim => of_jwt(crate::jose::peek_claims(&lossy(bytes)), first),
            Name::Chunks => chunks(bytes, count.max(1)),
            Name::DateTime => self.date_time(bytes)?,
            Name::DefaultPort => super::uri::default_port(&lossy(bytes)).into_bytes(),
            Name::DropFirst => bytes.get(count..).unwrap_or_default().to_vec(),
            Name::DropLast => beginning(bytes, bytes.len().saturating_sub(count)),
            Name::EcdsaDer => crate::x509::der::ecdsa(bytes),
            Name::Fill => first.repeat(bytes.len()),
            Name::First => beginning(bytes, count.min(bytes.len())),
            Name::Form => crate::wire::form::encode_component(bytes).into_bytes(),
            Name::FullWidth => super::charset::full_width(bytes),
            Name::Gzip => super::gzip::stored(bytes),
            Name::Hex => hex(bytes).into_bytes(),
            Name::HexLength => format!("{:0count$x}", bytes.len()).into_bytes(),
            Name::Ibm037 => super::charset::ibm037(bytes),
            Name::JoseHeader => of_jwt(crate::jose::peek_header(&lossy(bytes)), first),
            Name::Length => bytes.len().to_string().into_bytes(),
            Name::Lower => bytes.to_ascii_lowercase(),
            Name::PaddingBits => super::charset::padding_bits(bytes),
            Name::Part => self.on_part(&lossy(bytes), scope)?,
            Name::Percent => percent(bytes).into_bytes(),
            Name::PercentAt => self.at(bytes, |octet| percent(&[octet]).into_bytes())?,
            Name::PercentLower => percent(bytes).to_ascii_lowercase().into_bytes(),
            Name::PercentTwiceAt => {
                self.at(bytes, |octet| format!("%25{octet:02X}").into_bytes())?
            }
            Name::Plus => self.plus(bytes)?,
            Name::Prefix => [first, bytes].concat(),
            Name::Repeat => bytes.repeat(count),
            Name::Replace => replace(bytes, first, self.argument(1)),
            Name::Reverse => bytes.iter().rev().copied().collect(),
            Name::Segment => {
                let mut segments = bytes.split(|octet| *octet == b'.');
                segments.nth(count).unwrap_or_default().to_vec()
            }
            Name::Sha1 => hash(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes),
            Name::Sha256 => hash(&digest::SHA256, bytes),
            Name::Sha512 => hash(&digest::SHA512, bytes),
            Name::Suffix => [bytes, first].concat(),
            Name::SwapCase => bytes.iter().copied().map(swap_case).collect(),
            Name::TrimEnd => trim_end(bytes, first),
            Name::Unhex => {
                unhex(bytes).ok_or_else(|| self.problem("no hexadecimal text".to_owned()))?
            }
            Name::Upper => bytes.to_ascii_uppercase(),
            Name::Uri => self.uri(&lossy(bytes))?,
            Name::Utf16Le => lossy(bytes)
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
        })
    }

    fn argument(&self, at: usize) -> &[u8] {
        self.arguments
            .get(at)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    fn base64_decode(&self, bytes: &[u8]) -> Result<Vec<u8>, RenderProblem> {
        STANDARD
            .decode(bytes)
            .map_err(|why| self.problem(why.to_string()))
    }

    fn base64url_decode(&self, bytes: &[u8]) -> Result<Vec<u8>, RenderProblem> {
        URL_SAFE_NO_PAD
            .decode(bytes)
            .map_err(|why| self.problem(why.to_string()))
    }

    fn plus(&self, bytes: &[u8]) -> Result<Vec<u8>, RenderProblem> {
        number(bytes)
            .zip(number(self.argument(0)))
            .and_then(|(value, more)| value.checked_add(more))
            .map(|sum| sum.to_string().into_bytes())
            .ok_or_else(|| self.problem("no number, or one that is too large".to_owned()))
    }

    fn date_time(&self, bytes: &[u8]) -> Result<Vec<u8>, RenderProblem> {
        number(bytes)
            .and_then(|seconds| i64::try_from(seconds).ok())
            .map(|seconds| crate::saml::assertion::date_time(seconds).into_bytes())
            .ok_or_else(|| self.problem("no time in seconds".to_owned()))
    }

    fn uri(&self, uri: &str) -> Result<Vec<u8>, RenderProblem> {
        super::uri::part(uri, &lossy(self.argument(0)))
            .map(String::into_bytes)
            .ok_or_else(|| self.problem("the URI has no such part".to_owned()))
    }

    fn problem(&self, why: String) -> RenderProblem {
        RenderProblem::Filter {
            filter: self.name.as_str(),
            why,
        }
    }

    /// Puts what `change` makes of the octet at the position in its place.
    fn at(&self, bytes: &[u8], change: impl Fn(u8) -> Vec<u8>) -> Result<Vec<u8>, RenderProblem> {
        let position = number(self.argument(0)).unwrap_or(0);
        let length = i128::try_from(bytes.len()).unwrap_or(i128::MAX);
        let index = if position < 0 {
            length + position
        } else {
            position
        };
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let Some(&octet) = bytes.get(index) else {
            return Err(self.problem(format!(
                "there is no position {position} in {length} octets"
            )));
        };
        let before = bytes.get(..index).unwrap_or_default();
        let behind = bytes.get(index + 1..).unwrap_or_default();
        Ok([before, &change(octet), behind].concat())
    }
}

impl Filter {
    /// Another filter on one part of a URI.
    fn on_part(&self, uri: &str, scope: &dyn Scope) -> Result<Vec<u8>, RenderProblem> {
        let mut arguments = self.arguments.iter();
        let part = arguments.next().map(|part| lossy(part)).unwrap_or_default();
        let name = arguments.next().and_then(|name| Name::parse(&lossy(name)));
        let name = name.ok_or_else(|| self.problem("no filter for the part".to_owned()))?;
        let inner = Self {
            name,
            arguments: arguments.cloned().collect(),
        };
        let mut failed = None;
        let changed = super::uri::with_part(uri, &part, |text| {
            let changed = inner
                .apply(text.as_bytes(), scope)
                .map_err(|why| failed = Some(why));
            changed.ok().map(|octets| lossy(&octets))
        });
        match (changed, failed) {
            (Some(changed), None) => Ok(changed.into_bytes()),
            (_, Some(why)) => Err(why),
            (None, None) => Err(self.problem(format!("there is no part `{part}`"))),
        }
    }
}

/// Chunks of so many octets (RFC 9112 §7.1), without the last one.
fn chunks(bytes: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in bytes.chunks(size) {
        out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn beginning(bytes: &[u8], length: usize) -> Vec<u8> {
    bytes.get(..length).unwrap_or_default().to_vec()
}

/// Every occurrence of the text at the end taken off.
fn trim_end(mut bytes: &[u8], text: &[u8]) -> Vec<u8> {
    while !text.is_empty()
        && let Some(shorter) = bytes.strip_suffix(text)
    {
        bytes = shorter;
    }
    bytes.to_vec()
}

fn lossy(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

fn number(text: &[u8]) -> Option<i128> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn hash(algorithm: &'static digest::Algorithm, bytes: &[u8]) -> Vec<u8> {
    digest::digest(algorithm, bytes).as_ref().to_vec()
}

fn percent(bytes: &[u8]) -> String {
    bytes.iter().map(|octet| format!("%{octet:02X}")).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    text.chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// Another letter or digit of the same kind.
fn other_alphanumeric(octet: u8) -> u8 {
    match octet {
        b'9' => b'0',
        b'z' => b'a',
        b'Z' => b'A',
        b'0'..=b'8' | b'a'..=b'y' | b'A'..=b'Y' => octet + 1,
        _ => b'x',
    }
}

fn swap_case(octet: u8) -> u8 {
    if octet.is_ascii_lowercase() {
        octet.to_ascii_uppercase()
    } else {
        octet.to_ascii_lowercase()
    }
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&head, tail)) = rest.split_first() {
        match rest.strip_prefix(from) {
            Some(behind) if !from.is_empty() => {
                out.extend_from_slice(to);
                rest = behind;
            }
            Some(_) | None => {
                out.push(head);
                rest = tail;
            }
        }
    }
    out
}

/// A member of the header or of the claims of a JWT; empty where there is none.
fn of_jwt(members: Option<crate::jose::Members>, name: &[u8]) -> Vec<u8> {
    let value = members.and_then(|members| members.get(&lossy(name)).cloned());
    match value {
        Some(serde_json::Value::String(text)) => text.into_bytes(),
        Some(other) => other.to_string().into_bytes(),
        None => Vec::new(),
    }
}
