//! A public client names itself with `client_id` (RFC 6749 §3.2.1).

use super::Method;
use crate::checks::Group;
use crate::vocabulary::AuthenticationMethod;

/// The method: what remains when nothing else is tried.
pub const METHOD: Method = Method {
    method: AuthenticationMethod::None,
    presented: |_| false,
    client_id: |presented| presented.client_id.as_deref(),
    group: Group {
        applies: |facts| facts.authenticates_by(AuthenticationMethod::None),
        checks: &[],
    },
};
