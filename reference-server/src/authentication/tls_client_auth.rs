//! Mutual TLS with a certificate of a trusted CA (RFC 8705 §2.1), or with one that is registered itself
//! (§2.2): the handshake proved the key, what remains is whose certificate it is.

use super::Method;
use crate::checks::client::INVALID_CLIENT;
use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::vocabulary::AuthenticationMethod;

/// The method. A certificate alone tries nothing: it is the client's registration that makes one the
/// credential.
pub const METHOD: Method = Method {
    method: AuthenticationMethod::TlsClientAuth,
    presented: |_| false,
    client_id: |presented| presented.client_id.as_deref(),
    group: Group {
        applies: |facts| {
            facts.authenticates_by(AuthenticationMethod::TlsClientAuth)
                || facts.authenticates_by(AuthenticationMethod::SelfSignedTlsClientAuth)
        },
        checks: &[
            (CheckId::CertificatePresented, certificate_presented),
            (CheckId::CertificateTrusted, certificate_trusted),
            (CheckId::CertificateIsClients, certificate_is_clients),
        ],
    },
};

fn certificate_presented(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.presented.certificates.is_empty() {
        return Err(INVALID_CLIENT);
    }
    Ok(())
}

fn certificate_trusted(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let chain = &facts.presented.certificates;
    if chain.is_empty() || facts.method() == AuthenticationMethod::SelfSignedTlsClientAuth {
        return Ok(());
    }
    let trust = context.server.client_trust.as_ref();
    trust
        .is_some_and(|trust| trust.has_issued(chain, context.now))
        .then_some(())
        .ok_or(INVALID_CLIENT)
}

/// Only the end-entity certificate counts: its key was proven, those behind it are public.
fn certificate_is_clients(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(leaf) = facts.presented.certificates.first() else {
        return Ok(());
    };
    facts
        .is_certificate_of_client(leaf)
        .then_some(())
        .ok_or(INVALID_CLIENT)
}
