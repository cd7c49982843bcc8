//! Whether a change means anything for a request: what it touches must be there.

use std::collections::BTreeMap;

use super::Binding;
use super::expand::Context;
use crate::jose::KeyType;
use crate::probe::baseline;
use crate::suite::change::{Change, Who};
use crate::suite::model::Step;
use crate::suite::text::Text;
use crate::target::Client;
use crate::template;
use crate::vocabulary::Grant;

/// What is known of a variant before anything is sent.
#[derive(Clone, Debug)]
pub(super) struct Facts<'a> {
    /// The target and the suite.
    pub context: Context<'a>,
    /// Index of the client.
    pub client: Option<usize>,
    /// Index of the second client.
    pub other: Option<usize>,
    /// The grant.
    pub grant: Option<Grant>,
    parameters: Vec<&'static str>,
    /// Whose request it is.
    party: Party,
}

/// Whose request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Party {
    /// A client of the target.
    Client,
    /// A client that the target does not know.
    Stranger,
}

impl<'a> Facts<'a> {
    /// The facts of a client and a grant.
    #[must_use]
    pub(super) fn new(
        context: Context<'a>,
        client: Option<usize>,
        other: Option<usize>,
        grant: Option<Grant>,
    ) -> Self {
        let mut facts = Self {
            context,
            client,
            other,
            grant,
            parameters: Vec::new(),
            party: Party::Client,
        };
        if let (Some(client), Some(grant)) = (facts.own(), grant) {
            facts.parameters = baseline::parameter_names(context.target, client, grant);
        }
        facts
    }

    /// The facts of a request by a client that the target does not know.
    #[must_use]
    pub(super) fn of_stranger(context: Context<'a>) -> Self {
        let mut facts = Self::new(context, None, None, None);
        facts.parameters = vec!["grant_type", "client_id"];
        facts.party = Party::Stranger;
        facts
    }

    /// The client.
    #[must_use]
    pub(super) fn own(&self) -> Option<&'a Client> {
        self.client
            .and_then(|index| self.context.target.clients.get(index))
    }

    /// The second client.
    #[must_use]
    pub(super) fn second(&self) -> Option<&'a Client> {
        self.other
            .and_then(|index| self.context.target.clients.get(index))
    }

    /// The client's name in the target file.
    #[must_use]
    pub(super) fn client_name(&self) -> Option<&'a str> {
        self.own().map(|client| client.name.as_str())
    }

    /// Whether the baseline request has this parameter.
    #[must_use]
    pub(super) fn has_parameter(&self, name: &str) -> bool {
        self.parameters.contains(&name)
    }

    /// The scopes of the client for the grant.
    #[must_use]
    pub(super) fn scopes(&self) -> Vec<String> {
        self.own()
            .map(|client| baseline::scopes(client, self.grant))
            .unwrap_or_default()
    }
}

/// Whether every part of a change has something to change, and every value it needs is there.
pub(super) fn change_applies(
    change: &Change,
    facts: &Facts<'_>,
    bindings: &BTreeMap<String, Binding>,
) -> bool {
    let there = |name: &str| name == "all" || facts.has_parameter(&bound(name, bindings));
    let credentials_made_anew = change.authenticate.is_some();
    let named = |mut names: Vec<&str>| {
        names.retain(|name| !credentials_made_anew || !is_credential(name));
        names.is_empty() || names.into_iter().any(there)
    };
    let each = |names: Vec<&str>| {
        names
            .into_iter()
            .all(|name| (credentials_made_anew && is_credential(name)) || there(name))
    };
    named(change.remove.iter().map(Text::as_str).collect())
        && named(change.to_query.iter().map(Text::as_str).collect())
        && each(change.rename.keys().map(String::as_str).collect())
        && each(change.jwt.keys().map(String::as_str).collect())
        && each(change.saml.keys().map(String::as_str).collect())
        && each(change.spell.keys().map(String::as_str).collect())
        && each(
            change
                .before
                .keys()
                .chain(change.after.keys())
                .map(String::as_str)
                .collect(),
        )
        && authentication_applies(change, facts)
        && change
            .templates()
            .into_iter()
            .all(|text| text_applies(text, facts, bindings))
}

fn is_credential(name: &str) -> bool {
    matches!(
        name,
        "client_id" | "client_secret" | "client_assertion" | "client_assertion_type"
    )
}

fn authentication_applies(change: &Change, facts: &Facts<'_>) -> bool {
    let Some(authenticate) = &change.authenticate else {
        return true;
    };
    let by = authenticate.by.as_ref().map(Text::as_str);
    let client = match authenticate.client.unwrap_or_default() {
        // A stranger has what the change gives it.
        Who::Own if facts.party == Party::Stranger => {
            return match by {
                Some("client_secret_basic" | "client_secret_post" | "client_secret_jwt") => {
                    authenticate.secret.is_some()
                }
                Some("private_key_jwt" | "saml2_client_auth") => false,
                Some(_) | None => true,
            };
        }
        Who::Own => facts.own(),
        Who::Other => facts.second(),
    };
    let Some(client) = client else { return false };
    match by {
        Some("client_secret_basic" | "client_secret_post" | "client_secret_jwt") => {
            client.secret.is_some() || authenticate.secret.is_some()
        }
        Some("private_key_jwt") => client.key.is_some(),
        Some("saml2_client_auth") => facts.context.target.assertions.saml2_bearer.is_some(),
        Some(_) | None => true,
    }
}

