//! What the YAML reader can't see: names that refer to nothing, clients that lack what their method
//! needs.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_saphyr::{Location, Spanned};

use super::certificate::CALLBACK_HOST;
use super::client::ClientConfig;
use super::diagnostic::Problem;
use super::model::Config;
use crate::access_token_manager::ResourceUri;
use crate::jose::algorithm::KeyKind;
use crate::vocabulary::{AuthenticationMethod, GrantType};
use crate::x509::name::Name;

type Checked = Result<(), Problem>;

pub(super) fn check(config: &Config) -> Checked {
    managers(config)?;
    super::resource::check(config)?;
    let mut identifiers = BTreeSet::new();
    for (name, client) in &config.clients {
        let at = Some(client.auth.defined);
        if !identifiers.insert(client.id.as_ref().unwrap_or(name)) {
            return problem(at, format!("another client has the id of `{name}`"));
        }
        credentials(name, client)?;
        grants(config, name, client)?;
        manager_of(config, client.default_access_token_manager.as_ref())?;
        manager_of(config, client.oidc_policy_access_token_manager.as_ref())?;
        if client.restricted && client.default_access_token_manager.is_none() {
            let message = "needs `default_access_token_manager` to be `restricted` to";
            return problem(at, format!("the client `{name}` {message}"));
        }
    }
    Ok(())
}

fn problem(location: Option<Location>, message: String) -> Checked {
    Err(Problem::at(location, message))
}

fn managers(config: &Config) -> Checked {
    for manager in &config.access_token_managers {
        for uri in &manager.resources {
            if ResourceUri::parse(&uri.value).is_none() {
                let message = format!("`{}` is no absolute URI", uri.value);
                return problem(Some(uri.defined), message);
            }
        }
        for client in manager.clients.iter().flatten() {
            if !config.clients.contains_key(&client.value) {
                let message = format!("no client is called `{}`", client.value);
                return problem(Some(client.defined), message);
            }
        }
    }
    Ok(())
}

fn manager_of(config: &Config, id: Option<&Spanned<String>>) -> Checked {
    match id {
        Some(id)
            if !config
                .access_token_managers
                .iter()
                .any(|it| it.id == id.value) =>
        {
            let message = format!("no access token manager is called `{}`", id.value);
            problem(Some(id.defined), message)
        }
        Some(_) | None => Ok(()),
    }
}

/// What the grants of a client need beside its credentials.
fn grants(config: &Config, name: &str, client: &ClientConfig) -> Checked {
    let at = Some(client.auth.defined);
    let may = |grant_type: GrantType| client.grants.contains(&grant_type);
    if may(GrantType::Password) && config.users.is_empty() {
        let message = "may use the password grant, and there are no `users`";
        return problem(at, format!("the client `{name}` {message}"));
    }
    if may(GrantType::Ciba) && client.auth.value == AuthenticationMethod::None {
        let message = "needs an authentication method other than none for ciba";
        return problem(at, format!("the client `{name}` {message}"));
    }
    delivery(name, client)?;
    if may(GrantType::Ciba) && !client.scopes.iter().any(|scope| scope == "openid") {
        let message = "needs `openid` among its `scopes` for ciba";
        return problem(at, format!("the client `{name}` {message}"));
    }
    Ok(())
}

/// What the registration of a client for ping or push has (CIBA Core §4).
fn delivery(name: &str, client: &ClientConfig) -> Checked {
    let mode = client.backchannel_token_delivery_mode;
    let endpoint = client.backchannel_client_notification_endpoint.as_ref();
    let Some(endpoint) = endpoint else {
        if mode.is_notified() {
            let message = "needs a `backchannel_client_notification_endpoint` for";
            let message = format!("the client `{name}` {message} {}", mode.as_str());
            return problem(Some(client.auth.defined), message);
        }
        return Ok(());
    };
    let at = Some(endpoint.defined);
    if !mode.is_notified() {
        let message =
            "nothing is sent there without `backchannel_token_delivery_mode`: ping or push";
        return problem(at, message.to_owned());
    }
    if !client.grants.contains(&GrantType::Ciba) {
        let message = format!("the client `{name}` is notified of nothing without ciba");
        return problem(at, message);
    }
    let known = ["http://", CALLBACK_HOST];
    if !known.iter().any(|begin| endpoint.value.starts_with(begin)) {
        return problem(at, "notifications go over plain HTTP only".to_owned());
    }
    Ok(())
}

