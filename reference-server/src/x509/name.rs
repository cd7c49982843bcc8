//! Distinguished names, compared by value and not by spelling (RFC 4514, RFC 4517 §4.2.15): letter case
//! and repeated spaces make no difference, nor does the order within a multi-valued RDN, nor whether an
//! attribute type is written by name or OID.

use std::fmt;

use x509_parser::x509::X509Name;

/// A distinguished name; its RDNs in the order of the certificate, which is the reverse of the text's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    rdns: Vec<Vec<Attribute>>,
}

/// A type and a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attribute {
    /// The type as OID.
    pub oid: String,
    /// The value as written, without escapes.
    pub value: String,
}

/// A text that is no distinguished name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError(String);

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Short names of attribute types (RFC 4514 §3, and those that products write).
const TYPES: &[(&str, &str)] = &[
    ("C", "2.5.4.6"),
    ("CN", "2.5.4.3"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("DNQUALIFIER", "2.5.4.46"),
    ("E", "1.2.840.113549.1.9.1"),
    ("EMAILADDRESS", "1.2.840.113549.1.9.1"),
    ("GIVENNAME", "2.5.4.42"),
    ("L", "2.5.4.7"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("S", "2.5.4.8"),
    ("SERIALNUMBER", "2.5.4.5"),
    ("SN", "2.5.4.4"),
    ("ST", "2.5.4.8"),
    ("STREET", "2.5.4.9"),
    ("TITLE", "2.5.4.12"),
    ("UID", "0.9.2342.19200300.100.1.1"),
];

impl Name {
    /// Reads the text of RFC 4514. Spaces around separators are taken.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let mut rdns = Vec::new();
        for rdn in split(text, ',') {
            let attributes: Result<Vec<_>, _> = split(rdn, '+').map(attribute).collect();
            rdns.push(attributes?);
        }
        rdns.reverse();
        Ok(Self { rdns })
    }

    /// The name in a certificate; none if a value is no text.
    #[must_use]
    pub fn of(name: &X509Name<'_>) -> Option<Self> {
        let attribute = |attribute: &x509_parser::x509::AttributeTypeAndValue<'_>| {
            let value = attribute.as_str().ok()?;
            Some(Attribute {
                oid: attribute.attr_type().to_id_string(),
                value: value.to_owned(),
            })
        };
        let rdns = name.iter().map(|rdn| rdn.iter().map(attribute).collect());
        Some(Self {
            rdns: rdns.collect::<Option<_>>()?,
        })
    }

    /// Whether both are the same name.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let prepared = |name: &Self| -> Vec<Vec<(String, String)>> {
            let rdns = name.rdns.iter().map(|rdn| {
                let all = rdn.iter().map(|it| (it.oid.clone(), folded(&it.value)));
                let mut all: Vec<_> = all.collect();
                all.sort();
                all
            });
            rdns.collect()
        };
        !self.rdns.is_empty() && prepared(self) == prepared(other)
    }

    /// All attributes, in the order of the certificate.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.rdns.iter().flatten()
    }
}

/// Letter case and repeated spaces taken away (RFC 4518 §2.6.1).
fn folded(value: &str) -> String {
    let words: Vec<&str> = value.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// The parts between separators that are not escaped.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |letter| {
        let separates = letter == separator && !escaped;
        escaped = letter == '\\' && !escaped;
        separates
    })
}

fn attribute(text: &str) -> Result<Attribute, NameError> {
    let broken = |why: &str| NameError(format!("`{}` {why}", text.trim()));
    let (kind, value) = text
        .split_once('=')
        .ok_or_else(|| broken("has no `=`: write TYPE=value"))?;
    let kind = kind.trim().to_ascii_uppercase();
    let kind = kind.strip_prefix("OID.").unwrap_or(&kind);
    let known = TYPES.iter().find(|(name, _)| *name == kind);
    let dotted = kind.contains('.') && kind.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let oid = match known {
        Some((_, oid)) => (*oid).to_owned(),
        None if dotted => kind.to_owned(),
        None => {
            return Err(broken(
                "has an attribute type that is not known: write its OID",
            ));
        }
    };
    let value = unescaped(value).ok_or_else(|| broken("has a broken escape"))?;
    if value.trim().is_empty() {
        return Err(broken("has no value"));
    }
    Ok(Attribute { oid, value })
}

/// The value without escapes: `\,` and `\2C`, or `#` and the hexadecimal DER of a text.
fn unescaped(text: &str) -> Option<String> {
    let text = text.trim_start();
    if let Some(hex) = text.strip_prefix('#') {
        let der = hex_octets(hex.trim_end())?;
        let (header, content) = der.split_at_checked(2)?;
        let fits = usize::from(*header.get(1)?) == content.len();
        return fits.then(|| String::from_utf8(content.to_vec()).ok())?;
    }
    let mut octets = Vec::new();
    let mut rest = text.as_bytes();
    let mut kept = 0;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'\\' {
            octets.push(*first);
            if *first != b' ' {
                kept = octets.len();
            }
            continue;
        }
        let pair = rest
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(hex_octets) {
            Some(octet) => {
                octets.extend(octet);
                rest = rest.get(2..)?;
            }
            None => {
                let (literal, behind) = rest.split_first()?;
                octets.push(*literal);
                rest = behind;
            }
        }
        kept = octets.len();
    }
    octets.truncate(kept);
    String::from_utf8(octets).ok()
}

fn hex_octets(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        Name::parse(one)
            .unwrap()
            .matches(&Name::parse(other).unwrap())
    }

    #[test]
    fn spelling_makes_no_difference() {
        let name = "CN=Machine One,OU=a+O=Example\\, Inc.,C=DE";
        for other in [
            "cn=machine one,ou=a+o=example\\, inc.,c=de",
            "CN = Machine  One , O=Example\\2C Inc. + OU=a , C=DE",
            "2.5.4.3=Machine One,OID.2.5.4.11=a+2.5.4.10=Example\\2c Inc.,2.5.4.6=DE",
            "CN=#0c0b4d616368696e65204f6e65,OU=a+O=Example\\, Inc.,C=DE",
        ] {
            assert!(same(name, other), "{other}");
        }
        assert!(same("CN=Lu\\C4\\8Di\\C4\\87", "CN=Lu\u{10d}i\u{107}"));
    }

    #[test]
    fn another_name_is_another() {
        let name = "CN=machine,O=Example,C=DE";
        for other in [
            "C=DE,O=Example,CN=machine",
            "CN=machine,O=Example",
            "CN=machine,OU=x,O=Example,C=DE",
            "CN=machine+O=Example,C=DE",
            "CN=machine\\,O\\=Example,C=DE",
            "CN=machines,O=Example,C=DE",
            "OU=machine,O=Example,C=DE",
        ] {
            assert!(!same(name, other), "{other}");
        }
    }

    #[test]
    fn mistakes_are_told() {
        for (text, why) in [
            ("machine", "`machine` has no `=`: write TYPE=value"),
            (
                "XY=a",
                "`XY=a` has an attribute type that is not known: write its OID",
            ),
            ("CN=", "`CN=` has no value"),
            ("CN=a,,O=b", "`` has no `=`: write TYPE=value"),
            ("CN=#0c", "`CN=#0c` has a broken escape"),
        ] {
            assert_eq!(Name::parse(text).unwrap_err().to_string(), why);
        }
    }
}
