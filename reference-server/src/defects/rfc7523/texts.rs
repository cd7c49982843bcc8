//! The text of an assertion: segments, base64url, JSON.

use super::row;
use super::sight::{client, is_tried, jws, object, reread, take, text, verifies};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::jose::jws::Jws;
use crate::wire::base64url;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "client-assertion-members-may-repeat",
        &["rfc7523-duplicate-members"],
        &[],
        &[Seam::Facts(members_may_repeat)],
    ),
    row(
        "client-assertion-padding-ignored",
        &["rfc7523-base64-noncanonical"],
        &[],
        &[Seam::Facts(|context, facts| {
            respell(context, facts, |text| text.trim_end_matches('=').to_owned());
        })],
    ),
    row(
        "client-assertion-white-space-ignored",
        &["rfc7523-whitespace"],
        &[],
        &[Seam::Facts(|context, facts| {
            respell(context, facts, |text| {
                text.replace(".\t", ".").replace(".\n", ".")
            });
        })],
    ),
    row(
        "client-assertion-first-three-segments-read",
        &["rfc7523-segments"],
        &[],
        &[Seam::Facts(|context, facts| {
            respell(context, facts, |text| {
                text.split('.').take(3).collect::<Vec<_>>().join(".")
            });
        })],
    ),
    row(
        "client-assertion-header-null-is-500",
        &["rfc7523-not-a-jwt"],
        &[],
        &[Seam::Response(header_null_is_500)],
    ),
    row(
        "client-assertion-large-is-500",
        &["rfc7523-oversized"],
        &[],
        &[Seam::Response(large_is_500)],
    ),
    row(
        "client-assertion-decrypted-is-authentic",
        &["rfc7523-jwe"],
        &[],
        &[Seam::Facts(decrypted_is_authentic)],
    ),
    row(
        "client-assertion-inner-one-read",
        &["rfc7523-nested"],
        &[],
        &[Seam::Facts(inner_one_read)],
    ),
    row(
        "client-assertion-costly-parameters-are-500",
        &["rfc7523-pbes2-cost"],
        &[],
        &[Seam::Response(costly_parameters_are_500)],
    ),
];

/// Where another spelling differs, that one is read.
fn respell(context: &Context<'_>, facts: &mut Facts, spell: impl FnOnce(&str) -> String) {
    let Some(sent) = text(facts).map(str::to_owned) else {
        return;
    };
    let spelled = spell(&sent);
    if spelled != sent && is_tried(facts) {
        reread(context, facts, &spelled);
    }
}

/// The reader of JSON keeps the last value; who the client is was read before, from the last `sub`.
fn members_may_repeat(context: &Context<'_>, facts: &mut Facts) {
    let Some(sent) = text(facts).filter(|_| jws(facts).is_none()) else {
        return;
    };
    let repeats = |segment: usize| {
        let part = sent.split('.').nth(segment).and_then(base64url::decode);
        let part = String::from_utf8(part.unwrap_or_default()).unwrap_or_default();
        ["\"iss\":", "\"exp\":", "\"aud\":"]
            .iter()
            .any(|name| part.matches(name).count() > 1)
    };
    let sub = object(sent, 1).and_then(|claims| Some(claims.get("sub")?.as_str()?.to_owned()));
    let Some(client) = sub.and_then(|sub| client(context, &sub)) else {
        return;
    };
    if repeats(1) && verifies(sent, &client, None) {
        take(context, facts, client);
    }
}

/// An error that nobody expected.
fn is_500(response: Response, when: impl Into<Option<bool>>) -> Response {
    if when.into() == Some(true) && (400..500).contains(&response.status) {
        return response.with_status(500);
    }
    response
}

fn header_null_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let null = base64url::encode(b"null");
    let when = text(facts).is_some_and(|text| text.starts_with(&format!("{null}.")));
    is_500(response, when)
}

fn large_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let large = text(facts).is_some_and(|text| (16_384..65_536).contains(&text.len()));
    if large && jws(facts).is_some() {
        return response.with_status(500);
    }
    response
}

/// What could be decrypted must be from the client. (The reference server reads the claims from where the
/// cipher text stands: it has no key to decrypt with.)
fn decrypted_is_authentic(context: &Context<'_>, facts: &mut Facts) {
    let Some(sent) = text(facts).filter(|text| text.matches('.').count() == 4) else {
        return;
    };
    let direct =
        object(sent, 0).is_some_and(|header| header.get("alg").is_some_and(|it| it == "dir"));
    let sub = object(sent, 3).and_then(|claims| Some(claims.get("sub")?.as_str()?.to_owned()));
    let client = sub.and_then(|sub| client(context, &sub));
    if let Some(client) = client.filter(|_| direct) {
        take(context, facts, client);
    }
}

/// The claims of the inner one count; whose signatures are good is not asked.
fn inner_one_read(context: &Context<'_>, facts: &mut Facts) {
    let inner = text(facts).and_then(|text| {
        let payload = text.split('.').nth(1).and_then(base64url::decode)?;
        Jws::parse(&String::from_utf8(payload).ok()?)
    });
    let client = inner.and_then(|inner| client(context, inner.text("sub")?));
    if let Some(client) = client {
        take(context, facts, client);
    }
}

fn costly_parameters_are_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let alg = super::sight::alg(facts).unwrap_or_default();
    is_500(response, alg.starts_with("PBES2"))
}