/// Whether what a step changes and asks for is there.
pub(super) fn step_applies(
    step: &Step,
    facts: &Facts<'_>,
    bindings: &BTreeMap<String, Binding>,
) -> bool {
    let texts: Vec<&Text> = match step {
        Step::Send(send) => send.change.iter().flat_map(Change::templates).collect(),
        Step::Together(together) => together
            .send
            .change
            .iter()
            .flat_map(Change::templates)
            .collect(),
        Step::Authorize(authorize) => {
            let mut texts: Vec<&Text> = [&authorize.scope, &authorize.redirect_uri]
                .into_iter()
                .flatten()
                .collect();
            if let Some(change) = &authorize.change {
                texts.extend(change.set.values());
            }
            texts
        }
        Step::Push(push) => {
            let mut texts: Vec<&Text> = [&push.scope, &push.redirect_uri]
                .into_iter()
                .flatten()
                .collect();
            if let Some(change) = &push.change {
                texts.extend(change.set.values());
            }
            texts
        }
        Step::Durations(durations) => {
            let changes = durations.of.values().flat_map(|send| &send.change);
            changes.flat_map(Change::templates).collect()
        }
        Step::Register(register) => register.metadata.values().collect(),
        Step::Obtain(obtain) => obtain.scope.iter().collect(),
        Step::Prepare(prepare) => prepare.change.iter().flat_map(Change::templates).collect(),
        Step::Begin(begin) => begin.scope.iter().chain(begin.set.values()).collect(),
        Step::Check(check) => [&check.equals, &check.differs, &check.contains]
            .into_iter()
            .flatten()
            .collect(),
        Step::Publish(publish) => publish.templates().collect(),
        Step::Received(received) => std::iter::once(&received.at)
            .chain(&received.with)
            .collect(),
        Step::Approve(_)
        | Step::Deny(_)
        | Step::Elapse(_)
        | Step::Fetch(_)
        | Step::Handshake(_)
        | Step::Inspect(_)
        | Step::Revoke(_)
        | Step::Sample(_) => Vec::new(),
    };
    texts
        .into_iter()
        .all(|text| text_applies(text, facts, bindings))
}

/// Whether the values that a template asks for exist for this client and grant.
fn text_applies(text: &Text, facts: &Facts<'_>, bindings: &BTreeMap<String, Binding>) -> bool {
    let Ok(template) = template::parse(&text.value) else {
        return true;
    };
    template.paths().all(|path| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["value", "parameter"] => true,
            ["value", name] => facts.grant.is_none() || facts.has_parameter(&bound(name, bindings)),
            ["client", "default_atm"] => facts
                .own()
                .is_some_and(|client| facts.context.target.default_manager(client).is_some()),
            ["client", rest @ ..] => facts.own().is_some_and(|client| client_has(client, rest)),
            ["other", rest @ ..] => facts
                .second()
                .is_some_and(|client| client_has(client, rest)),
            ["scope", "first"] => !facts.scopes().is_empty(),
            ["scope", "last"] => !facts.scopes().is_empty(),
            ["scope", "second" | "rest"] => facts.scopes().len() > 1,
            ["issuer"] => facts.context.target.issuer.is_some(),
            ["metadata"] => facts.context.target.metadata.is_some(),
            ["user", _] => facts.context.target.user().is_some(),
            _ => true,
        }
    })
}

fn client_has(client: &Client, path: &[&str]) -> bool {
    match path {
        ["key", "kid"] => client.key.as_ref().is_some_and(|key| key.kid.is_some()),
        ["key", "modulus" | "pkcs1"] => {
            let key = client.key.as_ref();
            key.is_some_and(|key| key.key.key_type() == KeyType::Rsa)
        }
        ["key", ..] => client.key.is_some(),
        ["certificate", ..] => client.certificate.is_some(),
        ["secret" | "basic"] => client.secret.is_some(),
        ["jwks_uri"] => client.jwks_uri.is_some(),
        ["notification_endpoint"] => client.notification_endpoint.is_some(),
        ["retired_secret"] => client.retired_secret.is_some(),
        ["redirect_uri"] => !client.redirect_uris.is_empty(),
        ["redirect_uris", index] => index
            .parse()
            .is_ok_and(|index: usize| client.redirect_uris.len() > index),
        _ => true,
    }
}

/// A name, with a `for_each` name in it replaced.
fn bound(name: &str, bindings: &BTreeMap<String, Binding>) -> String {
    let inner = name
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap_or(name);
    match bindings.get(inner).and_then(|binding| binding.get("")) {
        Some(value) if inner != name || bindings.contains_key(name) => value.clone(),
        Some(_) | None => name.to_owned(),
    }
}
