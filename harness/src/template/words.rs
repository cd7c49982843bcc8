//! Templates in words, for people who read a rule: `${client.id|upper}` → `‹the client's id, in upper case›`.

use super::filter::Name;
use super::{Filter, PairNames, Part, Source, Template};

impl Template {
    /// The text with its expressions in words, each between `‹` and `›`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(octets) => out += &visible(octets),
                Part::Expression { source, filters } => {
                    let mut words = source_words(source);
                    for filter in filters {
                        words = words + ", " + &filter.words();
                    }
                    out += &format!("‹{words}›");
                }
            }
        }
        out
    }
}

fn source_words(source: &Source) -> String {
    match source {
        Source::Path(path) => path_words(path),
        Source::Quoted(octets) => format!("`{}`", visible(octets)),
        Source::Random(1) => "a random character".to_owned(),
        Source::Random(count) => format!("{count} random characters"),
        Source::Pairs { count, names } => match names {
            PairNames::Colliding => format!("{count} unknown parameters whose names have one hash"),
            PairNames::Numbered => format!("{count} unknown parameters"),
        },
    }
}

fn path_words(path: &[String]) -> String {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["assertion"] => "the assertion".to_owned(),
        ["assertion_id"] => "the identifier of the assertion".to_owned(),
        ["assertion_issuer"] => "the issuer of assertions".to_owned(),
        ["body" | "path" | "url" | "query"] => format!("its own {}", path.join(".")),
        ["client", "basic"] => "the client's id and secret with a colon between".to_owned(),
        ["client", "redirect_uris", index] => format!("the client's redirect URI {index}"),
        ["claims"] => "the claims".to_owned(),
        ["document"] => "the document".to_owned(),
        ["encoded"] => "its value in base64url".to_owned(),
        ["forged"] => "the forged assertion".to_owned(),
        ["signature"] => "its signature".to_owned(),
        ["unsigned"] => "the assertion without its signature".to_owned(),
        ["xml"] => "the element".to_owned(),
        ["header"] => "the header".to_owned(),
        ["segment"] => "the segment".to_owned(),
        ["client", rest @ ..] => format!("the client's {}", noun(rest)),
        ["issuer"] => "the issuer".to_owned(),
        ["metadata"] => "the metadata URL".to_owned(),
        ["now"] => "the time now, in seconds since 1970".to_owned(),
        ["other", rest @ ..] => format!("the other client's {}", noun(rest)),
        ["saml_issuer"] => "the issuer of SAML assertions".to_owned(),
        ["saml_subject"] => "the subject of SAML assertions".to_owned(),
        ["scope", "all"] => "all scopes of the client".to_owned(),
        ["scope", "rest"] => "the client's scopes but the last".to_owned(),
        ["scope", which] => format!("the client's {which} scope"),
        ["sent", rest @ ..] => format!("the {} that was sent", rest.join(".")),
        ["token_mtls"] => "the token endpoint for mutual TLS".to_owned(),
        ["token_endpoint"] => "the token endpoint".to_owned(),
        ["user", rest @ ..] => format!("the user's {}", noun(rest)),
        ["value", "parameter"] => "the parameter's own value".to_owned(),
        ["value", name] => format!("its own {name}"),
        [name, "sent", rest @ ..] => format!("the {} that `{name}` sent", rest.join(".")),
        [name, "json", rest @ ..] => format!("the member {} of `{name}`", rest.join(".")),
        [name, member] => format!("{} of `{name}`", noun(&[member])),
        other => other.join("."),
    }
}

/// A member as a person calls it.
fn noun(path: &[&str]) -> String {
    match path {
        ["default_atm"] => "default access token manager".to_owned(),
        ["certificate", "der"] => "certificate".to_owned(),
        ["certificate", "dns"] => "certificate's DNS name".to_owned(),
        ["certificate", "email"] => "certificate's e-mail name".to_owned(),
        ["certificate", "ip"] => "certificate's IP address".to_owned(),
        ["certificate", "uri"] => "certificate's URI".to_owned(),
        ["certificate", "thumbprint"] => "certificate's thumbprint".to_owned(),
        ["jwks_uri"] => "JWK set URL".to_owned(),
        ["key", "der"] => "public key in DER".to_owned(),
        ["key", "jwk"] => "public key as a JWK".to_owned(),
        ["key", "kid"] => "key identifier".to_owned(),
        ["key", "modulus"] => "RSA modulus".to_owned(),
        ["key", "pem"] => "public key in PEM".to_owned(),
        ["key", "pkcs1"] => "public key in PKCS#1 PEM".to_owned(),
        ["notification_endpoint"] => "notification endpoint".to_owned(),
        ["redirect_uri"] => "redirect URI".to_owned(),
        ["retired_secret"] => "retired secret".to_owned(),
        ["uri"] => "URI".to_owned(),
        ["url"] => "URL".to_owned(),
        other => other.join("."),
    }
}

