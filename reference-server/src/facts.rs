//! What a request says and refers to: read and looked up, not yet judged. A fact that could not be
//! found is `None`; no check has run.

use std::sync::Arc;

use serde_json::Value;

use crate::access_token_manager::{Abort, Manager, ManagerRequest};
use crate::jose::assertion::Assertion;
use crate::jose::grant_assertion::GrantAssertion;
use crate::jose::jwk::JwkSet;
use crate::jose::key_sets::Fetched;
use crate::pkce::ChallengeMethod;
use crate::registration::ClientMetadata;
use crate::registry::{Binding, Client};
use crate::saml::assertion::SamlAssertion;
use crate::security_token::SecurityToken;
use crate::state::{
    AccessRecord, CodeRecord, PolledRecord, PushedRecord, RefreshRecord, RegisteredClient,
};
use crate::vocabulary::{AuthenticationMethod, GrantType, Scope};
use crate::wire::basic::Authorization;
use crate::wire::form::Form;
use crate::wire::media_type::MediaType;
use crate::x509::certificate;

/// The facts of one request. Every field is public: the `Facts` seam may change any of them before
/// the checks run. Those that are derived from others are derived again by the functions of
/// [`crate::resolve`].
#[derive(Clone, Debug)]
pub struct Facts {
    /// Which endpoint the path names.
    pub endpoint: Endpoint,
    /// The issuer that answers: constant, whatever the Host header says.
    pub issuer: String,
    /// The media type of the body.
    pub media_type: MediaType,
    /// The parameters: of the body, or of the query where the endpoint takes them there.
    pub parameters: Form,
    /// What the request offers for client authentication, or as bearer token.
    pub presented: Presented,
    /// The methods by which it tries to authenticate: more than one is a fault, none is the method
    /// `none`.
    pub methods: Vec<AuthenticationMethod>,
    /// The client that it names, by the first of those methods.
    pub client: Option<Arc<Client>>,
    /// What `grant_type` says.
    pub grant_type: RequestedGrantType,
    /// The code that it presents (token endpoint).
    pub code: Option<Arc<CodeRecord>>,
    /// The refresh token that it presents (token endpoint).
    pub refresh_token: Option<Arc<RefreshRecord>>,
    /// What it polls for (token endpoint), or what the resource owner decides about.
    pub polled: Option<Arc<PolledRecord>>,
    /// What was pushed and is authorized now: its parameters are those of the request (RFC 9126 §4).
    pub pushed: Option<Arc<PushedRecord>>,
    /// What it wants to register (RFC 7591 §3.1).
    pub registration: Option<ClientMetadata>,
    /// The registration of the client that it names, if that registered itself.
    pub registered: Option<Arc<RegisteredClient>>,
    /// The assertion that it presents as a grant (RFC 7523 §2.1).
    pub grant_assertion: Option<GrantAssertion>,
    /// The SAML assertion that it presents as a grant (RFC 7522 §2.1).
    pub saml_assertion: Option<SamlAssertion>,
    /// The token that it wants to exchange (RFC 8693 §2.1).
    pub subject_token: Option<SecurityToken>,
    /// The token of whoever is to act on the subject's behalf (RFC 8693 §2.1).
    pub actor_token: Option<SecurityToken>,
    /// The claim `act` of the token that is issued (RFC 8693 §4.1).
    pub actor: Option<Value>,
    /// The token that it asks about (introspection, revocation) or presents (protected resource).
    pub token: Option<TokenRecord>,
    /// Whether that token is good.
    pub token_state: TokenState,
    /// The scope that it asks for, if it names one.
    pub requested_scope: Option<Scope>,
    /// The scope that may be granted at most.
    pub available_scope: Scope,
    /// The scope that is granted if it names none.
    pub default_scope: Scope,
    /// The scope that will be granted if every check passes.
    pub scope: Scope,
    /// The resource owner.
    pub subject: Option<String>,
    /// The parameters that choose an access token manager.
    pub manager_request: ManagerRequest,
    /// The access token manager that will issue.
    pub manager: ManagerChoice,
    /// Where the authorization endpoint may redirect to; none if that can't be trusted.
    pub redirect_to: Option<String>,
    /// The challenge method of an authorization request.
    pub challenge_method: Option<ChallengeMethod>,
}

