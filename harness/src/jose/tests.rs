use aws_lc_rs::{
    encoding::{AsDer as _, EcPrivateKeyRfc5915Der, Pkcs8V1Der},
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519,
        EcdsaKeyPair, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
        RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
        RSA_PSS_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
    },
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use proptest::prelude::*;
use serde_json::json;

use super::{key::Material, *};

/// The payload of the examples of RFC 7515 appendix A, blanks and all.
const PAYLOAD: &[u8] =
    b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";

/// The key of RFC 7515 appendix A.2.
const RSA_JWK: &str = include_str!("testdata/rfc7515-a2.jwk");

fn members(value: &serde_json::Value) -> Members {
    value.as_object().unwrap().clone()
}

#[test]
fn example_of_rfc7515_a1_is_made_octet_by_octet() {
    let key = SigningKey::from_text(
        r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#,
    )
    .unwrap();
    let header = b"{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}";
    assert_eq!(
        mint_octets(header, PAYLOAD, &key, Algorithm::Hs256).unwrap(),
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQo\
         gImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOE\
         jXk"
    );
}

#[test]
fn example_of_rfc7515_a2_is_made_octet_by_octet() {
    let key = SigningKey::from_text(RSA_JWK).unwrap();
    assert_eq!(
        mint_octets(br#"{"alg":"RS256"}"#, PAYLOAD, &key, Algorithm::Rs256).unwrap(),
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGx\
         lLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5R\
         Zmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrn\
         byTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHW\
         EsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig\
         cN_IoypGlUPQGe77Rw"
    );
}

#[test]
fn key_of_rfc7515_a3_signs_on_its_curve() {
    let key = SigningKey::from_text(
        r#"{"kty":"EC","crv":"P-256",
            "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#,
    )
    .unwrap();
    assert_eq!(key.key_type(), KeyType::P256);
    verify(&key, Algorithm::Es256);
}

/// Signs, and has another routine of the library verify.
fn verify(key: &SigningKey, algorithm: Algorithm) {
    let token = mint_octets(b"{}", PAYLOAD, key, algorithm).unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let public = match key.material.as_ref() {
        Material::Rsa(pair) => pair.public_key().as_ref().to_vec(),
        Material::Ec(_, pair) => pair.public_key().as_ref().to_vec(),
        Material::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        Material::Octets(_) => return,
    };
    let verifier: &'static dyn VerificationAlgorithm = match algorithm {
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
        Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED,
        Algorithm::Es512 => &ECDSA_P521_SHA512_FIXED,
        Algorithm::EdDsa => &ED25519,
        Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => return,
    };
    UnparsedPublicKey::new(verifier, public)
        .verify(input.as_bytes(), &signature)
        .unwrap();
}

#[test]
fn every_algorithm_signs_with_a_key_of_its_type_and_refuses_another() {
    let rsa = SigningKey::from_text(RSA_JWK).unwrap();
    let octets = SigningKey::from_secret(&"secret".into());
    for algorithm in Algorithm::ALL.iter().copied() {
        let (key, other) = match algorithm.key_type() {
            KeyType::Rsa => (rsa.clone(), &octets),
            KeyType::P256 | KeyType::P384 | KeyType::P521 | KeyType::Ed25519 | KeyType::Octets => {
                (SigningKey::generate(algorithm).unwrap(), &rsa)
            }
        };
        verify(&key, algorithm);
        let refused = mint_octets(b"{}", b"{}", other, algorithm).unwrap_err();
        assert!(
            matches!(refused, MintError::Key(KeyError::OtherAlgorithm { .. })),
            "{refused}"
        );
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

#[test]
fn pem_of_every_kind_is_read() {
    let SigningKey { material, .. } = SigningKey::from_text(RSA_JWK).unwrap();
    let Material::Rsa(rsa) = material.as_ref() else {
        panic!("an RSA key")
    };
    let pkcs8: Pkcs8V1Der<'_> = rsa.as_der().unwrap();
    let pkcs8 = pkcs8.as_ref().to_vec();
    // RFC 5208 section 5: the PKCS#1 key is the octet string after the algorithm.
    let inner = pkcs8
        .windows(5)
        .position(|w| w[0] == 4 && w[1] == 0x82 && w[4] == 0x30)
        .unwrap();
    for (label, der) in [
        ("PRIVATE KEY", &pkcs8[..]),
        ("RSA PRIVATE KEY", &pkcs8[inner + 4..]),
    ] {
        let key = SigningKey::from_text(&pem(label, der)).unwrap();
        assert_eq!(key.key_type(), KeyType::Rsa, "{label}");
        verify(&key, Algorithm::Rs256);
    }
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512] {
        let SigningKey { material, .. } = SigningKey::generate(algorithm).unwrap();
        let Material::Ec(_, pair) = material.as_ref() else {
            panic!("an EC key")
        };
        let sec1: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().unwrap();
        let pkcs8 = ec_pkcs8(pair);
        for (label, der) in [("EC PRIVATE KEY", sec1.as_ref()), ("PRIVATE KEY", &pkcs8)] {
            let key = SigningKey::from_text(&pem(label, der)).unwrap();
            assert_eq!(key.key_type(), algorithm.key_type(), "{label}");
            verify(&key, algorithm);
        }
    }
    let SigningKey { material, .. } = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let Material::Ed25519(pair) = material.as_ref() else {
        panic!("an Ed25519 key")
    };
    let key = SigningKey::from_text(&pem("PRIVATE KEY", pair.to_pkcs8v1().unwrap().as_ref()));
    assert_eq!(key.unwrap().key_type(), KeyType::Ed25519);
}

fn ec_pkcs8(pair: &EcdsaKeyPair) -> Vec<u8> {
    pair.to_pkcs8v1().unwrap().as_ref().to_vec()
}

#[test]
fn public_key_is_written_as_a_client_registers_it() {
    // The key of RFC 7515 appendix A.2, as `openssl pkey -pubout` writes it.
    let rsa = SigningKey::from_text(RSA_JWK)
        .unwrap()
        .public_pem()
        .unwrap();
    assert_eq!(rsa, include_str!("testdata/rfc7515-a2.pub.pem"));
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let pem = SigningKey::generate(algorithm).unwrap().public_pem();
        assert!(pem.is_some_and(|pem| pem.lines().all(|line| line.len() <= 64)));
    }
    assert_eq!(SigningKey::from_secret(&"secret".into()).public_pem(), None);
}

