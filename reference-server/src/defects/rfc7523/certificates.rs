//! Certificates in the header.

use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::row;
use super::sight::{by_secret, header, take_if, text};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::jose::algorithm::Algorithm;
use crate::jose::public_key::PublicKey;
use crate::jose::signature::verify;
use crate::registry::Client;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "client-assertion-certificate-of-header-trusted",
        &["rfc7523-header-certificate"],
        &[],
        &[Seam::Facts(certificate_trusted)],
    ),
    row(
        "client-assertion-certificate-anywhere-in-chain",
        &["rfc7523-header-certificate"],
        &[],
        &[Seam::Facts(certificate_anywhere)],
    ),
    row(
        "client-assertion-thumbprint-is-enough",
        &["rfc7523-header-certificate"],
        &[],
        &[Seam::Facts(thumbprint_is_enough)],
    ),
];

/// The public keys (PEM) of the certificates in `x5c`.
fn chain(facts: &Facts) -> Vec<PublicKey> {
    use base64::Engine;
    let engine = base64::engine::general_purpose::STANDARD;
    let chain = header(facts).and_then(|header| header.get("x5c")?.as_array().cloned());
    let key = |der: &serde_json::Value| {
        let der = engine.decode(der.as_str()?).ok()?;
        let (_, certificate) = X509Certificate::from_der(&der).ok()?;
        let spki = engine.encode(certificate.public_key().raw);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{spki}\n-----END PUBLIC KEY-----\n");
        PublicKey::from_pem(&pem).ok()
    };
    chain.iter().flatten().filter_map(key).collect()
}

/// Whether the key of the first certificate made the signature.
fn first_signed(facts: &Facts) -> bool {
    let alg = header(facts).and_then(|header| Algorithm::parse(header.get("alg")?.as_str()?));
    let chain = chain(facts);
    let parts = text(facts).and_then(|text| text.rsplit_once('.'));
    match (chain.first(), alg, parts) {
        (Some(key), Some(algorithm), Some((input, signature))) => {
            key.kind == algorithm.key_kind()
                && verify(algorithm, &key.key, input.as_bytes(), signature)
        }
        (_, _, _) => false,
    }
}

fn is_registered(client: &Client, key: &PublicKey) -> bool {
    client.keys.iter().any(|own| own.pem == key.pem)
}

fn certificate_trusted(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, client| {
        !by_secret(client) && first_signed(facts)
    });
}

/// One certificate of the chain is known, and another one's key made the signature.
fn certificate_anywhere(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, client| {
        first_signed(facts) && chain(facts).iter().any(|key| is_registered(client, key))
    });
}

/// It names the right certificate, and that is what was to be shown.
fn thumbprint_is_enough(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, client| {
        let header = header(facts).unwrap_or_default();
        !by_secret(client) && header.contains_key("x5t#S256")
    });
}
