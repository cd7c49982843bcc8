//! Which client it is, and whether it has to authenticate (RFC 6749 §2.3, §3.2.1).

use std::sync::Arc;

use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::authorization_code::INVALID_CODE;
use crate::grants::refresh_token::INVALID_REFRESH_TOKEN;
use crate::state::StateChange;
use crate::vocabulary::{AuthenticationMethod, ErrorCode};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "authentication-checked-if-tried",
        kills: &["rfc6749-client-auth-required"],
        also: &[
            (
                "rfc6749-client-secret-entropy",
                "a registered client is one, too",
            ),
            (
                "rfc6749-secret-exact",
                "an empty secret is none, and none is asked for",
            ),
            (
                "rfc6749-basic-supported",
                "the method that is registered is asked for nowhere",
            ),
            (
                "rfc6749-empty-param-omitted",
                "a client that only names itself counts as authenticated",
            ),
            (
                "rfc6749-refresh-auth-required",
                "a client that only names itself counts as authenticated",
            ),
            (
                "rfc6749-included-credentials-verified",
                "no credentials of a public client are compared with anything",
            ),
        ],
        seams: &[Seam::Skip(CheckId::AuthenticationMethodRegistered)],
    },
    Defect {
        id: "nameless-client-taken-from-code",
        kills: &["rfc6749-client-auth-required"],
        also: &[
            (
                "rfc6749-code-public-client-id-required",
                "a public client need not name itself either",
            ),
            (
                "rfc6749-empty-param-omitted",
                "a public client need not name itself either",
            ),
        ],
        seams: &[
            Seam::Facts(client_of_code),
            Seam::Replace(
                CheckId::AuthenticationMethodRegistered,
                registered_or_nameless,
            ),
        ],
    },
    Defect {
        id: "missing-authentication-is-invalid-request",
        kills: &["rfc6749-client-auth-required"],
        also: &[
            (
                "rfc6749-code-bound-to-public-client",
                "a confidential client only names itself there, too",
            ),
            (
                "rfc6749-refresh-auth-required",
                "a confidential client only names itself there, too",
            ),
        ],
        seams: &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            missing_is_invalid_request,
        )],
    },
    Defect {
        id: "code-burnt-without-authentication",
        kills: &["rfc6749-client-auth-required"],
        also: &[],
        seams: &[Seam::Changes(burnt_without_authentication)],
    },
    Defect {
        id: "secrets-guessed-without-limit",
        kills: &["rfc6749-client-bruteforce"],
        also: &[],
        seams: &[Seam::Skip(CheckId::AttemptsWithinLimit)],
    },
    Defect {
        id: "named-client-passed-over",
        kills: &["rfc6749-client-id-mismatch"],
        also: &[],
        seams: &[Seam::Skip(CheckId::ClientIdConsistent)],
    },
    Defect {
        id: "named-client-compared-without-case",
        kills: &["rfc6749-client-id-mismatch"],
        also: &[],
        seams: &[Seam::Replace(CheckId::ClientIdConsistent, |_, facts| {
            let named = facts.presented.client_id.as_deref();
            let same = |id: &str| named.is_none_or(|named| named.eq_ignore_ascii_case(id));
            let client = facts.client.as_deref();
            client
                .is_none_or(|client| same(&client.id))
                .then_some(())
                .ok_or(Refusal::new(
                    ErrorCode::InvalidRequest,
                    "client_id names another client",
                ))
        })],
    },
    Defect {
        id: "token-for-named-client",
        kills: &["rfc6749-client-id-mismatch"],
        also: &[],
        seams: &[
            Seam::Skip(CheckId::ClientIdConsistent),
            Seam::Changes(to_named_client),
        ],
    },
    Defect {
        id: "code-of-named-client-taken",
        kills: &["rfc6749-client-id-mismatch"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::ClientIdConsistent, consistent_unless_code_fits),
            Seam::Replace(CheckId::CodeBelongsToClient, code_belongs_to_named),
        ],
    },
    Defect {
        id: "refresh-token-of-named-client-taken",
        kills: &["rfc6749-client-id-mismatch"],
        also: &[],
        seams: &[
            Seam::Replace(
                CheckId::ClientIdConsistent,
                consistent_unless_refresh_token_fits,
            ),
            Seam::Replace(
                CheckId::RefreshTokenBelongsToClient,
                refresh_token_belongs_to_named,
            ),
        ],
    },
    Defect {
        id: "secret-of-public-client-ignored",
        kills: &["rfc6749-included-credentials-verified"],
        also: &[],
        seams: &[Seam::Facts(public_secret_ignored)],
    },
    Defect {
        id: "basic-of-public-client-ignored",
        kills: &["rfc6749-included-credentials-verified"],
        also: &[],
        seams: &[Seam::Facts(public_basic_ignored)],
    },
    Defect {
        id: "assertion-of-public-client-ignored",
        kills: &["rfc6749-included-credentials-verified"],
        also: &[],
        seams: &[Seam::Facts(public_assertion_ignored)],
    },
];

