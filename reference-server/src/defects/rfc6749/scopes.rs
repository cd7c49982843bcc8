//! Scope (RFC 6749 §3.3).

use serde_json::Value;

use crate::checks::CheckId;
use crate::checks::scope::BEYOND_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::resolve;
use crate::vocabulary::{ErrorCode, GrantType, Scope};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "unknown-scope-dropped-silently",
        kills: &["rfc6749-scope-change-reported"],
        also: NOT_REFUSED,
        seams: &[
            Seam::Facts(|context, facts| drop_unknown(context, facts, Endpoint::Token)),
            Seam::Response(|_, facts, response| {
                if is_reduced(facts) {
                    without_scope(response)
                } else {
                    response
                }
            }),
        ],
    },
    Defect {
        id: "unknown-scope-echoed",
        kills: &["rfc6749-scope-change-reported"],
        also: NOT_REFUSED,
        seams: &[
            Seam::Facts(|context, facts| drop_unknown(context, facts, Endpoint::Token)),
            Seam::Response(|_, facts, response| {
                if is_reduced(facts) {
                    echo(facts, response)
                } else {
                    response
                }
            }),
        ],
    },
    Defect {
        id: "unknown-scope-granted",
        kills: &["rfc6749-scope-change-reported"],
        also: &[],
        seams: &[Seam::Replace(CheckId::ScopeWithinClient, |_, facts| {
            within_unless(facts, |value, facts| {
                facts.available_scope.contains(value) || value.starts_with("tokenspec-")
            })
        })],
    },
    Defect {
        id: "authorized-scope-dropped-silently",
        kills: &["rfc6749-scope-change-reported"],
        also: &[],
        seams: &[
            Seam::Facts(|context, facts| drop_unknown(context, facts, Endpoint::Authorization)),
            Seam::Response(|_, facts, response| {
                if facts.is_grant(GrantType::AuthorizationCode) {
                    without_scope(response)
                } else {
                    response
                }
            }),
        ],
    },
    Defect {
        id: "scope-list-of-client-ignored",
        kills: &["rfc6749-scope-not-permitted"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ScopeWithinClient,
            known_to_some_client,
        )],
    },
    Defect {
        id: "authorized-scope-list-of-client-ignored",
        kills: &["rfc6749-scope-not-permitted"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::AuthorizationScopeWithinClient,
            known_to_some_client,
        )],
    },
    Defect {
        id: "first-scope-alone-checked",
        kills: &["rfc6749-scope-not-permitted"],
        also: &[
            (
                "rfc6749-scope-change-reported",
                "an unknown scope behind a known one is granted",
            ),
            (
                "rfc6749-scope-malformed",
                "a malformed scope behind a known one is granted",
            ),
        ],
        seams: &[Seam::Replace(CheckId::ScopeWithinClient, |_, facts| {
            let first = facts.scope.values().next();
            if first.is_none_or(|first| facts.available_scope.contains(first)) {
                return Ok(());
            }
            Err(BEYOND_CLIENT)
        })],
    },
    Defect {
        id: "missing-scope-is-invalid-request",
        kills: &["rfc6749-scope-default"],
        also: &[("rfc6749-scope-response-syntax", "it asks for no scope too")],
        seams: &[Seam::Replace(CheckId::ScopeWithinClient, |_, facts| {
            scope_demanded(facts, facts.parameters.value("scope").is_none().into())
        })],
    },
    Defect {
        id: "empty-scope-is-invalid-request",
        kills: &["rfc6749-scope-default"],
        also: &[],
        seams: &[Seam::Replace(CheckId::ScopeWithinClient, |_, facts| {
            let parameters = &facts.parameters;
            let empty = parameters.count("scope") > 0 && parameters.value("scope").is_none();
            scope_demanded(facts, empty.into())
        })],
    },
    Defect {
        id: "default-scope-untold",
        kills: &["rfc6749-scope-default"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            let named = facts.parameters.value("scope").is_some();
            if facts.is_grant(GrantType::ClientCredentials) && !named {
                without_scope(response)
            } else {
                response
            }
        })],
    },
    Defect {
        id: "malformed-scope-granted",
        kills: &["rfc6749-scope-malformed"],
        also: &[
            (
                "rfc6749-malformed-is-client-error",
                "a malformed scope is sent there, too",
            ),
            (
                "rfc6749-error-text-charset",
                "a malformed scope, which it sends to be refused, is not",
            ),
        ],
        seams: &[Seam::Replace(CheckId::ScopeWithinClient, |_, facts| {
            within_unless(facts, |value, facts| {
                facts.available_scope.contains(value) || !is_well_formed(value)
            })
        })],
    },
    Defect {
        id: "scope-control-characters-granted",
        kills: &["rfc6749-scope-malformed"],
        also: &[],
        seams: &[Seam::Replace(CheckId::ScopeWithinClient, |_, facts| {
            within_unless(facts, |value, facts| {
                facts.available_scope.contains(value) || value.contains(char::is_control)
            })
        })],
    },
    Defect {
        id: "scope-nul-is-500",
        kills: &["rfc6749-scope-malformed"],
        also: &[(
            "rfc6749-malformed-is-client-error",
            "a NUL is among its damaged values",
        )],
        seams: &[Seam::Response(scope_nul_is_500)],
    },
    Defect {
        id: "surplus-spaces-echoed",
        kills: &["rfc6749-scope-malformed"],
        also: &[],
        seams: &[
            Seam::Facts(surplus_spaces_ignored),
            Seam::Response(|_, facts, response| {
                if has_surplus_spaces(facts) {
                    echo(facts, response)
                } else {
                    response
                }
            }),
        ],
    },
    Defect {
        id: "scope-compared-as-text",
        kills: &["rfc6749-scope-order"],
        also: &[],
        seams: &[Seam::Replace(CheckId::ScopeWithinClient, |_, facts| {
            within_as_text(facts)
        })],
    },
    Defect {
        id: "refresh-scope-compared-as-text",
        kills: &["rfc6749-scope-order"],
        also: &[],
        seams: &[Seam::Replace(CheckId::ScopeWithinGrant, |_, facts| {
            within_as_text(facts)
        })],
    },
    Defect {
        id: "repeated-scope-refused",
        kills: &["rfc6749-scope-order"],
        also: &[],
        seams: &[Seam::Replace(CheckId::ScopeWithinClient, |_, facts| {
            let text = facts.parameters.value("scope").unwrap_or_default();
            if text.split(' ').count() > facts.scope.values().count() && !text.is_empty() {
                return Err(BEYOND_CLIENT);
            }
            within_unless(facts, |value, facts| facts.available_scope.contains(value))
        })],
    },
];