/// An endpoint of this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// RFC 6749 §3.1.
    Authorization,
    /// CIBA Core §7.
    BackchannelAuthentication,
    /// Where the resource owner decides about a backchannel authentication.
    BackchannelDecision,
    /// RFC 7592 §2, below the registration endpoint.
    ClientConfiguration,
    /// RFC 8628 §3.1.
    DeviceAuthorization,
    /// Where the resource owner decides about a device (RFC 8628 §3.3).
    DeviceVerification,
    /// RFC 7662.
    Introspection,
    /// RFC 7517.
    Jwks,
    /// RFC 8414 and `OpenID` Connect Discovery.
    Metadata,
    /// A resource that wants a bearer token (RFC 6750).
    ProtectedResource,
    /// RFC 9126 §2.
    PushedAuthorization,
    /// RFC 7591 §3.
    Registration,
    /// RFC 7009.
    Revocation,
    /// RFC 6749 §3.2.
    Token,
    /// No endpoint.
    Unknown,
}

impl Endpoint {
    /// The methods that it serves, as Allow lists them.
    #[must_use]
    pub const fn methods(self) -> &'static str {
        match self {
            Self::Authorization | Self::BackchannelDecision | Self::DeviceVerification => {
                "GET, HEAD, POST"
            }
            Self::ClientConfiguration => "DELETE, GET",
            Self::Jwks | Self::Metadata | Self::ProtectedResource => "GET, HEAD",
            Self::BackchannelAuthentication
            | Self::DeviceAuthorization
            | Self::Introspection
            | Self::PushedAuthorization
            | Self::Registration
            | Self::Revocation
            | Self::Token => "POST",
            Self::Unknown => "",
        }
    }
}

impl Endpoint {
    /// Whether a resource owner comes here with a browser.
    #[must_use]
    pub const fn is_for_people(self) -> bool {
        matches!(
            self,
            Self::Authorization | Self::BackchannelDecision | Self::DeviceVerification
        )
    }
}

/// What a request offers for authentication.
#[derive(Clone, Debug)]
pub struct Presented {
    /// The Authorization header.
    pub authorization: Authorization,
    /// `client_id`.
    pub client_id: Option<String>,
    /// `client_secret`.
    pub client_secret: Option<String>,
    /// `client_assertion_type`.
    pub assertion_type: Option<String>,
    /// The certificates of the connection, the client's own first (DER).
    pub certificates: Vec<Vec<u8>>,
    /// `client_assertion`, read, its signature tried.
    pub assertion: Option<Assertion>,
    /// `client_assertion` of the type of SAML, read, its signature tried (RFC 7522 §2.2).
    pub saml_assertion: Option<SamlAssertion>,
    /// The key set that was fetched for the client that the request names.
    pub fetched: Option<Fetched>,
}

impl Presented {
    /// The secret that the request offers, in the header or in the body.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        match &self.authorization {
            Authorization::Basic(credentials) => Some(&credentials.secret),
            Authorization::Absent
            | Authorization::Bearer(_)
            | Authorization::Broken(_)
            | Authorization::OtherScheme
            | Authorization::Repeated => self.client_secret.as_deref(),
        }
    }
}

/// What `grant_type` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestedGrantType {
    /// A grant that this server has.
    Known(GrantType),
    /// Nothing.
    Omitted,
    /// Something else.
    Unknown(String),
}

/// The record of a token that a request asks about.
#[derive(Clone, Debug)]
pub enum TokenRecord {
    /// An access token.
    Access(Arc<AccessRecord>),
    /// A refresh token.
    Refresh(Arc<RefreshRecord>),
}

impl TokenRecord {
    /// The client it was issued to.
    #[must_use]
    pub fn client(&self) -> &Client {
        match self {
            Self::Access(record) => &record.client,
            Self::Refresh(record) => &record.client,
        }
    }
}

