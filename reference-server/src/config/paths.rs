//! Where the endpoints beside the token endpoint answer.

use serde::Deserialize;

/// Where the other endpoints answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EndpointPaths {
    /// RFC 6749 §3.1.
    pub authorization: String,
    /// CIBA Core §7.
    pub backchannel_authentication: String,
    /// Where the resource owner decides about a backchannel authentication.
    pub backchannel_decision: String,
    /// RFC 8628 §3.1.
    pub device_authorization: String,
    /// RFC 8628 §3.3.
    pub device_verification: String,
    /// RFC 7662.
    pub introspection: String,
    /// RFC 7517.
    pub jwks: String,
    /// RFC 9126 §2; absent: requests are not pushed.
    pub pushed_authorization: Option<String>,
    /// RFC 7009.
    pub revocation: String,
    /// RFC 6750.
    pub protected_resource: String,
}

impl Default for EndpointPaths {
    fn default() -> Self {
        Self {
            authorization: "/as/authorization.oauth2".to_owned(),
            backchannel_authentication: "/as/bc-auth.ciba".to_owned(),
            backchannel_decision: "/as/bc-decision".to_owned(),
            device_authorization: "/as/device_authz.oauth2".to_owned(),
            device_verification: "/as/user_authz.oauth2".to_owned(),
            introspection: "/as/introspect.oauth2".to_owned(),
            jwks: "/pf/JWKS".to_owned(),
            pushed_authorization: None,
            revocation: "/as/revoke_token.oauth2".to_owned(),
            protected_resource: "/me".to_owned(),
        }
    }
}
