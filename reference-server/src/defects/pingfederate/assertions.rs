//! Client assertions: their parameters, algorithms and audience, and their replay.

use std::time::Duration;

use jsonwebtoken::crypto::verify;
use jsonwebtoken::{Algorithm as Backend, DecodingKey};

use super::row;
use crate::authentication::private_key_jwt::METHOD;
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Commit, Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::jose::algorithm::KeyKind;
use crate::jose::assertion::{JWT_BEARER, Signature};
use crate::registry::ClientKey;
use crate::resolve;
use crate::vocabulary::GrantType;
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

const ALGORITHMS: &[&str] = &["pingfederate-assertion-signing-algorithms"];
const AUDIENCE: &[&str] = &["pingfederate-assertion-audience-base-url"];
const PARAMETERS: &[&str] = &["pingfederate-assertion-parameters"];
const REPLAY: &[&str] = &["pingfederate-assertion-replay-on"];
const REPLAY_ANSWER: &[&str] = &[
    "pingfederate-assertion-replay-off",
    "pingfederate-assertion-replay-on",
];

macro_rules! audience {
    ($id:literal, $accepts:expr) => {
        row(
            $id,
            AUDIENCE,
            &[],
            &[Seam::Replace(
                CheckId::AssertionAudienceIsServer,
                |context, facts| audience_or(context, facts, $accepts),
            )],
        )
    };
}

macro_rules! assertion_type {
    ($id:literal, $accepts:expr) => {
        row(
            $id,
            PARAMETERS,
            &[],
            &[Seam::Replace(CheckId::AssertionTypeKnown, |_, facts| {
                type_or(facts, $accepts)
            })],
        )
    };
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "assertion-audience-not-checked",
        AUDIENCE,
        &[],
        &[Seam::Skip(CheckId::AssertionAudienceIsServer)],
    ),
    audience!("assertion-audience-by-prefix", |context, audience| {
        let mut own = context.server.audiences.iter();
        own.any(|own| audience.starts_with(own.as_str()))
    }),
    audience!("assertion-audience-by-path", |_, audience| {
        audience.ends_with("/as/token.oauth2")
    }),
    audience!(
        "assertion-audience-from-host-header",
        |context, audience| {
            let host = context.request.field("host").unwrap_or_default();
            let here = format!("//{host}{}", context.request.path);
            !host.is_empty() && audience.ends_with(&here)
        }
    ),
    audience!("assertion-audience-is-client", |context, audience| {
        context.server.registry.client(audience).is_some()
    }),
    row(
        "assertion-audience-at-first-location-only",
        AUDIENCE,
        &[],
        &[Seam::Replace(
            CheckId::AssertionAudienceIsServer,
            first_location_only,
        )],
    ),
    assertion_type!("assertion-type-may-be-left-out", |facts| {
        facts.parameters.count("client_assertion_type") == 0
    }),
    assertion_type!("assertion-type-may-be-empty", |facts| {
        facts.parameters.count("client_assertion_type") > 0
            && facts.presented.assertion_type.is_none()
    }),
    assertion_type!("assertion-type-by-first-part", |facts| {
        let text = facts.presented.assertion_type.as_deref();
        text.is_some_and(|it| it.starts_with("urn:ietf:params:oauth:client-assertion-type:"))
    }),
    assertion_type!("assertion-type-by-last-part", |facts| {
        let text = facts.presented.assertion_type.as_deref();
        text.is_some_and(|it| it.ends_with(":jwt-bearer"))
    }),
    row(
        "assertion-type-is-enough-for-owner-of-code",
        PARAMETERS,
        &[],
        &[
            Seam::Facts(client_of_code),
            Seam::Replace(CheckId::AssertionWellFormed, well_formed_where_sent),
        ],
    ),
    row(
        "assertion-read-from-query",
        PARAMETERS,
        &[],
        &[Seam::Read(read_from_query)],
    ),
    row(
        "assertion-algorithms-of-256-bits-only",
        ALGORITHMS,
        &[],
        &[Seam::Replace(CheckId::AssertionKeyKnown, of_256_bits)],
    ),
    row(
        "assertion-algorithm-pin-ignored",
        ALGORITHMS,
        &[],
        &[Seam::Facts(pin_ignored)],
    ),
    row(
        "assertion-pss-served",
        ALGORITHMS,
        &[],
        &[Seam::Facts(pss_served)],
    ),
    row(
        "assertion-hmac-keyed-with-public-key",
        ALGORITHMS,
        &[],
        &[Seam::Facts(keyed_with_public_key)],
    ),
    row(
        "assertion-may-be-replayed",
        REPLAY,
        &[],
        &[Seam::Skip(CheckId::AssertionNotReplayed)],
    ),
    row(
        "assertion-replay-is-500",
        REPLAY_ANSWER,
        &[],
        &[Seam::Response(replay_is_500)],
    ),
    row(
        "assertion-looked-up-then-entered",
        REPLAY,
        &[],
        &[Seam::Commit(Commit::Window(Duration::from_millis(5)))],
    ),
    row(
        "assertion-without-jti-served",
        REPLAY,
        &[],
        &[Seam::Skip(CheckId::AssertionIdPresent)],
    ),
    row(
        "assertion-jti-shared-by-clients",
        REPLAY,
        &[],
        &[Seam::Replace(
            CheckId::AssertionNotReplayed,
            shared_by_clients,
        )],
    ),
];

