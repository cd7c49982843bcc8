//! Values that are drawn for an operator.

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::Value;

/// How a value is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Draw {
    /// Letters and digits, between so many.
    Letters(usize, usize),
    /// A number in a range.
    Number(i64, i64),
    /// Octets in hexadecimal digits, between so many; the filter `unhex` makes octets of them.
    Octets(usize, usize),
    /// One of these texts.
    OneOf(Vec<String>),
}

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Octets that parsers stumble over; drawn more often than others.
const ODD: &[u8] = b"\0\t\n\r \"#$%&'()*+,-./:;<=>?@[\\]^`{|}~\x7f\x80\xa0\xad\xbf\xc0\xc3\xe2\xed\xf0\xf4\xfe\xff";

impl Draw {
    /// Reads `[number, -4, 4]`, `[octets, 1, 8]`, `[letters, 1, 8]` or `[one_of, a, b]`.
    ///
    /// # Errors
    /// What else it is.
    pub fn parse(value: &Value) -> Result<Self, String> {
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let [Value::String(kind), rest @ ..] = items else {
            return Err(format!("{value} is no way to draw a value"));
        };
        let bounds = || match rest {
            [from, to] => Some((from.as_i64()?, to.as_i64()?)),
            _ => None,
        };
        let sizes = || {
            let (from, to) = bounds()?;
            Some((usize::try_from(from).ok()?, usize::try_from(to).ok()?))
        };
        let parsed = match kind.as_str() {
            "letters" => sizes().map(|(from, to)| Self::Letters(from, to)),
            "number" => bounds().map(|(from, to)| Self::Number(from, to)),
            "octets" => sizes().map(|(from, to)| Self::Octets(from, to)),
            "one_of" => {
                let texts = rest.iter().filter_map(Value::as_str).map(str::to_owned);
                Some(Self::OneOf(texts.collect()))
            }
            _ => None,
        };
        parsed.ok_or_else(|| format!("{value} is no way to draw a value"))
    }

    /// A value that could be drawn.
    #[must_use]
    pub fn sample(&self) -> String {
        match self {
            Self::Letters(from, _) => "a".repeat(*from),
            Self::Number(from, _) => from.to_string(),
            Self::Octets(from, _) => "00".repeat(*from),
            Self::OneOf(texts) => texts.first().cloned().unwrap_or_default(),
        }
    }

    /// Draws a value.
    pub fn draw(&self, random: &mut StdRng) -> String {
        match self {
            Self::Letters(from, to) => (0..random.random_range(*from..=*to))
                .map(|_| char::from(pick(LETTERS, random)))
                .collect(),
            Self::Number(from, to) => random.random_range(*from..=*to).to_string(),
            Self::Octets(from, to) => (0..random.random_range(*from..=*to))
                .map(|_| {
                    let octet = if random.random_bool(0.6) {
                        pick(ODD, random)
                    } else {
                        random.random()
                    };
                    format!("{octet:02x}")
                })
                .collect(),
            Self::OneOf(texts) => {
                let at = random.random_range(0..texts.len().max(1));
                texts.get(at).cloned().unwrap_or_default()
            }
        }
    }

    /// Simpler values than this one, the simplest first.
    #[must_use]
    pub fn simpler(&self, value: &str) -> Vec<String> {
        let mut simpler = vec![self.sample()];
        match self {
            Self::Letters(from, _) | Self::Octets(from, _) => {
                let unit = if matches!(self, Self::Octets(..)) {
                    2
                } else {
                    1
                };
                let half = value.len() / 2 / unit * unit;
                for end in [half, value.len().saturating_sub(unit)] {
                    if end >= *from * unit {
                        simpler.extend(value.get(..end).map(str::to_owned));
                        simpler.extend(value.get(value.len() - end..).map(str::to_owned));
                    }
                }
            }
            Self::Number(from, to) => {
                for number in [0, 1, -1] {
                    if (*from..=*to).contains(&number) {
                        simpler.push(number.to_string());
                    }
                }
            }
            Self::OneOf(_) => {}
        }
        simpler.dedup();
        simpler.retain(|other| other != value);
        simpler
    }
}

fn pick(octets: &[u8], random: &mut StdRng) -> u8 {
    let at = random.random_range(0..octets.len());
    octets.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use serde_json::json;

    use super::*;

    #[test]
    fn same_seed_draws_the_same() {
        let draw = Draw::parse(&json!(["octets", 1, 9])).expect("a draw");
        let drawn = |seed| draw.draw(&mut StdRng::seed_from_u64(seed));
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }

    #[test]
    fn simpler_values_end() {
        let draw = Draw::parse(&json!(["letters", 1, 300])).expect("a draw");
        let mut value = "abcdefgh".to_owned();
        let mut rounds = 0;
        while let Some(next) = draw.simpler(&value).into_iter().next() {
            value = next;
            rounds += 1;
            assert!(rounds < 20);
        }
        assert_eq!(value, "a");
    }

    #[test]
    fn what_is_no_draw_is_told() {
        for value in [
            json!("x"),
            json!(["number", 1]),
            json!(["colour", 1, 2]),
            json!([]),
        ] {
            assert!(Draw::parse(&value).is_err(), "{value}");
        }
    }
}
