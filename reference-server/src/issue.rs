//! Facts that passed every check become an answer and changes of the state.

mod mint;

pub use mint::{Kind, Mint};

use std::sync::Arc;

use crate::access_token_manager::{Manager, TokenFormat};
use crate::context::Context;
use crate::endpoints;
use crate::facts::{Endpoint, Facts, ManagerChoice};
use crate::grants;
use crate::jose::{access_token, id_token};
use crate::notification::Notification;
use crate::registry::Client;
use crate::resource_indicators;
use crate::server::AssertionIdentifiers;
use crate::state::{AccessRecord, Party, RefreshRecord, StateChange, Usage};
use crate::vocabulary::{GrantType, Scope};
use crate::wire::json::Object;
use crate::wire::response::Response;

/// What is issued: an answer, and what changes with it.
#[derive(Debug)]
pub struct Issued {
    /// The answer.
    pub response: Response,
    /// The changes.
    pub changes: Vec<StateChange>,
    /// Who is told of it.
    pub notification: Option<Notification>,
}

impl Issued {
    /// An answer that changes nothing.
    #[must_use]
    pub const fn only(response: Response) -> Self {
        Self {
            response,
            changes: Vec::new(),
            notification: None,
        }
    }
}

/// What a grant gives to the token response.
#[derive(Debug)]
pub struct Basis {
    /// The grant that the tokens belong to; none for client credentials.
    pub grant: Option<String>,
    /// How the grant was obtained.
    pub grant_type: GrantType,
    /// Whether a refresh token comes with the access token.
    pub renewal: Renewal,
    /// Whether an ID token comes with the access token.
    pub id_token: IdToken,
    /// What the grant itself changes.
    pub changes: Vec<StateChange>,
}

/// Whether an ID token is issued (`OpenID` Connect Core §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdToken {
    /// It is, about the resource owner who authenticated now.
    Issued,
    /// None.
    None,
    /// It is, and it binds what is pushed with it to the `auth_req_id`, which is the grant (CIBA Core §10.3.1).
    Pushed,
}

/// Whether a refresh token is issued.
#[derive(Debug)]
pub enum Renewal {
    /// The first of a grant, good for this scope.
    First {
        /// What the resource owner granted.
        scope: Scope,
    },
    /// One that takes the place of another.
    Next {
        /// The other.
        of: Arc<RefreshRecord>,
    },
    /// None.
    None,
}

impl Renewal {
    /// The first refresh token of a grant with this scope, if the client may refresh.
    #[must_use]
    pub fn first(facts: &Facts, scope: Option<&Scope>) -> Self {
        let may_refresh = facts
            .client
            .as_ref()
            .is_some_and(|client| client.grants.contains(&GrantType::RefreshToken));
        match scope {
            Some(scope) if may_refresh => Self::First {
                scope: scope.clone(),
            },
            Some(_) | None => Self::None,
        }
    }
}

/// Answers a request that passed every check.
pub fn issue(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>) -> Issued {
    let mut issued = match facts.endpoint {
        Endpoint::Authorization => endpoints::authorization::issue(context, facts, mint),
        Endpoint::BackchannelAuthentication => endpoints::backchannel::issue(context, facts, mint),
        Endpoint::BackchannelDecision | Endpoint::DeviceVerification => {
            endpoints::decision::issue(context, facts, mint)
        }
        Endpoint::ClientConfiguration => endpoints::registration::manage(context, facts),
        Endpoint::DeviceAuthorization => endpoints::device::issue(context, facts, mint),
        Endpoint::Introspection => Issued::only(endpoints::introspection::answer(facts)),
        Endpoint::Jwks => Issued::only(endpoints::metadata::jwks(context)),
        Endpoint::Metadata => Issued::only(endpoints::metadata::document(context)),
        Endpoint::ProtectedResource => Issued::only(endpoints::protected_resource::answer(facts)),
        Endpoint::PushedAuthorization => {
            endpoints::pushed_authorization::issue(context, facts, mint)
        }
        Endpoint::Registration => endpoints::registration::issue(context, facts, mint),
        Endpoint::Revocation => endpoints::revocation::issue(context, facts),
        Endpoint::Token => (grants::requested(facts).issue)(context, facts, mint),
        Endpoint::Unknown => Issued::only(Response::empty(404)),
    };
    issued.changes.extend(used_assertion(context, facts));
    issued.changes.extend(forgotten_failures(context, facts));
    issued
}

/// A client that authenticates has failed before: that is forgotten.
pub fn forgotten_failures(context: &Context<'_>, facts: &Facts) -> Option<StateChange> {
    let client = facts.client.as_ref().filter(|_| facts.authenticates())?;
    let party = Party::Client(client.id.clone());
    context.records.failures(&party)?;
    Some(StateChange::ForgetFailures(party))
}

/// The `jti` or `ID` of an assertion that authenticated the client: it is used up, whatever else
/// becomes of the request.
pub fn used_assertion(context: &Context<'_>, facts: &Facts) -> Option<StateChange> {
    if let Some(assertion) = &facts.presented.saml_assertion {
        return grants::saml2_bearer::used(assertion);
    }
    if context.server.assertion_identifiers == AssertionIdentifiers::Ignored {
        return None;
    }
    let jws = facts.presented.assertion.as_ref()?.jws.as_ref()?;
    Some(StateChange::RememberAssertion {
        client: facts.client.as_ref()?.id.clone(),
        jti: jws.text("jti")?.to_owned(),
        until: context
            .now
            .plus(2 * u64::from(context.server.lifetimes.assertion)),
    })
}