/// An audience of the assertion is one of this server, or satisfies the condition.
fn audience_or(
    context: &Context<'_>,
    facts: &Facts,
    accepts: fn(&Context<'_>, &str) -> bool,
) -> Result<(), Refusal> {
    let Some(assertion) = &facts.presented.assertion else {
        return Ok(());
    };
    let own = |audience: &str| context.server.audiences.iter().any(|it| it == audience);
    let audiences = assertion.audiences();
    let mut all = audiences.into_iter();
    all.any(|audience| own(audience) || accepts(context, audience))
        .then_some(())
        .ok_or(INVALID_CLIENT)
}

/// The other locations of the token endpoint are not in the list.
fn first_location_only(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(assertion) = &facts.presented.assertion else {
        return Ok(());
    };
    let server = context.server;
    let own = [server.issuer.as_str(), server.places.token.as_str()];
    let audiences = assertion.audiences();
    audiences
        .iter()
        .any(|audience| own.contains(audience))
        .then_some(())
        .ok_or(INVALID_CLIENT)
}

/// The type is that of RFC 7523, or the condition excuses it.
fn type_or(facts: &Facts, excused: fn(&Facts) -> bool) -> Result<(), Refusal> {
    let right = facts.presented.assertion_type.as_deref() == Some(JWT_BEARER);
    (right || excused(facts))
        .then_some(())
        .ok_or(INVALID_CLIENT)
}

/// Who sends no assertion is the client that its code was issued to.
fn client_of_code(context: &Context<'_>, facts: &mut Facts) {
    let typed = facts.presented.assertion_type.is_some();
    if typed && facts.presented.assertion.is_none() && facts.client.is_none() {
        let code = facts.code.as_ref();
        let own = code.filter(|code| !code.client.keys.is_empty());
        facts.client = own.map(|code| code.client.clone());
        resolve::grant(context, facts);
    }
}

fn well_formed_where_sent(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let assertion = facts.presented.assertion.as_ref();
    let excused = facts.is_grant(GrantType::AuthorizationCode);
    assertion
        .map_or(excused, |assertion| assertion.jws.is_some())
        .then_some(())
        .ok_or(INVALID_CLIENT)
}

/// A list that query and body share is asked for the assertion.
fn read_from_query(request: RawRequest) -> RawRequest {
    let query = request.query_form();
    if request.method != "POST" || query.count("client_assertion") == 0 {
        return request;
    }
    request.edit_form(|form| {
        for name in ["client_assertion", "client_assertion_type"] {
            if let (0, Some(value)) = (form.count(name), query.value(name)) {
                form.push(name, value);
            }
        }
    })
}

fn alg(facts: &Facts) -> Option<&str> {
    let assertion = facts.presented.assertion.as_ref()?;
    assertion.jws.as_ref()?.header_text("alg")
}

fn of_256_bits(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let assertion = facts.presented.assertion.as_ref();
    let known = assertion.is_none_or(|it| it.signature != Signature::NoKey);
    (known && alg(facts).is_none_or(|alg| alg.ends_with("256")))
        .then_some(())
        .ok_or(INVALID_CLIENT)
}

/// Tries a signature that no key was found for in another way.
fn try_again(facts: &mut Facts, backend: Backend, key: impl Fn(&ClientKey) -> DecodingKey) {
    let (Some(client), Some(assertion)) = (&facts.client, &mut facts.presented.assertion) else {
        return;
    };
    let Some(jws) = assertion.jws.as_ref() else {
        return;
    };
    let input = jws.signing_input.as_bytes();
    let made = |own: &ClientKey| {
        own.algorithm.key_kind() != KeyKind::Secret
            && verify(&jws.signature, input, &key(own), backend).unwrap_or(false)
    };
    if assertion.signature == Signature::NoKey && client.keys.iter().any(made) {
        assertion.signature = Signature::Valid;
    }
}

/// The algorithm comes from the header; what the client is pinned to is for new keys.
fn pin_ignored(_: &Context<'_>, facts: &mut Facts) {
    let backend = match alg(facts) {
        Some("RS256") => Backend::RS256,
        Some("RS384") => Backend::RS384,
        Some("RS512") => Backend::RS512,
        Some(_) | None => return,
    };
    try_again(facts, backend, |own| own.key.clone());
}

fn pss_served(_: &Context<'_>, facts: &mut Facts) {
    let several = facts.client.as_ref().is_some_and(|it| it.keys.len() > 1);
    let backend = match alg(facts) {
        Some("PS256") => Backend::PS256,
        Some("PS384") => Backend::PS384,
        Some("PS512") => Backend::PS512,
        Some(_) | None => return,
    };
    if several {
        try_again(facts, backend, |own| own.key.clone());
    }
}

/// The verification takes the algorithm from the header and whatever key is on file.
fn keyed_with_public_key(_: &Context<'_>, facts: &mut Facts) {
    let backend = match alg(facts) {
        Some("HS256") => Backend::HS256,
        Some("HS384") => Backend::HS384,
        Some("HS512") => Backend::HS512,
        Some(_) | None => return,
    };
    try_again(facts, backend, |own| {
        DecodingKey::from_secret(own.pem.as_bytes())
    });
}

/// Whether the assertion was used before.
fn is_replayed(context: &Context<'_>, facts: &Facts) -> bool {
    let assertion = facts.presented.assertion.as_ref();
    let jti = assertion.and_then(|it| it.jws.as_ref()?.text("jti"));
    let used = facts.client.as_ref().zip(jti);
    used.is_some_and(|(client, jti)| context.records.is_assertion_used(&client.id, jti))
}

/// The unique index refuses the second entry, and nobody expects that.
fn replay_is_500(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let attempted = (METHOD.presented)(&facts.presented);
    if attempted && response.status == 401 && is_replayed(context, facts) {
        return response.with_status(500);
    }
    response
}

fn shared_by_clients(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let assertion = facts.presented.assertion.as_ref();
    let Some(jti) = assertion.and_then(|it| it.jws.as_ref()?.text("jti")) else {
        return Ok(());
    };
    let mut clients = context.server.registry.clients();
    (!clients.any(|client| context.records.is_assertion_used(&client.id, jti)))
        .then_some(())
        .ok_or(INVALID_CLIENT)
}
