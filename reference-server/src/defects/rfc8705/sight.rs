//! What a careless server reads off a certificate.

use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::vocabulary::AuthenticationMethod;

pub(super) fn refuse_unless(holds: impl Into<Option<bool>>) -> Result<(), Refusal> {
    if holds.into() == Some(true) {
        Ok(())
    } else {
        Err(INVALID_CLIENT)
    }
}

pub(super) fn has_certificate(facts: &Facts) -> bool {
    !facts.presented.certificates.is_empty()
}

pub(super) fn is_self_signed(facts: &Facts) -> bool {
    facts.method() == AuthenticationMethod::SelfSignedTlsClientAuth
}

pub(super) fn is_trusted(context: &Context<'_>, facts: &Facts) -> bool {
    let chain = &facts.presented.certificates;
    let trust = context.server.client_trust.as_ref();
    is_self_signed(facts)
        || chain.is_empty()
        || trust.is_some_and(|trust| trust.has_issued(chain, context.now))
}

/// The certificate as the library reads it.
pub(super) fn with_leaf<T>(
    facts: &Facts,
    read: impl FnOnce(&X509Certificate<'_>) -> T,
) -> Option<T> {
    let leaf = facts.presented.certificates.first()?;
    let (_, certificate) = X509Certificate::from_der(leaf).ok()?;
    Some(read(&certificate))
}

pub(super) fn is_good_now(context: &Context<'_>, facts: &Facts) -> bool {
    let now = i64::try_from(context.now.0).unwrap_or(i64::MAX);
    let good = with_leaf(facts, |leaf| {
        let validity = leaf.validity();
        (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now)
    });
    good.unwrap_or(false)
}

pub(super) fn is_clients(facts: &Facts) -> bool {
    let leaf = facts.presented.certificates.first();
    leaf.is_none_or(|leaf| facts.is_certificate_of_client(leaf))
}
