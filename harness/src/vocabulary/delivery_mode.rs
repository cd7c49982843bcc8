//! How a client gets the tokens of a backchannel authentication (CIBA Core 1.0 section 4, `backchannel_token_delivery_mode`).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A token delivery mode of CIBA Core 1.0 section 5.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    Deserialize,
    Eq,
    Hash,
    JsonSchema,
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryMode {
    /// The client is notified when there is something to be had at the token endpoint, and may ask there before.
    Ping,
    /// The client asks at the token endpoint.
    #[default]
    Poll,
    /// The tokens are sent to the client, which may not ask at the token endpoint.
    Push,
}

impl DeliveryMode {
    /// The registered word, the same in files and in metadata.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Poll => "poll",
            Self::Push => "push",
        }
    }

    /// Whether the server sends the client something (section 9).
    #[must_use]
    pub const fn is_notified(self) -> bool {
        match self {
            Self::Ping | Self::Push => true,
            Self::Poll => false,
        }
    }
}

impl fmt::Display for DeliveryMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_files_and_names_agree() {
        for mode in [DeliveryMode::Ping, DeliveryMode::Poll, DeliveryMode::Push] {
            assert_eq!(serde_json::to_value(mode).unwrap(), mode.name());
        }
    }
}
