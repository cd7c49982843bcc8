//! Templates: texts with `${source|filter}` in them (docs/writing-suites.md, "Templates").
//!
//! Parsing finds every mistake without a target; rendering asks a [`Scope`] for values. A text that was
//! made of a secret stays marked as one, whatever filters it went through.

mod charset;
mod filter;
mod gzip;
mod parse;
mod uri;
mod words;

pub use parse::{ParseProblem, parse};

/// The names of all filters.
pub const FILTERS: &[&str] = filter::Name::ALL;

/// The sources that take a number.
pub const COUNTED_SOURCES: &[&str] = &["colliding_pairs", "pairs", "random"];

/// A parsed template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(Vec<u8>),
    Expression {
        source: Source,
        filters: Vec<Filter>,
    },
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A dotted path, asked of the scope.
    Path(Vec<String>),
    /// Octets written in quotes.
    Quoted(Vec<u8>),
    /// So many random letters and digits.
    Random(usize),
    /// So many pairs of unknown parameters, joined by `&`.
    Pairs {
        /// How many.
        count: usize,
        /// Their names.
        names: PairNames,
    },
}

/// The names of many pairs: distinct, and known to no specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairNames {
    /// Of one hash `h*31+c`: `Aa` and `BB` have one, and so have all texts made of them.
    Colliding,
    /// Numbered.
    Numbered,
}

/// A filter and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    name: filter::Name,
    arguments: Vec<Vec<u8>>,
}

/// Octets, and whether a secret went into them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The octets.
    pub bytes: Vec<u8>,
    /// The kind of secret in them (`client_secret`, `code`, …), if any.
    pub secret: Option<&'static str>,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.secret {
            Some(kind) => write!(out, "‹{kind}›"),
            None => write!(out, "{:?}", String::from_utf8_lossy(&self.bytes)),
        }
    }
}

impl Rendered {
    /// Plain octets.
    pub fn plain(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            secret: None,
        }
    }

    /// Octets that are a secret of this kind.
    pub fn secret(bytes: impl Into<Vec<u8>>, kind: &'static str) -> Self {
        Self {
            bytes: bytes.into(),
            secret: Some(kind),
        }
    }

    /// The octets as text, foreign octets replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// What a template is rendered in.
pub trait Scope {
    /// The value at a dotted path.
    fn lookup(&self, path: &[String]) -> Option<Rendered>;

    /// So many random letters and digits.
    fn random(&self, length: usize) -> String;

    /// The identifier of the access token manager that documented matching selects for a URI.
    fn atm_match(&self, uri: &str) -> String;
}

/// Why a template has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderProblem {
    /// Nothing has this path.
    #[error("nothing is called `{0}` here")]
    Unknown(String),
    /// A filter can't work on this value.
    #[error("the filter `{filter}` can't be applied: {why}")]
    Filter {
        /// Its name.
        filter: &'static str,
        /// Why.
        why: String,
    },
}

impl Template {
    /// The paths that it asks for.
    pub fn paths(&self) -> impl Iterator<Item = &[String]> {
        self.parts.iter().filter_map(|part| match part {
            Part::Expression {
                source: Source::Path(path),
                ..
            } => Some(path.as_slice()),
            Part::Expression { .. } | Part::Literal(_) => None,
        })
    }

    /// Renders it.
    ///
    /// # Errors
    /// A path that nothing has, or a filter that can't be applied.
    pub fn render(&self, scope: &dyn Scope) -> Result<Rendered, RenderProblem> {
        let mut out = Rendered::default();
        for part in &self.parts {
            match part {
                Part::Literal(bytes) => out.bytes.extend_from_slice(bytes),
                Part::Expression { source, filters } => {
                    let mut value = source_value(source, scope)?;
                    for filter in filters {
                        value.bytes = filter.apply(&value.bytes, scope)?;
                    }
                    out.bytes.extend_from_slice(&value.bytes);
                    out.secret = out.secret.or(value.secret);
                }
            }
        }
        Ok(out)
    }
}

fn source_value(source: &Source, scope: &dyn Scope) -> Result<Rendered, RenderProblem> {
    match source {
        Source::Path(path) => scope
            .lookup(path)
            .ok_or_else(|| RenderProblem::Unknown(path.join("."))),
        Source::Quoted(bytes) => Ok(Rendered::plain(bytes.clone())),
        Source::Random(length) => Ok(Rendered::plain(scope.random(*length))),
        Source::Pairs { count, names } => Ok(Rendered::plain(many_pairs(*count, *names))),
    }
}

fn many_pairs(count: usize, names: PairNames) -> String {
    let name = |number: usize| match names {
        PairNames::Numbered => format!("tokenspec_{number}"),
        PairNames::Colliding => (0..16)
            .map(|bit| if number >> bit & 1 == 0 { "Aa" } else { "BB" })
            .collect(),
    };
    (0..count)
        .map(|number| format!("{}=1", name(number)))
        .collect::<Vec<_>>()
        .join("&")
}

#[cfg(test)]
mod tests;
