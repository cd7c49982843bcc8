//! What the answer to an exchange says, and what the issued token is.

use serde_json::Value;

use super::is_exchange;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::resolve;
use crate::state::StateChange;
use crate::wire::response::Response;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "exchange-without-issued-token-type",
        kills: &["rfc8693-response-members"],
        also: &[
            (
                "rfc8693-issued-type-true",
                "what is not there names nothing",
            ),
            (
                "rfc8693-token-type-n-a",
                "what is not there names no kind of token",
            ),
            (
                "rfc8693-unsupported-requested-type",
                "the issued type is not the one that was asked for",
            ),
        ],
        seams: &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.remove("issued_token_type");
            })
        })],
    },
    Defect {
        id: "exchange-answer-may-be-stored",
        kills: &["rfc8693-response-members"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            if is_exchange(facts) && response.is_token() {
                return response.replace("Cache-Control", "public, max-age=60");
            }
            response
        })],
    },
    Defect {
        id: "requested-token-type-echoed",
        kills: &["rfc8693-issued-type-true"],
        also: &[
            (
                "rfc8693-token-type-n-a",
                "an access token under the name of another kind is called Bearer",
            ),
            (
                "rfc8693-unsupported-requested-type",
                "no type is refused any more",
            ),
        ],
        seams: &[Seam::Skip(CheckId::RequestedTokenTypeKnown)],
    },
    Defect {
        id: "access-token-called-id-token",
        kills: &["rfc8693-issued-type-true"],
        also: &[
            (
                "rfc8693-subject-type-mismatch",
                "it can be exchanged, as what it is",
            ),
            (
                "rfc8693-token-type-n-a",
                "it is called Bearer, as what it is",
            ),
        ],
        seams: &[
            Seam::Read(|request| {
                request.edit_form(|form| {
                    let wanted = form.value("requested_token_type").map(str::to_owned);
                    if wanted.is_some_and(|wanted| wanted.ends_with(":id_token")) {
                        form.remove("requested_token_type");
                        form.push("id_token_was_asked_for", "yes");
                    }
                })
            }),
            Seam::Response(|_, facts, response| {
                if facts.parameters.value("id_token_was_asked_for").is_none() {
                    return response;
                }
                edit(facts, response, |members| {
                    let id_token = "urn:ietf:params:oauth:token-type:id_token";
                    members.insert("issued_token_type".to_owned(), id_token.into());
                })
            }),
        ],
    },
    Defect {
        id: "exchanged-access-token-is-n-a",
        kills: &["rfc8693-token-type-n-a"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.insert("token_type".to_owned(), "N_A".into());
            })
        })],
    },
    Defect {
        id: "exchanged-id-token-is-bearer",
        kills: &["rfc8693-token-type-n-a"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.insert("token_type".to_owned(), "Bearer".into());
            })
        })],
    },
    Defect {
        id: "exchange-narrows-scope-silently",
        kills: &["rfc8693-scope-when-different"],
        also: &[(
            "rfc8693-scope-not-widened",
            "that the scope is less can only be told by the answer",
        )],
        seams: &[
            Seam::Facts(narrowed),
            Seam::Response(|_, facts, response| {
                edit(facts, response, |members| {
                    members.remove("scope");
                })
            }),
        ],
    },
    Defect {
        id: "exchange-without-expires-in",
        kills: &["rfc8693-expires-in"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                members.remove("expires_in");
            })
        })],
    },
    Defect {
        id: "exchange-lifetime-in-milliseconds",
        kills: &["rfc8693-expires-in"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            edit(facts, response, |members| {
                let seconds = members.get("expires_in").and_then(Value::as_u64);
                if let Some(seconds) = seconds {
                    members.insert("expires_in".to_owned(), (seconds * 1000).into());
                }
            })
        })],
    },
    Defect {
        id: "exchange-target-dropped",
        kills: &["rfc8693-target-honoured"],
        also: &[(
            "rfc8693-multiple-targets",
            "of several targets none is honoured",
        )],
        seams: &[Seam::Facts(|context, facts| {
            let targets = &context.server.exchange_targets;
            let mut audiences = facts.parameters.values("audience");
            if is_exchange(facts) && audiences.all(|it| targets.iter().any(|own| own == it)) {
                drop(audiences);
                facts.parameters.remove("audience");
            }
        })],
    },
    Defect {
        id: "delegation-flattened",
        kills: &["rfc8693-delegation-act-claim"],
        also: &[],
        seams: &[Seam::Facts(|_, facts| {
            if let Some(Value::Object(actor)) = &mut facts.actor {
                actor.remove("act");
            }
        })],
    },
    Defect {
        id: "delegation-makes-the-actor-the-subject",
        kills: &["rfc8693-delegation-act-claim"],
        also: &[],
        seams: &[Seam::Facts(|_, facts| {
            let actor = facts.actor_token.as_ref().and_then(|token| token.subject());
            if let Some(actor) = actor {
                facts.subject = Some(actor.to_owned());
                facts.actor = None;
            }
        })],
    },
    Defect {
        id: "exchange-uses-subject-token-up",
        kills: &["rfc8693-subject-token-survives"],
        also: &[(
            "rfc8693-scope-not-widened",
            "one token is exchanged twice, for less and for more",
        )],
        seams: &[Seam::Changes(|_, facts, mut changes| {
            let issues = |change: &StateChange| matches!(change, StateChange::AddAccessToken(_));
            let subject = facts.subject_token.as_ref().filter(|_| is_exchange(facts));
            if let Some(subject) = subject
                && changes.iter().any(issues)
            {
                changes.push(StateChange::RemoveAccessToken(subject.value.clone()));
            }
            changes
        })],
    },
];

/// Changes the members of the answer to an exchange that succeeded.
fn edit(
    facts: &Facts,
    response: Response,
    edit: impl FnOnce(&mut serde_json::Map<String, Value>),
) -> Response {
    if is_exchange(facts) && response.is_token() {
        response.edit(edit)
    } else {
        response
    }
}

fn narrowed(context: &Context<'_>, facts: &mut Facts) {
    let asked = facts.requested_scope.as_ref();
    let Some(asked) = asked.filter(|_| is_exchange(facts)) else {
        return;
    };
    let granted = asked.intersection(&facts.available_scope);
    if !granted.is_empty() {
        facts.requested_scope = Some(granted);
        resolve::scope(context, facts);
    }
}
