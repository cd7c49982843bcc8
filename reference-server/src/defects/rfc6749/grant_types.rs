//! How `grant_type` is read, and who may use which (RFC 6749 §4, §5.2).

use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Facts, RequestedGrantType};
use crate::grants;
use crate::resolve;
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::response::Response;

use super::errors::{refused, with_error};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "grant-type-defaults-to-client-credentials",
        kills: &["rfc6749-grant-type-missing"],
        also: &[
            (
                "rfc6749-malformed-is-client-error",
                "a body without a readable grant type lacks it",
            ),
            (
                "rfc6749-no-implicit-grant",
                "response_type is no grant type, so there is none",
            ),
        ],
        seams: &[Seam::Facts(defaults_to_client_credentials)],
    },
    Defect {
        id: "missing-grant-type-is-unsupported",
        kills: &["rfc6749-grant-type-missing"],
        also: &[
            (
                "rfc6749-error-cache-control",
                "what is recorded there shows the error",
            ),
            (
                "rfc6749-no-implicit-grant",
                "response_type is no grant type, so there is none",
            ),
        ],
        seams: &[Seam::Response(missing_is_unsupported)],
    },
    Defect {
        id: "empty-grant-type-is-unsupported",
        kills: &["rfc6749-grant-type-missing"],
        also: &[],
        seams: &[Seam::Response(empty_is_unsupported)],
    },
    Defect {
        id: "unknown-grant-type-is-invalid-request",
        kills: &["rfc6749-grant-type-unknown"],
        also: &[
            (
                "rfc6749-error-cache-control",
                "what is recorded there shows the error",
            ),
            (
                "rfc6749-grant-type-case",
                "the grant type is unknown there, too",
            ),
            (
                "rfc6749-no-implicit-grant",
                "the grant type is unknown there, too",
            ),
        ],
        seams: &[Seam::Replace(
            CheckId::GrantTypeKnown,
            unknown_is_invalid_request,
        )],
    },
    Defect {
        id: "grant-type-by-prefix",
        kills: &["rfc6749-grant-type-unknown"],
        also: &[],
        seams: &[Seam::Facts(by_prefix)],
    },
    Defect {
        id: "grant-type-by-substring",
        kills: &["rfc6749-grant-type-unknown"],
        also: &[],
        seams: &[Seam::Facts(by_substring)],
    },
    Defect {
        id: "grant-type-split-at-comma",
        kills: &["rfc6749-grant-type-unknown"],
        also: &[],
        seams: &[Seam::Facts(split_at_comma)],
    },
    Defect {
        id: "grant-type-refresh-is-enough",
        kills: &["rfc6749-grant-type-unknown"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            let sent = unknown(facts).filter(|sent| *sent == "refresh");
            let found = sent.map(|_| GrantType::RefreshToken);
            take_for(context, facts, found);
        })],
    },
    Defect {
        id: "grant-type-named-by-uri",
        kills: &["rfc6749-grant-type-unknown"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            let sent = unknown(facts);
            let name = sent.and_then(|sent| sent.strip_prefix("urn:ietf:params:oauth:grant-type:"));
            let found = name.and_then(GrantType::parse);
            take_for(context, facts, found);
        })],
    },
    Defect {
        id: "grant-type-split-at-space",
        kills: &["rfc6749-grant-type-unknown"],
        also: &[],
        seams: &[Seam::Facts(split_at_space)],
    },
    Defect {
        id: "grant-type-with-hyphens",
        kills: &["rfc6749-grant-type-unknown"],
        also: &[],
        seams: &[Seam::Facts(with_hyphens)],
    },
    Defect {
        id: "grant-type-looked-up-in-object",
        kills: &["rfc6749-grant-type-unknown"],
        also: &[],
        seams: &[Seam::Response(looked_up_in_object)],
    },
    Defect {
        id: "long-grant-type-is-server-error",
        kills: &["rfc6749-grant-type-unknown"],
        also: &[(
            "rfc6749-malformed-is-client-error",
            "it sends a still longer one",
        )],
        seams: &[Seam::Response(long_is_server_error)],
    },
    Defect {
        id: "grant-type-case-folded",
        kills: &["rfc6749-grant-type-case"],
        also: &[],
        seams: &[Seam::Facts(case_folded)],
    },
    Defect {
        id: "grant-type-as-class-name",
        kills: &["rfc6749-grant-type-case"],
        also: &[],
        seams: &[Seam::Facts(as_class_name)],
    },
    Defect {
        id: "implicit-served-at-token-endpoint",
        kills: &["rfc6749-no-implicit-grant"],
        also: &[],
        seams: &[Seam::Facts(implicit_served)],
    },
    Defect {
        id: "response-type-as-grant-type",
        kills: &["rfc6749-no-implicit-grant"],
        also: &[],
        seams: &[Seam::Facts(response_type_as_grant_type)],
    },
    Defect {
        id: "grants-of-client-unchecked",
        kills: &["rfc6749-grant-type-not-allowed"],
        also: &[(
            "rfc6749-cc-public-client",
            "public clients may not use the client credentials grant",
        )],
        seams: &[Seam::Skip(CheckId::GrantTypeAllowed)],
    },
    Defect {
        id: "grant-not-allowed-is-invalid-request",
        kills: &["rfc6749-grant-type-not-allowed"],
        also: &[(
            "rfc6749-cc-public-client",
            "public clients may not use the client credentials grant",
        )],
        seams: &[Seam::Replace(
            CheckId::GrantTypeAllowed,
            not_allowed_is_invalid_request,
        )],
    },
    Defect {
        id: "password-grant-open-to-all",
        kills: &["rfc6749-grant-type-not-allowed"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::GrantTypeAllowed,
            |context, facts| open_to_all(context, facts, GrantType::Password),
        )],
    },
    Defect {
        id: "jwt-bearer-grant-open-to-all",
        kills: &["rfc6749-grant-type-not-allowed"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::GrantTypeAllowed,
            |context, facts| open_to_all(context, facts, GrantType::JwtBearer),
        )],
    },
    Defect {
        id: "refresh-token-grant-allowed-to-all",
        kills: &["rfc6749-grant-type-not-allowed"],
        also: &[(
            "rfc6749-refresh-bound-to-client",
            "whoever holds a refresh token may use it",
        )],
        seams: &[
            Seam::Replace(CheckId::GrantTypeAllowed, |context, facts| {
                open_to_all(context, facts, GrantType::RefreshToken)
            }),
            Seam::Skip(CheckId::RefreshTokenBelongsToClient),
        ],
    },
];

