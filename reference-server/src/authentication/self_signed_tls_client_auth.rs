//! Mutual TLS with a certificate that is registered itself (RFC 8705 §2.2). The checks are those of
//! [`tls_client_auth`](super::tls_client_auth).

use super::Method;
use crate::checks::Group;
use crate::vocabulary::AuthenticationMethod;

/// The method.
pub const METHOD: Method = Method {
    method: AuthenticationMethod::SelfSignedTlsClientAuth,
    presented: |_| false,
    client_id: |presented| presented.client_id.as_deref(),
    group: Group {
        applies: |_| false,
        checks: &[],
    },
};
