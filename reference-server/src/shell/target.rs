//! A target file for a running server, which the harness accepts unchanged. It holds all secrets.

mod client;
mod issuers;

use std::path::Path;

use serde_json::Value;

use super::Running;
use crate::opaque::opaque_debug;
use crate::registry::Introspects;
use crate::vocabulary::GrantType;

/// A file that the target file refers to by name.
pub struct TargetFile {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    pub content: String,
}

opaque_debug!(TargetFile);

/// The files that the target file refers to: the CA of the server, the keys of its clients.
#[must_use]
pub fn target_files(running: &Running) -> Vec<TargetFile> {
    let authorities: Vec<&str> = [&running.ca_pem, &running.mutual_ca_pem]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let authorities = authorities.concat();
    let ca = (!authorities.is_empty()).then(|| (CA.to_owned(), &authorities));
    let made = running.certificates.clients.iter();
    let made = made.map(|(name, pair)| (certificate_files(name), pair));
    let authority = running.certificates.authority.iter();
    let authority = authority.map(|pair| (CLIENT_CA.map(str::to_owned), pair));
    let certificates = made
        .chain(authority)
        .flat_map(|([file, key], pair)| [(file, &pair.certificate), (key, &pair.key)]);
    let keys = running
        .client_keys
        .iter()
        .map(|(name, pair)| (key_file(name), &pair.private_pem));
    ca.into_iter()
        .chain(keys)
        .chain(certificates)
        .map(|(name, content)| TargetFile {
            name,
            content: content.clone(),
        })
        .chain(issuers::files(running))
        .collect()
}

/// Writes a target file and, beside it, the files that it refers to.
///
/// # Errors
/// When a file can't be written.
pub fn write_target(running: &Running, path: &Path) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    for file in target_files(running) {
        write_private(&folder.join(file.name), file.content.as_ref())?;
    }
    write_private(path, target_yaml(running).as_ref())
}

/// Writes a file that holds secrets: where the system knows such a thing, it is for its owner only.
fn write_private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, content)
}

/// The target file. Names of files in it are those of [`target_files`], relative to it.
#[must_use]
pub fn target_yaml(running: &Running) -> String {
    let config = &running.config;
    let mut out = String::new();
    places(running, &mut out);
    endpoints(running, &mut out);
    if let Some(address) = running.callback_host {
        let line = format!("callback_host: {{listen: \"{address}\", url: \"http://{address}\"}}");
        push(&mut out, &line);
    }
    push(&mut out, "clients:");
    for (name, client) in &config.clients {
        client::write(running, name, client, &mut out);
    }
    push(&mut out, "authorization_codes: {via: redirect}");
    super::people::write(running, &mut out);
    issuers::write(running, &mut out);
    super::target_resources::resources(config, &mut out);
    if !config.access_token_managers.is_empty() {
        push(&mut out, "access_token_managers:");
        config
            .access_token_managers
            .iter()
            .for_each(|it| super::target_managers::manager(config, it, &mut out));
    }
    if !config.supports.is_empty() {
        push(&mut out, &format!("supports: {}", flow(&config.supports)));
    }
    push(&mut out, "allow: [load, lockout]");
    if let Some(url) = &running.clock_url {
        push(
            &mut out,
            &format!(
                "clock: {{advance: {}}}",
                quoted(&format!("{url}{{seconds}}"))
            ),
        );
    }
    out
}

fn places(running: &Running, out: &mut String) {
    let config = &running.config;
    let all = config.token_endpoints(&running.base);
    let mut line = |key: &str, value: &str| push(out, &format!("{key}: {value}"));
    line("name", &quoted(&config.name));
    line("profile", &flow(&config.profile));
    line("token_endpoint", &quoted(&running.token_endpoint));
    if all.len() > 1 {
        line("also_at", &flow(all.get(1..).unwrap_or_default()));
    }
    let endpoint = &config.token_endpoint;
    let address = quoted(&running.address.ip().to_string());
    let hosts = endpoint.virtual_hosts.iter().chain(&endpoint.base_host);
    let hosts: Vec<String> = hosts
        .map(|host| format!("{}: {address}", quoted(host)))
        .collect();
    if !hosts.is_empty() {
        line("resolve", &format!("{{{}}}", hosts.join(", ")));
    }
    line("issuer", &quoted(&config.issuer(&running.base)));
    let [metadata, _] = config.metadata_paths();
    line("metadata", &quoted(&at(running, &metadata)));
    let [certificate, key] = CLIENT_CA;
    if running.certificates.authority.is_some() {
        let test_ca = format!("{{certificate: {certificate}, key: {key}}}");
        line("tls", &format!("{{ca: {CA}, test_ca: {test_ca}}}"));
    } else if running.ca_pem.is_some() || running.mutual_ca_pem.is_some() {
        line("tls", &format!("{{ca: {CA}}}"));
    }
}

const CA: &str = "ca.pem";

/// The CA of client certificates, and its key.
const CLIENT_CA: [&str; 2] = ["client-ca.pem", "client-ca.key"];

/// The certificate of a client, and its key.
fn certificate_files(client: &str) -> [String; 2] {
    [format!("{client}.crt"), format!("{client}.key")]
}

fn key_file(client: &str) -> String {
    format!("{client}.pem")
}

/// An endpoint where every client can authenticate: at the listener for mutual TLS, if there is one.
fn at_mutual(running: &Running, path: &str) -> String {
    let base = running.mutual_tls.as_ref().unwrap_or(&running.base);
    format!("{base}{path}")
}

pub(super) fn at(running: &Running, path: &str) -> String {
    format!("{}{path}", running.base)
}

fn endpoints(running: &Running, out: &mut String) {
    let paths = &running.config.paths;
    push(out, "endpoints:");
    push(
        out,
        &format!(
            "  authorization: {}",
            quoted(&at(running, &paths.authorization))
        ),
    );
    let clients = &running.config.clients;
    let reader = clients
        .iter()
        .find(|(_, client)| client.introspects == Introspects::All);
    let client = reader
        .map(|(name, _)| format!(", client: {}", quoted(name)))
        .unwrap_or_default();
    let introspection = quoted(&at(running, &paths.introspection));
    push(
        out,
        &format!("  introspection: {{url: {introspection}{client}}}"),
    );
    push(
        out,
        &format!(
            "  revocation: {{url: {}}}",
            quoted(&at_mutual(running, &paths.revocation))
        ),
    );
    let may = |grant| {
        clients
            .values()
            .any(|client| client.grants.contains(&grant))
    };
    if may(GrantType::DeviceCode) {
        let url = quoted(&at(running, &paths.device_authorization));
        push(out, &format!("  device_authorization: {url}"));
    }
    if may(GrantType::Ciba) {
        let url = quoted(&at(running, &paths.backchannel_authentication));
        push(out, &format!("  backchannel_authentication: {url}"));
    }
    if let Some(path) = &paths.pushed_authorization {
        let url = quoted(&at_mutual(running, path));
        push(out, &format!("  pushed_authorization: {url}"));
    }
    if let Some(registration) = &running.config.registration {
        let url = quoted(&at(running, &registration.path));
        push(out, &format!("  registration: {url}"));
    }
    if running.mutual_tls.is_some() {
        let url = quoted(&at_mutual(running, &running.config.token_endpoint.path));
        push(out, &format!("  token_mtls: {url}"));
    }
    let resource = quoted(&at_mutual(running, &paths.protected_resource));
    push(out, &format!("  protected_resource: {resource}"));
}

/// JSON text is YAML text.
pub(super) fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

pub(super) fn flow(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", values.join(", "))
}

pub(super) fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}
