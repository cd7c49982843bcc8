//! Every algorithm of client assertions, and what they must not be mistaken for.

use std::collections::BTreeMap;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::EncodingKey;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::json;
use tokenspec_reference_server::Config;
use tokenspec_reference_server::config::Keys;
use tokenspec_reference_server::jose::algorithm::{Algorithm, KeyKind};
use tokenspec_reference_server::jose::keys::{ClientKeyPair, ServerKey, generator};
use tokenspec_reference_server::wire::response::Response;
use tokenspec_reference_server::wire::{base64url, form};

use super::fixture::{BASE, Fixture, granted, refused};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SECRET: &str = "a-secret-of-sixty-four-octets-so-that-every-hmac-may-be-keyed-.-";

fn pem(algorithm: Algorithm) -> String {
    let pair = match generator(algorithm) {
        Some(found) if found == &PKCS_RSA_SHA256 => {
            KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)
        }
        Some(found) => KeyPair::generate_for(found),
        None => panic!("no key pair"),
    };
    pair.unwrap().serialize_pem()
}

fn encoding_key(pem: &str, kind: KeyKind) -> EncodingKey {
    match kind {
        KeyKind::Ed25519 => EncodingKey::from_ed_pem(pem.as_bytes()),
        KeyKind::P256 | KeyKind::P384 | KeyKind::P521 => EncodingKey::from_ec_pem(pem.as_bytes()),
        KeyKind::Rsa => EncodingKey::from_rsa_pem(pem.as_bytes()),
        KeyKind::Secret => Ok(EncodingKey::from_secret(pem.as_bytes())),
    }
    .unwrap()
}

/// A signature of the input by the key (PEM) or secret.
fn signature(input: &str, pem: &str, algorithm: Algorithm) -> String {
    if let Some(backend) = algorithm.backend() {
        let key = encoding_key(pem, algorithm.key_kind());
        return jsonwebtoken::crypto::sign(input.as_bytes(), &key, backend).unwrap();
    }
    let pair = KeyPair::from_pem(pem).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P521_SHA512_FIXED_SIGNING, pair.serialized_der());
    let made = key.unwrap().sign(&SystemRandom::new(), input.as_bytes());
    base64url::encode(made.unwrap().as_ref())
}

struct Case {
    fixture: Fixture,
    pem: String,
}

impl Case {
    fn new(algorithm: Algorithm, more: &str) -> Self {
        let name = algorithm.as_str();
        let (client, pem) = if algorithm.key_kind() == KeyKind::Secret {
            let client = format!(
                "auth: client_secret_jwt, secret: {SECRET}, assertion_algorithms: [{name}]"
            );
            (client, SECRET.to_owned())
        } else {
            let client = format!("auth: private_key_jwt, key: {{alg: {name}, kid: k}}");
            (client, pem(algorithm))
        };
        let text = format!(
            "name: x\nclients: {{a: {{{client}, grants: [client_credentials], scopes: [read]{more}}}}}\n"
        );
        let config = Config::parse(&text, "test").unwrap();
        let mut clients = BTreeMap::new();
        if algorithm.key_kind() != KeyKind::Secret {
            let pair = ClientKeyPair::from_pem(&pem, algorithm).unwrap();
            clients.insert("a".to_owned(), pair);
        }
        let own = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let keys = Keys {
            managers: BTreeMap::new(),
            server: std::sync::Arc::new(ServerKey::new("k", Algorithm::Es256, &own).unwrap()),
            clients,
            issuers: BTreeMap::new(),
            registered: BTreeMap::new(),
            certificates: Default::default(),
        };
        let fixture = Fixture::with_keys(&config, keys, &[]);
        Self { fixture, pem }
    }

    fn input(&self, alg: &str, audience: &serde_json::Value) -> String {
        let now = self.fixture.now.0;
        let header = json!({"alg": alg});
        let claims = json!({
            "iss": "a", "sub": "a", "aud": audience, "jti": "j", "iat": now, "exp": now + 60,
        });
        let encode = |json: serde_json::Value| base64url::encode(json.to_string().as_bytes());
        format!("{}.{}", encode(header), encode(claims))
    }

    fn send(&mut self, assertion: &str) -> Response {
        self.fixture.post(&format!(
            "grant_type=client_credentials&client_assertion_type={}&client_assertion={}",
            form::encode(TYPE),
            form::encode(assertion)
        ))
    }

    fn send_signed(&mut self, header_alg: &str, algorithm: Algorithm, key: &str) -> Response {
        let input = self.input(header_alg, &json!(BASE));
        let signature = signature(&input, key, algorithm);
        self.send(&format!("{input}.{signature}"))
    }
}

#[test]
fn every_algorithm_authenticates_the_client_that_is_registered_for_it() {
    for algorithm in Algorithm::ALL {
        let mut case = Case::new(*algorithm, "");
        let key = case.pem.clone();
        granted(
            &case.send_signed(algorithm.as_str(), *algorithm, &key),
            "read",
        );
    }
}

#[test]
fn client_is_pinned_to_its_algorithm() {
    for (registered, other) in [
        (Algorithm::Rs256, Algorithm::Rs384),
        (Algorithm::Rs256, Algorithm::Ps256),
        (Algorithm::Ps512, Algorithm::Rs512),
        (Algorithm::Hs256, Algorithm::Hs512),
    ] {
        let mut case = Case::new(registered, "");
        let key = case.pem.clone();
        let answer = case.send_signed(other.as_str(), other, &key);
        refused(&answer, 401, "invalid_client");
        let answer = case.send_signed(registered.as_str(), other, &key);
        refused(&answer, 401, "invalid_client");
    }
}

#[test]
fn public_key_is_no_secret_and_none_is_no_algorithm() {
    for algorithm in [Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa] {
        let mut case = Case::new(algorithm, "");
        let public = ClientKeyPair::from_pem(&case.pem, algorithm).unwrap();
        let answer = case.send_signed("HS256", Algorithm::Hs256, &public.public_pem);
        refused(&answer, 401, "invalid_client");
        for alg in ["none", "None", ""] {
            let input = case.input(alg, &json!(BASE));
            refused(&case.send(&format!("{input}.")), 401, "invalid_client");
        }
    }
    let mut case = Case::new(Algorithm::Hs256, "");
    let stranger = pem(Algorithm::Es256);
    let answer = case.send_signed("ES256", Algorithm::Es256, &stranger);
    refused(&answer, 401, "invalid_client");
}

#[test]
fn secret_of_an_hmac_is_not_sent() {
    let mut case = Case::new(Algorithm::Hs256, "");
    let answer = case.fixture.post(&format!(
        "grant_type=client_credentials&client_id=a&client_secret={SECRET}"
    ));
    refused(&answer, 401, "invalid_client");
}

#[test]
fn issuer_only_takes_the_issuer_and_nobody_beside_it() {
    let token = format!("{BASE}/as/token.oauth2");
    for (audience, taken) in [
        (json!(BASE), true),
        (json!([BASE]), true),
        (json!(token), false),
        (json!([BASE, token]), false),
        (json!([BASE, "https://x"]), false),
        (json!([]), false),
    ] {
        let mut case = Case::new(Algorithm::Es256, ", assertion_audience: issuer_only");
        let input = case.input("ES256", &audience);
        let signature = signature(&input, &case.pem, Algorithm::Es256);
        let answer = case.send(&format!("{input}.{signature}"));
        if taken {
            granted(&answer, "read");
        } else {
            refused(&answer, 401, "invalid_client");
        }
    }
}