/// Rules that send an unknown scope to look at its refusal.
const NOT_REFUSED: &[(&str, &str)] = &[
    ("rfc6749-error-code-registered", WHY_NOT_REFUSED),
    ("rfc6749-error-shape", WHY_NOT_REFUSED),
    ("rfc6749-error-uri-syntax", WHY_NOT_REFUSED),
];
const WHY_NOT_REFUSED: &str = "an unknown scope, which it sends to be refused, is not";

/// A list of all scopes, whose they may be left aside.
pub(in crate::defects) fn known_to_some_client(
    context: &Context<'_>,
    facts: &Facts,
) -> Result<(), Refusal> {
    let known = |value: &str| {
        let found = context.find_client(|client| client.scope.contains(value));
        found.is_some()
    };
    if facts.scope.values().all(known) {
        return Ok(());
    }
    Err(BEYOND_CLIENT)
}

/// Every value of the scope satisfies the condition.
fn within_unless(facts: &Facts, fits: fn(&str, &Facts) -> bool) -> Result<(), Refusal> {
    if facts.scope.values().all(|value| fits(value, facts)) {
        return Ok(());
    }
    Err(BEYOND_CLIENT)
}

/// Scope that nobody may have is left out.
fn drop_unknown(context: &Context<'_>, facts: &mut Facts, endpoint: Endpoint) {
    if facts.endpoint != endpoint || facts.is_grant(GrantType::RefreshToken) {
        return;
    }
    if let Some(requested) = &facts.requested_scope {
        let known = |value: &&str| {
            let found = context.find_client(|client| client.scope.contains(value));
            found.is_some() || !is_well_formed(value)
        };
        let values = requested.values().filter(known).map(str::to_owned);
        facts.requested_scope = Some(Scope::of(&values.collect::<Vec<_>>()));
        resolve::scope(context, facts);
    }
}

/// Whether less is granted than the text of the request asks for.
fn is_reduced(facts: &Facts) -> bool {
    let asked = facts.parameters.value("scope").map(Scope::parse);
    facts.endpoint == Endpoint::Token && asked.is_some_and(|asked| asked != facts.scope)
}

fn without_scope(response: Response) -> Response {
    if !response.is_token() {
        return response;
    }
    response.edit(|members| drop(members.remove("scope")))
}

/// The scope member is the text of the request.
fn echo(facts: &Facts, response: Response) -> Response {
    let text = facts.parameters.value("scope").map(str::to_owned);
    match text {
        Some(text) if response.is_token() => response.edit(|members| {
            members.insert("scope".to_owned(), Value::String(text));
        }),
        Some(_) | None => response,
    }
}

/// Whether the mistaken check misses the scope.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Demand {
    Met,
    Missing,
}

impl From<bool> for Demand {
    fn from(missing: bool) -> Self {
        if missing { Self::Missing } else { Self::Met }
    }
}

fn scope_demanded(facts: &Facts, demand: Demand) -> Result<(), Refusal> {
    if demand == Demand::Missing {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "scope is missing"));
    }
    within_unless(facts, |value, facts| facts.available_scope.contains(value))
}

/// The characters of a scope value (RFC 6749 §3.3).
fn is_well_formed(value: &str) -> bool {
    let fits = |octet: u8| octet.is_ascii_graphic() && !matches!(octet, b'"' | b'\\');
    !value.is_empty() && value.bytes().all(fits)
}

/// The database refuses a NUL.
fn scope_nul_is_500(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let text = String::from_utf8_lossy(context.request.content());
    let scope = text.split('&').find(|pair| pair.starts_with("scope="));
    if facts.endpoint == Endpoint::Token && scope.is_some_and(|pair| pair.contains("%00")) {
        return Response::empty(500);
    }
    response
}

fn has_surplus_spaces(facts: &Facts) -> bool {
    let scope = facts.parameters.value("scope").unwrap_or_default();
    scope.split(' ').any(str::is_empty) && facts.endpoint == Endpoint::Token
}

fn surplus_spaces_ignored(context: &Context<'_>, facts: &mut Facts) {
    if let Some(requested) = &facts.requested_scope
        && has_surplus_spaces(facts)
    {
        let values = requested.values().filter(|value| !value.is_empty());
        let values = values.map(str::to_owned).collect::<Vec<_>>();
        facts.requested_scope = Some(Scope::of(&values));
        resolve::scope(context, facts);
    }
}

/// The scope is a piece of the text of what is available.
fn within_as_text(facts: &Facts) -> Result<(), Refusal> {
    let available = &facts.available_scope;
    let text = facts.scope.to_string();
    if facts.scope.is_within(available) && available.to_string().contains(&text) {
        return Ok(());
    }
    Err(BEYOND_CLIENT)
}
