//! Which code a text is, and whose (RFC 6749 §4.1.3).

use super::comparisons::{self, Same};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::authorization_code::INVALID_CODE;
use crate::registry::Client;
use crate::resolve;
use crate::state::CodeRecord;
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType};
use crate::wire::raw_request::{Body, RawRequest};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "code-absent-is-invalid-grant",
        kills: &["rfc6749-code-missing"],
        also: &[],
        seams: &[Seam::Skip(CheckId::CodePresent)],
    },
    Defect {
        id: "code-empty-is-looked-up",
        kills: &["rfc6749-code-missing"],
        also: &[],
        seams: &[Seam::Replace(CheckId::CodePresent, code_named)],
    },
    Defect {
        id: "code-by-prefix",
        kills: &["rfc6749-code-unknown"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            look_up(context, facts, comparisons::by_prefix);
        })],
    },
    Defect {
        id: "code-by-suffix",
        kills: &["rfc6749-code-unknown"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            look_up(context, facts, comparisons::by_suffix);
        })],
    },
    Defect {
        id: "code-rest-ignored",
        kills: &["rfc6749-code-unknown"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            look_up(context, facts, comparisons::longer);
        })],
    },
    Defect {
        id: "code-cut-off-accepted",
        kills: &["rfc6749-code-unknown"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            look_up(context, facts, comparisons::shorter);
        })],
    },
    Defect {
        id: "code-case-folded",
        kills: &["rfc6749-code-unknown"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            look_up(context, facts, comparisons::case_folded);
        })],
    },
    Defect {
        id: "code-by-pattern",
        kills: &["rfc6749-code-unknown"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            look_up(context, facts, comparisons::by_pattern);
        })],
    },
    Defect {
        id: "code-trimmed",
        kills: &["rfc6749-code-unknown"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            look_up(context, facts, comparisons::trimmed);
        })],
    },
    Defect {
        id: "code-padding-ignored",
        kills: &["rfc6749-code-unknown"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            look_up(context, facts, comparisons::without_padding);
        })],
    },
    Defect {
        id: "code-odd-characters-ignored",
        kills: &["rfc6749-code-unknown"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            look_up(context, facts, comparisons::without_odd_characters);
        })],
    },
    Defect {
        id: "code-cut-at-nul",
        kills: &["rfc6749-code-unknown"],
        also: &[],
        seams: &[Seam::Read(code_cut_at_nul)],
    },
    Defect {
        id: "code-quote-is-500",
        kills: &["rfc6749-code-unknown"],
        also: &[],
        seams: &[Seam::Response(code_quote_is_500)],
    },
    Defect {
        id: "code-unknown-is-invalid-request",
        kills: &["rfc6749-code-unknown"],
        also: &[
            (
                "rfc6749-grant-value-kind",
                "what is no code at all is an unknown code",
            ),
            (
                "rfc6749-error-cache-control",
                "it records how a made-up code is refused",
            ),
        ],
        seams: &[Seam::Replace(
            CheckId::CodeKnown,
            unknown_is_invalid_request,
        )],
    },
    Defect {
        id: "code-client-ignored",
        kills: &["rfc6749-code-bound-to-confidential-client"],
        also: &[],
        seams: &[Seam::Replace(CheckId::CodeBelongsToClient, |_, facts| {
            belongs_unless(facts, |facts, _| {
                facts.method() != AuthenticationMethod::None
            })
        })],
    },
    Defect {
        id: "code-client-ignored-without-challenge",
        kills: &[
            "rfc6749-code-bound-to-confidential-client",
            "rfc6749-code-bound-to-public-client",
        ],
        also: &[],
        seams: &[Seam::Replace(CheckId::CodeBelongsToClient, |_, facts| {
            belongs_unless(facts, |_, code| code.challenge.is_none())
        })],
    },
    Defect {
        id: "code-of-public-client-for-everybody",
        kills: &["rfc6749-code-bound-to-confidential-client"],
        also: &[],
        seams: &[Seam::Replace(CheckId::CodeBelongsToClient, |_, facts| {
            belongs_unless(facts, |facts, code| {
                facts.method() != AuthenticationMethod::None && is_public(&code.client)
            })
        })],
    },
    Defect {
        id: "code-client-ignored-for-public",
        kills: &["rfc6749-code-bound-to-public-client"],
        also: &[],
        seams: &[Seam::Replace(CheckId::CodeBelongsToClient, |_, facts| {
            belongs_unless(facts, |facts, _| {
                facts.method() == AuthenticationMethod::None
            })
        })],
    },
    Defect {
        id: "code-of-public-client-for-any-client-id",
        kills: &["rfc6749-code-bound-to-public-client"],
        also: &[],
        seams: &[
            Seam::Replace(
                CheckId::AuthenticationMethodRegistered,
                method_registered_or_public_code,
            ),
            Seam::Replace(CheckId::CodeBelongsToClient, |_, facts| {
                belongs_unless(facts, |facts, code| {
                    facts.method() == AuthenticationMethod::None
                        && is_public(&code.client)
                        && !facts.client.as_deref().is_some_and(is_public)
                })
            }),
        ],
    },
    Defect {
        id: "client-taken-from-code",
        kills: &["rfc6749-code-public-client-id-required"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            if facts.parameters.count("client_id") == 0 {
                client_from_code(context, facts);
            }
        })],
    },
    Defect {
        id: "empty-client-id-taken-from-code",
        kills: &["rfc6749-code-public-client-id-required"],
        also: &[(
            "rfc6749-empty-param-omitted",
            "it leaves client_id empty too",
        )],
        seams: &[Seam::Facts(|context, facts| {
            if facts.parameters.count("client_id") > 0 && facts.presented.client_id.is_none() {
                client_from_code(context, facts);
            }
        })],
    },
];

