//! Reading templates.

use super::{Filter, PairNames, Part, Source, Template, filter};

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseProblem {
    /// `${` without `}`.
    #[error("`${{` is never closed")]
    Unclosed,
    /// A quote without its twin.
    #[error("a quote is never closed")]
    OpenQuote,
    /// A bad escape inside quotes.
    #[error("`\\{0}` is no escape; there are \\n \\r \\t \\0 \\\\ \\' \\xHH")]
    Escape(String),
    /// `${}`.
    #[error("an expression needs a source")]
    Empty,
    /// `random` or `pairs` without a number.
    #[error("`{0}` needs a number")]
    Count(String),
    /// An unknown filter.
    #[error("no filter is called `{0}`; there are {names}", names = filter::Name::ALL.join(", "))]
    Filter(String),
    /// Wrong arguments.
    #[error("the filter `{name}` takes {wanted}")]
    Arguments {
        /// The filter.
        name: &'static str,
        /// What it takes.
        wanted: &'static str,
    },
}

/// Parses a template.
///
/// # Errors
/// The first mistake.
pub fn parse(text: &str) -> Result<Template, ParseProblem> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        literal.push_str(before);
        if let Some(after) = from.strip_prefix("$$") {
            literal.push('$');
            rest = after;
        } else if let Some(after) = from.strip_prefix("${") {
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal).into_bytes()));
            }
            let end = expression_end(after)?;
            let (inside, behind) = after.split_at(end);
            parts.push(expression(inside)?);
            rest = behind.strip_prefix('}').unwrap_or(behind);
        } else {
            literal.push('$');
            rest = from.strip_prefix('$').unwrap_or_default();
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(literal.into_bytes()));
    }
    Ok(Template { parts })
}

/// Where the closing brace stands, quotes respected.
fn expression_end(text: &str) -> Result<usize, ParseProblem> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '\'' => quoted = !quoted,
            '}' if !quoted => return Ok(at),
            _ => {}
        }
    }
    Err(if quoted {
        ParseProblem::OpenQuote
    } else {
        ParseProblem::Unclosed
    })
}

fn expression(text: &str) -> Result<Part, ParseProblem> {
    let mut segments = split_pipes(text).into_iter();
    let source = source(segments.next().unwrap_or_default())?;
    let filters = segments.map(read_filter).collect::<Result<_, _>>()?;
    Ok(Part::Expression { source, filters })
}

fn split_pipes(text: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '\'' => quoted = !quoted,
            '|' if !quoted => {
                segments.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    segments.push(text.get(start..).unwrap_or_default());
    segments
}

fn source(text: &str) -> Result<Source, ParseProblem> {
    let mut words = words(text)?.into_iter();
    let Some(first) = words.next() else {
        return Err(ParseProblem::Empty);
    };
    match first {
        Word::Quoted(bytes) => Ok(Source::Quoted(bytes)),
        Word::Bare(word) if super::COUNTED_SOURCES.contains(&word.as_str()) => {
            let count = match words.next() {
                Some(Word::Bare(count)) => count
                    .parse()
                    .map_err(|_| ParseProblem::Count(word.clone()))?,
                Some(Word::Quoted(_)) | None => return Err(ParseProblem::Count(word)),
            };
            Ok(match word.as_str() {
                "random" => Source::Random(count),
                "colliding_pairs" => Source::Pairs {
                    count,
                    names: PairNames::Colliding,
                },
                _ => Source::Pairs {
                    count,
                    names: PairNames::Numbered,
                },
            })
        }
        Word::Bare(word) => Ok(Source::Path(word.split('.').map(str::to_owned).collect())),
    }
}

fn read_filter(text: &str) -> Result<Filter, ParseProblem> {
    let mut words = words(text)?.into_iter();
    let name = match words.next() {
        Some(Word::Bare(name)) => name,
        Some(Word::Quoted(_)) | None => return Err(ParseProblem::Filter(text.trim().to_owned())),
    };
    let name = filter::Name::parse(&name).ok_or(ParseProblem::Filter(name))?;
    let arguments: Vec<Vec<u8>> = words
        .map(|word| match word {
            Word::Quoted(bytes) => bytes,
            Word::Bare(text) => text.into_bytes(),
        })
        .collect();
    if !name.takes(&arguments) {
        return Err(ParseProblem::Arguments {
            name: name.as_str(),
            wanted: name.wanted(),
        });
    }
    Ok(Filter { name, arguments })
}

enum Word {
    Bare(String),
    Quoted(Vec<u8>),
}

fn words(text: &str) -> Result<Vec<Word>, ParseProblem> {
    let mut words = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(&character) = characters.peek() {
        if character.is_whitespace() {
            characters.next();
        } else if character == '\'' {
            characters.next();
            words.push(Word::Quoted(quoted(&mut characters)?));
        } else {
            let mut word = String::new();
            while let Some(next) = characters.next_if(|next| !next.is_whitespace()) {
                word.push(next);
            }
            words.push(Word::Bare(word));
        }
    }
    Ok(words)
}

fn quoted(characters: &mut impl Iterator<Item = char>) -> Result<Vec<u8>, ParseProblem> {
    let mut bytes = Vec::new();
    loop {
        match characters.next() {
            None => return Err(ParseProblem::OpenQuote),
            Some('\'') => return Ok(bytes),
            Some('\\') => bytes.push(escape(characters)?),
            Some(other) => bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

fn escape(characters: &mut impl Iterator<Item = char>) -> Result<u8, ParseProblem> {
    match characters.next() {
        Some('n') => Ok(b'\n'),
        Some('r') => Ok(b'\r'),
        Some('t') => Ok(b'\t'),
        Some('0') => Ok(0),
        Some('\\') => Ok(b'\\'),
        Some('\'') => Ok(b'\''),
        Some('x') => {
            let digits: String = characters.by_ref().take(2).collect();
            u8::from_str_radix(&digits, 16).map_err(|_| ParseProblem::Escape(format!("x{digits}")))
        }
        Some(other) => Err(ParseProblem::Escape(other.to_string())),
        None => Err(ParseProblem::OpenQuote),
    }
}
