//! Who signed, and what (RFC 7522 §3, SAML Core §5.4).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::DecodingKey;

use super::{document, row};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::jose::algorithm::Algorithm;
use crate::jose::assertion::Signature;
use crate::jose::signature::verify;
use crate::registry::ClientKey;
use crate::saml::DSIG;
use crate::saml::document::Document;
use crate::wire::base64url;

const SIGNATURE: &[&str] = &["rfc7522-signature-required"];

pub(super) const DEFECTS: &[Defect] = &[
    row(
        "saml-signature-not-verified",
        SIGNATURE,
        &[("rfc7522-xml-safe", "an odd transform spoils nothing then")],
        &[Seam::Skip(CheckId::SamlSignatureValid)],
    ),
    row(
        "saml-unsigned-accepted",
        SIGNATURE,
        &[],
        &[Seam::Facts(|_, facts| {
            if !document(facts).contains("<ds:Signature") {
                good(facts);
            }
        })],
    ),
    row(
        "saml-signature-element-is-enough",
        SIGNATURE,
        &[("rfc7522-xml-safe", "an odd transform spoils nothing then")],
        &[Seam::Facts(|_, facts| {
            if document(facts).contains("<ds:Signature") {
                good(facts);
            }
        })],
    ),
    row(
        "saml-digest-not-compared",
        SIGNATURE,
        &[],
        &[Seam::Facts(|_, facts| {
            if is_signed_by_issuer(facts, |info| {
                has_usual_transforms(info) && covers_assertion(info)
            }) {
                good(facts);
            }
        })],
    ),
    row(
        "saml-signature-of-nothing-accepted",
        SIGNATURE,
        &[],
        &[Seam::Facts(|_, facts| {
            if is_signed_by_issuer(facts, |info| !info.contains("<ds:Reference")) {
                good(facts);
            }
        })],
    ),
    row(
        "saml-signature-of-something-else-accepted",
        SIGNATURE,
        &[],
        &[Seam::Facts(|_, facts| {
            if is_signed_by_issuer(facts, |info| info.contains("URI=\"#object\"")) {
                good(facts);
            }
        })],
    ),
    row(
        "saml-key-info-trusted",
        SIGNATURE,
        &[],
        &[Seam::Facts(|_, facts| {
            if is_signed_by_its_key_info(facts) {
                good(facts);
            }
        })],
    ),
    row(
        "saml-value-of-zeros-accepted",
        SIGNATURE,
        &[],
        &[Seam::Facts(|_, facts| {
            let read = Document::read(document(facts)).and_then(|it| it.signature);
            let is_zero =
                read.is_some_and(|it| !it.value.is_empty() && it.value.iter().all(|it| *it == 0));
            if is_zero && is_trusted(facts) {
                good(facts);
            }
        })],
    ),
    row(
        "saml-unsigned-in-a-response-accepted",
        SIGNATURE,
        &[],
        &[Seam::Facts(|context, facts| {
            let xml = document(facts).to_owned();
            let inner = xml.split_once("</samlp:Status>").map(|(_, inner)| inner);
            let inner = inner.and_then(|it| it.strip_suffix("</samlp:Response>"));
            if let Some(inner) = inner.filter(|_| !xml.contains("<ds:Signature")) {
                super::reread(context, facts, inner.to_owned());
                good(facts);
            }
        })],
    ),
    row(
        "saml-hmac-with-public-key",
        SIGNATURE,
        &[],
        &[Seam::Facts(|_, facts| {
            let keys = issuer_keys(facts);
            let secrets = keys.iter().map(|key| ClientKey {
                kid: None,
                algorithm: Algorithm::Hs256,
                key: DecodingKey::from_secret(key.pem.as_bytes()),
                pem: String::new(),
            });
            let secrets: Vec<ClientKey> = secrets.collect();
            if is_hmac(facts) && is_signed(facts, &secrets, |_| true) {
                good(facts);
            }
        })],
    ),
    row(
        "saml-key-of-any-issuer",
        SIGNATURE,
        &[],
        &[Seam::Facts(|context, facts| {
            let is_usual = |info: &str| has_usual_transforms(info) && covers_assertion(info);
            if is_trusted(facts) && is_signed(facts, &all_keys(context), is_usual) {
                good(facts);
            }
        })],
    ),
    row(
        "saml-odd-transforms-passed-over",
        &["rfc7522-xml-safe"],
        &[],
        &[Seam::Facts(|_, facts| {
            if is_signed_by_issuer(facts, |info| {
                !has_usual_transforms(info) && covers_assertion(info)
            }) {
                good(facts);
            }
        })],
    ),
];