/// A name without a value counts as a code.
fn code_named(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.parameters.count("code") == 0 {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "code is missing"));
    }
    Ok(())
}

/// Finds a code that is the same in some sense, where none is the same exactly.
fn look_up(context: &Context<'_>, facts: &mut Facts, same: Same) {
    if facts.code.is_some() || !facts.is_grant(GrantType::AuthorizationCode) {
        return;
    }
    let Some(presented) = facts.parameters.value("code") else {
        return;
    };
    facts.code = context.find_code(|code| same(presented, &code.value));
    resolve::grant(context, facts);
}

fn code_cut_at_nul(mut request: RawRequest) -> RawRequest {
    if let Some(body) = comparisons::ended_at_nul(request.content(), "code") {
        request.body = Body::Complete(body);
    }
    request
}

/// The code is pasted into a statement.
fn code_quote_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let code = facts.parameters.value("code").unwrap_or_default();
    if facts.endpoint == Endpoint::Token && code.contains('\'') {
        return Response::empty(500);
    }
    response
}

fn unknown_is_invalid_request(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.code.is_none() {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "The code is not known",
        ));
    }
    Ok(())
}

fn is_public(client: &Client) -> bool {
    client.methods == [AuthenticationMethod::None]
}

/// The code belongs to the client, or the condition excuses it.
fn belongs_unless(facts: &Facts, excused: fn(&Facts, &CodeRecord) -> bool) -> Result<(), Refusal> {
    let (Some(client), Some(code)) = (&facts.client, &facts.code) else {
        return Ok(());
    };
    if client.id == code.client.id || excused(facts, code) {
        return Ok(());
    }
    Err(INVALID_CODE)
}

/// A client that comes with the code of a public client is taken for a public one.
fn method_registered_or_public_code(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let code = facts.code.as_ref();
    let excused = facts.method() == AuthenticationMethod::None
        && code.is_some_and(|code| is_public(&code.client));
    match &facts.client {
        Some(client) if !client.methods.contains(&facts.method()) && !excused => {
            Err(crate::checks::client::INVALID_CLIENT)
        }
        Some(_) | None => Ok(()),
    }
}

/// A request that names no client is one of the client of its code.
fn client_from_code(context: &Context<'_>, facts: &mut Facts) {
    if facts.client.is_some() || !facts.methods.is_empty() {
        return;
    }
    if let Some(code) = &facts.code {
        facts.client = Some(code.client.clone());
        resolve::grant(context, facts);
    }
}
