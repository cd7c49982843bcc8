//! Access tokens that are signed by the access token manager's own key. The signatures are checked by hand,
//! against the key set that the server publishes.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tokenspec_reference_server::{Config, Options, serve};

use super::client::{exchange, get, json};

const CONFIG: &str = "
name: keys of access token managers
signing_key: {alg: ES256, kid: server-1}
access_token_managers:
  - {id: default, default: true, format: jwt}
  - {id: orders, format: jwt, signing_key: {alg: ES384, kid: orders-1}}
  - {id: stock, format: jwt, signing_key: {alg: RS256, kid: stock-1}}
clients:
  basic: {auth: client_secret_post, secret: a-secret-of-some-length, grants: [client_credentials]}
";

fn octets(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

/// Whether the key made the signature.
fn verifies(jwk: &Value, input: &[u8], signature: &[u8]) -> bool {
    let algorithm = match jwk["alg"].as_str() {
        Some("RS256") => {
            let (n, e) = (octets(&jwk["n"]), octets(&jwk["e"]));
            let key = RsaPublicKeyComponents { n, e };
            let verified = key.verify(&RSA_PKCS1_2048_8192_SHA256, input, signature);
            return verified.is_ok();
        }
        Some("ES256") => &ECDSA_P256_SHA256_FIXED,
        Some("ES384") => &ECDSA_P384_SHA384_FIXED,
        other => panic!("{other:?}"),
    };
    let point = [&[4], &*octets(&jwk["x"]), &*octets(&jwk["y"])].concat();
    let key = UnparsedPublicKey::new(algorithm, point);
    key.verify(input, signature).is_ok()
}

#[tokio::test]
async fn token_is_signed_by_the_key_of_its_manager() {
    let config = Config::parse(CONFIG, "x").unwrap();
    let running = serve(config, Options::default()).await.unwrap();
    let set = json(&exchange(running.address, &get("/pf/JWKS")).await);
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 3);
    for (manager, kid, alg) in [
        ("default", "server-1", "ES256"),
        ("orders", "orders-1", "ES384"),
        ("stock", "stock-1", "RS256"),
    ] {
        let form = format!(
            "grant_type=client_credentials&client_id=basic&client_secret=a-secret-of-some-length\
             &access_token_manager_id={manager}"
        );
        let request = format!(
            "POST /as/token.oauth2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
            form.len()
        );
        let answer = json(&exchange(running.address, &request).await);
        let token = answer["access_token"].as_str().unwrap();
        let (input, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = input.split_once('.').unwrap();
        let header: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
        assert_eq!(header["kid"], kid);
        assert_eq!(header["alg"], alg);
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        for key in keys {
            let expected = key["kid"] == kid;
            let found = verifies(key, input.as_bytes(), &signature);
            assert_eq!(found, expected, "{manager} by {}", key["kid"]);
        }
    }
}