fn good(facts: &mut Facts) {
    if let Some(own) = &mut facts.saml_assertion {
        own.signature = Signature::Valid;
    }
}

fn is_trusted(facts: &Facts) -> bool {
    let own = facts.saml_assertion.as_ref();
    own.is_some_and(|it| it.issuer.is_some())
}

fn is_hmac(facts: &Facts) -> bool {
    document(facts).contains("#hmac-sha256")
}

fn covers_assertion(info: &str) -> bool {
    info.contains("#enveloped-signature")
}

fn has_usual_transforms(info: &str) -> bool {
    info.matches("<ds:Transform ").count() == 2
}

fn issuer_keys(facts: &Facts) -> Vec<ClientKey> {
    let own = facts.saml_assertion.as_ref();
    let issuer = own.and_then(|it| it.issuer.as_ref());
    issuer.map_or_else(Vec::new, |issuer| issuer.keys.clone())
}

fn all_keys(context: &Context<'_>) -> Vec<ClientKey> {
    let issuers = context.server.saml_issuers.iter();
    let issuers = issuers.chain(&context.server.issuers);
    issuers.flat_map(|issuer| issuer.keys.clone()).collect()
}

fn is_signed_by_issuer(facts: &Facts, holds: impl Fn(&str) -> bool) -> bool {
    is_signed(facts, &issuer_keys(facts), holds)
}

/// Whether one of these keys made the value of the signature, whatever it covers, and this holds for `SignedInfo`.
fn is_signed(facts: &Facts, keys: &[ClientKey], holds: impl Fn(&str) -> bool) -> bool {
    let Some(signature) = Document::read(document(facts)).and_then(|it| it.signature) else {
        return false;
    };
    let value = base64url::encode(&signature.value);
    let input = signature.signed_info.as_bytes();
    holds(&signature.signed_info)
        && keys
            .iter()
            .any(|key| verify(key.algorithm, &key.key, input, &value))
}

/// Whether the key that the signature shows made it.
fn is_signed_by_its_key_info(facts: &Facts) -> bool {
    let key = key_info(document(facts));
    let issuer = is_trusted(facts);
    key.is_some_and(|key| issuer && is_signed(facts, &[key], covers_assertion))
}

/// The key in `KeyValue` (XML Signature §4.5.2).
fn key_info(xml: &str) -> Option<ClientKey> {
    let tree = roxmltree::Document::parse(xml).ok()?;
    let text = |name: &str| {
        let mut all = tree.descendants();
        let found = all.find(|it| it.tag_name().name() == name)?;
        STANDARD.decode(found.text()?).ok()
    };
    tree.descendants()
        .find(|it| it.has_tag_name((DSIG, "KeyValue")))?;
    let (algorithm, key) = match text("PublicKey") {
        Some(point) => (Algorithm::Es256, DecodingKey::from_ec_der(&point)),
        None => {
            let (n, e) = (
                base64url::encode(&text("Modulus")?),
                base64url::encode(&text("Exponent")?),
            );
            (
                Algorithm::Rs256,
                DecodingKey::from_rsa_components(&n, &e).ok()?,
            )
        }
    };
    Some(ClientKey {
        kid: None,
        algorithm,
        key,
        pem: String::new(),
    })
}
