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

#[tokio::test]
async fn key_of_another_algorithm_names_the_client() {
    let folder = tempfile::tempdir().unwrap();
    let pem = KeyPair::generate().unwrap().serialize_pem();
    let error = with_key(folder.path(), &pem).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "the key of client `a` can't be used: the key is not one for ES384"
    );
    let error = with_key(folder.path(), "nonsense")
        .await
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("the key of client `a` can't be used: this is no private key"));
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
        error.starts_with("the key of client `a` can't be read: "),
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
