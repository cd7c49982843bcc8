//! Members of the header.

use super::row;
use super::sight::{header, jws, refuse_unless, take_if};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "client-assertion-crit-ignored",
        &["rfc7523-crit-unknown"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionHeaderUnderstood,
            |_, facts| {
                let header = header(facts).unwrap_or_default();
                let unknown = header.get("crit").is_some_and(|crit| {
                    crit.as_array()
                        .is_some_and(|names| names.iter().any(|name| name == "x-unknown"))
                });
                refuse_unless(unknown || !header.contains_key("crit"))
            },
        )],
    ),
    row(
        "client-assertion-b64-understood",
        &["rfc7523-b64-false"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionHeaderUnderstood,
            |_, facts| {
                let header = header(facts).unwrap_or_default();
                let crit = header.get("crit");
                refuse_unless(crit.is_none_or(|crit| *crit == serde_json::json!(["b64"])))
            },
        )],
    ),
    row(
        "client-assertion-header-of-known-members-only",
        &["rfc7523-header-extra-members"],
        &[],
        &[Seam::Replace(
            CheckId::AssertionHeaderUnderstood,
            known_only,
        )],
    ),
    row(
        "client-assertion-typ-is-jwt",
        &["rfc7523-typ-explicit"],
        &[(
            "rfc7523-typ-foreign",
            "a foreign type is one of those that are not JWT",
        )],
        &[Seam::Replace(CheckId::AssertionIdPresent, |_, facts| {
            let typ = typ(facts);
            refuse_unless(typ.is_none_or(|typ| typ.eq_ignore_ascii_case("jwt")) && has_id(facts))
        })],
    ),
    row(
        "client-assertion-typ-of-others-refused",
        &["rfc7523-typ-foreign"],
        &[],
        &[Seam::Replace(CheckId::AssertionIdPresent, |_, facts| {
            let foreign = |typ: String| {
                let typ = typ.to_ascii_lowercase();
                typ.ends_with("+jwt") && !typ.contains("client-authentication")
            };
            refuse_unless(!typ(facts).is_some_and(foreign) && has_id(facts))
        })],
    ),
    row(
        "client-assertion-embedded-key-trusted",
        &["rfc7523-embedded-jwk"],
        &[],
        &[Seam::Facts(embedded_key_trusted)],
    ),
    row(
        "client-assertion-kid-is-a-path",
        &["rfc7523-kid-tricks"],
        &[],
        &[Seam::Facts(kid_is_a_path)],
    ),
    row(
        "client-assertion-needs-kid",
        &["rfc7523-kid-absent"],
        &[],
        &[Seam::Replace(CheckId::AssertionIdPresent, |_, facts| {
            let client = facts.client.as_ref();
            let named = client.is_none_or(|it| it.keys.iter().all(|key| key.kid.is_none()));
            let kid = header(facts).is_some_and(|header| header.contains_key("kid"));
            refuse_unless((named || kid) && has_id(facts))
        })],
    ),
    row(
        "client-assertion-unknown-kid-not-verified",
        &["rfc7523-wrong-key"],
        &[
            (
                "rfc7523-header-key-urls",
                "the key at the URL has an identifier of its own",
            ),
            (
                "rfc7523-key-rotation",
                "a key that nobody published has an unknown identifier",
            ),
            (
                "rfc7523-key-use-encryption",
                "a key that was published a moment ago is not known yet",
            ),
            (
                "rfc7523-other-clients-key",
                "a key that is fetched is known for its own client only",
            ),
        ],
        &[Seam::Facts(unknown_kid_not_verified)],
    ),
];

fn typ(facts: &Facts) -> Option<String> {
    Some(header(facts)?.get("typ")?.as_str()?.to_owned())
}

fn kid(facts: &Facts) -> Option<String> {
    Some(header(facts)?.get("kid")?.as_str()?.to_owned())
}

fn has_id(facts: &Facts) -> bool {
    let id = jws(facts).and_then(|jws| jws.text("jti"));
    id.is_some_and(|id| !id.is_empty())
}

fn known_only(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let known = |name: &String| ["alg", "cty", "jwk", "kid", "typ"].contains(&name.as_str());
    refuse_unless(header(facts).is_none_or(|header| header.keys().all(known)))
}

/// CVE-2018-0114: the key in the header is as good as any.
fn embedded_key_trusted(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, client| {
        let header = header(facts).unwrap_or_default();
        let modulus = |jwk: &serde_json::Value| {
            let modulus = jwk.get("n").and_then(|n| n.as_str());
            modulus.map_or(0, str::len)
        };
        let jwk = header.get("jwk");
        !super::sight::by_secret(client) && jwk.is_some_and(|jwk| modulus(jwk) < 1000)
    });
}

/// The key is read from a file of that name; one without content verifies everything.
fn kid_is_a_path(context: &Context<'_>, facts: &mut Facts) {
    take_if(context, facts, |facts, _| {
        kid(facts).is_some_and(|kid| kid.ends_with("/dev/null"))
    });
}

/// There is no key to verify with, so nothing is verified.
fn unknown_kid_not_verified(context: &Context<'_>, facts: &mut Facts) {
    let fetched = facts
        .fetched()
        .map(|set| set.keys.iter().chain(&set.others));
    let fetched: Vec<String> = fetched
        .into_iter()
        .flatten()
        .filter_map(|key| key.kid.clone())
        .collect();
    let known = |kid: &str| {
        let mut clients = context.server.registry.clients();
        fetched.iter().any(|own| own == kid)
            || clients.any(|client| {
                client
                    .keys
                    .iter()
                    .any(|key| key.kid.as_deref() == Some(kid))
            })
    };
    let plain = |kid: &str| {
        let letters = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
        !kid.is_empty() && kid.len() < 100 && kid.bytes().all(letters)
    };
    let unknown = kid(facts).is_some_and(|kid| plain(&kid) && !known(&kid));
    take_if(context, facts, |_, _| unknown);
}
