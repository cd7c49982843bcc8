//! Configurations, keys and certificates from files, good and bad.

use std::fs;
use std::path::Path;

use rcgen::{KeyPair, PKCS_ECDSA_P384_SHA384, generate_simple_self_signed};
use tokenspec_reference_server::{Config, Options, Running, ServeError, Transport, serve};

const CONFIG: &str = "
name: with a key
clients:
  a:
    auth: private_key_jwt
    key: {alg: ES384, kid: k, file: key.pem}
    grants: [client_credentials]
";

async fn with_key(folder: &Path, pem: &str) -> Result<Running, ServeError> {
    fs::write(folder.join("key.pem"), pem).unwrap();
    fs::write(folder.join("config.yaml"), CONFIG).unwrap();
    let config = Config::load(&folder.join("config.yaml")).unwrap();
    serve(config, Options::default()).await
}

#[tokio::test]
async fn key_file_is_found_beside_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let pem = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384)
        .unwrap()
        .serialize_pem();
    assert!(with_key(folder.path(), &pem).await.is_ok());
}

/// The message for this key, without the folder.
async fn refusal(pem: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let error = with_key(folder.path(), pem).await.unwrap_err().to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

#[tokio::test]
async fn key_that_can_not_be_used_says_why() {
    let other = KeyPair::generate().unwrap().serialize_pem();
    for (pem, why) in [
        (
            other.as_str(),
            "it is an EC key on P-256 and `alg` is ES384, which takes an EC key on P-384",
        ),
        (
            "nonsense",
            "this is no private key, public key or certificate in PEM",
        ),
        (
            include_str!("testdata/rsa-1024.pem"),
            "its RSA modulus has 1024 bits; it has to have 2048 to 8192 (RFC 7518 section 3.3)",
        ),
        (
            include_str!("testdata/rsa-1024.pub.pem"),
            "its RSA modulus has 1024 bits; it has to have 2048 to 8192 (RFC 7518 section 3.3)",
        ),
        (
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----\n",
            "it is encrypted; write it without a passphrase",
        ),
        (
            "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
            "it is damaged, or of a type that is not supported (RSA, P-256, P-384, P-521, Ed25519)",
        ),
    ] {
        let expected = format!("the key of client `a`, key.pem, can't be used: {why}");
        assert_eq!(refusal(pem).await, expected);
    }
}

#[tokio::test]
async fn public_key_and_jwk_set_are_enough_for_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let running = with_key(folder.path(), &pair.public_key_pem())
        .await
        .unwrap();
    let target = tokenspec_reference_server::target_yaml(&running);
    assert!(
        target.contains("# a: only its public key is known here"),
        "{target}"
    );
    let config = CONFIG.replace(
        "key: {alg: ES384, kid: k, file: key.pem}",
        "jwks: keys.json",
    );
    fs::write(folder.path().join("config.yaml"), config).unwrap();
    fs::write(
        folder.path().join("keys.json"),
        "{\"keys\":[{\"kty\":\"EC\"}]}",
    )
    .unwrap();
    let config = Config::load(&folder.path().join("config.yaml")).unwrap();
    let error = serve(config, Options::default())
        .await
        .unwrap_err()
        .to_string();
    let error = error.replace(&format!("{}/", folder.path().display()), "");
    assert_eq!(
        error,
        "the JWK set of client `a`, keys.json, can't be used: key 1 of the set: `crv` is missing or broken"
    );
}

/// The message for a configuration beside which the file key.pem has a key on P-384, without the folder.
async fn refusal_of(config: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    fs::write(folder.path().join("key.pem"), pair.serialize_pem()).unwrap();
    fs::write(folder.path().join("config.yaml"), config).unwrap();
    let config = Config::load(&folder.path().join("config.yaml")).unwrap();
    let error = serve(config, Options::default()).await.unwrap_err();
    error
        .to_string()
        .replace(&format!("{}/", folder.path().display()), "")
}

#[tokio::test]
async fn key_that_is_not_for_its_algorithm_is_named_with_its_owner_and_file() {
    for (members, expected) in [
        (
            "signing_key: {alg: ES256, kid: k, file: key.pem}",
            "the signing key of the server, key.pem, can't be used: it is no key for ES256; name the \
             file of another key, or another `alg`",
        ),
        (
            "access_token_managers:\n  - {id: a, format: jwt, signing_key: {alg: RS256, kid: k, file: key.pem}}",
            "the signing key of access token manager `a`, key.pem, can't be used: it is no key for \
             RS256; name the file of another key, or another `alg`",
        ),
        (
            "trusted_issuers:\n  - {issuer: \"https://idp.example\", key: {alg: RS256, kid: k, file: key.pem}}",
            "the key of trusted issuer `https://idp.example`, key.pem, can't be used: it is an EC key \
             on P-384 and `alg` is RS256, which takes an RSA key",
        ),
        (
            "signing_key: {alg: ES256, kid: k, file: none.pem}",
            "the signing key of the server, none.pem, can't be read: No such file or directory (os \
             error 2)",
        ),
    ] {
        let config = format!("name: x\nclients: {{}}\n{members}\n");
        assert_eq!(refusal_of(&config).await, expected);
    }
}

#[tokio::test]
async fn missing_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.yaml");
    let error = Config::load(&missing).unwrap_err().to_string();
    assert!(error.starts_with("the file can't be read: "), "{error}");
    assert!(error.ends_with("missing.yaml"), "{error}");
    let config = Config::parse(CONFIG, "x").unwrap();
    let error = serve(config, Options::default())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the file key.pem of client `a` can't be read: "),
        "{error}"
    );
}

#[tokio::test]
async fn certificate_may_be_given() {
    let folder = tempfile::tempdir().unwrap();
    let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("crt.pem"), folder.path().join("key.pem"));
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let with = |certificate: &Path| Options {
        transport: Transport::HttpsWith {
            certificate: certificate.to_owned(),
            key: key.clone(),
        },
        ..Options::default()
    };
    let config = Config::embedded("oauth2.0").unwrap();
    let running = serve(config.clone(), with(&certificate)).await.unwrap();
    assert!(running.token_endpoint.starts_with("https://") && running.ca_pem.is_none());
    let error = serve(config, with(Path::new("missing.pem")))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("missing.pem can't be read: "), "{error}");
}
