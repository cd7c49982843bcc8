//! From a request to its facts, in stages. A defect that changes an early fact can run the later
//! stages again: [`client`], [`grant`], [`scope`], [`manager`](fn@manager).

use std::sync::Arc;

use crate::access_token_manager::{self, Asker, Choice, ManagerRequest, OpenId};
use crate::authentication;
use crate::context::Context;
use crate::endpoints;
use crate::facts::{
    Endpoint, Facts, ManagerChoice, Presented, RequestedGrantType, TokenRecord, TokenState,
};
use crate::grants;
use crate::jose::assertion::{Assertion, Signature};
use crate::pkce::ChallengeMethod;
use crate::registration::ClientMetadata;
use crate::server::Server;
use crate::state::Usage;
use crate::vocabulary::{AuthenticationMethod, GrantType, Scope};
use crate::wire::basic;
use crate::wire::form::Form;
use crate::wire::media_type;
use crate::wire::raw_request::RawRequest;

/// The facts that need neither state nor time: what the request says, and which client it names.
#[must_use]
pub fn request(server: &Server, request: &RawRequest) -> Facts {
    let endpoint = server.endpoint(&request.path);
    let parameters = parameters(endpoint, request);
    let own = |name: &str| parameters.value(name).map(str::to_owned);
    let saml_assertion = authentication::saml2_client_auth::presented(server, &parameters);
    let jwt = parameters
        .value("client_assertion")
        .filter(|_| saml_assertion.is_none());
    let presented = Presented {
        authorization: basic::read(request.fields("authorization")),
        certificates: request.certificates.clone(),
        client_id: own("client_id"),
        client_secret: own("client_secret"),
        assertion_type: own("client_assertion_type"),
        assertion: jwt.map(Assertion::read),
        saml_assertion,
        fetched: None,
    };
    let mut facts = Facts {
        endpoint,
        issuer: server.issuer.clone(),
        media_type: media_type::read(request.fields("content-type")),
        grant_type: grant_type(&parameters),
        methods: authentication::presented(&presented),
        presented,
        client: None,
        code: None,
        refresh_token: None,
        polled: None,
        pushed: None,
        registration: (endpoint == Endpoint::Registration)
            .then(|| ClientMetadata::read(request.content()))
            .flatten(),
        registered: None,
        grant_assertion: grants::jwt_bearer::presented(server, &parameters),
        saml_assertion: grants::saml2_bearer::presented(server, &parameters),
        subject_token: None,
        actor_token: None,
        actor: None,
        token: None,
        token_state: TokenState::Unknown,
        requested_scope: parameters.value("scope").map(Scope::parse),
        available_scope: Scope::default(),
        default_scope: Scope::default(),
        scope: Scope::default(),
        subject: None,
        manager_request: manager_request(&parameters),
        manager: ManagerChoice::Implicit,
        redirect_to: None,
        challenge_method: ChallengeMethod::parse(parameters.value("code_challenge_method")),
        parameters,
    };
    client(server, &mut facts);
    facts
}

/// The parameters, where the endpoint takes them.
fn parameters(endpoint: Endpoint, request: &RawRequest) -> Form {
    match endpoint {
        _ if endpoint.is_for_people() && request.method != "POST" => request.query_form(),
        // The form of its page keeps the query, which says what is decided.
        Endpoint::BackchannelDecision | Endpoint::DeviceVerification => {
            let mut form = request.query_form();
            form.pairs.extend(request.form().pairs);
            form
        }
        Endpoint::Authorization
        | Endpoint::BackchannelAuthentication
        | Endpoint::DeviceAuthorization
        | Endpoint::Introspection
        | Endpoint::PushedAuthorization
        | Endpoint::Revocation
        | Endpoint::Token => request.form(),
        Endpoint::ClientConfiguration
        | Endpoint::Jwks
        | Endpoint::Metadata
        | Endpoint::ProtectedResource
        | Endpoint::Registration
        | Endpoint::Unknown => Form::default(),
    }
}

/// The client that the request names, and what its keys say about its assertion.
pub fn client(server: &Server, facts: &mut Facts) {
    facts.client = named(facts).and_then(|id| server.registry.client(id));
    found_client(facts);
}

/// The identifier by which the request names a client.
fn named(facts: &Facts) -> Option<&str> {
    let presented = &facts.presented;
    let named = presented.client_id.as_deref();
    if facts.authenticates() {
        authentication::client_id(facts.method(), presented).or(named)
    } else {
        named
    }
}

/// What follows from the client that was found.
fn found_client(facts: &mut Facts) {
    assertion_method(facts);
    certificate_method(facts);
    assertion(facts);
}

