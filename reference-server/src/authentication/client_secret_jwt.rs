//! A JWT with an HMAC that is keyed with the secret (OpenID Connect Core §9): an assertion of a client
//! that is registered for this method. The checks are those of [`private_key_jwt`].

use super::{Method, private_key_jwt};
use crate::checks::Group;
use crate::vocabulary::AuthenticationMethod;

/// The method. An assertion is tried as one of `private_key_jwt` until its client is known.
pub const METHOD: Method = Method {
    method: AuthenticationMethod::ClientSecretJwt,
    presented: |_| false,
    client_id: private_key_jwt::METHOD.client_id,
    group: Group {
        applies: |_| false,
        checks: &[],
    },
};
