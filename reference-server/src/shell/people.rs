//! The part of a target file that is about resource owners.

use super::Running;
use super::target::{at, push, quoted};
use crate::vocabulary::GrantType;

/// Resource owners, and how they decide about what a client polls for.
pub(super) fn write(running: &Running, out: &mut String) {
    let config = &running.config;
    if !config.users.is_empty() {
        push(out, "users:");
    }
    for (name, user) in &config.users {
        let (name, password) = (quoted(name), quoted(&user.password));
        let line = format!("  {name}: {{username: {name}, password: {password}}}");
        push(out, &line);
    }
    let may = |grant| {
        let mut clients = config.clients.values();
        clients.any(|client| client.grants.contains(&grant))
    };
    let hook = |path: &str, query: &str| {
        let url = quoted(&format!("{}?{query}", at(running, path)));
        format!("{{url: {url}}}")
    };
    if may(GrantType::DeviceCode) {
        for (key, decision) in [("device_approval", "approve"), ("device_denial", "deny")] {
            let query = format!("user_code={{user_code}}&decision={decision}");
            let hook = hook(&config.paths.device_verification, &query);
            push(out, &format!("{key}: {hook}"));
        }
    }
    if may(GrantType::Ciba) {
        push(out, "ciba:");
        push(
            out,
            &format!("  login_hint: {}", quoted(&config.resource_owner)),
        );
        for (key, decision) in [("approval", "approve"), ("denial", "deny")] {
            let query = format!("auth_req_id={{auth_req_id}}&decision={decision}");
            let hook = hook(&config.paths.backchannel_decision, &query);
            push(out, &format!("  {key}: {hook}"));
        }
    }
}