/// A client that is not configured may have registered itself (RFC 7591).
fn registered_client(context: &Context<'_>, facts: &mut Facts) {
    let at_its_own = context.server.registered_id(&context.request.path);
    let id = match at_its_own {
        Some(id) if facts.endpoint == Endpoint::ClientConfiguration => Some(id),
        Some(_) | None => named(facts).filter(|_| facts.client.is_none()),
    };
    let found = id.and_then(|id| context.records.registered(id));
    facts.registered = found.filter(|record| context.now < record.expires);
    if let Some(found) = &facts.registered {
        facts.client = Some(Arc::clone(&found.client));
        found_client(facts);
    }
}

/// Of the two methods with an assertion it is the one that its client is registered for. What the
/// assertion says about itself does not choose (RFC 8725 §3.1).
fn assertion_method(facts: &mut Facts) {
    use AuthenticationMethod::{ClientSecretJwt, PrivateKeyJwt};
    let registered = facts.client.as_ref().map(|client| &client.methods);
    let by_secret = registered
        .is_some_and(|all| all.contains(&ClientSecretJwt) && !all.contains(&PrivateKeyJwt));
    let method = if by_secret {
        ClientSecretJwt
    } else {
        PrivateKeyJwt
    };
    for own in &mut facts.methods {
        if [ClientSecretJwt, PrivateKeyJwt].contains(own) {
            *own = method;
        }
    }
}

/// A request that tries no other method is one by certificate if its client is registered so.
fn certificate_method(facts: &mut Facts) {
    use AuthenticationMethod::{SelfSignedTlsClientAuth, TlsClientAuth};
    let methods = [SelfSignedTlsClientAuth, TlsClientAuth];
    facts.methods.retain(|method| !methods.contains(method));
    if !facts.methods.is_empty() || !facts.authenticates() {
        return;
    }
    let registered = facts.client.as_ref().map(|client| &client.methods);
    let found = registered.and_then(|all| methods.iter().find(|method| all.contains(method)));
    facts.methods.extend(found);
}

/// Whether a key of the client made the signature of its assertion: one that is registered, else one that was fetched.
pub fn assertion(facts: &mut Facts) {
    let fetched = facts.fetched().map(|set| set.keys.clone());
    if let (Some(client), Some(assertion)) = (&facts.client, &mut facts.presented.assertion) {
        assertion.try_keys(client);
        if let Some(keys) = fetched.filter(|_| assertion.signature != Signature::Valid) {
            assertion.try_each(&keys);
        }
    }
}

/// The facts that need the state: what the request refers to, and what follows from it.
pub fn records(context: &Context<'_>, facts: &mut Facts) {
    if context.server.registration.is_some() {
        registered_client(context, facts);
    }
    match facts.endpoint {
        Endpoint::Token => {
            let code = facts.parameters.value("code");
            facts.code = code.and_then(|value| context.records.code(value));
            let refresh = facts.parameters.value("refresh_token");
            facts.refresh_token = refresh.and_then(|value| context.records.refresh_token(value));
            let polled = grants::polled::presented(facts);
            let polled = polled.and_then(|value| context.records.polled(value));
            facts.polled = polled.filter(|record| facts.is_grant(record.grant_type));
            grant(context, facts);
        }
        Endpoint::Authorization => {
            endpoints::authorization::resolve_pushed(context, facts);
            endpoints::authorization::resolve(context, facts);
        }
        Endpoint::PushedAuthorization => endpoints::authorization::resolve(context, facts),
        Endpoint::BackchannelAuthentication => {
            let hint = facts.parameters.value("login_hint").map(str::to_owned);
            beginning(context, facts, hint);
        }
        Endpoint::BackchannelDecision => {
            let value = facts.parameters.value("auth_req_id");
            let polled = value.and_then(|value| context.records.polled(value));
            facts.polled = polled.filter(|record| record.grant_type == GrantType::Ciba);
        }
        Endpoint::DeviceAuthorization => {
            let owner = context.server.resource_owner.clone();
            beginning(context, facts, Some(owner));
        }
        Endpoint::DeviceVerification => {
            let typed = facts.parameters.value("user_code").map(user_code);
            facts.polled = typed.and_then(|it| context.records.polled_by_user_code(&it));
        }
        Endpoint::Introspection | Endpoint::Revocation => {
            let value = facts.parameters.value("token").map(str::to_owned);
            token(context, facts, value.as_deref());
        }
        Endpoint::ProtectedResource => {
            let value = endpoints::protected_resource::bearer(facts).map(str::to_owned);
            token(context, facts, value.as_deref());
        }
        Endpoint::ClientConfiguration
        | Endpoint::Jwks
        | Endpoint::Metadata
        | Endpoint::Registration
        | Endpoint::Unknown => {}
    }
}

/// What follows from code, refresh token and client: subject, scope, access token manager.
pub fn grant(context: &Context<'_>, facts: &mut Facts) {
    (grants::requested(facts).resolve)(context, facts);
    scope(context, facts);
}

