//! What a target file says about sockets of this program, and what they trust.

use std::sync::Arc;

use super::usage::UsageError;
use crate::target::Target;
use crate::transport::CallbackHost;

/// The host that this program plays, where the target file has one.
///
/// # Errors
/// An address that can't be listened at.
pub(super) fn callback_host(target: &Target) -> Result<Option<Arc<CallbackHost>>, UsageError> {
    let Some(place) = &target.callback_host else {
        return Ok(None);
    };
    let host = CallbackHost::open(place.listen).map_err(|why| {
        let listen = place.listen;
        UsageError::Flags(format!(
            "`callback_host` of the target file: can't listen at {listen}: {why}"
        ))
    })?;
    Ok(Some(Arc::new(host)))
}

/// Certificates in PEM (RFC 7468).
pub(super) fn pem(certificates: &[rustls::pki_types::CertificateDer<'_>]) -> Vec<u8> {
    use base64::Engine as _;
    let mut text = String::new();
    for certificate in certificates {
        let encoded = base64::engine::general_purpose::STANDARD.encode(certificate);
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in encoded.as_bytes().chunks(64) {
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
        text.push_str("-----END CERTIFICATE-----\n");
    }
    text.into_bytes()
}
