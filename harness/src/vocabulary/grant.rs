//! What a client exchanges at the token endpoint (RFC 6749 section 1.3 and its extensions).

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A grant that a client of the target may use.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// RFC 6749 section 4.4.
    ClientCredentials,
    /// RFC 6749 section 4.1.
    AuthorizationCode,
    /// RFC 6749 section 6.
    RefreshToken,
    /// RFC 6749 section 4.3.
    Password,
    /// RFC 8628 section 3.4.
    DeviceCode,
    /// RFC 7523 section 2.1.
    JwtBearer,
    /// RFC 7522 section 2.1.
    Saml2Bearer,
    /// RFC 8693 section 2.1.
    TokenExchange,
    /// OpenID Connect CIBA Core 1.0 section 10.1.
    Ciba,
    /// PingFederate's token validation, a request of the token endpoint that issues nothing.
    ValidateBearer,
}

impl Grant {
    /// Every grant, in the order of the target file's documentation.
    pub const ALL: &'static [Self] = &[
        Self::ClientCredentials,
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::Password,
        Self::DeviceCode,
        Self::JwtBearer,
        Self::Saml2Bearer,
        Self::TokenExchange,
        Self::Ciba,
        Self::ValidateBearer,
    ];

    /// The word of target and suite files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientCredentials => "client_credentials",
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::Password => "password",
            Self::DeviceCode => "device_code",
            Self::JwtBearer => "jwt_bearer",
            Self::Saml2Bearer => "saml2_bearer",
            Self::TokenExchange => "token_exchange",
            Self::Ciba => "ciba",
            Self::ValidateBearer => "validate_bearer",
        }
    }

    /// The value of the `grant_type` parameter.
    #[must_use]
    pub const fn grant_type(self) -> &'static str {
        match self {
            Self::ClientCredentials => "client_credentials",
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::Password => "password",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            Self::Saml2Bearer => "urn:ietf:params:oauth:grant-type:saml2-bearer",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
            Self::Ciba => "urn:openid:params:grant-type:ciba",
            Self::ValidateBearer => "urn:pingidentity.com:oauth2:grant_type:validate_bearer",
        }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no grant.
#[derive(Debug, thiserror::Error)]
#[error("unknown grant `{0}`")]
pub struct UnknownGrant(String);

impl FromStr for Grant {
    type Err = UnknownGrant;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|grant| grant.name() == word)
            .ok_or_else(|| UnknownGrant(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_files_and_names_agree() {
        for grant in Grant::ALL {
            let word = serde_json::to_value(grant).unwrap();
            assert_eq!(word, grant.name());
            assert_eq!(grant.name().parse::<Grant>().unwrap(), *grant);
        }
    }

    #[test]
    fn wire_value_is_not_a_word_of_files() {
        assert!(
            "urn:ietf:params:oauth:grant-type:device_code"
                .parse::<Grant>()
                .is_err()
        );
    }
}