/// The successful response of the token endpoint (RFC 6749 §5.1).
pub fn tokens(context: &Context<'_>, facts: &Facts, mint: &mut Mint<'_>, basis: Basis) -> Issued {
    let Basis {
        grant,
        grant_type,
        renewal,
        id_token,
        mut changes,
    } = basis;
    let manager = issuer_of(context, facts);
    let scope = resource_indicators::scope(context, facts);
    let client = facts
        .client
        .clone()
        .unwrap_or_else(|| Arc::clone(&context.server.nobody));
    let refresh = refresh_token(context, facts, mint, (&client, grant.as_deref(), renewal));
    let access = access_token(
        context,
        facts,
        mint,
        (client, grant, grant_type, manager.as_deref()),
        scope,
    );
    let auth_req_id = access
        .grant
        .as_deref()
        .filter(|_| id_token == IdToken::Pushed);
    let mut object = Object::default();
    if let Some(id) = auth_req_id {
        object = object.text("auth_req_id", id);
    }
    let mut object = object
        .text("access_token", &access.value)
        .text("token_type", "Bearer")
        .number("expires_in", access.expires.since(access.issued));
    if let Some(refresh) = &refresh {
        object = object.text("refresh_token", &refresh.value);
    }
    let mut object = object.text("scope", &access.scope.to_string());
    if id_token != IdToken::None {
        let pushed = auth_req_id.map(|auth_req_id| id_token::Pushed {
            auth_req_id,
            refresh_token: refresh.as_ref().map(|refresh| refresh.value.as_str()),
        });
        let token = id_token::jwt(&context.server.key, &facts.issuer, &access, pushed);
        object = object.text("id_token", &token);
    }
    changes.extend(refresh.map(StateChange::AddRefreshToken));
    changes.push(StateChange::AddAccessToken(access));
    Issued {
        response: Response::json(200, object),
        changes,
        notification: None,
    }
}

/// The instance that issues: without the checks of the choice the one that was found, or the default.
fn issuer_of(context: &Context<'_>, facts: &Facts) -> Option<Arc<Manager>> {
    match &facts.manager {
        ManagerChoice::Chosen(manager) | ManagerChoice::NotEligible(manager) => {
            Some(Arc::clone(manager))
        }
        ManagerChoice::Aborted(_) => context.server.installation_default(),
        ManagerChoice::Implicit => None,
    }
}

type AccessBasis<'a> = (Arc<Client>, Option<String>, GrantType, Option<&'a Manager>);

fn access_token(
    context: &Context<'_>,
    facts: &Facts,
    mint: &mut Mint<'_>,
    (client, grant, grant_type, manager): AccessBasis<'_>,
    scope: Scope,
) -> AccessRecord {
    let server = context.server;
    let (format, lifetime) = manager.map_or((server.format, server.lifetimes.access_token), |it| {
        (it.format, it.lifetime)
    });
    let mut record = AccessRecord {
        value: String::new(),
        subject: facts.subject.clone().unwrap_or_else(|| client.id.clone()),
        client,
        grant,
        grant_type,
        scope,
        actor: facts.actor.clone(),
        audience: audience(context, facts, manager),
        manager: manager.map(|manager| manager.id.clone()),
        jti: None,
        certificate: facts.confirmation(),
        issued: context.now,
        serial: context.serial,
        expires: context.now.plus(lifetime),
    };
    match format {
        TokenFormat::Jwt => {
            record.jti = Some(mint.value(Kind::Jti));
            record.value = access_token::jwt(&server.key, &facts.issuer, &record, manager);
        }
        TokenFormat::Opaque => record.value = mint.value(Kind::AccessToken),
    }
    record
}

/// Whom the token is for (RFC 9068 §3): the resources named, else those of the instance, else the
/// server itself.
fn audience(context: &Context<'_>, facts: &Facts, manager: Option<&Manager>) -> Vec<String> {
    let request = &facts.manager_request;
    let targets = grants::token_exchange::targets(facts);
    let indicated = resource_indicators::requested(context, facts);
    match manager {
        Some(_) | None if !targets.is_empty() => targets,
        Some(_) if request.aud.is_some() && request.id.is_none() => {
            request.aud.iter().cloned().collect()
        }
        Some(_) if !request.resources.is_empty() && request.id.is_none() => {
            request.resources.clone()
        }
        Some(manager) if !manager.resources.is_empty() => manager
            .resources
            .iter()
            .map(|(uri, _)| uri.clone())
            .collect(),
        None if !indicated.is_empty() => resource_indicators::distinct(indicated),
        Some(_) | None => vec![facts.issuer.clone()],
    }
}

fn refresh_token(
    context: &Context<'_>,
    facts: &Facts,
    mint: &mut Mint<'_>,
    (client, grant, renewal): (&Arc<Client>, Option<&str>, Renewal),
) -> Option<RefreshRecord> {
    let (scope, manager) = match renewal {
        Renewal::First { scope } => (
            scope,
            issuer_of(context, facts).map(|manager| manager.id.clone()),
        ),
        Renewal::Next { of } => (of.scope.clone(), of.manager.clone()),
        Renewal::None => return None,
    };
    Some(RefreshRecord {
        value: mint.value(Kind::RefreshToken),
        client: Arc::clone(client),
        grant: grant.unwrap_or_default().to_owned(),
        scope,
        subject: facts.subject.clone().unwrap_or_else(|| client.id.clone()),
        manager,
        resources: resource_indicators::renewable(context, facts),
        certificate: facts.confirmation().filter(|_| client.is_public()),
        issued: context.now,
        serial: context.serial,
        expires: context.now.plus(context.server.lifetimes.refresh_token),
        usage: Usage::Unused,
    })
}
