//! Issuers of assertions in the target file, and what may be exchanged.

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

use super::{TargetFile, flow, push, quoted};
use crate::config::{ClientConfig, SamlIssuerConfig, TrustedIssuerConfig};
use crate::jose::keys::ClientKeyPair;
use crate::shell::Running;
use crate::vocabulary::GrantType;

/// A client of the name `trusted-issuer` would have a file of the same name; none has.
const ISSUER_KEY: &str = "trusted-issuer.pem";

/// The key of the issuer of SAML assertions, and its certificate.
const SAML_ISSUER: [&str; 2] = ["saml-issuer.pem", "saml-issuer.crt"];

/// The files of the issuers.
pub(super) fn files(running: &Running) -> Vec<TargetFile> {
    let file = |name: &str, content: String| TargetFile {
        name: name.to_owned(),
        content,
    };
    let mut files = Vec::new();
    if let Some((_, pair)) = trusted(running) {
        files.push(file(ISSUER_KEY, pair.private_pem.clone()));
    }
    if let Some((issuer, pair)) = saml(running) {
        let [key, certificate] = SAML_ISSUER;
        files.push(file(key, pair.private_pem.clone()));
        // A key that signs can sign this too.
        let made = self::certificate(&issuer.issuer, pair).unwrap_or_default();
        files.push(file(certificate, made));
    }
    files
}

/// The issuers whose assertions a tester may make, and what may be exchanged.
pub(super) fn write(running: &Running, out: &mut String) {
    let config = &running.config;
    let own = quoted(&config.issuer(&running.base));
    let mut issuers = Vec::new();
    if let Some((issuer, _)) = trusted(running) {
        let (algorithm, kid) = (issuer.key.alg.value.as_str(), quoted(&issuer.key.kid));
        let key = format!("key: {{file: {ISSUER_KEY}, alg: {algorithm}, kid: {kid}}}");
        issuers.push(("jwt_bearer", &issuer.issuer, &issuer.subjects, vec![key]));
    }
    if let Some((issuer, _)) = saml(running) {
        let algorithm = issuer.key.alg.value.as_str();
        let [key, certificate] = SAML_ISSUER;
        let lines = vec![
            format!("key: {{file: {key}, alg: {algorithm}}}"),
            format!("certificate: {{file: {certificate}}}"),
        ];
        issuers.push(("saml2_bearer", &issuer.issuer, &issuer.subjects, lines));
    }
    if !issuers.is_empty() {
        push(out, "assertions:");
    }
    for (grant, issuer, subjects, lines) in issuers {
        let subject = subjects.iter().flatten().next();
        let subject = quoted(subject.unwrap_or(&config.resource_owner));
        push(out, &format!("  {grant}:"));
        push(out, &format!("    issuer: {}", quoted(issuer)));
        push(out, &format!("    subject: {subject}"));
        push(out, &format!("    audience: {own}"));
        for line in lines {
            push(out, &format!("    {line}"));
        }
    }
    let may_exchange = |client: &ClientConfig| client.grants.contains(&GrantType::TokenExchange);
    if config.clients.values().any(may_exchange) {
        let audiences = flow(&config.token_exchange.targets);
        let types = "subject_token_types: [access_token, jwt]";
        let line = format!("token_exchange: {{audiences: {audiences}, {types}}}");
        push(out, &line);
    }
}

/// The first issuer of JWTs that the server trusts, with its key.
fn trusted(running: &Running) -> Option<(&TrustedIssuerConfig, &ClientKeyPair)> {
    let trusted = running.config.trusted_issuers.first()?;
    Some((trusted, running.issuer_keys.get(&trusted.issuer)?))
}

/// The first issuer of SAML assertions, with its key.
pub(super) fn saml(running: &Running) -> Option<(&SamlIssuerConfig, &ClientKeyPair)> {
    let trusted = running.config.saml_issuers.first()?;
    Some((trusted, running.issuer_keys.get(&trusted.key_name())?))
}

/// A certificate that the issuer made for its own key (PEM).
fn certificate(issuer: &str, pair: &ClientKeyPair) -> Result<String, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, issuer);
    let key = KeyPair::from_pem(&pair.private_pem)?;
    Ok(params.self_signed(&key)?.pem())
}
