//! Client registration (RFC 7591), open to everybody, and the client configuration endpoint (RFC 7592) as far as reading and
//! deleting go.

use crate::checks::{CheckId, Group};
use crate::context::Context;
use crate::endpoints::protected_resource::bearer;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::issue::{Issued, Kind, Mint};
use crate::registration::{self, ClientMetadata, Registration, certificate, has_secret};
use crate::registry::Secret;
use crate::state::{RegisteredClient, StateChange};
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType};
use crate::wire::json::Object;
use crate::wire::media_type::MediaType;
use crate::wire::response::Response;

/// Registration requests.
pub const GROUP: Group = Group {
    applies: |facts| facts.endpoint == Endpoint::Registration,
    checks: &[
        (CheckId::RegistrationIsJson, is_json),
        (CheckId::RegistrationValuesKnown, values_known),
        (CheckId::RegistrationSubjectSingle, subject_single),
        (CheckId::RegistrationRedirectUrisValid, redirect_uris_valid),
    ],
};

/// Requests about a client that registered itself.
pub const MANAGEMENT: Group = Group {
    applies: |facts| facts.endpoint == Endpoint::ClientConfiguration,
    checks: &[(CheckId::RegistrationTokenMatches, token_matches)],
};

/// Registers a client (RFC 7591 §3.2.1).
pub fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let Some(registration) = &context.server.registration else {
        return Issued::only(Response::empty(404));
    };
    let sent = facts.registration.clone().unwrap_or_default();
    let metadata = sent.registered(registration);
    let id = mint.value(Kind::ClientId);
    let needs_secret = metadata.method().is_some_and(has_secret);
    let secret = needs_secret.then(|| mint.value(Kind::ClientSecret));
    let record = RegisteredClient {
        client: registration::shared(&metadata, &id, secret.as_deref()),
        metadata,
        token: Secret::new(mint.value(Kind::RegistrationToken)),
        issued: context.now,
        serial: context.serial,
        expires: context.now.plus(registration.lifetime),
    };
    Issued {
        response: Response::json(201, information(registration, &record)),
        changes: vec![StateChange::AddClient(record)],
        notification: None,
    }
}

/// What becomes of a client that registered itself: it is shown (RFC 7592 §2.1), or deleted (§2.3).
pub fn manage(context: &Context<'_>, facts: &Facts) -> Issued {
    let (Some(registration), Some(record)) = (&context.server.registration, &facts.registered)
    else {
        return Issued::only(Response::empty(404));
    };
    if context.request.method == "DELETE" {
        let response = Response::empty(204)
            .with("Cache-Control", "no-store")
            .with("Pragma", "no-cache");
        return Issued {
            response,
            changes: vec![StateChange::RemoveClient(record.client.id.clone())],
            notification: None,
        };
    }
    Issued::only(Response::json(200, information(registration, record)))
}

/// The client information response: what was registered, and what the server made (RFC 7591 §3.2.1, RFC 7592 §3).
fn information(registration: &Registration, record: &RegisteredClient) -> Object {
    let client = &record.client;
    let mut object = Object::default()
        .text("client_id", &client.id)
        .number("client_id_issued_at", record.issued.0);
    if let Some(secret) = &client.secret {
        object = object
            .text("client_secret", secret.expose())
            .number("client_secret_expires_at", record.expires.0);
    }
    object = object
        .text("registration_access_token", record.token.expose())
        .text(
            "registration_client_uri",
            &format!("{}/{}", registration.place, client.id),
        );
    let members = record.metadata.0.iter();
    members.fold(object, |object, (name, value)| object.value(name, value))
}

const fn invalid(description: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidClientMetadata, description)
}

fn metadata(facts: &Facts) -> Option<&ClientMetadata> {
    facts.registration.as_ref()
}

fn is_json(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.media_type == MediaType::Json && facts.registration.is_some() {
        return Ok(());
    }
    Err(invalid("The content has to be a JSON object"))
}

fn values_known(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let (Some(metadata), Some(registration)) = (metadata(facts), &context.server.registration)
    else {
        return Ok(());
    };
    if !metadata.is_well_typed() {
        return Err(invalid("A member is not of its type"));
    }
    let Some(method) = metadata.method() else {
        return Err(invalid("The authentication method is not served"));
    };
    if method == AuthenticationMethod::TlsClientAuth && context.server.mutual_tls.is_none() {
        return Err(invalid("There is no mutual TLS here"));
    }
    let served =
        |grant: &Option<GrantType>| grant.is_some_and(|grant| registration.grants.contains(&grant));
    if !metadata.grants().iter().all(served) {
        return Err(invalid("A grant type is not served"));
    }
    if method == AuthenticationMethod::None && metadata.wants(GrantType::ClientCredentials) {
        return Err(invalid("A public client has no credentials"));
    }
    let types = metadata.list("response_types").unwrap_or_default();
    if types.iter().any(|response_type| *response_type != "code") {
        return Err(invalid("A response type is not served"));
    }
    if metadata.subjects().any(|it| certificate(it).is_none()) {
        return Err(invalid("A subject of a certificate is not well formed"));
    }
    Ok(())
}

fn subject_single(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let by_certificate =
        |metadata: &&ClientMetadata| metadata.method() == Some(AuthenticationMethod::TlsClientAuth);
    match metadata(facts).filter(by_certificate) {
        Some(metadata) if metadata.subjects().count() != 1 => Err(invalid(
            "tls_client_auth needs exactly one subject of a certificate",
        )),
        Some(_) | None => Ok(()),
    }
}

fn redirect_uris_valid(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match metadata(facts) {
        Some(metadata) if !metadata.has_good_redirect_uris() => Err(Refusal::new(
            ErrorCode::InvalidRedirectUri,
            "Each redirect_uri has to be an absolute URI without a fragment",
        )),
        Some(_) | None => Ok(()),
    }
}

fn token_matches(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let token = bearer(facts);
    let known = facts.registered.as_ref();
    if known.is_some_and(|record| token.is_some_and(|token| record.token.matches(token))) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidToken,
        "The registration access token is not that of this client",
    ))
}
