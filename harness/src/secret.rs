//! Values that never print.

use std::fmt;

/// A client secret, a password, a private key: text that no log, report or panic may show.
///
/// `Debug` and `Display` print a placeholder; [`Secret::reveal`] is the only way to the value.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The value, for building requests and for redacting by value. It must not be formatted.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹secret›")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹secret›")
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_debug_nor_display_shows_the_value() {
        let secret = Secret::from("hunter2");
        assert!(!format!("{secret:?} {secret:#?} {secret}").contains("hunter2"));
        assert_eq!(secret.reveal(), "hunter2");
    }
}
