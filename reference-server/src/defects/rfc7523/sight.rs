//! How a careless server sees an assertion: it reads what it can, and takes what it likes.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::error::Refusal;
use crate::facts::Facts;
use crate::jose::algorithm::Algorithm;
use crate::jose::assertion::{Assertion, JWT_BEARER, Signature};
use crate::jose::jws::Jws;
use crate::jose::signature::verify;
use crate::registry::Client;
use crate::resolve;
use crate::vocabulary::AuthenticationMethod;
use crate::wire::base64url;

/// The text of the assertion.
pub(super) fn text(facts: &Facts) -> Option<&str> {
    let assertion = facts.presented.assertion.as_ref()?;
    Some(&assertion.text)
}

pub(super) fn jws(facts: &Facts) -> Option<&Jws> {
    facts.presented.assertion.as_ref()?.jws.as_ref()
}

/// A segment as JSON; of a repeated member the last one counts.
pub(super) fn object(text: &str, segment: usize) -> Option<Map<String, Value>> {
    let segment = text.split('.').nth(segment)?;
    serde_json::from_slice(&base64url::decode(segment)?).ok()
}

pub(super) fn header(facts: &Facts) -> Option<Map<String, Value>> {
    object(text(facts)?, 0)
}

pub(super) fn alg(facts: &Facts) -> Option<String> {
    Some(header(facts)?.get("alg")?.as_str()?.to_owned())
}

/// A claim that is a text.
pub(super) fn claim(facts: &Facts, name: &str) -> Option<String> {
    Some(object(text(facts)?, 1)?.get(name)?.as_str()?.to_owned())
}

/// The client with this identifier.
pub(super) fn client(context: &Context<'_>, id: &str) -> Option<Arc<Client>> {
    context.server.registry.client(id)
}

pub(super) fn is_valid(facts: &Facts) -> bool {
    let assertion = facts.presented.assertion.as_ref();
    assertion.is_some_and(|it| it.signature == Signature::Valid)
}

/// Whether the method is one with an assertion.
pub(super) fn is_tried(facts: &Facts) -> bool {
    facts.methods.iter().any(|method| {
        [
            AuthenticationMethod::ClientSecretJwt,
            AuthenticationMethod::PrivateKeyJwt,
        ]
        .contains(method)
    })
}

/// Whether the client proves itself by a secret that keys an HMAC.
pub(super) fn by_secret(client: &Client) -> bool {
    client
        .methods
        .contains(&AuthenticationMethod::ClientSecretJwt)
}

/// Whether a key of the client made the signature, by its own algorithm or the one that is given, whatever
/// the header says.
pub(super) fn verifies(text: &str, client: &Client, algorithm: Option<Algorithm>) -> bool {
    let Some((input, signature)) = text.rsplit_once('.') else {
        return false;
    };
    client.keys.iter().any(|key| {
        let algorithm = algorithm.unwrap_or(key.algorithm);
        algorithm.key_kind() == key.algorithm.key_kind()
            && verify(algorithm, &key.key, input.as_bytes(), signature)
    })
}

/// Reads another text than the one that was sent.
pub(super) fn reread(context: &Context<'_>, facts: &mut Facts, text: &str) {
    if facts.presented.assertion.is_some() {
        facts.presented.assertion = Some(Assertion::read(text));
        resolve::client(context.server, facts);
        resolve::grant(context, facts);
    }
}

/// Takes the request for one that the client authenticated with a good assertion.
pub(super) fn take(context: &Context<'_>, facts: &mut Facts, client: Arc<Client>) {
    let text = text(facts).unwrap_or_default().to_owned();
    let mut payload = Map::new();
    let mut set = |name: &str, value: Value| drop(payload.insert(name.to_owned(), value));
    set("iss", client.id.clone().into());
    set("sub", client.id.clone().into());
    set("aud", context.server.issuer.clone().into());
    set("exp", (context.now.0 + 60).into());
    set("jti", format!("{text}{}", context.serial).into());
    facts.presented.assertion = Some(Assertion {
        text,
        jws: Some(Jws {
            header: Map::new(),
            payload,
            signing_input: String::new(),
            signature: String::new(),
        }),
        signature: Signature::Valid,
    });
    facts.presented.assertion_type = Some(JWT_BEARER.to_owned());
    let method = if by_secret(&client) {
        AuthenticationMethod::ClientSecretJwt
    } else {
        AuthenticationMethod::PrivateKeyJwt
    };
    facts.methods = vec![method];
    facts.client = Some(client);
    resolve::grant(context, facts);
}

/// Takes it for one of the client that it names, if the condition holds.
pub(super) fn take_if(
    context: &Context<'_>,
    facts: &mut Facts,
    condition: impl FnOnce(&Facts, &Client) -> bool,
) {
    let Some(client) = facts.client.clone().filter(|_| is_tried(facts)) else {
        return;
    };
    if condition(facts, &client) {
        take(context, facts, client);
    }
}

/// A check that is another condition.
pub(super) fn refuse_unless(holds: impl Into<Option<bool>>) -> Result<(), Refusal> {
    if holds.into() == Some(true) {
        Ok(())
    } else {
        Err(INVALID_CLIENT)
    }
}
