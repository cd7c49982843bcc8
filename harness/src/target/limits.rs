//! How hard a run may press, and what it may risk.

use std::{borrow::Cow, fmt, num::NonZeroU32, str::FromStr, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use crate::yaml;

/// What a run may ask of the target.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Requests under way at once.
    pub concurrency: NonZeroU32,
    /// Requests a second, on the average.
    pub rate: Option<Rate>,
    /// For one exchange, from connecting to the end of the answer.
    pub timeout: Duration,
    /// Requests in the whole run.
    pub requests: Option<u64>,
}

impl Limits {
    /// What holds on this machine where the file says nothing.
    pub const LOOPBACK: Self = Self {
        concurrency: nonzero(8),
        rate: None,
        timeout: Duration::from_secs(10),
        requests: None,
    };

    /// What holds elsewhere where the file says nothing.
    pub const ELSEWHERE: Self = Self {
        concurrency: nonzero(4),
        rate: Some(Rate(nonzero(20))),
        timeout: Duration::from_secs(10),
        requests: Some(20_000),
    };
}

/// `NonZeroU32::new(..).expect(..)` of a constant.
const fn nonzero(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

/// Requests a second, written `50/s`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate(NonZeroU32);

impl Rate {
    /// Requests a second.
    #[must_use]
    pub const fn per_second(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.0)
    }
}

/// A text that is no rate.
#[derive(Debug, thiserror::Error)]
#[error("this is not a rate: write `50/s`")]
pub struct NotARate;

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_suffix("/s").ok_or(NotARate)?;
        if !number.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(NotARate);
        }
        number.parse().map(Self).map_err(|_| NotARate)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|_| yaml::complaint("this is not a rate", "write it like `50/s`"))
    }
}

impl JsonSchema for Rate {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Rate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[0-9]+/s$"})
    }
}

/// Consent to probes that could hurt.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "snake_case")]
pub enum Allow {
    /// Probes that could lock a client out.
    Lockout,
    /// Probes that put load on the server.
    Load,
    /// Probes that wait for minutes.
    Slow,
    /// Fuzzing away from loopback.
    Fuzz,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_is_a_positive_number_a_second() {
        assert_eq!("50/s".parse::<Rate>().unwrap().per_second(), 50);
        assert_eq!("50/s".parse::<Rate>().unwrap().to_string(), "50/s");
        for text in [
            "50",
            "0/s",
            "-1/s",
            "+1/s",
            "1.5/s",
            "50/m",
            "/s",
            "99999999999/s",
            " 1/s",
        ] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }
}
