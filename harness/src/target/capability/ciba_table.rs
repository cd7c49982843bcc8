//! The words of backchannel authentication (CIBA Core 1.0) beside its grant.

use super::client_word::can_use;
use super::table::row;
use super::{Capability, Source};
use crate::{
    target::{Client, Target},
    vocabulary::{DeliveryMode, Grant},
};

/// These words, sorted.
pub(super) const CIBA_WORDS: &[Capability] = &[
    row(
        "ciba_approval",
        "`ciba.approval`",
        Source::Keys(|target| has(target, |ciba| ciba.approval.is_some())),
    ),
    row(
        "ciba_denial",
        "`ciba.denial`",
        Source::Keys(|target| has(target, |ciba| ciba.denial.is_some())),
    ),
    row(
        "ciba_notification",
        "`callback_host`, and `backchannel_client_notification_endpoint` at a client",
        Source::Client(|_, client, _| client.notification_endpoint.is_some()),
    ),
    row(
        "ciba_ping",
        "`backchannel_token_delivery_mode: ping` at a client that may use ciba",
        Source::Client(|target, client, _| {
            client.delivery_mode == DeliveryMode::Ping && can_use(target, client, Grant::Ciba)
        }),
    ),
    row(
        "ciba_push_client",
        "`backchannel_token_delivery_mode: push` at a client, `endpoints.backchannel_authentication` and `ciba`",
        Source::Client(|target, client, _| is_pushed(target, client)),
    ),
];

fn has(target: &Target, hook: impl Fn(&crate::target::Ciba) -> bool) -> bool {
    target.ciba.as_ref().is_some_and(hook)
}

/// It begins authentications as others do, and gets the tokens otherwise.
fn is_pushed(target: &Target, client: &Client) -> bool {
    client.delivery_mode == DeliveryMode::Push
        && target.endpoints.backchannel_authentication.is_some()
        && target.ciba.is_some()
}
