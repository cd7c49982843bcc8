//! More than one way to authenticate at once, and headers that are passed over (RFC 6749 §2.3, §3.2.1).

use super::basic::broken;
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::resolve;
use crate::vocabulary::AuthenticationMethod;
use crate::wire::basic::Authorization;

const BASIC: AuthenticationMethod = AuthenticationMethod::ClientSecretBasic;
const POST: AuthenticationMethod = AuthenticationMethod::ClientSecretPost;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "broken-basic-passed-over",
        kills: &["rfc6749-basic-malformed"],
        also: &[],
        seams: &[
            Seam::Facts(broken_passed_over),
            Seam::Replace(
                CheckId::AuthenticationMethodRegistered,
                registered_or_header_passed_over,
            ),
        ],
    },
    Defect {
        id: "foreign-scheme-passed-over",
        kills: &["rfc6749-basic-malformed"],
        also: &[],
        seams: &[
            Seam::Facts(foreign_passed_over),
            Seam::Replace(
                CheckId::AuthenticationMethodRegistered,
                registered_or_header_passed_over,
            ),
        ],
    },
    Defect {
        id: "posted-secret-ignored-beside-basic",
        kills: &["rfc6749-multiple-auth-methods"],
        also: &[],
        seams: &[Seam::Facts(posted_secret_ignored)],
    },
    Defect {
        id: "posted-secret-without-client-id-ignored",
        kills: &["rfc6749-multiple-auth-methods"],
        also: &[],
        seams: &[Seam::Facts(nameless_secret_ignored)],
    },
    Defect {
        id: "basic-ignored-beside-posted-secret",
        kills: &["rfc6749-multiple-auth-methods"],
        also: &[],
        seams: &[Seam::Facts(basic_ignored)],
    },
    Defect {
        id: "posted-secret-tried-after-failed-basic",
        kills: &["rfc6749-multiple-auth-methods"],
        also: &[],
        seams: &[Seam::Facts(tried_after_failed_basic)],
    },
    Defect {
        id: "either-secret-passes",
        kills: &["rfc6749-multiple-auth-methods"],
        also: &[],
        seams: &[
            Seam::Facts(posted_secret_ignored),
            Seam::Replace(CheckId::BasicSecretMatches, either_secret_matches),
        ],
    },
    Defect {
        id: "posted-credentials-of-another-win",
        kills: &["rfc6749-multiple-auth-methods"],
        also: &[],
        seams: &[Seam::Facts(posted_of_another_win)],
    },
    Defect {
        id: "posted-credentials-of-another-passed-over",
        kills: &["rfc6749-multiple-auth-methods"],
        also: &[],
        seams: &[Seam::Facts(posted_of_another_passed_over)],
    },
    Defect {
        id: "client-id-counts-as-method",
        kills: &["rfc6749-basic-plus-same-client-id"],
        also: &[],
        seams: &[Seam::Facts(client_id_counts_as_method)],
    },
];

fn pass_over(context: &Context<'_>, facts: &mut Facts) {
    if facts.endpoint == Endpoint::Token {
        facts.methods.retain(|method| *method != BASIC);
        resolve::client(context.server, facts);
        resolve::grant(context, facts);
    }
}

fn broken_passed_over(context: &Context<'_>, facts: &mut Facts) {
    if broken(facts).is_some() {
        pass_over(context, facts);
    }
}

fn is_foreign(facts: &Facts) -> bool {
    match facts.presented.authorization {
        Authorization::Bearer(_) | Authorization::OtherScheme => true,
        Authorization::Absent
        | Authorization::Basic(_)
        | Authorization::Broken(_)
        | Authorization::Repeated => false,
    }
}

fn foreign_passed_over(context: &Context<'_>, facts: &mut Facts) {
    if is_foreign(facts) {
        pass_over(context, facts);
    }
}

/// Whoever sent a header counts as authenticated, since a filter would have stopped it.
fn registered_or_header_passed_over(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    let is_registered = client.is_none_or(|client| client.methods.contains(&facts.method()));
    let is_passed_over =
        facts.methods.is_empty() && facts.presented.authorization != Authorization::Absent;
    if is_registered || is_passed_over {
        Ok(())
    } else {
        Err(INVALID_CLIENT)
    }
}

fn tries_both(facts: &Facts) -> bool {
    facts.methods.contains(&BASIC) && facts.methods.contains(&POST)
}

fn posted_secret_ignored(_: &Context<'_>, facts: &mut Facts) {
    if tries_both(facts) {
        facts.methods.retain(|method| *method != POST);
    }
}

/// A secret counts with an identifier only.
fn nameless_secret_ignored(context: &Context<'_>, facts: &mut Facts) {
    if facts.presented.client_id.is_none() {
        posted_secret_ignored(context, facts);
    }
}

fn basic_ignored(context: &Context<'_>, facts: &mut Facts) {
    if tries_both(facts) {
        facts.methods.retain(|method| *method != BASIC);
        resolve::client(context.server, facts);
        resolve::grant(context, facts);
    }
}

/// A chain of attempts, the first that succeeds counts.
fn tried_after_failed_basic(context: &Context<'_>, facts: &mut Facts) {
    let Authorization::Basic(credentials) = &facts.presented.authorization else {
        return;
    };
    let client = context.server.registry.client(&credentials.id);
    let secret = client.as_ref().and_then(|client| client.secret.as_ref());
    if secret.is_none_or(|secret| !secret.matches(&credentials.secret)) {
        basic_ignored(context, facts);
    }
}

/// Whatever of the two finds the client lets it in.
fn either_secret_matches(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let stored = facts
        .client
        .as_ref()
        .and_then(|client| client.secret.as_ref());
    let posted = facts.parameters.value("client_secret");
    let sent = [facts.presented.secret(), posted];
    match stored {
        Some(stored) if !sent.into_iter().flatten().any(|sent| stored.matches(sent)) => {
            Err(INVALID_CLIENT)
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether the body has the credentials of another client than the one that the header names.
fn is_another_posted(context: &Context<'_>, facts: &Facts) -> bool {
    let Authorization::Basic(credentials) = &facts.presented.authorization else {
        return false;
    };
    let posted = facts.presented.client_id.as_ref();
    let is_known = context.server.registry.client(&credentials.id).is_some();
    tries_both(facts) && is_known && posted.is_some_and(|id| *id != credentials.id)
}

/// The same credentials twice are seen; of two clients the latter is looked up.
fn posted_of_another_win(context: &Context<'_>, facts: &mut Facts) {
    if is_another_posted(context, facts) {
        basic_ignored(context, facts);
    }
}

/// A filter has authenticated somebody, and the rest of the request is not asked.
fn posted_of_another_passed_over(context: &Context<'_>, facts: &mut Facts) {
    if is_another_posted(context, facts) {
        posted_secret_ignored(context, facts);
        facts.presented.client_id = None;
    }
}

fn client_id_counts_as_method(_: &Context<'_>, facts: &mut Facts) {
    if facts.method() == BASIC && facts.presented.client_id.is_some() {
        facts.methods.push(POST);
    }
}
