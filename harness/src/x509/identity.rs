//! A client's certificate and key for mutual TLS (RFC 8705 §2).

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

/// Why certificate and key can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// No PEM certificate, or a broken one.
    #[error("no readable certificate (want PEM, `-----BEGIN CERTIFICATE-----`): {cause}")]
    Certificate {
        /// What is wrong with it.
        cause: String,
    },
    /// No PEM key, or a broken one.
    #[error("no readable private key (want PEM, PKCS #8, PKCS #1 or SEC 1): {cause}")]
    Key {
        /// What is wrong with it.
        cause: String,
    },
    /// Both can be read, but not used together.
    #[error("certificate and key can't be used together: {cause}")]
    Mismatch {
        /// What is wrong with them.
        cause: String,
    },
}

/// A certificate chain and its private key. Cheap to clone.
#[derive(Clone)]
pub struct ClientIdentity {
    key: Arc<CertifiedKey>,
    fingerprint: [u8; 32],
}

impl ClientIdentity {
    /// Reads a chain (leaf first) and a key, both PEM.
    ///
    /// # Errors
    /// Either can't be read, or the key is not the certificate's.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, IdentityError> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|error| IdentityError::Certificate {
                cause: error.to_string(),
            })?;
        leaf(&chain)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| IdentityError::Key {
            cause: error.to_string(),
        })?;
        Self::from_der(chain, key)
    }

    /// A chain (leaf first) and a key that were read already.
    ///
    /// # Errors
    /// The chain is empty, or the key is not the certificate's.
    pub fn from_der(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, IdentityError> {
        let mut fingerprint = [0; 32];
        let hash = digest::digest(&digest::SHA256, leaf(&chain)?);
        fingerprint
            .iter_mut()
            .zip(hash.as_ref())
            .for_each(|(to, from)| *to = *from);
        let key = CertifiedKey::from_der(chain, key, &default_provider()).map_err(|error| {
            IdentityError::Mismatch {
                cause: error.to_string(),
            }
        })?;
        Ok(Self {
            key: Arc::new(key),
            fingerprint,
        })
    }

    /// SHA-256 of the leaf certificate: what binds a token to it (RFC 8705 §3.1, there in
    /// base64url).
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// SHA-256 of the whole chain: what tells connections apart.
    pub(crate) fn chain_fingerprint(&self) -> [u8; 32] {
        let octets: Vec<u8> = self.chain().flatten().copied().collect();
        let mut fingerprint = [0; 32];
        let hash = digest::digest(&digest::SHA256, &octets);
        let pairs = fingerprint.iter_mut().zip(hash.as_ref());
        pairs.for_each(|(to, from)| *to = *from);
        fingerprint
    }

    /// The chain in DER, leaf first.
    pub fn chain(&self) -> impl Iterator<Item = &[u8]> {
        self.key.cert.iter().map(AsRef::as_ref)
    }

    pub(crate) fn certified_key(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.key)
    }
}

/// The first certificate of a chain.
fn leaf<'a>(
    chain: &'a [CertificateDer<'static>],
) -> Result<&'a CertificateDer<'static>, IdentityError> {
    chain.first().ok_or_else(|| IdentityError::Certificate {
        cause: "the file holds no certificate".to_owned(),
    })
}

impl PartialEq for ClientIdentity {
    fn eq(&self, other: &Self) -> bool {
        self.key.cert == other.key.cert
    }
}

impl Eq for ClientIdentity {}

/// Shows the certificate's fingerprint, never the key.
impl fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientIdentity(")?;
        self.fingerprint
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}
