//! What the members of a successful answer say: lifetime and scope; and members said twice
//! (RFC 6749 §5.1, Appendix A).

use std::sync::Arc;

use serde_json::Value;

use super::answers::{granted, with_member};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts, ManagerChoice};
use crate::state::StateChange;
use crate::vocabulary::GrantType;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "expires-in-quoted",
        kills: &["rfc6749-expires-in-is-number"],
        also: &[],
        seams: &[Seam::Response(expires_in_quoted)],
    },
    Defect {
        id: "expires-in-fraction",
        kills: &["rfc6749-expires-in-is-number"],
        also: &[],
        seams: &[Seam::Response(expires_in_fraction)],
    },
    Defect {
        id: "expires-in-is-point-in-time",
        kills: &["rfc6749-expires-in-is-number"],
        also: &[
            (
                "rfc6749-bearer-short-lived",
                "read as seconds it is a lifetime of half a century",
            ),
            (
                "rfc6749-expires-in-honest",
                "read as seconds it is a lifetime of half a century",
            ),
        ],
        seams: &[Seam::Response(expires_in_is_point_in_time)],
    },
    Defect {
        id: "expires-in-zero",
        kills: &["rfc6749-expires-in-is-number"],
        also: &[(
            "rfc6749-expires-in-honest",
            "the token lives longer than for no time",
        )],
        seams: &[Seam::Response(expires_in_zero)],
    },
    Defect {
        id: "expires-in-left-out-at-refresh",
        kills: &["rfc6749-expires-in-present"],
        also: &[(
            "rfc6749-expires-in-honest",
            "what is not announced can not be held against the token",
        )],
        seams: &[Seam::Response(expires_in_left_out_at_refresh)],
    },
    Defect {
        id: "expires-in-doubled",
        kills: &["rfc6749-expires-in-honest"],
        also: &[],
        seams: &[Seam::Response(expires_in_doubled)],
    },
    Defect {
        id: "expiry-told-and-not-kept",
        kills: &["rfc6749-expires-in-honest"],
        also: &[],
        seams: &[
            Seam::Changes(kept_for_a_day_more),
            Seam::Response(told_without_the_day),
        ],
    },
    Defect {
        id: "lifetime-of-a-day-behind-minutes",
        kills: &["rfc6749-bearer-short-lived"],
        also: &[(
            "rfc6749-expires-in-honest",
            "the token lives longer than announced",
        )],
        seams: &[Seam::Changes(kept_for_a_day_more)],
    },
    Defect {
        id: "lifetime-of-a-day",
        kills: &["rfc6749-bearer-short-lived"],
        also: &[],
        seams: &[
            Seam::Facts(manager_with_a_day),
            Seam::Changes(kept_for_a_day_more_without_manager),
            Seam::Response(a_day_more_announced_without_manager),
        ],
    },
    Defect {
        id: "scope-as-array",
        kills: &["rfc6749-scope-response-syntax"],
        also: &[],
        seams: &[Seam::Response(scope_as_array)],
    },
    Defect {
        id: "scope-with-space-at-its-end",
        kills: &["rfc6749-scope-response-syntax"],
        also: &[(
            "rfc6749-refresh-scope-narrowing",
            "the scope is sent back as it was told, and is malformed",
        )],
        seams: &[Seam::Response(scope_with_space_at_its_end)],
    },
    Defect {
        id: "scopes-with-two-spaces-between",
        kills: &["rfc6749-scope-response-syntax"],
        also: &[(
            "rfc6749-refresh-scope-narrowing",
            "the scope is sent back as it was told, and is malformed",
        )],
        seams: &[Seam::Response(scopes_with_two_spaces_between)],
    },
    Defect {
        id: "default-scope-told-as-empty",
        kills: &["rfc6749-scope-response-syntax"],
        also: &[],
        seams: &[Seam::Response(default_scope_told_as_empty)],
    },
    Defect {
        id: "scope-member-twice",
        kills: &["rfc6749-response-members-unique"],
        also: &[],
        seams: &[Seam::Response(scope_member_twice)],
    },
    Defect {
        id: "scope-member-for-each-scope",
        kills: &["rfc6749-response-members-unique"],
        also: &[],
        seams: &[Seam::Response(scope_member_for_each_scope)],
    },
    Defect {
        id: "vendor-member-twice",
        kills: &["rfc6749-response-members-unique"],
        also: &[],
        seams: &[Seam::Response(vendor_member_twice)],
    },
];

const DAY: u64 = 86_400;

fn seconds(response: &Response) -> u64 {
    let member = response.member("expires_in");
    member.as_ref().and_then(Value::as_u64).unwrap_or_default()
}

