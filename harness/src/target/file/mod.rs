//! The target file as it is written: the shape of the YAML, and nothing that needs more than one
//! value to judge. The JSON Schema is made from these types.

mod client;
mod hook;
mod secret_source;
mod section;

use schemars::JsonSchema;
use serde::Deserialize;

pub(super) use self::{
    client::{ClientFile, KeyFile, KeyPairFile, ScopesFile},
    hook::{ArgumentFile, AuthorizationCodesFile, HookFile, Via},
    secret_source::SecretSource,
    section::{
        AccessTokenManagerFile, AssertionsFile, CallbackHostFile, CibaFile, ClientEndpointFile,
        ClockFile, EndpointsFile, LimitsFile, RecognisedByFile, ResourcesFile, TlsFile,
        TokenExchangeFile, UserFile,
    },
};
use super::{Allow, EndpointUrl};
use crate::yaml::{Entries, Located};

/// A server under test.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Target")]
pub(super) struct TargetFile {
    /// What reports call the server.
    pub(super) name: Option<String>,
    /// Profiles: what `--profile` would say.
    #[serde(default)]
    pub(super) profile: Vec<Located<String>>,
    /// The token endpoint (RFC 6749 section 3.2).
    pub(super) token_endpoint: Located<EndpointUrl>,
    /// The same endpoint at other base URLs.
    #[serde(default)]
    pub(super) also_at: Vec<EndpointUrl>,
    /// Addresses of hosts.
    #[serde(default)]
    pub(super) resolve: Entries<Located<String>>,
    /// An HTTP proxy. Proxies of the environment are ignored.
    pub(super) proxy: Option<Located<EndpointUrl>>,
    /// The issuer: the audience of client assertions, unless a client says otherwise.
    pub(super) issuer: Option<String>,
    /// The metadata document (RFC 8414).
    pub(super) metadata: Option<EndpointUrl>,
    /// How certificates are checked.
    #[serde(default)]
    pub(super) tls: TlsFile,
    /// The other endpoints.
    #[serde(default)]
    pub(super) endpoints: EndpointsFile,
    /// Registered clients, by a name of your own.
    #[serde(default)]
    pub(super) clients: Entries<Located<ClientFile>>,
    /// Resource owners, by a name of your own.
    #[serde(default)]
    pub(super) users: Entries<UserFile>,
    /// How an authorization code is obtained.
    pub(super) authorization_codes: Option<Located<AuthorizationCodesFile>>,
    /// How a device is approved; placeholder `{user_code}`.
    pub(super) device_approval: Option<Located<HookFile>>,
    /// How a device is denied; placeholder `{user_code}`.
    pub(super) device_denial: Option<Located<HookFile>>,
    /// Backchannel authentication.
    pub(super) ciba: Option<CibaFile>,
    /// A host that this program plays, for servers that fetch keys or send notifications.
    pub(super) callback_host: Option<CallbackHostFile>,
    /// Issuers that the target trusts, for the bearer grants.
    #[serde(default)]
    pub(super) assertions: AssertionsFile,
    /// What may be exchanged (RFC 8693).
    pub(super) token_exchange: Option<TokenExchangeFile>,
    /// Resource indicators (RFC 8707).
    pub(super) resources: Option<ResourcesFile>,
    /// A test server that can move its clock.
    pub(super) clock: Option<ClockFile>,
    /// PingFederate's ATM instances, or any server's mapping from resources to tokens.
    #[serde(default)]
    pub(super) access_token_managers: Vec<AccessTokenManagerFile>,
    /// Capability words that can't be derived; `-word` denies what would be.
    #[serde(default)]
    pub(super) supports: Vec<Located<String>>,
    /// How hard a run may press.
    #[serde(default)]
    pub(super) limits: LimitsFile,
    /// Probes that could lock a client out, put load on the server, or wait for minutes; fuzzing
    /// away from loopback.
    #[serde(default)]
    pub(super) allow: Vec<Located<Allow>>,
}