/// Takes the request for one with this grant.
fn take_for(context: &Context<'_>, facts: &mut Facts, grant_type: Option<GrantType>) {
    if let Some(grant_type) = grant_type {
        facts.grant_type = RequestedGrantType::Known(grant_type);
        resolve::grant(context, facts);
    }
}

/// What `grant_type` says, if the server does not know it.
fn unknown(facts: &Facts) -> Option<&str> {
    match &facts.grant_type {
        RequestedGrantType::Unknown(text) => Some(text),
        RequestedGrantType::Known(_) | RequestedGrantType::Omitted => None,
    }
}

fn find(condition: impl Fn(&str) -> bool) -> Option<GrantType> {
    let all = GrantType::ALL.iter().copied();
    all.into_iter().find(|grant| condition(grant.as_str()))
}

fn defaults_to_client_credentials(context: &Context<'_>, facts: &mut Facts) {
    if facts.grant_type == RequestedGrantType::Omitted {
        take_for(context, facts, Some(GrantType::ClientCredentials));
    }
}

fn missing_is_unsupported(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.grant_type != RequestedGrantType::Omitted {
        return response;
    }
    refused(facts, response, "invalid_request", |response| {
        with_error(response, "unsupported_grant_type")
    })
}

fn empty_is_unsupported(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.parameters.count("grant_type") == 0 {
        return response;
    }
    missing_is_unsupported(context, facts, response)
}

