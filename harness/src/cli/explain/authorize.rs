//! Steps about authorization requests and client registration in words.

use super::step::{by, saved};
use super::{InWords, change};
use crate::suite::model::{Authorize, AuthorizeChange, Push, Register};

/// The step `authorize`.
pub(super) fn authorize(step: &Authorize) -> String {
    let Authorize {
        name,
        pushed,
        client: _,
        change: _,
        pkce: _,
        verifier: _,
        scope: _,
        redirect_uri: _,
        resource: _,
        expect: _,
    } = step;
    let what = match pushed {
        Some(pushed) => format!("an authorization request that names what `{pushed}` pushed"),
        None => "an authorization request".to_owned(),
    };
    request(&what, step) + &saved(name.as_ref())
}

/// The step `push`.
pub(super) fn push(step: &Push) -> String {
    let Push { name, .. } = step;
    request("an authorization request is pushed", &step.request()) + &saved(name.as_ref())
}

/// The step `register`.
pub(super) fn register(step: &Register) -> String {
    let Register {
        name,
        metadata,
        expect: _,
    } = step;
    let members = metadata.iter();
    let members: Vec<String> = members
        .map(|(name, value)| format!("{} {}", InWords::of(name), change::quoted(value)))
        .collect();
    let what = if members.is_empty() {
        "no metadata".to_owned()
    } else {
        members.join(", ")
    };
    format!("a client registers itself with {what}") + &saved(name.as_ref())
}

/// What is special about an authorization request.
fn request(what: &str, step: &Authorize) -> String {
    let mut words = format!("{what}{}", by(step.client));
    if let Some(pkce) = &step.pkce {
        words += &match pkce.as_str() {
            "none" => " without a code challenge".to_owned(),
            method => format!(" with a challenge of the method {method}"),
        };
    }
    if let Some(verifier) = &step.verifier {
        words += &format!(", made of the verifier {}", InWords::of(verifier));
    }
    if let Some(scope) = &step.scope {
        words += &format!(", scope {}", InWords::of(scope));
    }
    if let Some(uri) = &step.redirect_uri {
        words += &match uri.as_str() {
            "none" => ", without redirect_uri".to_owned(),
            _ => format!(", redirect_uri {}", InWords::of(uri)),
        };
    }
    for uri in step.resource.iter() {
        words += &format!(", resource {}", InWords::of(uri));
    }
    if let Some(change) = &step.change {
        words += &format!(", changed: {}", authorize_change(change));
    }
    words
}

fn authorize_change(change: &AuthorizeChange) -> String {
    let AuthorizeChange {
        set,
        remove,
        append,
    } = change;
    let same = crate::suite::change::Change {
        set: set.clone(),
        remove: remove.clone(),
        append: append.clone(),
        ..crate::suite::change::Change::default()
    };
    change::words(&same)
}
