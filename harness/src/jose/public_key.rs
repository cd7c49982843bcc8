//! The public half of a key, in the forms that a server's configuration may have it in.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::KeyPair as _;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;

use super::key::{KeyType, Material};
use super::{Members, SigningKey};
use crate::x509::pem;

impl SigningKey {
    /// SubjectPublicKeyInfo (RFC 5280 section 4.1) in PEM (RFC 7468 section 13). `None`: a symmetric key has no
    /// public half.
    #[must_use]
    pub fn public_pem(&self) -> Option<String> {
        self.public_der().map(|der| pem("PUBLIC KEY", &der))
    }

    /// SubjectPublicKeyInfo in DER.
    #[must_use]
    pub fn public_der(&self) -> Option<Vec<u8>> {
        let der: PublicKeyX509Der<'static> = match self.material.as_ref() {
            Material::Rsa(pair) => pair.public_key().as_der().ok()?,
            Material::Ec(_, pair) => pair.public_key().as_der().ok()?,
            Material::Ed25519(pair) => pair.public_key().as_der().ok()?,
            Material::Octets(_) => return None,
        };
        Some(der.as_ref().to_vec())
    }

    /// `RSAPublicKey` (RFC 8017 appendix A.1.1) in PEM. `None`: it is no RSA key.
    #[must_use]
    pub fn public_pkcs1(&self) -> Option<String> {
        match self.material.as_ref() {
            Material::Rsa(pair) => Some(pem("RSA PUBLIC KEY", pair.public_key().as_ref())),
            Material::Ec(..) | Material::Ed25519(_) | Material::Octets(_) => None,
        }
    }

    /// The modulus of an RSA key, without a leading zero.
    #[must_use]
    pub fn modulus(&self) -> Option<Vec<u8>> {
        match self.material.as_ref() {
            Material::Rsa(pair) => components(pair.public_key().as_ref()).map(|(n, _)| n),
            Material::Ec(..) | Material::Ed25519(_) | Material::Octets(_) => None,
        }
    }

    /// The public half as a JWK (RFC 7518 section 6, RFC 8037 section 2).
    #[must_use]
    pub fn public_jwk(&self) -> Option<Members> {
        let encode = |octets: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(octets);
        let jwk = match self.material.as_ref() {
            Material::Rsa(pair) => {
                let (n, e) = components(pair.public_key().as_ref())?;
                json!({"kty": "RSA", "n": encode(&n), "e": encode(&e)})
            }
            Material::Ec(key_type, pair) => {
                let point = pair.public_key().as_ref().get(1..)?;
                let (x, y) = point.split_at_checked(point.len() / 2)?;
                json!({"kty": "EC", "crv": curve(*key_type), "x": encode(x), "y": encode(y)})
            }
            Material::Ed25519(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref())})
            }
            Material::Octets(_) => return None,
        };
        jwk.as_object().cloned()
    }
}

const fn curve(key_type: KeyType) -> &'static str {
    match key_type {
        KeyType::P256 => "P-256",
        KeyType::P384 => "P-384",
        KeyType::P521 => "P-521",
        KeyType::Ed25519 | KeyType::Octets | KeyType::Rsa => "",
    }
}

/// Modulus and exponent of an `RSAPublicKey`, without leading zeros.
fn components(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (_, content, _) = crate::x509::der::element(der)?;
    let (_, modulus, rest) = crate::x509::der::element(content)?;
    let (_, exponent, _) = crate::x509::der::element(rest)?;
    let significant = |octets: &[u8]| octets.strip_prefix(&[0]).unwrap_or(octets).to_vec();
    Some((significant(modulus), significant(exponent)))
}

#[cfg(test)]
mod tests {
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
    fn jwk_and_modulus_of_rfc_7515_a2_are_its_own() {
        let text = include_str!("testdata/rfc7515-a2.jwk");
        let written: serde_json::Value = serde_json::from_str(text).unwrap();
        let key = SigningKey::from_text(text).unwrap();
        for (name, value) in key.public_jwk().unwrap() {
            assert_eq!(written[&name], value, "{name}");
        }
        let modulus = BASE64_URL_SAFE_NO_PAD.encode(key.modulus().unwrap());
        assert_eq!(written["n"], modulus);
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
