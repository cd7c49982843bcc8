//! What the server publishes about itself: metadata (RFC 8414) and keys (RFC 7517).

use std::collections::BTreeSet;

use crate::context::Context;
use crate::facts::Endpoint;
use crate::jose::algorithm::{Algorithm, KeyKind};
use crate::registry::{Client, PkceMethods};
use crate::server::Server;
use crate::vocabulary::{AuthenticationMethod, GrantType};
use crate::wire::json::Object;
use crate::wire::response::Response;

/// The metadata document; both well-known places have the same.
#[must_use]
pub fn document(context: &Context<'_>) -> Response {
    let server = context.server;
    let places = &server.places;
    let mut object = Object::default()
        .text("issuer", &server.issuer)
        .text("authorization_endpoint", &places.authorization)
        .text("token_endpoint", &places.token)
        .text("jwks_uri", &places.jwks)
        .text("introspection_endpoint", &places.introspection)
        .text("revocation_endpoint", &places.revocation)
        .list("response_types_supported", ["code"])
        .list("response_modes_supported", ["query"])
        .list("subject_types_supported", ["public"])
        .list("id_token_signing_alg_values_supported", ["ES256"])
        .value(
            "authorization_response_iss_parameter_supported",
            &true.into(),
        );
    let grants: BTreeSet<GrantType> = server
        .registry
        .clients()
        .flat_map(|client| client.grants.iter().copied())
        .collect();
    if grants.contains(&GrantType::DeviceCode) {
        object = object.text(
            "device_authorization_endpoint",
            &places.device_authorization,
        );
    }
    if grants.contains(&GrantType::Ciba) {
        object = object
            .text(
                "backchannel_authentication_endpoint",
                &places.backchannel_authentication,
            )
            .list(
                "backchannel_token_delivery_modes_supported",
                delivery_modes(server),
            )
            .value("backchannel_user_code_parameter_supported", &false.into());
    }
    if let Some(pushed) = &places.pushed_authorization {
        object = object.text("pushed_authorization_request_endpoint", pushed);
    }
    if let Some(registration) = &server.registration {
        object = object.text("registration_endpoint", &registration.place);
    }
    if let Some(base) = &server.mutual_tls {
        object = mutual_tls(object, server, base);
    }
    for (name, values) in lists(server) {
        if !values.is_empty() {
            object = object.list(name, values);
        }
    }
    publish(object)
}

/// How clients get the tokens of a backchannel authentication (CIBA Core §4).
fn delivery_modes(server: &Server) -> BTreeSet<&'static str> {
    let clients = server.registry.clients();
    let clients = clients.filter(|client| client.grants.contains(&GrantType::Ciba));
    clients
        .map(|client| client.delivery_mode.as_str())
        .collect()
}

/// Where clients that present a certificate go (RFC 8705 §5), and that tokens are bound to it (§3.3).
fn mutual_tls(object: Object, server: &Server, base: &str) -> Object {
    let path = |endpoint: Endpoint| {
        let found = server.paths.iter().find(|(_, it)| *it == endpoint);
        found.map(|(path, _)| serde_json::Value::from(format!("{base}{path}")))
    };
    let aliases = [
        ("token_endpoint", Endpoint::Token),
        ("introspection_endpoint", Endpoint::Introspection),
        ("revocation_endpoint", Endpoint::Revocation),
        (
            "pushed_authorization_request_endpoint",
            Endpoint::PushedAuthorization,
        ),
    ];
    let aliases = aliases.into_iter();
    let aliases = aliases.filter_map(|(name, it)| Some((name.to_owned(), path(it)?)));
    let aliases = serde_json::Value::Object(aliases.collect());
    object
        .value("mtls_endpoint_aliases", &aliases)
        .value("tls_client_certificate_bound_access_tokens", &true.into())
}

/// The public keys that verify the server's access tokens.
#[must_use]
pub fn jwks(context: &Context<'_>) -> Response {
    let keys = context.server.keys().map(|key| key.jwk.clone().into_text());
    let keys: Vec<String> = keys.collect();
    publish(Object::default()).with_body(format!("{{\"keys\":[{}]}}", keys.join(",")))
}

fn publish(object: Object) -> Response {
    Response::empty(200)
        .with("Content-Type", "application/json")
        .with("Cache-Control", "public, max-age=60")
        .with_body(object.into_bytes())
}

/// Whether it signs with whatever algorithm the keys that it publishes are for.
fn has_fetched_keys(client: &Client) -> bool {
    let signs = client
        .methods
        .contains(&AuthenticationMethod::PrivateKeyJwt);
    signs && client.jwks_uri.is_some()
}

/// The members that follow from the registered clients.
fn lists(server: &Server) -> Vec<(&'static str, BTreeSet<&str>)> {
    let clients = || server.registry.clients();
    let methods: BTreeSet<&str> = clients()
        .flat_map(|client| client.methods.iter())
        .filter(|method| method.is_registered())
        .map(|method| method.as_str())
        .collect();
    let confidential = || {
        methods
            .iter()
            .copied()
            .filter(|method| *method != "none")
            .collect()
    };
    let mut algorithms: BTreeSet<&str> = clients()
        .flat_map(|client| client.keys.iter().map(|key| key.algorithm.as_str()))
        .collect();
    if clients().any(|client| has_fetched_keys(client)) {
        let all = Algorithm::ALL.iter();
        let all = all.filter(|algorithm| algorithm.key_kind() != KeyKind::Secret);
        algorithms.extend(all.map(|algorithm| algorithm.as_str()));
    }
    let mut challenges = BTreeSet::from(["S256"]);
    if clients().any(|client| client.pkce.methods == PkceMethods::PlainToo) {
        challenges.insert("plain");
    }
    vec![
        (
            "scopes_supported",
            clients().flat_map(|client| client.scope.values()).collect(),
        ),
        (
            "grant_types_supported",
            clients()
                .flat_map(|client| client.grants.iter().map(|grant| grant.as_str()))
                .collect(),
        ),
        ("code_challenge_methods_supported", challenges),
        (
            "introspection_endpoint_auth_methods_supported",
            confidential(),
        ),
        (
            "revocation_endpoint_auth_methods_supported",
            methods.clone(),
        ),
        ("token_endpoint_auth_methods_supported", methods),
        (
            "introspection_endpoint_auth_signing_alg_values_supported",
            algorithms.clone(),
        ),
        (
            "revocation_endpoint_auth_signing_alg_values_supported",
            algorithms.clone(),
        ),
        (
            "token_endpoint_auth_signing_alg_values_supported",
            algorithms,
        ),
    ]
}
