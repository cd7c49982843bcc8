//! The smaller sections of a target file as they are written.

use std::num::{NonZeroU32, NonZeroU64};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{HookFile, KeyFile, KeyPairFile, SecretSource};
use crate::{
    target::{EndpointUrl, Rate, TokenFormat},
    yaml::{Entries, Located},
};

/// How certificates are checked.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Tls")]
pub(in crate::target) struct TlsFile {
    /// The only authorities to trust, in PEM: a path, relative to the target file.
    pub(in crate::target) ca: Option<Located<String>>,
    /// No check at all: a visible warning in every report.
    #[serde(default)]
    pub(in crate::target) insecure: bool,
    /// An authority that the target trusts for client certificates.
    pub(in crate::target) test_ca: Option<TestCaFile>,
}

/// An authority for client certificates, in PEM.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TestCa")]
pub(in crate::target) struct TestCaFile {
    /// Its certificate: a path, relative to the target file.
    pub(in crate::target) certificate: Located<String>,
    /// Its private key: a path, relative to the target file.
    pub(in crate::target) key: Located<String>,
}

impl TestCaFile {
    /// The same as a certificate with its key.
    pub(in crate::target) fn into_pair(self) -> KeyPairFile {
        KeyPairFile {
            file: self.certificate,
            key: self.key,
        }
    }
}

/// Endpoints beside the token endpoint.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Endpoints")]
pub(in crate::target) struct EndpointsFile {
    /// The authorization endpoint (RFC 6749 section 3.1).
    pub(in crate::target) authorization: Option<EndpointUrl>,
    /// The introspection endpoint (RFC 7662).
    pub(in crate::target) introspection: Option<ClientEndpointFile>,
    /// The revocation endpoint (RFC 7009).
    pub(in crate::target) revocation: Option<ClientEndpointFile>,
    /// A resource that answers 2xx to a good bearer token and 401 otherwise.
    pub(in crate::target) protected_resource: Option<EndpointUrl>,
    /// The device authorization endpoint (RFC 8628 section 3.1).
    pub(in crate::target) device_authorization: Option<EndpointUrl>,
    /// The backchannel authentication endpoint (OpenID Connect CIBA Core 1.0 section 7).
    pub(in crate::target) backchannel_authentication: Option<EndpointUrl>,
    /// The pushed authorization request endpoint (RFC 9126).
    pub(in crate::target) pushed_authorization: Option<EndpointUrl>,
    /// The userinfo endpoint (OpenID Connect Core 1.0 section 5.3).
    pub(in crate::target) userinfo: Option<EndpointUrl>,
    /// The client registration endpoint (RFC 7591).
    pub(in crate::target) registration: Option<EndpointUrl>,
    /// The token endpoint for mutual TLS (RFC 8705 section 5).
    pub(in crate::target) token_mtls: Option<EndpointUrl>,
}

/// An endpoint that a client authenticates at.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ClientEndpoint")]
pub(in crate::target) struct ClientEndpointFile {
    /// Where it is.
    pub(in crate::target) url: EndpointUrl,
    /// The client that calls it, by name. Absent: the one that the token was issued to.
    pub(in crate::target) client: Option<Located<String>>,
}

/// A resource owner.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "User")]
pub(in crate::target) struct UserFile {
    /// The name to log in with.
    pub(in crate::target) username: String,
    /// The password.
    pub(in crate::target) password: Located<SecretSource>,
}

/// A host that this program plays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CallbackHost")]
pub(in crate::target) struct CallbackHostFile {
    /// Where this program listens: an address and a port, such as `127.0.0.1:9200`.
    pub(in crate::target) listen: Located<String>,
    /// The URL under which the server reaches it, without a path.
    pub(in crate::target) url: Located<EndpointUrl>,
}

/// Backchannel authentication.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Ciba")]
pub(in crate::target) struct CibaFile {
    /// Who is to authenticate.
    pub(in crate::target) login_hint: String,
    /// How that is approved; placeholder `{auth_req_id}`.
    pub(in crate::target) approval: Option<Located<HookFile>>,
    /// How that is denied; placeholder `{auth_req_id}`.
    pub(in crate::target) denial: Option<Located<HookFile>>,
}

