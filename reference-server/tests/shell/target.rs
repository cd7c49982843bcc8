//! The target file that a server writes for itself.

use serde_json::Value;
use tokenspec_reference_server::{Options, target_files, target_yaml, write_target};

use super::client::start;

fn parsed(yaml: &str) -> Value {
    serde_saphyr::from_str(yaml).unwrap()
}

#[tokio::test]
async fn target_file_says_what_design_3_asks_for() {
    let running = start("pingfederate", Options::default().with_clock().with_tls()).await;
    let target = parsed(&target_yaml(&running));
    assert_eq!(target["token_endpoint"], running.token_endpoint.as_str());
    assert_eq!(target["also_at"].as_array().unwrap().len(), 2);
    assert_eq!(target["resolve"]["as.example.local"], "127.0.0.1");
    assert_eq!(target["tls"]["ca"], "ca.pem");
    assert_eq!(target["endpoints"]["introspection"]["client"], "rs");
    assert_eq!(target["clients"]["reserved"]["id"], "res erved+%&=~id");
    assert_eq!(target["clients"]["rsa"]["key"]["file"], "rsa.pem");
    assert_eq!(target["clients"]["post-other"]["restricted"], true);
    assert_eq!(target["authorization_codes"]["via"], "redirect");
    assert!(
        target["clock"]["advance"]
            .as_str()
            .unwrap()
            .ends_with("/clock?seconds={seconds}")
    );
    let managers = target["access_token_managers"].as_array().unwrap();
    let app = managers
        .iter()
        .find(|manager| manager["id"] == "app")
        .unwrap();
    assert_eq!(app["recognised_by"]["jwt"]["atm"], "app");
    let policy = managers
        .iter()
        .find(|manager| manager["id"] == "policy")
        .unwrap();
    assert_eq!(policy["openid_clients"][0], "basic");
}

#[tokio::test]
async fn plain_target_has_no_managers_and_no_clock() {
    let running = start("oauth2.0", Options::default()).await;
    let target = parsed(&target_yaml(&running));
    for absent in ["access_token_managers", "clock", "also_at", "resolve"] {
        assert!(target.get(absent).is_none(), "{absent}");
    }
    let of_saml = |name: &String| name.starts_with("saml-issuer.");
    let names: Vec<String> = target_files(&running)
        .into_iter()
        .map(|file| file.name)
        .collect();
    let (saml, others): (Vec<String>, Vec<String>) = names.into_iter().partition(of_saml);
    let built_in: &[&str] = if cfg!(feature = "saml") {
        &["saml-issuer.pem", "saml-issuer.crt"]
    } else {
        &[]
    };
    assert_eq!(saml, built_in);
    assert_eq!(
        others,
        [
            "ca.pem",
            "ec.pem",
            "rsa.pem",
            "mtls.crt",
            "mtls.key",
            "mtls-dns.crt",
            "mtls-dns.key",
            "self-signed.crt",
            "self-signed.key",
            "client-ca.pem",
            "client-ca.key",
            "trusted-issuer.pem"
        ]
    );
}

#[tokio::test]
async fn files_are_written_side_by_side() {
    let running = start("oauth2.0", Options::default().with_tls()).await;
    let folder = tempfile::tempdir().unwrap();
    write_target(&running, &folder.path().join("target.yaml")).unwrap();
    for name in ["target.yaml", "ca.pem", "rsa.pem", "ec.pem"] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
}