fn is_nameless(facts: &Facts) -> bool {
    facts.endpoint == Endpoint::Token
        && facts.methods.is_empty()
        && facts.presented.client_id.is_none()
}

/// The code says whose it is.
fn client_of_code(_: &Context<'_>, facts: &mut Facts) {
    if is_nameless(facts) {
        facts.client = facts.code.as_ref().map(|code| Arc::clone(&code.client));
    }
}

fn is_registered(facts: &Facts) -> bool {
    let client = facts.client.as_ref();
    client.is_none_or(|client| client.methods.contains(&facts.method()))
}

fn registered_or_nameless(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if is_registered(facts) || is_nameless(facts) {
        Ok(())
    } else {
        Err(INVALID_CLIENT)
    }
}

fn missing_is_invalid_request(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    if is_registered(facts) {
        Ok(())
    } else if facts.methods.is_empty() {
        let description = "client_secret is missing";
        Err(Refusal::new(ErrorCode::InvalidRequest, description))
    } else {
        Err(INVALID_CLIENT)
    }
}

/// The code is taken out of the store before the client is asked who it is.
fn burnt_without_authentication(
    _: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    if let Some(code) = &facts.code
        && facts.methods.is_empty()
        && !is_registered(facts)
    {
        changes.push(StateChange::RedeemCode(code.value.clone()));
    }
    changes
}

/// The client of the tokens is read from the body, that of the authentication from the header.
fn to_named_client(
    context: &Context<'_>,
    facts: &Facts,
    mut changes: Vec<StateChange>,
) -> Vec<StateChange> {
    let named = facts.presented.client_id.as_deref();
    let named = named.and_then(|id| context.server.registry.client(id));
    let Some(named) = named.filter(|_| facts.endpoint == Endpoint::Token) else {
        return changes;
    };
    for change in &mut changes {
        if let StateChange::AddAccessToken(record) = change {
            record.client = Arc::clone(&named);
        } else if let StateChange::AddRefreshToken(record) = change {
            record.client = Arc::clone(&named);
        }
    }
    changes
}

fn code_is_of_named(facts: &Facts) -> bool {
    let owner = facts.code.as_ref().map(|code| code.client.id.as_str());
    owner.is_some() && owner == facts.presented.client_id.as_deref()
}

fn refresh_token_is_of_named(facts: &Facts) -> bool {
    let token = facts.refresh_token.as_ref();
    let owner = token.map(|token| token.client.id.as_str());
    owner.is_some() && owner == facts.presented.client_id.as_deref()
}

fn consistent_unless_code_fits(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    consistent_unless(facts, code_is_of_named)
}

fn consistent_unless_refresh_token_fits(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    consistent_unless(facts, refresh_token_is_of_named)
}

/// Header and body name one client, or the condition excuses it.
fn consistent_unless(facts: &Facts, excused: fn(&Facts) -> bool) -> Result<(), Refusal> {
    let own = facts.client.as_ref().map(|client| client.id.as_str());
    let named = facts.presented.client_id.as_deref();
    if named.is_none() || named == own || excused(facts) {
        return Ok(());
    }
    let description = "client_id names another client";
    Err(Refusal::new(ErrorCode::InvalidRequest, description))
}

fn code_belongs_to_named(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let own = facts.client.as_ref().map(|client| client.id.as_str());
    let owner = facts.code.as_ref().map(|code| code.client.id.as_str());
    if owner.is_none() || owner == own || code_is_of_named(facts) {
        Ok(())
    } else {
        Err(INVALID_CODE)
    }
}

fn refresh_token_belongs_to_named(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let own = facts.client.as_ref().map(|client| client.id.as_str());
    let token = facts.refresh_token.as_ref();
    let owner = token.map(|token| token.client.id.as_str());
    if owner.is_none() || owner == own || refresh_token_is_of_named(facts) {
        Ok(())
    } else {
        Err(INVALID_REFRESH_TOKEN)
    }
}

/// The type of the client is asked first, and what it brings does not matter.
fn ignored(facts: &mut Facts, method: AuthenticationMethod) {
    let is_public = facts
        .client
        .as_ref()
        .is_some_and(|client| client.methods.contains(&AuthenticationMethod::None));
    if is_public && facts.endpoint == Endpoint::Token {
        facts.methods.retain(|own| *own != method);
    }
}

fn public_secret_ignored(_: &Context<'_>, facts: &mut Facts) {
    ignored(facts, AuthenticationMethod::ClientSecretPost);
}

fn public_basic_ignored(_: &Context<'_>, facts: &mut Facts) {
    ignored(facts, AuthenticationMethod::ClientSecretBasic);
}

fn public_assertion_ignored(context: &Context<'_>, facts: &mut Facts) {
    if facts.client.is_none() {
        let named = facts.presented.client_id.as_deref();
        facts.client = named.and_then(|id| context.server.registry.client(id));
    }
    ignored(facts, AuthenticationMethod::PrivateKeyJwt);
}
