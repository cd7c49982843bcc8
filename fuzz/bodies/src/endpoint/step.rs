//! One request of a sequence, and its line of text.
//!
//! `authorize CLIENT`, `redeem N CLIENT`, `refresh N CLIENT`, `issue CLIENT`, `revoke N CLIENT`, `introspect N`, `elapse SECONDS`. N
//! counts what was issued so far, from 0 on, and starts again behind the last. Behind it stand words with a value: `auth=`,
//! `redirect=`, `proof=`, `scope=`; and `more=`, which ends the line: octets that follow the body as they are.

use std::fmt;

use arbitrary::{Arbitrary, Unstructured};

/// The clients that take part, by their names in the configuration.
pub const CLIENTS: &[&str] = &[
    "basic",
    "post",
    "public",
    "machine",
    "basic-other",
    "web",
    "public-other",
    "rs",
];

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// An authorization request.
    Authorize,
    /// Time goes by; seconds.
    Elapse(u32),
    /// The introspection of the access token with this number.
    Introspect(u8),
    /// A token request with client credentials.
    Issue,
    /// A token request with the code of this number.
    Redeem(u8),
    /// A token request with the refresh token of this number.
    Refresh(u8),
    /// The revocation of the refresh token with this number.
    Revoke(u8),
}

/// How the client authenticates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// As it is registered.
    #[default]
    Right,
    /// So, and in the body too.
    Both,
    /// By its identifier alone.
    Named,
    /// Not at all.
    None,
    /// With the secret that was replaced.
    Retired,
    /// With a secret that is not its own.
    Wrong,
}

/// Which of the client's redirect URIs a request names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redirect {
    /// The first one; at a redemption, what the authorization request had.
    #[default]
    Same,
    /// None.
    None,
    /// Its last one.
    Other,
    /// One that is not registered.
    Strange,
}

/// The challenge of an authorization request, or the verifier of a redemption.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// By S256, and its verifier.
    #[default]
    S256,
    /// None.
    None,
    /// By `plain`.
    Plain,
    /// One that fits no other.
    Wrong,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub act: Act,
    /// The place of its client in [`CLIENTS`].
    pub client: u8,
    /// How that authenticates.
    pub auth: Auth,
    /// Its redirect URI.
    pub redirect: Redirect,
    /// Its proof key.
    pub proof: Proof,
    /// The scope that it asks for.
    pub scope: Option<String>,
    /// What follows the body.
    pub more: Option<String>,
}

const AUTHS: &[(&str, Auth)] = &[
    ("right", Auth::Right),
    ("both", Auth::Both),
    ("named", Auth::Named),
    ("none", Auth::None),
    ("retired", Auth::Retired),
    ("wrong", Auth::Wrong),
];

const REDIRECTS: &[(&str, Redirect)] = &[
    ("same", Redirect::Same),
    ("none", Redirect::None),
    ("other", Redirect::Other),
    ("strange", Redirect::Strange),
];

const PROOFS: &[(&str, Proof)] = &[
    ("s256", Proof::S256),
    ("none", Proof::None),
    ("plain", Proof::Plain),
    ("wrong", Proof::Wrong),
];

const SCOPES: &[&str] = &[
    "read",
    "write",
    "read write",
    "admin",
    "read  write",
    "read\u{e9}",
    "read write admin",
];

const MORE: &[&str] = &[
    "&scope=read",
    "&code=x",
    "&grant_type=refresh_token",
    "&a=%00",
    "&x=1",
    "&client_id=web",
    "&resource=urn:x",
    "&a=%",
];

/// The steps of an input: its lines, if it begins with one; else what `arbitrary` makes of the octets.
#[must_use]
pub fn steps(input: &[u8]) -> Vec<Step> {
    let text = std::str::from_utf8(input).unwrap_or_default();
    if text.lines().next().and_then(Step::read).is_some() {
        return text.split('\n').filter_map(Step::read).collect();
    }
    let mut octets = Unstructured::new(input);
    let mut steps = Vec::new();
    while !octets.is_empty()
        && steps.len() < super::MOST
        && let Ok(step) = Step::arbitrary(&mut octets)
    {
        steps.push(step);
    }
    steps
}

/// The text of a sequence, a line for each step.
#[must_use]
pub fn text(steps: &[Step]) -> String {
    steps.iter().map(|step| format!("{step}\n")).collect()
}

impl Step {
    /// A step as it is usual.
    #[must_use]
    pub const fn new(act: Act) -> Self {
        Self {
            act,
            client: 0,
            auth: Auth::Right,
            redirect: Redirect::Same,
            proof: Proof::S256,
            scope: None,
            more: None,
        }
    }

