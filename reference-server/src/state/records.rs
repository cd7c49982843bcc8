//! What is remembered about issued values.

use std::sync::Arc;

use serde_json::Value;

use crate::access_token_manager::ManagerRequest;
use crate::moment::Timestamp;
use crate::opaque::opaque_debug;
use crate::pkce::Challenge;
use crate::registration::ClientMetadata;
use crate::registry::{Client, Secret};
use crate::vocabulary::{GrantType, Scope};
use crate::wire::form::Form;

/// Whether a value that is good for one use has had it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Not yet.
    Unused,
    /// Yes, at this time for the last time.
    Used(Timestamp),
}

/// Who tries to authenticate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// The client with this identifier.
    Client(String),
    /// The resource owner of this name, whose password a client sends (RFC 6749 §4.3.2).
    ResourceOwner(String),
}

/// How often somebody failed to authenticate in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// So often.
    pub count: u32,
    /// When they are forgotten.
    pub until: Timestamp,
}

/// An authorization code (RFC 6749 §4.1.2). Its value names the grant that all its tokens belong to.
#[derive(Clone)]
pub struct CodeRecord {
    /// The code.
    pub value: String,
    /// The client it was issued to.
    pub client: Arc<Client>,
    /// The `redirect_uri` of the authorization request, if it had one.
    pub redirect_uri: Option<String>,
    /// The granted scope.
    pub scope: Scope,
    /// The PKCE challenge, if there was one.
    pub challenge: Option<Challenge>,
    /// The resource owner.
    pub subject: String,
    /// The parameters that choose an access token manager.
    pub manager: ManagerRequest,
    /// When it was issued.
    pub issued: Timestamp,
    /// The number of the request that issued it: of two records the later has the higher one.
    pub serial: u64,
    /// From when on it is refused.
    pub expires: Timestamp,
    /// When it is forgotten: until then its reuse is noticed.
    pub forgotten: Timestamp,
    /// Whether it was redeemed.
    pub usage: Usage,
}

/// What the resource owner says to a request that a client polls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Approved,
    /// No.
    Denied,
    /// Nothing yet.
    Pending,
}

/// What a client polls for: a device authorization (RFC 8628 §3.2) or a backchannel authentication
/// (CIBA Core §7.3). Its value names the grant that all its tokens belong to.
#[derive(Clone)]
pub struct PolledRecord {
    /// The `device_code` or the `auth_req_id`.
    pub value: String,
    /// The grant that it is for.
    pub grant_type: GrantType,
    /// What the resource owner types in (RFC 8628 §3.3); none for a backchannel authentication.
    pub user_code: Option<String>,
    /// The client it was issued to.
    pub client: Arc<Client>,
    /// The scope that was asked for, and is granted with the approval.
    pub scope: Scope,
    /// The resource owner.
    pub subject: String,
    /// The parameters that choose an access token manager.
    pub manager: ManagerRequest,
    /// When it was issued.
    pub issued: Timestamp,
    /// The number of the request that issued it: of two records the later has the higher one.
    pub serial: u64,
    /// From when on it is refused.
    pub expires: Timestamp,
    /// When it is forgotten: until then it is known to have expired or to be used up.
    pub forgotten: Timestamp,
    /// Seconds that have to lie between two polls.
    pub interval: u64,
    /// When the client polled last.
    pub polled: Option<Timestamp>,
    /// What a notification of the decision is authenticated with (CIBA Core §7.1, `client_notification_token`).
    pub notification_token: Option<String>,
    /// What the resource owner said.
    pub decision: Decision,
    /// Whether tokens were issued for it.
    pub usage: Usage,
}

/// An authorization request that was pushed (RFC 9126 §2).
#[derive(Clone)]
pub struct PushedRecord {
    /// The `request_uri`.
    pub value: String,
    /// The client that pushed it.
    pub client: Arc<Client>,
    /// Its parameters, without what authenticated the client.
    pub parameters: Form,
    /// When it was pushed.
    pub issued: Timestamp,
    /// The number of the request that pushed it: of two records the later has the higher one.
    pub serial: u64,
    /// From when on it is refused and forgotten.
    pub expires: Timestamp,
    /// Whether a code was issued for it.
    pub usage: Usage,
}

/// A client that registered itself (RFC 7591).
#[derive(Clone)]
pub struct RegisteredClient {
    /// The client.
    pub client: Arc<Client>,
    /// What was registered.
    pub metadata: ClientMetadata,
    /// What its registration is managed with (RFC 7592 §3).
    pub token: Secret,
    /// When it was registered.
    pub issued: Timestamp,
    /// The number of the request that registered it: of two records the later has the higher one.
    pub serial: u64,
    /// From when on it is no client any more.
    pub expires: Timestamp,
}

/// A refresh token (RFC 6749 §1.5).
#[derive(Clone)]
pub struct RefreshRecord {
    /// The token.
    pub value: String,
    /// The client it was issued to.
    pub client: Arc<Client>,
    /// The grant it belongs to.
    pub grant: String,
    /// The scope that the resource owner granted; a narrower refresh does not change it.
    pub scope: Scope,
    /// The resource owner.
    pub subject: String,
    /// The access token manager of the first token of the grant.
    pub manager: Option<String>,
    /// The resources of the grant (RFC 8707 §2.2); a refresh for fewer does not change them.
    pub resources: Vec<String>,
    /// The thumbprint of the certificate that it is bound to: that of a public client (RFC 8705 §4).
    pub certificate: Option<String>,
    /// When it was issued.
    pub issued: Timestamp,
    /// The number of the request that issued it: of two records the later has the higher one.
    pub serial: u64,
    /// From when on it is refused and forgotten.
    pub expires: Timestamp,
    /// Whether it was rotated away.
    pub usage: Usage,
}

/// An access token, opaque or JWT.
#[derive(Clone)]
pub struct AccessRecord {
    /// The token.
    pub value: String,
    /// The client it was issued to.
    pub client: Arc<Client>,
    /// The grant it belongs to; none for client credentials.
    pub grant: Option<String>,
    /// How it was obtained.
    pub grant_type: GrantType,
    /// Its scope.
    pub scope: Scope,
    /// The resource owner, or the client itself.
    pub subject: String,
    /// Who acts on the subject's behalf: the claim `act` (RFC 8693 §4.1).
    pub actor: Option<Value>,
    /// Whom it is for.
    pub audience: Vec<String>,
    /// The access token manager that issued it.
    pub manager: Option<String>,
    /// Its identifier, if it is a JWT.
    pub jti: Option<String>,
    /// The thumbprint of the certificate that it is bound to (RFC 8705 §3.1).
    pub certificate: Option<String>,
    /// When it was issued.
    pub issued: Timestamp,
    /// The number of the request that issued it: of two records the later has the higher one.
    pub serial: u64,
    /// From when on it is refused and forgotten.
    pub expires: Timestamp,
}

opaque_debug!(
    AccessRecord,
    CodeRecord,
    PolledRecord,
    PushedRecord,
    RefreshRecord,
    RegisteredClient,
);
