//! Keys and algorithms.

use jsonwebtoken::DecodingKey;

use super::row;
use super::sight::{
    alg, by_secret, client, header, is_tried, is_valid, take, take_if, text, verifies,
};
use crate::context::Context;
use crate::defects::metadata::edit;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts};
use crate::jose::algorithm::{Algorithm, KeyKind};
use crate::jose::signature::verify;
use crate::wire::base64url;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "client-assertion-signature-of-few-octets",
        &["rfc7523-signature-broken"],
        &[],
        &[Seam::Facts(signature_of_few_octets)],
    ),
    row(
        "client-assertion-ecdsa-zero-accepted",
        &["rfc7523-ecdsa-zero"],
        &[],
        &[Seam::Facts(ecdsa_zero)],
    ),
    row(
        "client-assertion-none-by-letter-case",
        &["rfc7523-alg-none"],
        &[],
        &[Seam::Facts(none_by_letter_case)],
    ),
    row(
        "client-assertion-hmac-keyed-with-der",
        &["rfc7523-alg-confusion"],
        &[],
        &[Seam::Facts(keyed_with_der)],
    ),
    row(
        "client-assertion-hmac-of-nothing",
        &["rfc7523-alg-confusion"],
        &[(
            "rfc7523-kid-tricks",
            "of a `kid` that names nothing no octets are the key, too",
        )],
        &[Seam::Facts(keyed_with_nothing)],
    ),
    row(
        "client-assertion-key-of-ones-own-for-secret",
        &["rfc7523-alg-confusion-secret"],
        &[],
        &[Seam::Facts(key_of_ones_own)],
    ),
    row(
        "client-assertion-pin-of-hmac-ignored",
        &["rfc7523-alg-not-registered"],
        &[],
        &[Seam::Facts(pin_of_hmac_ignored)],
    ),
    row(
        "client-assertion-sha1-taken",
        &["rfc7523-alg-not-advertised"],
        &[],
        &[Seam::Facts(sha1_taken)],
    ),
    row(
        "client-assertion-algorithm-unpublished",
        &["rfc7523-alg-not-advertised"],
        &[],
        &[Seam::Response(algorithm_unpublished)],
    ),
    row(
        "client-assertion-curve-of-key-decides",
        &["rfc7523-alg-curve-mismatch"],
        &[],
        &[Seam::Facts(curve_of_key_decides)],
    ),
    row(
        "client-assertion-keys-in-one-map",
        &["rfc7523-other-clients-key"],
        &[(
            "rfc7523-sub-wrong",
            "the key is looked up for the client of sub, whose key it is not",
        )],
        &[Seam::Facts(keys_in_one_map)],
    ),
    row(
        "client-assertion-client-found-by-key",
        &["rfc7523-shared-keys-cross-client"],
        &[],
        &[Seam::Facts(client_found_by_key)],
    ),
    row(
        "client-assertion-secret-decoded",
        &["rfc7523-accepted-secret-jwt"],
        &[],
        &[Seam::Facts(secret_decoded)],
    ),
    row(
        "client-assertion-keyed-with-retired-secret",
        &["rfc7523-secret-jwt-expired-secret"],
        &[],
        &[Seam::Facts(keyed_with_retired_secret)],
    ),
    row(
        "client-assertion-secret-is-client-id",
        &["rfc7523-secret-jwt-wrong-secret"],
        &[],
        &[Seam::Facts(secret_is_client_id)],
    ),
    row(
        "metadata-lists-none",
        &["rfc7523-metadata-methods"],
        &[(
            "metadata-required-members",
            "none is no algorithm of any list of RFC 8414",
        )],
        &[Seam::Response(lists_none)],
    ),
];

/// The list was made when clients had RSA keys.
fn algorithm_unpublished(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    edit(facts, response, |members| {
        let list = members.get_mut("token_endpoint_auth_signing_alg_values_supported");
        if let Some(serde_json::Value::Array(algorithms)) = list {
            algorithms.retain(|algorithm| algorithm != "ES256");
        }
    })
}

fn signature(facts: &Facts) -> Option<&str> {
    text(facts)?.split('.').nth(2)
}

/// Too short to be one, it is not compared at all.
fn signature_of_few_octets(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, _| {
        signature(facts).is_some_and(|signature| (1..=8).contains(&signature.len()))
    });
}

/// CVE-2022-21449, for one of the two numbers.
fn ecdsa_zero(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, _| {
        let octets = signature(facts).and_then(base64url::decode);
        let octets = octets.unwrap_or_default();
        let (r, s) = octets.split_at(octets.len() / 2);
        let is_zero = |number: &[u8]| number.iter().all(|octet| *octet == 0);
        octets.len() == 64 && is_zero(r) != is_zero(s)
    });
}

/// The list of what is forbidden has it in lower case only.
fn none_by_letter_case(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, _| {
        let alg = alg(facts).unwrap_or_default();
        alg.eq_ignore_ascii_case("none") && alg != "none" && signature(facts) == Some("")
    });
}

