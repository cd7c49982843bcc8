//! How a request goes over its connection, and what follows its answer there (docs/writing-suites.md, "On the wire").

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::Answer;
use super::change::Change;
use super::ordered::Pairs;
use super::text::Text;

/// What leaves on the connection beside, or instead of, the request.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wire {
    /// The version in the request line: `1.0`.
    pub version: Option<Text>,
    /// The whole request, as it leaves; `${request}` is the one so far.
    pub octets: Option<Text>,
    /// `true`: the body waits until something arrives, for five seconds at most.
    pub hold: Option<Text>,
    /// Other connections that are opened before, and left with what they began.
    pub beside: Option<Beside>,
    /// What follows on the same connection.
    #[serde(default)]
    pub behind: Vec<Behind>,
    /// What becomes of the connection behind the last octet.
    pub end: Option<LineEnd>,
    /// `true`: it leaves as early data of a resumed TLS session, and the handshake is never completed.
    pub early: Option<Text>,
    /// `true`: it leaves over HTTP/2, on a TLS connection in whose handshake nothing else is offered.
    pub http2: Option<Text>,
    /// With `http2`: what becomes of its fields, the pseudo-header fields among them. Names are those of HTTP/2, sent as they are spelled.
    pub fields: Option<Fields>,
}

/// What becomes of the fields of a request over HTTP/2 (RFC 9113 §8.2, §8.3). The members are applied in the order in which they stand here.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// Fields taken out, every occurrence: `:path`, `content-type`.
    #[serde(default)]
    pub remove: Vec<Text>,
    /// Fields given another value; one that is not there goes behind all others.
    #[serde(default)]
    pub set: Pairs,
    /// Fields in front of all others.
    #[serde(default)]
    pub prepend: Vec<Pairs>,
    /// Fields behind all others.
    #[serde(default)]
    pub append: Vec<Pairs>,
}

impl Fields {
    /// Whether they change nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts().next().is_none()
    }

    /// The texts, in order.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let lists = self.prepend.iter().chain(&self.append);
        self.remove
            .iter()
            .chain(self.set.texts())
            .chain(lists.flat_map(Pairs::texts))
    }
}

/// Other connections.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// How many.
    pub times: Text,
    /// What each sends.
    pub octets: Text,
}

/// Something that follows a request on its connection.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Behind {
    /// A request: the baseline with this change; absent, and without `octets`: the baseline.
    pub change: Option<Box<Change>>,
    /// These octets instead.
    pub octets: Option<Text>,
    /// `true`: not before what was sent so far is answered; else in the same write.
    pub wait: Option<Text>,
}

/// What becomes of the connection behind the last octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineEnd {
    /// It is closed in both directions, and no answer is read.
    Close,
    /// The client says that it sends no more, and reads.
    HalfClose,
}

/// What follows the answer on its connection.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Then {
    /// The further answers, all of them, in their order.
    pub answers: Option<Vec<Answer>>,
    /// `true`: there may be fewer of them, if the connection ends behind the last one.
    pub fewer: Option<Text>,
    /// Whether the server ends the connection.
    pub ended: Option<Text>,
    /// Whether close_notify came before the end of a TLS connection.
    pub announced: Option<Text>,
    /// `true`: something came while the body was held back.
    pub heard: Option<Text>,
}

impl Wire {
    /// The templates, in order.
    #[must_use]
    pub fn templates(&self) -> Vec<&Text> {
        let mut all: Vec<&Text> = self.octets.iter().collect();
        all.extend(self.beside.iter().map(|beside| &beside.octets));
        all.extend(self.fields.iter().flat_map(Fields::texts));
        for behind in &self.behind {
            all.extend(&behind.octets);
            all.extend(behind.change.iter().flat_map(|change| change.templates()));
        }
        all
    }

    /// The texts that are `true` or `false`.
    pub fn switches(&self) -> impl Iterator<Item = &Text> {
        let waits = self.behind.iter().filter_map(|behind| behind.wait.as_ref());
        let departure = self.early.iter().chain(&self.http2);
        self.hold.iter().chain(departure).chain(waits)
    }
}