fn credentials(name: &str, client: &ClientConfig) -> Checked {
    let at = Some(client.auth.defined);
    let needs = |what: &str| problem(at, format!("the client `{name}` needs {what}"));
    assertions(name, client)?;
    certificate(name, client)?;
    let lacks_secret = client.secret.as_ref().is_none_or(String::is_empty);
    match client.auth.value {
        AuthenticationMethod::ClientSecretBasic
        | AuthenticationMethod::ClientSecretJwt
        | AuthenticationMethod::ClientSecretPost
            if lacks_secret =>
        {
            return needs("a `secret`");
        }
        AuthenticationMethod::PrivateKeyJwt if client.key.is_none() && client.jwks.is_none() => {
            return needs("a `key`");
        }
        AuthenticationMethod::Saml2ClientAuth if client.saml_issuer.is_none() => {
            return needs("a `saml_issuer`: one of `saml_issuers`");
        }
        AuthenticationMethod::None if client.grants.contains(&GrantType::ClientCredentials) => {
            return needs("an authentication method other than none for client_credentials");
        }
        AuthenticationMethod::ClientSecretBasic
        | AuthenticationMethod::ClientSecretJwt
        | AuthenticationMethod::ClientSecretPost
        | AuthenticationMethod::None
        | AuthenticationMethod::PrivateKeyJwt
        | AuthenticationMethod::Saml2ClientAuth
        | AuthenticationMethod::SelfSignedTlsClientAuth
        | AuthenticationMethod::TlsClientAuth => {}
    }
    if client.grants.contains(&GrantType::AuthorizationCode) && client.redirect_uris.is_empty() {
        return needs("`redirect_uris` for authorization_code");
    }
    Ok(())
}

/// What RFC 8705 §2.1.2 asks of a registration: exactly one name, in its own form.
fn certificate(name: &str, client: &ClientConfig) -> Checked {
    let at = Some(client.auth.defined);
    let method = client.auth.value;
    let Some(certificate) = &client.certificate else {
        if method == AuthenticationMethod::TlsClientAuth {
            let message = format!("the client `{name}` needs a `certificate` with one name");
            return problem(at, message);
        }
        return Ok(());
    };
    let mut subjects = certificate.subjects();
    let (first, second) = (subjects.next(), subjects.next());
    if let Some(second) = second {
        let message = "a certificate is registered by one name, not by several".to_owned();
        return problem(Some(second.defined), message);
    }
    if method == AuthenticationMethod::TlsClientAuth && first.is_none() {
        let message = format!(
            "the client `{name}` needs one of subject_dn, san_dns, san_uri, san_ip, san_email"
        );
        return problem(at, message);
    }
    if let Some(issuer) = certificate.issuer_dn.as_ref()
        && certificate.subject_dn.is_none()
    {
        let message = "`issuer_dn` stands beside `subject_dn` only".to_owned();
        return problem(Some(issuer.defined), message);
    }
    for text in [&certificate.subject_dn, &certificate.issuer_dn]
        .into_iter()
        .flatten()
    {
        if let Err(error) = Name::parse(&text.value) {
            let message = format!("this is no distinguished name (RFC 4514): {error}");
            return problem(Some(text.defined), message);
        }
    }
    match &certificate.san_ip {
        Some(text) if text.value.parse::<IpAddr>().is_err() => problem(
            Some(text.defined),
            format!("`{}` is no IP address", text.value),
        ),
        Some(_) | None => Ok(()),
    }
}

/// Algorithms that do not belong to the method, and secrets that are too short for theirs.
fn assertions(name: &str, client: &ClientConfig) -> Checked {
    if let Some(alg) = client.key.as_ref().map(|key| &key.alg)
        && alg.value.key_kind() == KeyKind::Secret
    {
        let message = format!(
            "{} is keyed with the secret, not with a `key`",
            alg.value.as_str()
        );
        return problem(Some(alg.defined), message);
    }
    for algorithm in &client.assertion_algorithms {
        let (at, written) = (Some(algorithm.defined), algorithm.value.as_str());
        let by_secret = algorithm.value.key_kind() == KeyKind::Secret;
        if by_secret != (client.auth.value == AuthenticationMethod::ClientSecretJwt) {
            let message = format!("{written} is not for {}", client.auth.value.as_str());
            return problem(at, message);
        }
        let length = client.secret.as_ref().map_or(0, String::len);
        if by_secret && length < algorithm.value.hash_length() {
            let least = algorithm.value.hash_length();
            let message = format!(
                "the secret of `{name}` has {length} octets; {written} needs {least} (RFC 7518 section 3.2)"
            );
            return problem(at, message);
        }
    }
    let by_secret = client.auth.value == AuthenticationMethod::ClientSecretJwt;
    if by_secret && client.hmac_algorithms().next().is_none() {
        let message = format!(
            "the secret of `{name}` is too short for HS256: 32 octets at least (RFC 7518 section 3.2)"
        );
        return problem(Some(client.auth.defined), message);
    }
    Ok(())
}