fn unknown_is_invalid_request(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match unknown(facts) {
        Some(_) => Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "grant_type is not valid",
        )),
        None => Ok(()),
    }
}

/// `known.starts_with(sent)`.
fn by_prefix(context: &Context<'_>, facts: &mut Facts) {
    let found = unknown(facts).and_then(|sent| find(|known| known.starts_with(sent)));
    take_for(context, facts, found);
}

/// `sent.contains(known)`.
fn by_substring(context: &Context<'_>, facts: &mut Facts) {
    let found = unknown(facts).and_then(|sent| find(|known| sent.contains(known)));
    take_for(context, facts, found);
}

fn split_at_comma(context: &Context<'_>, facts: &mut Facts) {
    let first = unknown(facts).and_then(|sent| sent.split_once(','));
    let found = first.and_then(|(first, _)| GrantType::parse(first));
    take_for(context, facts, found);
}

fn split_at_space(context: &Context<'_>, facts: &mut Facts) {
    let first = unknown(facts).and_then(|sent| sent.split_once(' '));
    let found = first.and_then(|(first, _)| GrantType::parse(first));
    take_for(context, facts, found);
}

/// The names are those of an enumeration, in kebab case.
fn with_hyphens(context: &Context<'_>, facts: &mut Facts) {
    let found = unknown(facts).and_then(|sent| GrantType::parse(&sent.replace('-', "_")));
    take_for(context, facts, found);
}

/// `handlers[grant_type]` finds what every object inherits.
fn looked_up_in_object(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if unknown(facts) != Some("constructor") {
        return response;
    }
    refused(facts, response, "", server_error)
}

fn long_is_server_error(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if unknown(facts).is_none_or(|sent| sent.len() < 4096) {
        return response;
    }
    refused(facts, response, "", server_error)
}

/// An exception that nobody caught.
pub(super) fn server_error(response: Response) -> Response {
    response
        .with_status(500)
        .replace("Content-Type", "text/html")
        .with_body("<h1>Internal Server Error</h1>")
}

fn case_folded(context: &Context<'_>, facts: &mut Facts) {
    let found = unknown(facts).and_then(|sent| GrantType::parse(&sent.to_ascii_lowercase()));
    take_for(context, facts, found);
}

/// `Client_Credentials` and `client_credentials` are one class name.
fn as_class_name(context: &Context<'_>, facts: &mut Facts) {
    let capital = |known: &str| {
        let words = known.split('_').map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        });
        words.collect::<Vec<_>>().join("_")
    };
    let found = unknown(facts).and_then(|sent| find(|known| capital(known) == sent));
    take_for(context, facts, found);
}

/// A client that authenticates gets a token for `grant_type=implicit`.
fn implicit_served(context: &Context<'_>, facts: &mut Facts) {
    if unknown(facts) == Some("implicit") {
        take_for(context, facts, Some(GrantType::ClientCredentials));
    }
}

fn response_type_as_grant_type(context: &Context<'_>, facts: &mut Facts) {
    let wanted = facts.parameters.value("response_type");
    if facts.grant_type == RequestedGrantType::Omitted && wanted == Some("token") {
        take_for(context, facts, Some(GrantType::ClientCredentials));
    }
}

fn not_allowed_is_invalid_request(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    grants::grant_type_allowed(context, facts).map_err(|_| {
        Refusal::new(
            ErrorCode::InvalidRequest,
            "The client may not use this grant type",
        )
    })
}

/// Any client may use the grant.
pub(in crate::defects) fn open_to_all(
    context: &Context<'_>,
    facts: &Facts,
    grant_type: GrantType,
) -> Result<(), Refusal> {
    if facts.is_grant(grant_type) {
        return Ok(());
    }
    grants::grant_type_allowed(context, facts)
}