fn expires_in_quoted(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let text = seconds(&response).to_string();
    with_member(facts, response, "expires_in", text)
}

/// The serialiser knows floating-point numbers only.
fn expires_in_fraction(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    granted(facts, response, |response| {
        let (plain, fraction) = (seconds(&response), format!("{}.0", seconds(&response)));
        rewritten(response, &plain.to_string(), &fraction)
    })
}

fn expires_in_is_point_in_time(
    context: &Context<'_>,
    facts: &Facts,
    response: Response,
) -> Response {
    let point = context.now.0 + seconds(&response);
    with_member(facts, response, "expires_in", point)
}

fn expires_in_zero(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    with_member(facts, response, "expires_in", 0)
}

fn expires_in_left_out_at_refresh(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !facts.is_grant(GrantType::RefreshToken) {
        return response;
    }
    granted(facts, response, |response| {
        response.edit(|members| drop(members.remove("expires_in")))
    })
}

/// The announced lifetime and the stored one come from two settings.
fn expires_in_doubled(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let doubled = 2 * seconds(&response);
    with_member(facts, response, "expires_in", doubled)
}

fn kept_for_a_day_more(
    _: &Context<'_>,
    _: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddAccessToken(record) = change {
            record.expires = record.expires.plus(DAY);
        }
    }
    changes
}

/// Introspection computes `exp` from the announced lifetime and never looks at it.
fn told_without_the_day(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Introspection {
        return response;
    }
    response.edit(|members| {
        if let Some(told) = members.get_mut("exp")
            && let Some(kept) = told.as_u64()
        {
            *told = kept.saturating_sub(DAY).into();
        }
    })
}

fn manager_with_a_day(_: &Context<'_>, facts: &mut Facts) {
    if let ManagerChoice::Chosen(manager) = &mut facts.manager {
        Arc::make_mut(manager).lifetime += DAY;
    }
}

fn kept_for_a_day_more_without_manager(
    context: &Context<'_>,
    facts: &Facts,
    changes: Vec<StateChange>,
) -> Vec<StateChange> {
    if matches!(facts.manager, ManagerChoice::Implicit) {
        kept_for_a_day_more(context, facts, changes)
    } else {
        changes
    }
}

fn a_day_more_announced_without_manager(
    _: &Context<'_>,
    facts: &Facts,
    response: Response,
) -> Response {
    if matches!(facts.manager, ManagerChoice::Implicit) {
        let announced = seconds(&response) + DAY;
        with_member(facts, response, "expires_in", announced)
    } else {
        response
    }
}

fn scope_as_array(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let scopes: Vec<&str> = facts.scope.values().collect();
    with_member(facts, response, "scope", scopes)
}

fn scope_with_space_at_its_end(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let scope = format!("{} ", facts.scope);
    with_member(facts, response, "scope", scope)
}

/// A scope that was left out in the middle leaves its space behind.
fn scopes_with_two_spaces_between(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let scope = facts.scope.to_string().replace(' ', "  ");
    with_member(facts, response, "scope", scope)
}

/// Told is what was asked for, not what was granted.
fn default_scope_told_as_empty(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.is_grant(GrantType::ClientCredentials) && facts.requested_scope.is_none() {
        with_member(facts, response, "scope", "")
    } else {
        response
    }
}

/// Both the grant and the token write their scope.
fn scope_member_twice(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    granted(facts, response, |response| {
        with_text(response, &format!(",\"scope\":\"{}\"", facts.scope))
    })
}

/// Each scope is written as a member of its own.
fn scope_member_for_each_scope(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    granted(facts, response, |response| {
        let others = facts.scope.values().skip(1);
        let members: String = others
            .map(|scope| format!(",\"scope\":\"{scope}\""))
            .collect();
        with_text(response, &members)
    })
}

fn vendor_member_twice(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    granted(facts, response, |response| {
        with_text(response, ",\"example_id\":1,\"example_id\":1")
    })
}

/// More text before the brace that ends the object.
pub(super) fn with_text(response: Response, text: &str) -> Response {
    let mut body = String::from_utf8_lossy(&response.body).into_owned();
    if body.pop() == Some('}') {
        body.push_str(text);
        body.push('}');
        return response.with_body(body);
    }
    response
}

fn rewritten(response: Response, number: &str, other: &str) -> Response {
    let body = String::from_utf8_lossy(&response.body).into_owned();
    let member = format!("\"expires_in\":{number}");
    let body = body.replace(&member, &format!("\"expires_in\":{other}"));
    response.with_body(body)
}
