//! How a client authenticates (RFC 7591 section 2, `token_endpoint_auth_method`).

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A client authentication method of the IANA registry that RFC 7591 section 4.2 started, and one that has no name there.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// RFC 6749 section 2.3.1, in the Authorization header.
    ClientSecretBasic,
    /// RFC 6749 section 2.3.1, in the body.
    ClientSecretPost,
    /// OpenID Connect Core 1.0 section 9: a JWT with an HMAC.
    ClientSecretJwt,
    /// OpenID Connect Core 1.0 section 9, RFC 7523 section 2.2: a JWT with a signature.
    PrivateKeyJwt,
    /// RFC 7522 section 2.2: a SAML assertion. No registry has a name for it.
    Saml2ClientAuth,
    /// RFC 8705 section 2.1.
    TlsClientAuth,
    /// RFC 8705 section 2.2.
    SelfSignedTlsClientAuth,
    /// A public client: RFC 6749 section 3.2.1.
    None,
}

impl AuthMethod {
    /// Every method, in the order of the target file's documentation.
    pub const ALL: &'static [Self] = &[
        Self::ClientSecretBasic,
        Self::ClientSecretPost,
        Self::ClientSecretJwt,
        Self::PrivateKeyJwt,
        Self::Saml2ClientAuth,
        Self::TlsClientAuth,
        Self::SelfSignedTlsClientAuth,
        Self::None,
    ];

    /// The registered word, the same in files and in metadata; of a method that is not registered the word of files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::Saml2ClientAuth => "saml2_client_auth",
            Self::TlsClientAuth => "tls_client_auth",
            Self::SelfSignedTlsClientAuth => "self_signed_tls_client_auth",
            Self::None => "none",
        }
    }

    /// Whether the method proves knowledge of a client secret.
    #[must_use]
    pub const fn uses_secret(self) -> bool {
        match self {
            Self::ClientSecretBasic | Self::ClientSecretPost | Self::ClientSecretJwt => true,
            Self::PrivateKeyJwt
            | Self::Saml2ClientAuth
            | Self::TlsClientAuth
            | Self::SelfSignedTlsClientAuth
            | Self::None => false,
        }
    }

    /// Whether the method presents a certificate in the TLS handshake (RFC 8705 section 2).
    #[must_use]
    pub const fn uses_certificate(self) -> bool {
        match self {
            Self::TlsClientAuth | Self::SelfSignedTlsClientAuth => true,
            Self::ClientSecretBasic
            | Self::ClientSecretPost
            | Self::ClientSecretJwt
            | Self::PrivateKeyJwt
            | Self::Saml2ClientAuth
            | Self::None => false,
        }
    }
}

impl fmt::Display for AuthMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no client authentication method.
#[derive(Debug, thiserror::Error)]
#[error("unknown client authentication method `{0}`")]
pub struct UnknownAuthMethod(String);

impl FromStr for AuthMethod {
    type Err = UnknownAuthMethod;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|method| method.name() == word)
            .ok_or_else(|| UnknownAuthMethod(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_files_and_names_agree() {
        for method in AuthMethod::ALL {
            let word = serde_json::to_value(method).unwrap();
            assert_eq!(word, method.name());
            assert_eq!(method.name().parse::<AuthMethod>().unwrap(), *method);
        }
    }
}