/// What follows from the scope that is asked for, available and default.
pub fn scope(context: &Context<'_>, facts: &mut Facts) {
    facts.scope = facts
        .requested_scope
        .clone()
        .unwrap_or_else(|| facts.default_scope.clone());
    manager(context, facts);
}

/// Which access token manager the request leads to.
pub fn manager(context: &Context<'_>, facts: &mut Facts) {
    let server = context.server;
    if server.managers.is_empty() {
        facts.manager = ManagerChoice::Implicit;
        return;
    }
    let client = facts.client.as_ref().unwrap_or(&server.nobody);
    let asker = Asker {
        client: &client.id,
        default: client.default_manager.as_deref(),
        restriction: client.restriction,
        policy: client.policy_manager.as_deref(),
        grant: origin(facts),
        openid: if facts.scope.contains("openid") {
            OpenId::Asked
        } else {
            OpenId::NotAsked
        },
    };
    let default = server.default_manager.as_deref();
    let choice =
        access_token_manager::choose(&server.managers, default, &facts.manager_request, &asker);
    facts.manager = match choice {
        Choice::Eligible(manager) => ManagerChoice::Chosen(Arc::clone(manager)),
        Choice::NotEligible(manager) => ManagerChoice::NotEligible(Arc::clone(manager)),
        Choice::None(abort) => ManagerChoice::Aborted(abort),
    };
}

/// The token that is asked about, and whether it is good.
pub fn token(context: &Context<'_>, facts: &mut Facts, value: Option<&str>) {
    let access = value.and_then(|value| context.records.access_token(value));
    let refresh = value.and_then(|value| context.records.refresh_token(value));
    facts.token = access
        .map(TokenRecord::Access)
        .or(refresh.map(TokenRecord::Refresh));
    token_state(context, facts);
}

/// Whether the token that was found is good.
pub fn token_state(context: &Context<'_>, facts: &mut Facts) {
    let state = facts.token.as_ref().map(|token| state_of(context, token));
    facts.token_state = state.unwrap_or(TokenState::Unknown);
}

/// Whether a token is good.
#[must_use]
pub fn state_of(context: &Context<'_>, token: &TokenRecord) -> TokenState {
    let (grant, expires, usage) = match token {
        TokenRecord::Access(record) => (record.grant.as_deref(), record.expires, Usage::Unused),
        TokenRecord::Refresh(record) => (Some(record.grant.as_str()), record.expires, record.usage),
    };
    let is_revoked = grant.is_some_and(|grant| context.records.is_revoked(grant));
    if is_revoked || usage != Usage::Unused {
        TokenState::Revoked
    } else if context.now >= expires {
        TokenState::Expired
    } else {
        TokenState::Active
    }
}

/// What is polled for later: who will decide, what the client may have.
fn beginning(context: &Context<'_>, facts: &mut Facts, subject: Option<String>) {
    facts.offer_scope_of_client();
    facts.subject = subject;
    scope(context, facts);
}

/// A user code as it was issued, however it is typed (RFC 8628 §6.1).
fn user_code(typed: &str) -> String {
    let letters: Vec<char> = typed
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let groups: Vec<String> = letters.chunks(4).map(String::from_iter).collect();
    groups.join("-")
}

/// The grant that the tokens of this request come from.
fn origin(facts: &Facts) -> GrantType {
    match (facts.endpoint, &facts.grant_type) {
        (Endpoint::Token, RequestedGrantType::Omitted | RequestedGrantType::Unknown(_)) => {
            GrantType::ClientCredentials
        }
        // A refreshed token comes from where the refresh token came from; most often that is a code.
        (Endpoint::Token, RequestedGrantType::Known(GrantType::RefreshToken)) => {
            GrantType::AuthorizationCode
        }
        (Endpoint::Token, RequestedGrantType::Known(grant_type)) => *grant_type,
        (Endpoint::BackchannelAuthentication, _) => GrantType::Ciba,
        (Endpoint::DeviceAuthorization, _) => GrantType::DeviceCode,
        (_, _) => GrantType::AuthorizationCode,
    }
}

fn grant_type(parameters: &Form) -> RequestedGrantType {
    match parameters.value("grant_type") {
        None => RequestedGrantType::Omitted,
        Some(text) => GrantType::parse(text).map_or_else(
            || RequestedGrantType::Unknown(text.to_owned()),
            RequestedGrantType::Known,
        ),
    }
}

/// The parameters that choose an access token manager.
pub(crate) fn manager_request(parameters: &Form) -> ManagerRequest {
    ManagerRequest {
        id: parameters
            .value("access_token_manager_id")
            .map(str::to_owned),
        aud: parameters.value("aud").map(str::to_owned),
        resources: parameters.values("resource").map(str::to_owned).collect(),
    }
}