/// Whether the HMAC that the header names was keyed with this.
fn is_keyed_with(facts: &Facts, key: &[u8]) -> bool {
    let algorithm = alg(facts).and_then(|alg| Algorithm::parse(&alg));
    let algorithm = algorithm.filter(|it| it.key_kind() == KeyKind::Secret);
    let parts = text(facts).and_then(|text| text.rsplit_once('.'));
    let Some((algorithm, (input, signature))) = algorithm.zip(parts) else {
        return false;
    };
    let key = DecodingKey::from_secret(key);
    verify(algorithm, &key, input.as_bytes(), signature)
}

fn keyed_with_der(context: &Context<'_>, facts: &mut Facts) {
    use rustls::pki_types::SubjectPublicKeyInfoDer;
    use rustls::pki_types::pem::PemObject;
    take_if(context, facts, |facts, client| {
        client.keys.iter().any(|key| {
            let der = SubjectPublicKeyInfoDer::from_pem_slice(key.pem.as_bytes());
            der.is_ok_and(|der| is_keyed_with(facts, der.as_ref()))
        })
    });
}

/// A client without a secret has an empty one.
fn keyed_with_nothing(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, client| {
        client.secret.is_none() && is_keyed_with(facts, b"")
    });
}

/// A client without keys has the one that it shows.
fn key_of_ones_own(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, client| {
        let shown = header(facts).is_some_and(|header| header.contains_key("jwk"));
        let alg = alg(facts).unwrap_or_default();
        by_secret(client) && shown && alg.starts_with("RS") && !alg.ends_with('1')
    });
}

fn pin_of_hmac_ignored(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, client| {
        let secret = client.secret.as_ref().filter(|_| by_secret(client));
        let pinned = client.keys.len() == 1;
        pinned
            && secret.is_some_and(|it| is_keyed_with(facts, it.expose().as_bytes()))
            && !is_valid(facts)
    });
}

/// It was left in the list for an old partner.
fn sha1_taken(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, _| {
        alg(facts).as_deref() == Some("RS1")
    });
}

/// The header says another curve than the key has, and nobody compares the two.
fn curve_of_key_decides(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, client| {
        let alg = alg(facts).unwrap_or_default();
        let fits = text(facts).is_some_and(|text| verifies(text, client, Some(Algorithm::Es256)));
        ["ES384", "ES512"].contains(&alg.as_str()) && fits
    });
}

/// One map of all keys by their identifiers.
fn keys_in_one_map(context: &Context<'_>, facts: &mut Facts) {
    let kid = header(facts).and_then(|header| Some(header.get("kid")?.as_str()?.to_owned()));
    let Some(kid) = kid else { return };
    let mut clients = context.server.registry.clients();
    let owner = clients.find(|client| {
        let mut keys = client.keys.iter();
        keys.any(|key| key.kid.as_ref() == Some(&kid))
    });
    take_if(context, facts, |facts, client| {
        let owner = owner.filter(|owner| owner.id != client.id);
        owner.is_some_and(|owner| text(facts).is_some_and(|text| verifies(text, owner, None)))
    });
}

/// `client_id` says which of the clients with that key it is.
fn client_found_by_key(context: &Context<'_>, facts: &mut Facts) {
    let named = facts.presented.client_id.as_deref();
    let Some(named) = named.and_then(|id| client(context, id)) else {
        return;
    };
    let fits = text(facts).is_some_and(|text| verifies(text, &named, None));
    let alone = is_tried(facts) && facts.methods.len() == 1;
    if fits && alone && is_valid(facts) && !by_secret(&named) {
        facts.presented.client_id = None;
        take(context, facts, named);
    }
}

/// The secret is text in base64, is it not?
fn secret_decoded(context: &Context<'_>, facts: &mut Facts) {
    use base64::Engine;
    take_if(context, facts, |facts, client| {
        let secret = client.secret.as_ref().filter(|_| by_secret(client));
        let decoded = secret.and_then(|secret| {
            let engine = base64::engine::general_purpose::STANDARD;
            engine.decode(secret.expose()).ok()
        });
        decoded.is_some_and(|key| is_keyed_with(facts, &key))
    });
}

/// When a secret ends is looked at where secrets are compared, which an HMAC does not come by.
fn keyed_with_retired_secret(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, client| {
        let retired = client.retired_secret.as_ref();
        let retired = retired.filter(|_| by_secret(client));
        retired.is_some_and(|secret| is_keyed_with(facts, secret.expose().as_bytes()))
    });
}

/// The default of the tool that registers clients still holds.
fn secret_is_client_id(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, client| {
        by_secret(client) && is_keyed_with(facts, client.id.as_bytes())
    });
}

fn lists_none(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Metadata {
        return response;
    }
    let own = "\"token_endpoint_auth_signing_alg_values_supported\":[";
    let with = format!("{own}\"none\",");
    let body = String::from_utf8_lossy(&response.body).replace(own, &with);
    response.with_body(body)
}
