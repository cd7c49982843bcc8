//! What holds for every message, and for every form.

use super::{CheckId, Group};
use crate::context::Context;
use crate::error::{Reason, Refusal};
use crate::facts::{Endpoint, Facts};
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::media_type::MediaType;
use crate::wire::raw_request::Body;

/// Every request.
pub const RECEIVED: Group = Group {
    applies: |_| true,
    checks: &[
        (CheckId::EndpointKnown, endpoint_known),
        (CheckId::MethodAllowed, method_allowed),
        (CheckId::ContentInTime, content_in_time),
        (CheckId::ContentComplete, content_complete),
        (CheckId::ContentWithinLimit, content_within_limit),
    ],
};

/// Requests with parameters.
pub const FORM: Group = Group {
    applies: |facts| facts.authenticates() || facts.is_for_people(),
    checks: &[
        (CheckId::MediaTypeIsForm, media_type_is_form),
        (CheckId::FormWellFormed, form_well_formed),
        (
            CheckId::ParameterCountWithinLimit,
            parameter_count_within_limit,
        ),
        (CheckId::ParametersNotRepeated, parameters_not_repeated),
    ],
};

/// The parameters that may occur once, at whichever endpoint: those of RFC 6749, RFC 7521, RFC 7636,
/// RFC 7662, RFC 7009 and RFC 8693 (but for `audience` and `resource`). `resource` (RFC 8707) is not among them: it may be repeated.
pub const ONCE: &[&str] = &[
    "actor_token",
    "actor_token_type",
    "assertion",
    "auth_req_id",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "device_code",
    "grant_type",
    "password",
    "redirect_uri",
    "refresh_token",
    "requested_token_type",
    "scope",
    "subject_token",
    "subject_token_type",
    "username",
];

const ONCE_AT_AUTHORIZATION: &[&str] = &[
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "redirect_uri",
    "request_uri",
    "response_type",
    "scope",
    "state",
];

const ONCE_WITH_MANAGERS: &[&str] = &["access_token_manager_id", "aud"];

const ONCE_AT_BACKCHANNEL: &[&str] = &[
    "acr_values",
    "binding_message",
    "id_token_hint",
    "login_hint",
    "login_hint_token",
    "requested_expiry",
    "user_code",
];

const ONCE_AT_TOKEN_MANAGEMENT: &[&str] = &["token", "token_type_hint"];

fn endpoint_known(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.endpoint == Endpoint::Unknown {
        return Err(Refusal::because(
            Reason::NotFound,
            "There is nothing at this path",
        ));
    }
    Ok(())
}

fn method_allowed(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let allowed = facts.endpoint.methods();
    if allowed.is_empty()
        || allowed
            .split(", ")
            .any(|method| method == context.request.method)
    {
        return Ok(());
    }
    Err(Refusal::because(
        Reason::MethodNotAllowed,
        "The method is not served here, see Allow",
    ))
}

fn content_in_time(context: &Context<'_>, _: &Facts) -> Result<(), Refusal> {
    if context.request.body == Body::TooSlow {
        return Err(Refusal::because(
            Reason::RequestTimeout,
            "The content did not arrive in time",
        ));
    }
    Ok(())
}

fn content_complete(context: &Context<'_>, _: &Facts) -> Result<(), Refusal> {
    match context.request.body {
        Body::Incomplete(_) => Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "The content is shorter than announced",
        )),
        Body::Complete(_) | Body::TooLarge | Body::TooSlow => Ok(()),
    }
}

fn content_within_limit(context: &Context<'_>, _: &Facts) -> Result<(), Refusal> {
    if context.request.body == Body::TooLarge {
        return Err(Refusal::because(
            Reason::ContentTooLarge,
            "The content is too large",
        ));
    }
    Ok(())
}

fn media_type_is_form(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if context.request.method != "POST" || facts.media_type == MediaType::Form {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidRequest,
        "The content has to be application/x-www-form-urlencoded",
    ))
}

fn form_well_formed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.parameters.faults.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidRequest,
        "A name or value is not form-encoded UTF-8 text without NUL",
    ))
}

fn parameter_count_within_limit(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.parameters.pairs.len() <= context.server.limits.parameters {
        return Ok(());
    }
    Err(Refusal::because(
        Reason::ContentTooLarge,
        "There are too many parameters",
    ))
}

fn parameters_not_repeated(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let names = match facts.endpoint {
        Endpoint::Authorization => ONCE_AT_AUTHORIZATION,
        Endpoint::BackchannelAuthentication
        | Endpoint::BackchannelDecision
        | Endpoint::ClientConfiguration
        | Endpoint::DeviceAuthorization
        | Endpoint::DeviceVerification
        | Endpoint::Introspection
        | Endpoint::Jwks
        | Endpoint::Metadata
        | Endpoint::ProtectedResource
        | Endpoint::PushedAuthorization
        | Endpoint::Registration
        | Endpoint::Revocation
        | Endpoint::Token
        | Endpoint::Unknown => ONCE,
    };
    let of_managers = if context.server.managers.is_empty() {
        &[]
    } else {
        ONCE_WITH_MANAGERS
    };
    let of_tokens = match facts.endpoint {
        Endpoint::BackchannelAuthentication => ONCE_AT_BACKCHANNEL,
        Endpoint::PushedAuthorization => ONCE_AT_AUTHORIZATION,
        Endpoint::Introspection | Endpoint::Revocation => ONCE_AT_TOKEN_MANAGEMENT,
        Endpoint::Token if facts.is_grant(GrantType::ValidateBearer) => ONCE_AT_TOKEN_MANAGEMENT,
        Endpoint::Authorization
        | Endpoint::BackchannelDecision
        | Endpoint::ClientConfiguration
        | Endpoint::DeviceAuthorization
        | Endpoint::DeviceVerification
        | Endpoint::Jwks
        | Endpoint::Metadata
        | Endpoint::ProtectedResource
        | Endpoint::Registration
        | Endpoint::Token
        | Endpoint::Unknown => &[],
    };
    let mut all = names.iter().chain(of_managers).chain(of_tokens);
    if all.any(|name| facts.parameters.count(name) > 1) {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "A parameter is repeated",
        ));
    }
    Ok(())
}