#[test]
fn text_that_is_no_key_says_why() {
    let public = pem("PUBLIC KEY", &[1, 2, 3]);
    let damaged = pem("PRIVATE KEY", &[0x30, 3, 2, 1, 0]);
    let mut short: serde_json::Value = serde_json::from_str(RSA_JWK).unwrap();
    short.as_object_mut().unwrap().remove("qi");
    let short = short.to_string();
    for (text, reason) in [
        ("", "neither PEM nor a JWK"),
        ("hello", "neither PEM nor a JWK"),
        ("{not json", "neither PEM nor a JWK"),
        (r#"{"kty":"XX"}"#, "`kty` is none of RSA, EC, OKP, oct"),
        (
            r#"{"kty":"EC","crv":"secp256k1"}"#,
            "`crv` is none of P-256",
        ),
        (
            r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
            "member `d`",
        ),
        (
            r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}"#,
            "damaged",
        ),
        (r#"{"kty":"oct","k":"=="}"#, "member `k`"),
        (
            r#"{"kty":"oct","k":"AAAA","alg":"RS256"}"#,
            "RS256 needs an RSA key",
        ),
        (short.as_str(), "member `qi`"),
        (public.as_str(), "no private key"),
        (damaged.as_str(), "damaged"),
        (
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n",
            "decrypt it first",
        ),
        ("-----BEGIN PRIVATE KEY-----\n", "no private key"),
    ] {
        let error = SigningKey::from_text(text).unwrap_err().to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[test]
fn jwk_brings_its_kid_and_algorithm() {
    let key =
        SigningKey::from_text(r#"{"kty":"oct","k":"AAAA","alg":"HS512","kid":"k1"}"#).unwrap();
    assert_eq!(key.kid(), Some("k1"));
    assert_eq!(key.algorithm(), Algorithm::Hs512);
    assert_eq!(
        SigningKey::from_text(RSA_JWK).unwrap().algorithm(),
        Algorithm::Rs256
    );
}

#[test]
fn key_never_prints() {
    let key = SigningKey::from_secret(&"hunter2".into());
    assert!(!format!("{key:?}").contains("hunter2"));
}

#[test]
fn client_assertion_has_the_claims_of_rfc7523() {
    let mut assertion = client_assertion(
        "service",
        "https://as.example",
        1_000,
        "id-1",
        Algorithm::Rs256,
        Some("k1"),
    );
    assert_eq!(
        serde_json::Value::from(assertion.header.clone()),
        json!({"alg": "RS256", "kid": "k1"})
    );
    assert_eq!(
        serde_json::Value::from(assertion.claims.clone()),
        json!({
            "iss": "service", "sub": "service", "aud": "https://as.example",
            "iat": 1_000, "exp": 1_060, "jti": "id-1",
        })
    );
    assertion.claims.remove("jti");
    assertion.header.insert("alg".to_owned(), "none".into());
    let key = SigningKey::from_text(RSA_JWK).unwrap();
    let token = assertion.sign(&key, Algorithm::Rs256).unwrap();
    assert_eq!(peek_claims(&token).unwrap(), assertion.claims);
    assert_eq!(peek_header(&token).unwrap(), assertion.header);
}

#[test]
fn unsigned_token_ends_with_a_dot() {
    // RFC 7515 appendix A.5.
    let token = mint_unsigned(
        &members(&json!({"alg": "none"})),
        &members(&json!({"iss": "joe"})),
    );
    assert_eq!(token, "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UifQ.");
    assert_eq!(
        peek_claims(&token).unwrap(),
        members(&json!({"iss": "joe"}))
    );
}

#[test]
fn opaque_token_has_no_claims() {
    for token in [
        "",
        "opaque",
        "a.b",
        "a.b.c",
        "e30.W10.x",
        "e30.e30.x.y",
        "e30.e30=.x",
    ] {
        assert_eq!(peek_claims(token), None, "{token}");
    }
}

proptest! {
    #[test]
    fn reading_any_key_or_token_ends_without_a_panic(text in "(?s).{0,200}") {
        prop_assert!(SigningKey::from_text(&text).is_err());
        let _claims = peek_claims(&text);
    }
}
