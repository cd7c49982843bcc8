//! What is wrong with a file that a person wrote, where, and what to do next.
//!
//! ```text
//! error: unknown key `expected`
//!   --> suites/rfc7636/verifier-wrong.yaml:8:5
//!  8 |     expected: {error: invalid_grant}
//!    |     ^^^^^^^^ did you mean `expect`? allowed here: name, baseline, deviation, expect
//! ```
//!
//! Nothing here reads files. A source line is shown without the secrets in it.

mod nearest;
mod redact;
mod render;
mod source;

pub use self::{
    nearest::nearest,
    source::{Source, Spot},
};

/// One problem.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnostic {
    message: String,
    place: Place,
    advice: String,
}

/// Where a problem is, as far as it is known.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Place {
    Nowhere,
    File(String),
    Line {
        file: String,
        spot: Spot,
        text: String,
    },
}

impl Diagnostic {
    /// A problem of no file, with what to do about it (may be empty).
    pub fn new(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            place: Place::Nowhere,
            advice: advice.into(),
        }
    }

    /// A problem of a file as a whole: it is missing, or is no text.
    pub fn of_file(
        file: impl Into<String>,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            message: message.into(),
            place: Place::File(file.into()),
            advice: advice.into(),
        }
    }

    /// What happened, as a lowercase fragment.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same problem with other advice.
    #[must_use]
    pub fn advised(self, advice: impl Into<String>) -> Self {
        Self {
            advice: advice.into(),
            ..self
        }
    }

    /// What to do next; empty where the message says it.
    #[must_use]
    pub fn advice(&self) -> &str {
        &self.advice
    }

    /// The file, where there is one.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match &self.place {
            Place::Nowhere => None,
            Place::File(file) | Place::Line { file, .. } => Some(file),
        }
    }

    /// Line and column, where they are known.
    #[must_use]
    pub const fn spot(&self) -> Option<Spot> {
        match &self.place {
            Place::Nowhere | Place::File(_) => None,
            Place::Line { spot, .. } => Some(*spot),
        }
    }
}

/// After so many, a file is better read by its author than by us.
const MOST_PROBLEMS: usize = 100;

/// Every problem that was found, in the order of the file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No problem so far.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether nothing was found.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether more problems would help nobody.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.0.len() >= MOST_PROBLEMS
    }

    /// How many were found.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// The problems.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// The value, if nothing is wrong with it; the problems by their place otherwise.
    ///
    /// # Errors
    ///
    /// Returns the problems, if there are any.
    pub fn into_result<T>(mut self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.sort();
        Err(self)
    }

    /// Puts the problems of one file into the order of its lines.
    fn sort(&mut self) {
        self.0.sort_by(|a, b| {
            (a.file(), a.spot().map(Spot::start)).cmp(&(b.file(), b.spot().map(Spot::start)))
        });
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        self.0.extend(diagnostics);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        Self(diagnostics.into_iter().collect())
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl std::error::Error for Diagnostic {}

impl std::error::Error for Diagnostics {}
