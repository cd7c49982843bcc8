//! What a server's certificates show, by name (RFC 5280, RFC 9525 §6).

use std::net::IpAddr;

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;

/// Signature algorithms with MD2, MD5 or SHA-1.
const WEAK: [(&str, &str); 6] = [
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.3.14.3.2.29", "sha1WithRSASignature"),
    ("1.2.840.10040.4.3", "dsa-with-sha1"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
];

/// The algorithms of public keys that are neither RSA nor of a NIST curve.
const EDWARDS: [(&str, &str); 2] = [("1.3.101.112", "ed25519"), ("1.3.101.113", "ed448")];

/// Facts of a chain as it was sent, leaf first; `now` in seconds since 1970. Nothing where the leaf can't be read.
#[must_use]
pub fn facts(chain: &[Vec<u8>], host: &str, now: i64) -> Vec<(&'static str, String)> {
    let all: Vec<X509Certificate<'_>> = chain
        .iter()
        .filter_map(|der| {
            X509Certificate::from_der(der)
                .ok()
                .map(|(_, certificate)| certificate)
        })
        .collect();
    let Some(leaf) = all.first() else {
        return Vec::new();
    };
    let (key_type, key_bits) = key(leaf);
    let days = (leaf.validity().not_after.timestamp() - now).div_euclid(86_400);
    let mut facts = vec![
        ("names_host", names_host(leaf, host).to_string()),
        ("days_left", days.to_string()),
        ("key_type", key_type),
        ("order", order(&all).to_owned()),
    ];
    facts.extend(key_bits.map(|bits| ("key_bits", bits.to_string())));
    let weak = weak(&all);
    if !weak.is_empty() {
        facts.push(("weak_signatures", weak.join(" ")));
    }
    facts
}

/// Whether subjectAltName has the host: as it is, or with `*` for its first label; an address as an address.
fn names_host(leaf: &X509Certificate<'_>, host: &str) -> bool {
    let Ok(Some(names)) = leaf.subject_alternative_name() else {
        return false;
    };
    let names = &names.value.general_names;
    if let Ok(address) = host.parse::<IpAddr>() {
        let octets = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        return names
            .iter()
            .any(|name| matches!(name, GeneralName::IPAddress(own) if *own == octets));
    }
    let host = host.trim_end_matches('.');
    names
        .iter()
        .any(|name| matches!(name, GeneralName::DNSName(own) if is_name_of(own, host)))
}

fn is_name_of(own: &str, host: &str) -> bool {
    match own.strip_prefix("*.") {
        Some(rest) => host
            .split_once('.')
            .is_some_and(|(_, parent)| parent.eq_ignore_ascii_case(rest)),
        None => own.eq_ignore_ascii_case(host),
    }
}

fn key(leaf: &X509Certificate<'_>) -> (String, Option<usize>) {
    let bits = |bits: usize| (bits > 0).then_some(bits);
    match leaf.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => ("rsa".to_owned(), bits(crate::tls_hello::bits(key.modulus))),
        Ok(PublicKey::EC(point)) => ("ec".to_owned(), bits(point.key_size())),
        Ok(_) | Err(_) => {
            let oid = leaf.public_key().algorithm.algorithm.to_id_string();
            let known = EDWARDS.iter().find(|(known, _)| *known == oid);
            (
                known.map_or(oid.as_str(), |(_, name)| name).to_owned(),
                None,
            )
        }
    }
}

/// Whether each certificate is issued by the next one.
fn order(all: &[X509Certificate<'_>]) -> &'static str {
    let pairs = all.iter().zip(all.iter().skip(1));
    let mut linked =
        pairs.map(|(child, parent)| child.issuer().as_raw() == parent.subject().as_raw());
    if linked.all(|linked| linked) {
        "right"
    } else {
        "wrong"
    }
}

/// The weak signatures below the anchor: what signs itself is trusted for other reasons.
fn weak(all: &[X509Certificate<'_>]) -> Vec<&'static str> {
    all.iter()
        .filter(|certificate| certificate.issuer().as_raw() != certificate.subject().as_raw())
        .filter_map(|certificate| {
            let oid = certificate.signature_algorithm.algorithm.to_id_string();
            WEAK.iter()
                .find(|(weak, _)| *weak == oid)
                .map(|(_, name)| *name)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    fn certificate(names: &[&str]) -> Vec<u8> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(names).unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    fn fact(names: &[&str], host: &str, name: &str) -> Option<String> {
        let facts = facts(&[certificate(names)], host, 0);
        facts
            .into_iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    #[test]
    fn host_is_named_by_its_name_a_wildcard_or_its_address() {
        let named = |name: &str, host: &str| fact(&[name], host, "names_host").unwrap() == "true";
        assert!(named("as.example", "AS.example"));
        assert!(named("*.example", "as.example"));
        assert!(!named("*.example", "a.as.example"));
        assert!(!named("other.example", "as.example"));
        assert!(named("127.0.0.1", "127.0.0.1"));
        assert!(!named("127.0.0.2", "127.0.0.1"));
    }

    #[test]
    fn size_of_an_elliptic_key_is_that_of_its_curve() {
        assert_eq!(fact(&["a"], "a", "key_type").as_deref(), Some("ec"));
        assert_eq!(fact(&["a"], "a", "key_bits").as_deref(), Some("256"));
        assert_eq!(fact(&["a"], "a", "weak_signatures"), None);
    }

    #[test]
    fn octets_that_are_no_certificate_show_nothing() {
        assert!(facts(&[vec![1, 2, 3]], "a", 0).is_empty());
    }
}