/// Issuers whose assertions the target accepts.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Assertions")]
pub(in crate::target) struct AssertionsFile {
    /// For `jwt_bearer` (RFC 7523 section 2.1).
    pub(in crate::target) jwt_bearer: Option<JwtIssuerFile>,
    /// For the grant `saml2_bearer` (RFC 7522 section 2.1), and for clients with `auth: saml2_client_auth` (section 2.2): one issuer
    /// signs both, as the server trusts it for both.
    pub(in crate::target) saml2_bearer: Option<SamlIssuerFile>,
}

/// An issuer of JWTs.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "JwtIssuer")]
pub(in crate::target) struct JwtIssuerFile {
    /// The `iss` claim.
    pub(in crate::target) issuer: String,
    /// The `sub` claim.
    pub(in crate::target) subject: String,
    /// The `aud` claim.
    pub(in crate::target) audience: String,
    /// The key that it signs with.
    pub(in crate::target) key: Located<KeyFile>,
}

/// An issuer of SAML assertions.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SamlIssuer")]
pub(in crate::target) struct SamlIssuerFile {
    /// The `Issuer`.
    pub(in crate::target) issuer: String,
    /// The `NameID` of the subject of a grant; that of client authentication is the client's `id`.
    pub(in crate::target) subject: String,
    /// The `Audience`.
    pub(in crate::target) audience: String,
    /// The key that it signs with.
    pub(in crate::target) key: Located<KeyFile>,
    /// The certificate of the key.
    pub(in crate::target) certificate: CertificateFile,
}

/// A certificate in PEM.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Certificate")]
pub(in crate::target) struct CertificateFile {
    /// A path, relative to the target file.
    pub(in crate::target) file: Located<String>,
}

/// What may be exchanged.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TokenExchange")]
pub(in crate::target) struct TokenExchangeFile {
    /// Values of `audience` that are allowed.
    #[serde(default)]
    pub(in crate::target) audiences: Vec<String>,
    /// Types that a subject token may have: `access_token`, …, or a URI.
    #[serde(default)]
    pub(in crate::target) subject_token_types: Vec<String>,
}

/// Resource indicators.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Resources")]
pub(in crate::target) struct ResourcesFile {
    /// Values of `resource` that a client may ask for.
    #[serde(default)]
    pub(in crate::target) allowed: Vec<String>,
    /// One that exists, but not for these clients.
    pub(in crate::target) foreign: Option<String>,
}

/// A clock that can be moved.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Clock")]
pub(in crate::target) struct ClockFile {
    /// A URL to POST to, with the placeholder `{seconds}`; 2xx when moved, forward only.
    pub(in crate::target) advance: Located<String>,
}

/// An access token manager.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AccessTokenManager")]
pub(in crate::target) struct AccessTokenManagerFile {
    /// The value of `access_token_manager_id`.
    pub(in crate::target) id: Located<String>,
    /// Whether the installation uses it where nothing else decides.
    #[serde(default)]
    pub(in crate::target) default: bool,
    /// The resource URIs that lead to it.
    #[serde(default)]
    pub(in crate::target) resources: Vec<Located<String>>,
    /// The only clients that may use it, by name. Absent: all may.
    pub(in crate::target) clients: Option<Vec<Located<String>>>,
    /// The clients whose OpenID Connect policy names it, by name.
    #[serde(default)]
    pub(in crate::target) openid_clients: Vec<Located<String>>,
    /// How its tokens are told from others: all that is given must hold.
    pub(in crate::target) recognised_by: Option<Located<RecognisedByFile>>,
}

/// What shows whose a token is.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RecognisedBy")]
pub(in crate::target) struct RecognisedByFile {
    /// Members of the introspection answer.
    #[serde(default)]
    pub(in crate::target) introspection: Entries<String>,
    /// Claims of the token.
    #[serde(default)]
    pub(in crate::target) jwt: Entries<String>,
    /// Whether the token is a JWT.
    pub(in crate::target) format: Option<TokenFormat>,
}

/// How hard a run may press.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Limits")]
pub(in crate::target) struct LimitsFile {
    /// Requests under way at once. Absent: 8 on loopback, 4 elsewhere.
    pub(in crate::target) concurrency: Option<NonZeroU32>,
    /// Requests a second. Absent: no limit on loopback, 20 elsewhere.
    pub(in crate::target) rate: Option<Rate>,
    /// Time for one exchange, like `10s` or `500ms`. Absent: 10 s.
    pub(in crate::target) timeout: Option<Located<String>>,
    /// Requests in the whole run. Absent: no limit on loopback, 20000 elsewhere.
    pub(in crate::target) requests: Option<NonZeroU64>,
}
