//! Tokens that can be exchanged (RFC 8693 §2.1, §3): what they are said to be, and what they are.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::context::Context;
use crate::facts::{TokenRecord, TokenState};
use crate::jose::grant_assertion::GrantAssertion;
use crate::opaque::opaque_debug;
use crate::resolve;
use crate::state::AccessRecord;

/// A token type identifier of RFC 8693 §3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenType {
    /// An access token of this server.
    AccessToken,
    /// An ID token.
    IdToken,
    /// A JWT: an access token of this server, or an assertion of an issuer that it trusts.
    Jwt,
    /// A refresh token.
    RefreshToken,
    /// A SAML 1.1 assertion.
    Saml1,
    /// A SAML 2.0 assertion.
    Saml2,
}

impl TokenType {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::AccessToken,
        Self::IdToken,
        Self::Jwt,
        Self::RefreshToken,
        Self::Saml1,
        Self::Saml2,
    ];

    /// The URN.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "urn:ietf:params:oauth:token-type:access_token",
            Self::IdToken => "urn:ietf:params:oauth:token-type:id_token",
            Self::Jwt => "urn:ietf:params:oauth:token-type:jwt",
            Self::RefreshToken => "urn:ietf:params:oauth:token-type:refresh_token",
            Self::Saml1 => "urn:ietf:params:oauth:token-type:saml1",
            Self::Saml2 => "urn:ietf:params:oauth:token-type:saml2",
        }
    }

    /// The type with exactly this URN.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
    }
}

/// A presented token.
#[derive(Clone)]
pub struct SecurityToken {
    /// The token.
    pub value: String,
    /// What it is said to be; none: nothing, or a type that nobody knows.
    pub declared: Option<TokenType>,
    /// The access token that it is.
    pub access: Option<Arc<AccessRecord>>,
    /// The assertion that it is.
    pub assertion: Option<GrantAssertion>,
    /// Whether it is good.
    pub state: TokenState,
}

opaque_debug!(SecurityToken);

impl SecurityToken {
    /// Looks a token up as what it is said to be.
    #[must_use]
    pub fn find(context: &Context<'_>, value: &str, declared: Option<&str>) -> Self {
        let declared = declared.and_then(TokenType::parse);
        let access = context.records.access_token(value);
        let mut found = Self {
            value: value.to_owned(),
            declared,
            access: None,
            assertion: None,
            state: TokenState::Unknown,
        };
        match declared {
            Some(TokenType::AccessToken) => found.access = access,
            Some(TokenType::Jwt) => {
                found.access = access.filter(|record| record.jti.is_some());
                if found.access.is_none() {
                    let read = GrantAssertion::read(value, &context.server.issuers);
                    found.assertion = Some(read).filter(GrantAssertion::is_genuine);
                }
            }
            Some(
                TokenType::IdToken | TokenType::RefreshToken | TokenType::Saml1 | TokenType::Saml2,
            )
            | None => {}
        }
        found.look(context);
        found
    }

    /// Looks whether it is good: again, after a change of what it is.
    pub fn look(&mut self, context: &Context<'_>) {
        self.state = match (&self.access, &self.assertion) {
            (Some(record), _) => {
                resolve::state_of(context, &TokenRecord::Access(Arc::clone(record)))
            }
            (None, Some(assertion)) if assertion.is_good(context) => TokenState::Active,
            (None, Some(_)) => TokenState::Expired,
            (None, None) => TokenState::Unknown,
        };
    }

    /// Whether it is something that the server knows.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.access.is_some() || self.assertion.is_some()
    }

    /// Whom it is about.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        match (&self.access, &self.assertion) {
            (Some(record), _) => Some(&record.subject),
            (None, Some(assertion)) => assertion.text("sub"),
            (None, None) => None,
        }
    }

    /// Who acts on the subject's behalf already (RFC 8693 §4.1).
    #[must_use]
    pub fn actor(&self) -> Option<&Value> {
        match (&self.access, &self.assertion) {
            (Some(record), _) => record.actor.as_ref(),
            (None, Some(assertion)) => assertion.jws()?.payload.get("act"),
            (None, None) => None,
        }
    }

    /// Who may act on the subject's behalf, if it says so (RFC 8693 §4.4).
    #[must_use]
    pub fn may_act(&self) -> Option<&Map<String, Value>> {
        let jws = self.assertion.as_ref()?.jws()?;
        jws.payload.get("may_act")?.as_object()
    }
}
