//! Certificates with their keys.

use std::sync::Arc;

use rustls::{
    Error, InconsistentKeys,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};

/// A chain, the end entity first, and the private key of its first certificate. It never prints
/// the key.
#[derive(Clone, Debug)]
pub struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    key: Arc<PrivateKeyDer<'static>>,
}

impl Certificate {
    /// Reads a PEM chain and a PEM key, and checks that they belong together.
    ///
    /// # Errors
    ///
    /// Returns what is wrong, as a lowercase fragment without any part of the texts.
    pub fn from_pem(chain: &str, key: &str) -> Result<Self, &'static str> {
        let chain = certificates(chain)?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
            .map_err(|_| "the key file has no private key in PEM")?;
        let provider = aws_lc_rs::default_provider();
        CertifiedKey::from_der(chain.clone(), key.clone_key(), &provider)
            .map_err(|error| reason(&error))?;
        Ok(Self {
            chain,
            key: Arc::new(key),
        })
    }

    /// The chain in DER.
    #[must_use]
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    /// A copy of the private key.
    #[must_use]
    pub fn key(&self) -> PrivateKeyDer<'static> {
        self.key.clone_key()
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's enum is open")]
const fn reason(error: &Error) -> &'static str {
    match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            "the key is not the certificate's"
        }
        Error::InvalidCertificate(_) => "the certificate is damaged",
        _ => "the private key is damaged, or of a type that is not supported",
    }
}

/// The certificates of a PEM text: at least one.
pub(super) fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, &'static str> {
    const NONE: &str = "the file has no certificate in PEM";
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    all.ok().filter(|all| !all.is_empty()).ok_or(NONE)
}
