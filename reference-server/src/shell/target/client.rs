//! Clients in the target file.

use super::{certificate_files, flow, key_file, push, quoted};
use crate::config::ClientConfig;
use crate::registry::DeliveryMode;
use crate::shell::Running;
use crate::vocabulary::{AuthenticationMethod, GrantType};

/// What the target file says of a client; of one whose private key is not known here, a remark.
pub(super) fn write(running: &Running, name: &str, config: &ClientConfig, out: &mut String) {
    if !is_complete(running, name, config) {
        let key = missing_half(config.auth.value);
        return push(out, &format!("  # {name}: only {key} is known here"));
    }
    push(out, &format!("  {}:", quoted(name)));
    let mut line = |key: &str, value: &str| push(out, &format!("    {key}: {value}"));
    line("id", &quoted(config.id.as_deref().unwrap_or(name)));
    line("auth", config.auth.value.as_str());
    if let Some(secret) = &config.secret {
        line("secret", &quoted(secret));
    }
    if let Some(secret) = &config.retired_secret {
        line("retired_secret", &quoted(secret));
    }
    if let Some(key) = &config.key {
        let algorithm = key.alg.value.as_str();
        let file = quoted(&key_file(name));
        line(
            "key",
            &format!(
                "{{file: {file}, alg: {algorithm}, kid: {}}}",
                quoted(&key.kid)
            ),
        );
    }
    if let Some(uri) = &config.jwks_uri {
        line("jwks_uri", &quoted(&uri.value));
    }
    if running.certificates.clients.contains_key(name) {
        let [certificate, key] = certificate_files(name);
        let pair = format!("{{file: {}, key: {}}}", quoted(&certificate), quoted(&key));
        line("certificate", &pair);
    }
    if is_pinned(config) {
        line("pinned_assertion_algorithm", "true");
    }
    line("grants", &flow(&grants(config)));
    // openid would make every authorization one of OpenID Connect, which has an instance of its own.
    let scopes = config.scopes.iter().filter(|scope| *scope != "openid");
    let scopes: Vec<String> = scopes.cloned().collect();
    if !scopes.is_empty() {
        line("scopes", &flow(&scopes));
    }
    if !config.redirect_uris.is_empty() {
        line("redirect_uris", &flow(&config.redirect_uris));
    }
    if let Some(manager) = &config.default_access_token_manager {
        line("default_access_token_manager", &quoted(&manager.value));
    }
    if config.restricted {
        line("restricted", "true");
    }
    delivery(config, out);
}

/// Of what the target file would need the private half.
const fn missing_half(method: AuthenticationMethod) -> &'static str {
    match method {
        AuthenticationMethod::Saml2ClientAuth => "the public key of its issuer",
        AuthenticationMethod::ClientSecretBasic
        | AuthenticationMethod::ClientSecretJwt
        | AuthenticationMethod::ClientSecretPost
        | AuthenticationMethod::None
        | AuthenticationMethod::PrivateKeyJwt
        | AuthenticationMethod::SelfSignedTlsClientAuth
        | AuthenticationMethod::TlsClientAuth => "its public key",
    }
}

/// How the tokens of a backchannel authentication come to it, if it does not poll for them.
fn delivery(config: &ClientConfig, out: &mut String) {
    let mode = config.backchannel_token_delivery_mode;
    if mode.is_notified() {
        let line = format!("    backchannel_token_delivery_mode: {}", mode.as_str());
        push(out, &line);
    }
    if let Some(uri) = &config.backchannel_client_notification_endpoint {
        let uri = quoted(&uri.value);
        push(
            out,
            &format!("    backchannel_client_notification_endpoint: {uri}"),
        );
    }
}

/// The grants that it may use at the token endpoint, where a client of push may not use that of CIBA (CIBA Core §11).
fn grants(config: &ClientConfig) -> Vec<String> {
    let pushed = config.backchannel_token_delivery_mode == DeliveryMode::Push;
    let grants = config.grants.iter();
    let grants = grants.filter(|it| **it != GrantType::Ciba || !pushed);
    grants.map(|it| it.name().to_owned()).collect()
}

/// Whether its assertions may have one algorithm only.
fn is_pinned(config: &ClientConfig) -> bool {
    if config.auth.value == AuthenticationMethod::ClientSecretJwt {
        return config.hmac_algorithms().count() == 1;
    }
    config.key.as_ref().is_some_and(|key| key.also.is_empty())
}

/// Whether the target file can have what the client authenticates with: of a public key that was
/// registered it has no private half.
fn is_complete(running: &Running, name: &str, config: &ClientConfig) -> bool {
    match config.auth.value {
        AuthenticationMethod::PrivateKeyJwt => running.client_keys.contains_key(name),
        AuthenticationMethod::Saml2ClientAuth => {
            let shown = super::issuers::saml(running).map(|(issuer, _)| &issuer.issuer);
            shown == config.saml_issuer.as_ref().map(|own| &own.value)
        }
        AuthenticationMethod::SelfSignedTlsClientAuth | AuthenticationMethod::TlsClientAuth => {
            running.certificates.clients.contains_key(name)
        }
        AuthenticationMethod::ClientSecretBasic
        | AuthenticationMethod::ClientSecretJwt
        | AuthenticationMethod::ClientSecretPost
        | AuthenticationMethod::None => true,
    }
}