/// Whether a token is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// It is.
    Active,
    /// It is over.
    Expired,
    /// It, or its grant, was revoked, or it was rotated away.
    Revoked,
    /// Nobody issued it.
    Unknown,
}

/// The access token manager that will issue.
#[derive(Clone, Debug)]
pub enum ManagerChoice {
    /// The request leads nowhere.
    Aborted(Abort),
    /// This one.
    Chosen(Arc<Manager>),
    /// None is configured: the server's own tokens.
    Implicit,
    /// The request leads to this one, and the client may not use it.
    NotEligible(Arc<Manager>),
}

impl Facts {
    /// What was fetched of the client's keys.
    #[must_use]
    pub fn fetched(&self) -> Option<&JwkSet> {
        let client = self.client.as_ref()?;
        let fetched = self.presented.fetched.as_ref();
        fetched
            .filter(|it| it.client == client.id)
            .map(|it| &*it.set)
    }

    /// Whether an end-entity certificate (DER) is one that the client is registered with (RFC 8705 §2.1.2, §2.2).
    #[must_use]
    pub fn is_certificate_of_client(&self, der: &[u8]) -> bool {
        let rule = self.client.as_ref().and_then(|it| it.certificate.as_ref());
        let shown = self
            .fetched()
            .is_some_and(|set| set.certificates.iter().any(|own| own == der));
        rule.is_some_and(|rule| rule.matches(der) || shown && rule.is_by_registration())
    }

    /// The thumbprint of the certificate that tokens of this request are bound to: that of the connection, for a client that
    /// wants it (RFC 8705 §3.4). Without one they are ordinary ones.
    #[must_use]
    pub fn confirmation(&self) -> Option<String> {
        let client = self.client.as_ref()?;
        let leaf = self.presented.certificates.first()?;
        (client.binding == Binding::Certificate).then(|| certificate::thumbprint(leaf))
    }

    /// Whether this is a token request for this grant.
    #[must_use]
    pub fn is_grant(&self, grant_type: GrantType) -> bool {
        self.endpoint == Endpoint::Token && self.grant_type == RequestedGrantType::Known(grant_type)
    }

    /// The method by which the client authenticates, the first if there are several.
    #[must_use]
    pub fn method(&self) -> AuthenticationMethod {
        self.methods
            .first()
            .copied()
            .unwrap_or(AuthenticationMethod::None)
    }

    /// Whether the endpoint authenticates clients, and the request does it in this way.
    #[must_use]
    pub fn authenticates_by(&self, method: AuthenticationMethod) -> bool {
        self.authenticates() && self.method() == method
    }

    /// Whether a resource owner comes here with a browser: the parameters may stand in the query.
    #[must_use]
    pub fn is_for_people(&self) -> bool {
        self.endpoint.is_for_people()
    }

    /// Whether that is the client of the request; so it is where nobody is known.
    #[must_use]
    pub fn is_client(&self, id: &str) -> bool {
        self.client.as_ref().is_none_or(|client| client.id == id)
    }

    /// The scope that there is to give is the one that the client is registered for.
    pub fn offer_scope_of_client(&mut self) {
        if let Some(client) = &self.client {
            self.available_scope = client.scope.clone();
            self.default_scope = client.default_scope.clone();
        }
    }

    /// Whether the endpoint authenticates clients.
    #[must_use]
    pub fn authenticates(&self) -> bool {
        match self.endpoint {
            Endpoint::BackchannelAuthentication
            | Endpoint::DeviceAuthorization
            | Endpoint::Introspection
            | Endpoint::PushedAuthorization
            | Endpoint::Revocation
            | Endpoint::Token => true,
            Endpoint::Authorization
            | Endpoint::BackchannelDecision
            | Endpoint::ClientConfiguration
            | Endpoint::DeviceVerification
            | Endpoint::Jwks
            | Endpoint::Metadata
            | Endpoint::ProtectedResource
            | Endpoint::Registration
            | Endpoint::Unknown => false,
        }
    }
}
