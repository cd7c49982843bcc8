//! What a case needs and a target may have: a closed table of words.
//!
//! A word is granted by keys of the target file, by `supports`, by a profile that declares it, or by what a control
//! shows at run time; `supports: [-word]` denies it whatever shows it.

mod certificate_word;
mod ciba_table;
mod client_word;
mod key_table;
mod set;
mod supported;
mod table;
mod target_word;

use std::collections::BTreeSet;

use self::client_word::can_use;
pub use self::set::{CapabilitySet, capabilities};
use super::{Client, Target};
use crate::{
    diagnostic::nearest,
    vocabulary::{AuthMethod, Grant},
};

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Capability {
    /// The word.
    pub word: &'static str,
    /// What grants it, as the beginning of a sentence: "`metadata`".
    pub granted_by: &'static str,
    source: Source,
}

/// How it is known whether a target has a word.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// Keys of the target file decide.
    Keys(fn(&Target) -> bool),
    /// Keys of the target file may show it; `supports` may grant it as well.
    Shown(fn(&Target) -> bool),
    /// A client may use the grant, and has what the grant takes.
    Grant(Grant),
    /// A client authenticates in this way.
    Auth(AuthMethod),
    /// A property of a client: the target has it if one of its clients has it.
    Client(fn(&Target, &Client, Option<Grant>) -> bool),
    /// A property of a client; `supports` grants it to all of them.
    ClientOrAll(fn(&Target, &Client, Option<Grant>) -> bool),
    /// Learnt at run time; `supports` may grant it as well.
    Learnt(Fact),
    /// A profile that is chosen declares it.
    Profile,
    /// Only `supports` grants it.
    Supports,
    /// No key of this version grants it.
    Nothing,
}

/// What is learnt at run time.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Fact {
    /// A control with a challenge succeeded, or the metadata lists a method (RFC 7636).
    Pkce,
    /// An access token of a control was a JWT.
    JwtAccessTokens,
    /// The server chose HTTP/2 (RFC 7301).
    Http2,
    /// A refresh answered with a new refresh token (RFC 6749 section 6).
    RefreshRotation,
}

impl Fact {
    /// The capability word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pkce => "pkce",
            Self::JwtAccessTokens => "jwt_access_tokens",
            Self::Http2 => "http2",
            Self::RefreshRotation => "refresh_rotation",
        }
    }
}

/// What is known beside the target file: what controls showed, and what the profiles declare.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DerivedFacts {
    learnt: BTreeSet<Fact>,
    declared: BTreeSet<String>,
}

impl DerivedFacts {
    /// Nothing is known.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            learnt: BTreeSet::new(),
            declared: BTreeSet::new(),
        }
    }

    /// Adds a fact.
    pub fn learn(&mut self, fact: Fact) {
        self.learnt.insert(fact);
    }

    /// Whether a fact was learnt.
    #[must_use]
    pub fn knows(&self, fact: Fact) -> bool {
        self.learnt.contains(&fact)
    }

    /// Adds a word that a chosen profile declares. What keys of the target file decide, no
    /// profile can declare.
    pub fn declare(&mut self, word: impl Into<String>) {
        self.declared.insert(word.into());
    }

    fn declares(&self, word: &str) -> bool {
        self.declared.contains(word)
    }
}

impl Capability {
    /// Whether the client has the word, if it is a word of clients.
    fn of_client(
        &self,
        target: &Target,
        client: &Client,
        for_grant: Option<Grant>,
    ) -> Option<bool> {
        match self.source {
            Source::Grant(grant) => Some(can_use(target, client, grant)),
            Source::Auth(method) => Some(client.auth == method),
            Source::Client(shows) => Some(shows(target, client, for_grant)),
            Source::ClientOrAll(shows) => Some(
                shows(target, client, for_grant) || target.supports.granted.contains(self.word),
            ),
            Source::Keys(_)
            | Source::Shown(_)
            | Source::Learnt(_)
            | Source::Profile
            | Source::Supports
            | Source::Nothing => None,
        }
    }

    /// What to do so that a target has it: `set .. in the target file`.
    #[must_use]
    pub fn how_to_grant(&self) -> String {
        let (word, by) = (self.word, self.granted_by);
        match self.source {
            Source::Keys(_) | Source::Grant(_) | Source::Auth(_) | Source::Client(_) => {
                format!("set {by} in the target file")
            }
            Source::ClientOrAll(_) | Source::Shown(_) => {
                format!("set {by} or `supports: [{word}]` in the target file")
            }
            Source::Learnt(_) => {
                format!("{by} shows it, or `supports: [{word}]` in the target file")
            }
            Source::Profile => {
                format!("choose {by} (`profile` in the target file, or `--profile`)")
            }
            Source::Supports => format!("the target file grants it with {by}"),
            Source::Nothing => by.to_owned(),
        }
    }

    /// Whether a run finds out by itself whether the target has it.
    #[must_use]
    pub const fn is_learnt(&self) -> bool {
        matches!(self.source, Source::Learnt(_))
    }

    /// Whether `supports` may grant the word.
    #[must_use]
    pub const fn may_be_supported(&self) -> bool {
        match self.source {
            Source::ClientOrAll(_) | Source::Shown(_) | Source::Learnt(_) | Source::Supports => {
                true
            }
            Source::Keys(_)
            | Source::Grant(_)
            | Source::Auth(_)
            | Source::Client(_)
            | Source::Profile
            | Source::Nothing => false,
        }
    }
}

/// A word that the table lacks.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("unknown capability `{word}`")]
pub struct UnknownWord {
    word: String,
    nearest: Option<&'static str>,
}

impl UnknownWord {
    /// The word of the table that may have been meant.
    #[must_use]
    pub const fn nearest(&self) -> Option<&'static str> {
        self.nearest
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> String {
        const LIST: &str = "`tokenspec capabilities` lists the words";
        match self.nearest {
            Some(word) => format!("did you mean `{word}`? {LIST}"),
            None => LIST.to_owned(),
        }
    }
}

/// All words, as the tables have them.
fn rows() -> impl Iterator<Item = &'static Capability> {
    let further = ciba_table::CIBA_WORDS.iter().chain(key_table::KEY_WORDS);
    table::TABLE
        .iter()
        .chain(further)
        .chain(supported::SUPPORTED)
}

/// All words, sorted.
#[must_use]
pub fn words() -> Vec<&'static Capability> {
    let mut all: Vec<&Capability> = rows().collect();
    all.sort_by_key(|capability| capability.word);
    all
}

/// The row of a word.
///
/// # Errors
///
/// Returns the word, and the nearest one of the table.
pub fn find(word: &str) -> Result<&'static Capability, UnknownWord> {
    rows()
        .find(|capability| capability.word == word)
        .ok_or_else(|| UnknownWord {
            word: word.to_owned(),
            nearest: nearest(word, words().into_iter().map(|capability| capability.word)),
        })
}

#[cfg(test)]
mod tests;
