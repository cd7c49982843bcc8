//! Keys that are fetched.

use serde_json::Value;

use super::row;
use super::sight::{by_secret, header, is_tried, take_if, text};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts};
use crate::jose::key_sets::{Keep, Wanted};
use crate::jose::signature::verify;
use crate::state::StateChange;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "client-assertion-key-of-jku-trusted",
        &["rfc7523-header-key-urls"],
        &[],
        &[Seam::KeySets(jku_trusted)],
    ),
    row(
        "client-assertion-jku-fetched-and-dropped",
        &["rfc7523-header-key-urls"],
        &[],
        &[Seam::KeySets(|facts, wanted| {
            fetched_too(facts, wanted, "jku")
        })],
    ),
    row(
        "client-assertion-x5u-fetched-and-dropped",
        &["rfc7523-header-key-urls"],
        &[],
        &[Seam::KeySets(|facts, wanted| {
            fetched_too(facts, wanted, "x5u")
        })],
    ),
    row(
        "client-assertion-key-for-encryption-verifies",
        &["rfc7523-key-use-encryption"],
        &[],
        &[Seam::Facts(key_for_encryption)],
    ),
    row(
        "client-keys-fetched-once",
        &[
            "rfc7523-key-rotation",
            "rfc8705-self-signed-jwks-uri-rotation",
        ],
        &[(
            "rfc7523-key-use-encryption",
            "without a second look at the set nothing can be said of its keys",
        )],
        &[Seam::KeySets(|_, wanted| Wanted {
            keep: Keep::Always,
            ..wanted
        })],
    ),
    row(
        "client-keys-never-removed",
        &[
            "rfc7523-key-rotation",
            "rfc8705-self-signed-jwks-uri-rotation",
        ],
        &[],
        &[Seam::KeySets(|_, wanted| Wanted {
            keep: Keep::Added,
            ..wanted
        })],
    ),
    row(
        "client-assertion-memory-for-each-endpoint",
        &["rfc7523-aud-cross-endpoint-replay"],
        &[],
        &[Seam::Changes(memory_for_each_endpoint)],
    ),
];

fn url(facts: &Facts, member: &str) -> Option<String> {
    let header = header(facts).filter(|_| is_tried(facts))?;
    Some(header.get(member)?.as_str()?.to_owned())
}

/// The header says where the keys are.
fn jku_trusted(facts: &Facts, wanted: Wanted) -> Wanted {
    let uri = url(facts, "jku").or(wanted.uri);
    Wanted { uri, ..wanted }
}

/// A library resolves the URL before anybody asks whether the key counts.
fn fetched_too(facts: &Facts, mut wanted: Wanted, member: &str) -> Wanted {
    wanted.unused.extend(url(facts, member));
    wanted
}

/// A key is a key.
fn key_for_encryption(context: &Context<'_>, facts: &mut Facts) {
    let others = facts.fetched().map(|set| set.others.clone());
    let others = others.unwrap_or_default();
    take_if(context, facts, |facts, client| {
        let header = header(facts).unwrap_or_default();
        let kid = header.get("kid").and_then(Value::as_str);
        let parts = text(facts).and_then(|text| text.rsplit_once('.'));
        let made = |(input, signature): (&str, &str)| {
            let mut named = others.iter().filter(|key| key.kid.as_deref() == kid);
            named.any(|key| verify(key.algorithm, &key.key, input.as_bytes(), signature))
        };
        !by_secret(client) && parts.is_some_and(made)
    });
}

/// The handler of the token endpoint remembers, that of revocation does not.
fn memory_for_each_endpoint(
    _: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    if facts.endpoint != Endpoint::Token {
        changes.retain(|change| !matches!(change, StateChange::RememberAssertion { .. }));
    }
    changes
}
