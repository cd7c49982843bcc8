//! The resources of the target file (RFC 8707).

use super::target::{flow, push, quoted};
use crate::config::{Config, ResourceConfig};

/// Those that every client may use, and one that exists for others only.
pub(super) fn resources(config: &Config, out: &mut String) {
    let uri = |resource: &ResourceConfig| resource.uri.value.clone();
    let all = || config.resources.iter();
    let allowed: Vec<String> = all().filter(|it| it.clients.is_none()).map(uri).collect();
    let foreign = all().find(|it| it.clients.is_some()).map(uri);
    if allowed.is_empty() {
        return;
    }
    let foreign = foreign.map(|uri| format!(", foreign: {}", quoted(&uri)));
    let (allowed, foreign) = (flow(&allowed), foreign.unwrap_or_default());
    push(out, &format!("resources: {{allowed: {allowed}{foreign}}}"));
}
