//! How much a requirement demands (RFC 2119 section 1 to 5, and product documentation).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The level of a rule.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// MUST, REQUIRED, SHALL and their negations.
    Must,
    /// SHOULD, RECOMMENDED and their negations.
    Should,
    /// MAY, OPTIONAL: what a server does is recorded, never held against it.
    May,
    /// A product's documented behaviour, judged under its profile only.
    Vendor,
}

impl Level {
    /// Every level, the strictest first.
    pub const ALL: &'static [Self] = &[Self::Must, Self::Should, Self::May, Self::Vendor];

    /// The word of files and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
            Self::Vendor => "vendor",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_files_and_names_agree() {
        for level in Level::ALL {
            assert_eq!(serde_json::to_value(level).unwrap(), level.name());
        }
    }
}
