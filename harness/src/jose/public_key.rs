//! The public half of a key, as a server's configuration has it.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::KeyPair as _;
use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::SigningKey;
use super::key::Material;

impl SigningKey {
    /// SubjectPublicKeyInfo (RFC 5280 section 4.1) in PEM (RFC 7468 section 13). `None`: a symmetric key has no
    /// public half.
    #[must_use]
    pub fn public_pem(&self) -> Option<String> {
        let der: PublicKeyX509Der<'static> = match self.material.as_ref() {
            Material::Rsa(pair) => pair.public_key().as_der().ok()?,
            Material::Ec(_, pair) => pair.public_key().as_der().ok()?,
            Material::Ed25519(pair) => pair.public_key().as_der().ok()?,
            Material::Octets(_) => return None,
        };
        let encoded = BASE64_STANDARD.encode(der.as_ref());
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        for line in encoded.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END PUBLIC KEY-----\n");
        Some(pem)
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use rustls::pki_types::{SubjectPublicKeyInfoDer, pem::PemObject as _};

    use super::*;
    use crate::jose::Algorithm;

    #[test]
    fn public_half_of_rfc_7515_a2_holds_its_modulus() {
        let jwk = include_str!("testdata/rfc7515-a2.jwk");
        let members: serde_json::Value = serde_json::from_str(jwk).unwrap();
        let modulus = BASE64_URL_SAFE_NO_PAD
            .decode(members["n"].as_str().unwrap())
            .unwrap();
        let pem = SigningKey::from_text(jwk).unwrap().public_pem().unwrap();
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).unwrap();
        let held = der
            .windows(modulus.len())
            .any(|window| window == modulus.as_slice());
        assert!(held, "{pem}");
    }

    #[test]
    fn every_asymmetric_key_has_a_public_half() {
        for algorithm in Algorithm::ALL {
            let key = SigningKey::generate(*algorithm).unwrap();
            let symmetric = algorithm.name().starts_with("HS");
            assert_eq!(
                key.public_pem().is_none(),
                symmetric,
                "{}",
                algorithm.name()
            );
        }
    }
}