    /// The name of its client.
    #[must_use]
    pub fn client(&self) -> &'static str {
        let place = usize::from(self.client) % CLIENTS.len();
        CLIENTS.get(place).copied().unwrap_or_default()
    }

    /// Reads a line; none if it is no step.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let (line, more) = match line.split_once(" more=") {
            Some((line, more)) => (line, Some(more.to_owned())),
            None => (line, None),
        };
        let mut words = line.split(' ');
        let word = words.next()?;
        let act = match word {
            "authorize" => Act::Authorize,
            "issue" => Act::Issue,
            "elapse" => Act::Elapse(words.next()?.parse().ok()?),
            "introspect" => Act::Introspect(words.next()?.parse().ok()?),
            "redeem" => Act::Redeem(words.next()?.parse().ok()?),
            "refresh" => Act::Refresh(words.next()?.parse().ok()?),
            "revoke" => Act::Revoke(words.next()?.parse().ok()?),
            _ => return None,
        };
        let mut step = Self {
            more,
            ..Self::new(act)
        };
        for word in words {
            match word.split_once('=') {
                Some(("auth", value)) => step.auth = named(AUTHS, value)?,
                Some(("redirect", value)) => step.redirect = named(REDIRECTS, value)?,
                Some(("proof", value)) => step.proof = named(PROOFS, value)?,
                Some(("scope", value)) => step.scope = Some(value.replace('+', " ")),
                Some(_) => return None,
                None => {
                    let place = CLIENTS.iter().position(|name| *name == word)?;
                    step.client = u8::try_from(place).ok()?;
                }
            }
        }
        Some(step)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let client = self.client();
        match self.act {
            Act::Authorize => write!(f, "authorize {client}")?,
            Act::Elapse(seconds) => write!(f, "elapse {seconds}")?,
            Act::Introspect(number) => write!(f, "introspect {number}")?,
            Act::Issue => write!(f, "issue {client}")?,
            Act::Redeem(number) => write!(f, "redeem {number} {client}")?,
            Act::Refresh(number) => write!(f, "refresh {number} {client}")?,
            Act::Revoke(number) => write!(f, "revoke {number} {client}")?,
        }
        write_word(f, "auth", AUTHS, &self.auth)?;
        write_word(f, "redirect", REDIRECTS, &self.redirect)?;
        write_word(f, "proof", PROOFS, &self.proof)?;
        if let Some(scope) = &self.scope {
            write!(f, " scope={}", scope.replace(' ', "+"))?;
        }
        match &self.more {
            Some(more) => write!(f, " more={more}"),
            None => Ok(()),
        }
    }
}

fn named<T: Copy>(words: &[(&str, T)], name: &str) -> Option<T> {
    words
        .iter()
        .find(|(word, _)| *word == name)
        .map(|(_, value)| *value)
}

fn write_word<T: PartialEq + Default>(
    f: &mut fmt::Formatter<'_>,
    key: &str,
    words: &[(&str, T)],
    value: &T,
) -> fmt::Result {
    match words.iter().find(|(_, known)| known == value) {
        Some((word, _)) if *value != T::default() => write!(f, " {key}={word}"),
        Some(_) | None => Ok(()),
    }
}

impl<'a> Arbitrary<'a> for Step {
    fn arbitrary(octets: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let act = match octets.int_in_range(0_u8..=9)? {
            0 | 1 => Act::Authorize,
            2 | 3 => Act::Redeem(octets.arbitrary()?),
            4 | 5 => Act::Refresh(octets.arbitrary()?),
            6 => Act::Issue,
            7 => Act::Revoke(octets.arbitrary()?),
            8 => Act::Introspect(octets.arbitrary()?),
            _ => Act::Elapse(*octets.choose(&[1, 59, 60, 599, 600, 1_209_599, 1_209_600])?),
        };
        let mut step = Self::new(act);
        step.client = match act {
            Act::Elapse(_) => return Ok(step),
            Act::Introspect(_) => 0,
            Act::Authorize | Act::Issue | Act::Redeem(_) | Act::Refresh(_) | Act::Revoke(_) => {
                octets.int_in_range(0..=7)?
            }
        };
        // Most of a request is as it must be, so that sequences get somewhere.
        match octets.int_in_range(0_u8..=15)? {
            0 | 1 => step.auth = octets.choose(AUTHS)?.1,
            2 | 3 => step.redirect = octets.choose(REDIRECTS)?.1,
            4 | 5 => step.proof = octets.choose(PROOFS)?.1,
            6 | 7 => step.scope = Some((*octets.choose(SCOPES)?).to_owned()),
            8 => step.more = Some((*octets.choose(MORE)?).to_owned()),
            _ => {}
        }
        Ok(step)
    }
}