impl Filter {
    fn words(&self) -> String {
        let argument = |index: usize| {
            let octets = self.arguments.get(index);
            visible(octets.map_or(&[], Vec::as_slice))
        };
        let fixed = |words: &str| words.to_owned();
        match self.name {
            Name::AtmMatch => fixed("the instance that documented matching selects for it"),
            Name::Base64 => fixed("in base64"),
            Name::Base64Decode => fixed("decoded from base64"),
            Name::Base64Url => fixed("in base64url"),
            Name::Base64UrlDecode => fixed("decoded from base64url"),
            Name::ChangeAt => format!("another character {}", place(&argument(0))),
            Name::Claim => format!("its claim {}", argument(0)),
            Name::Chunks => format!("in chunks of {}", count(&argument(0))),
            Name::DateTime => fixed("as a date and time"),
            Name::DefaultPort => fixed("with its default port written out"),
            Name::DropFirst => format!("without its first {}", count(&argument(0))),
            Name::DropLast => format!("without its last {}", count(&argument(0))),
            Name::EcdsaDer => fixed("as a DER structure"),
            Name::Fill => format!("each octet replaced by `{}`", argument(0)),
            Name::First => format!("only its first {}", count(&argument(0))),
            Name::Form => fixed("form-encoded"),
            Name::FullWidth => fixed("in full-width characters"),
            Name::Gzip => fixed("in the gzip format"),
            Name::Hex => fixed("in hexadecimal"),
            Name::HexLength => fixed("its length in hexadecimal"),
            Name::Ibm037 => fixed("in EBCDIC"),
            Name::JoseHeader => format!("the header parameter {} of it", argument(0)),
            Name::Length => fixed("its length in octets"),
            Name::Lower => fixed("in lower case"),
            Name::PaddingBits => fixed("with padding bits that are not 0"),
            Name::Part => self.part_words(),
            Name::Percent => fixed("every octet percent-encoded"),
            Name::PercentAt => format!("percent-encoded {}", place(&argument(0))),
            Name::PercentLower => fixed("every octet percent-encoded in lower case"),
            Name::PercentTwiceAt => format!("percent-encoded twice {}", place(&argument(0))),
            Name::Plus => format!("plus {}", argument(0)),
            Name::Prefix => format!("behind `{}`", argument(0)),
            Name::Repeat => format!("{} times", argument(0)),
            Name::Replace if argument(1).is_empty() => format!("without `{}`", argument(0)),
            Name::Replace => format!("with `{}` for `{}`", argument(1), argument(0)),
            Name::Reverse => fixed("backwards"),
            Name::Segment => match argument(0).as_str() {
                "0" => fixed("only its first segment"),
                "1" => fixed("only its second segment"),
                _ => fixed("only its third segment"),
            },
            Name::Sha1 => fixed("hashed with SHA-1"),
            Name::Sha256 => fixed("hashed with SHA-256"),
            Name::Sha512 => fixed("hashed with SHA-512"),
            Name::Suffix => format!("with `{}` behind", argument(0)),
            Name::SwapCase => fixed("in the other letter case"),
            Name::TrimEnd => format!("without `{}` at its end", argument(0)),
            Name::Unhex => fixed("as octets"),
            Name::Upper => fixed("in upper case"),
            Name::Uri => format!("only its {}", argument(0).replace('_', " ")),
            Name::Utf16Le => fixed("in UTF-16"),
        }
    }

    /// Another filter on one part of a URI.
    fn part_words(&self) -> String {
        let mut arguments = self.arguments.iter();
        let part = arguments.next().map(|part| visible(part));
        let name = arguments
            .next()
            .and_then(|name| Name::parse(&visible(name)));
        let inner = name.map(|name| Self {
            name,
            arguments: arguments.cloned().collect(),
        });
        let inner = inner.map(|inner| inner.words()).unwrap_or_default();
        format!("its {} {inner}", part.unwrap_or_default())
    }
}

/// A position, from 0; negative from the end.
fn place(position: &str) -> String {
    match position {
        "0" => "at its beginning".to_owned(),
        "-1" => "at its end".to_owned(),
        _ => match position.strip_prefix('-') {
            Some(back) => format!("{back} from its end"),
            None => format!("at position {position}"),
        },
    }
}

fn count(number: &str) -> String {
    match number {
        "1" => "character".to_owned(),
        _ => format!("{number} characters"),
    }
}

/// Octets as one line of text, what can't be shown escaped.
fn visible(octets: &[u8]) -> String {
    match std::str::from_utf8(octets) {
        Ok(text) => text
            .chars()
            .map(|c| {
                if c.is_control() {
                    c.escape_default().to_string()
                } else {
                    c.to_string()
                }
            })
            .collect(),
        Err(_) => octets.escape_ascii().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::template::parse;

    #[track_caller]
    fn check(template: &str, words: &str) {
        assert_eq!(parse(template).unwrap().words(), words);
    }

    #[test]
    fn template_reads_as_words() {
        check("plain", "plain");
        check("${random 43}", "‹43 random characters›");
        check(
            "Basic ${client.basic|base64}",
            "Basic ‹the client's id and secret with a colon between, in base64›",
        );
        check(
            "${value.code_verifier|change_at -1}",
            "‹its own code_verifier, another character at its end›",
        );
        check("${grant.refresh_token}", "‹refresh_token of `grant`›");
        check("${'a\\n'|repeat 3}", "‹`a\\n`, 3 times›");
        check("${parameter}", "‹parameter›");
        check("a\tb", "a\\tb");
        check(
            "${known.uri|uri parent_host}",
            "‹URI of `known`, only its parent host›",
        );
    }
}
