//! The words of the RFCs as types.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;

/// A grant type that this server knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// `OpenID` Connect CIBA Core 1.0 §10.1.
    Ciba,
    /// RFC 6749 §4.4.
    ClientCredentials,
    /// RFC 8628 §3.4.
    DeviceCode,
    /// RFC 6749 §4.3.
    Password,
    /// RFC 7523 §2.1.
    JwtBearer,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 7522 §2.1.
    Saml2Bearer,
    /// RFC 8693.
    TokenExchange,
    /// PingFederate's validation of access tokens.
    ValidateBearer,
}

impl GrantType {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::AuthorizationCode,
        Self::Ciba,
        Self::ClientCredentials,
        Self::DeviceCode,
        Self::Password,
        Self::JwtBearer,
        Self::RefreshToken,
        Self::Saml2Bearer,
        Self::TokenExchange,
        Self::ValidateBearer,
    ];

    /// The word of configurations and target files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::Ciba => "ciba",
            Self::ClientCredentials => "client_credentials",
            Self::DeviceCode => "device_code",
            Self::Password => "password",
            Self::JwtBearer => "jwt_bearer",
            Self::RefreshToken => "refresh_token",
            Self::Saml2Bearer => "saml2_bearer",
            Self::TokenExchange => "token_exchange",
            Self::ValidateBearer => "validate_bearer",
        }
    }

    /// The value of `grant_type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::Ciba => "urn:openid:params:grant-type:ciba",
            Self::ClientCredentials => "client_credentials",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::Password => "password",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            Self::RefreshToken => "refresh_token",
            Self::Saml2Bearer => "urn:ietf:params:oauth:grant-type:saml2-bearer",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
            Self::ValidateBearer => "urn:pingidentity.com:oauth2:grant_type:validate_bearer",
        }
    }

    /// The grant type with exactly this value.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|grant_type| grant_type.as_str() == text)
    }
}

/// A way in which a client authenticates (`token_endpoint_auth_method`, RFC 7591 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMethod {
    /// HTTP Basic, RFC 6749 §2.3.1.
    ClientSecretBasic,
    /// A JWT with an HMAC keyed with the secret, OpenID Connect Core §9.
    ClientSecretJwt,
    /// The secret in the body, RFC 6749 §2.3.1.
    ClientSecretPost,
    /// A public client that names itself, RFC 6749 §2.1.
    None,
    /// A JWT signed with the client's key, RFC 7523 §2.2.
    PrivateKeyJwt,
    /// A SAML assertion, RFC 7522 §2.2. No registry has a name for it: this is the word of configurations and target files.
    Saml2ClientAuth,
    /// A certificate that is registered itself, RFC 8705 §2.2.
    SelfSignedTlsClientAuth,
    /// A certificate of a trusted CA, RFC 8705 §2.1.
    TlsClientAuth,
}

impl AuthenticationMethod {
    /// The registered name, where [there is one](Self::is_registered).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::ClientSecretPost => "client_secret_post",
            Self::None => "none",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::Saml2ClientAuth => "saml2_client_auth",
            Self::SelfSignedTlsClientAuth => "self_signed_tls_client_auth",
            Self::TlsClientAuth => "tls_client_auth",
        }
    }
}

impl AuthenticationMethod {
    /// Whether it has a name in the registry of token endpoint authentication methods (RFC 7591 §4.2), so that metadata can list it.
    #[must_use]
    pub fn is_registered(self) -> bool {
        self != Self::Saml2ClientAuth
    }

    /// Whether the credential is the certificate of the connection.
    #[must_use]
    pub const fn is_by_certificate(self) -> bool {
        matches!(self, Self::SelfSignedTlsClientAuth | Self::TlsClientAuth)
    }
}

/// An error code of RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 7591 §3.2.2, RFC 8628 §3.5, RFC 8707 §2, CIBA Core §11, §13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// The resource owner refused (RFC 8628 §3.5, CIBA Core §11).
    AccessDenied,
    /// The resource owner has not decided yet (RFC 8628 §3.5, CIBA Core §11).
    AuthorizationPending,
    /// The `device_code` or `auth_req_id` has expired (RFC 8628 §3.5, CIBA Core §11).
    ExpiredToken,
    /// Client authentication failed.
    InvalidClient,
    /// What a client says of itself can't be registered (RFC 7591 §3.2.2).
    InvalidClientMetadata,
    /// The code or refresh token is invalid, expired, revoked or somebody else's.
    InvalidGrant,
    /// A redirection endpoint can't be registered (RFC 7591 §3.2.2).
    InvalidRedirectUri,
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// The scope is unknown, malformed or exceeds what was granted.
    InvalidScope,
    /// No access token manager for the resource (RFC 8707 §2).
    InvalidTarget,
    /// The bearer token is no good (RFC 6750 §3.1).
    InvalidToken,
    /// As `authorization_pending`, and the client polls too often (RFC 8628 §3.5, CIBA Core §11).
    SlowDown,
    /// The server can't answer now; authorization endpoint and 503.
    TemporarilyUnavailable,
    /// The client may not use this grant type.
    UnauthorizedClient,
    /// Nobody has the login hint (CIBA Core §13).
    UnknownUserId,
    /// The server does not know the grant type.
    UnsupportedGrantType,
    /// The authorization endpoint does not know the response type.
    UnsupportedResponseType,
}

impl ErrorCode {
    /// The value of `error`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::AuthorizationPending => "authorization_pending",
            Self::ExpiredToken => "expired_token",
            Self::InvalidClient => "invalid_client",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidToken => "invalid_token",
            Self::SlowDown => "slow_down",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnknownUserId => "unknown_user_id",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
        }
    }
}

/// A set of scope values (RFC 6749 §3.3), in the order in which they were named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(Vec<String>);

impl Scope {
    /// The values between single spaces, repetitions left out. Text that breaks the grammar gives
    /// values that no client has (an empty one for two spaces in a row).
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut seen = BTreeSet::new();
        Self(
            text.split(' ')
                .filter(|value| seen.insert(*value))
                .map(str::to_owned)
                .collect(),
        )
    }

    /// A set of these values.
    #[must_use]
    pub fn of(values: &[String]) -> Self {
        Self(values.to_vec())
    }

    /// Whether a value is in the set, letter by letter.
    #[must_use]
    pub fn contains(&self, value: &str) -> bool {
        self.0.iter().any(|own| own == value)
    }

    /// Whether every value of this set is in the other.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.iter().all(|value| other.contains(value))
    }

    /// The values of this set that are in the other too.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(
            self.0
                .iter()
                .filter(|value| other.contains(value))
                .cloned()
                .collect(),
        )
    }

    /// The values of this set that are in one of the others.
    #[must_use]
    pub fn within_any(&self, others: &[&Self]) -> Self {
        let kept = self.0.iter().filter(|value| {
            let mut others = others.iter();
            others.any(|other| other.contains(value))
        });
        Self(kept.cloned().collect())
    }

    /// The values in order.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is no value.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repetition_have_no_meaning() {
        let known = Scope::parse("read write");
        assert!(Scope::parse("write read write").is_within(&known));
        assert_eq!(Scope::parse("write read write").to_string(), "write read");
    }

    #[test]
    fn malformed_scope_is_never_within_a_well_formed_one() {
        let known = Scope::parse("read write");
        for text in [
            "read  write",
            " read",
            "read ",
            "read\twrite",
            "READ",
            "read\"",
            "read,write",
        ] {
            assert!(!Scope::parse(text).is_within(&known), "{text:?}");
        }
    }
}
