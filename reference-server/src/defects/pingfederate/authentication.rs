//! Which method counts for a client, and clients without one.

use super::row;
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::registry::Client;
use crate::resolve;
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType};
use crate::wire::raw_request::RawRequest;

const CLIENT_CREDENTIALS: &[&str] = &["pingfederate-none-no-client-credentials"];
const CLIENT_ID: &[&str] = &["pingfederate-none-client-id"];
const METHOD: &[&str] = &["pingfederate-auth-method-configured"];

const UNIDENTIFIED: &[&str] = &["pingfederate-unidentified-clients"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "assertion-grant-serves-the-unidentified",
        UNIDENTIFIED,
        &[],
        &[Seam::Replace(CheckId::ClientKnown, |_, facts| {
            let unidentified = facts.is_grant(GrantType::JwtBearer) && facts.methods.is_empty();
            if facts.client.is_none() && !unidentified {
                return Err(INVALID_CLIENT);
            }
            Ok(())
        })],
    ),
    row(
        "client-id-is-enough",
        METHOD,
        &[
            (
                "pingfederate-secret-not-in-query",
                "with the secret in the query alone, client_id stands alone in the body",
            ),
            (
                "pingfederate-secret-post",
                "an empty client_secret is none, so that client_id stands alone",
            ),
            (
                "pingfederate-validate-bearer-not-for-everyone",
                "the identifier of a resource server is enough, too",
            ),
        ],
        &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            |_, facts| registered_or(facts, |facts, _| bare(facts)),
        )],
    ),
    row(
        "client-id-is-enough-for-clients-with-keys",
        METHOD,
        &[],
        &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            |_, facts| registered_or(facts, |facts, client| bare(facts) && has_keys(client)),
        )],
    ),
    row(
        "any-secret-for-clients-with-keys",
        METHOD,
        &[],
        &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            |_, facts| registered_or(facts, |facts, client| secret(facts) && has_keys(client)),
        )],
    ),
    row(
        "client-id-beside-assertion-ignored",
        METHOD,
        &[],
        &[Seam::Replace(
            CheckId::ClientIdConsistent,
            consistent_by_secret,
        )],
    ),
    row(
        "client-of-none-taken-from-code",
        CLIENT_ID,
        &[],
        &[Seam::Facts(|context, facts| {
            client_taken(context, facts, |facts| {
                facts.parameters.count("client_id") == 0
            });
        })],
    ),
    row(
        "empty-client-id-filled-from-grant",
        CLIENT_ID,
        &[],
        &[Seam::Facts(|context, facts| {
            client_taken(context, facts, |facts| {
                facts.parameters.count("client_id") > 0
            });
        })],
    ),
    row(
        "client-id-read-from-query",
        CLIENT_ID,
        &[],
        &[Seam::Read(client_id_read_from_query)],
    ),
    row(
        "client-credentials-for-public-clients",
        CLIENT_CREDENTIALS,
        &[],
        &[Seam::Replace(CheckId::GrantTypeAllowed, |_, facts| {
            allowed_or(facts, bare)
        })],
    ),
    row(
        "empty-secret-authenticates-public-client",
        CLIENT_CREDENTIALS,
        &[],
        &[Seam::Replace(CheckId::GrantTypeAllowed, |_, facts| {
            allowed_or(facts, |facts| facts.parameters.count("client_secret") > 0)
        })],
    ),
    row(
        "made-up-secret-makes-client-confidential",
        CLIENT_CREDENTIALS,
        &[],
        &[
            Seam::Replace(CheckId::AuthenticationMethodRegistered, |_, facts| {
                registered_or(facts, |facts, client| posted(facts) && is_public(client))
            }),
            Seam::Replace(CheckId::GrantTypeAllowed, |_, facts| {
                allowed_or(facts, posted)
            }),
        ],
    ),
    row(
        "empty-password-authenticates-public-client",
        CLIENT_CREDENTIALS,
        &[],
        &[
            Seam::Replace(CheckId::AuthenticationMethodRegistered, |_, facts| {
                registered_or(facts, |facts, client| by_basic(facts) && is_public(client))
            }),
            Seam::Replace(CheckId::GrantTypeAllowed, |_, facts| {
                allowed_or(facts, by_basic)
            }),
        ],
    ),
];

fn bare(facts: &Facts) -> bool {
    facts.method() == AuthenticationMethod::None
}

fn posted(facts: &Facts) -> bool {
    facts.method() == AuthenticationMethod::ClientSecretPost
}

fn by_basic(facts: &Facts) -> bool {
    facts.method() == AuthenticationMethod::ClientSecretBasic
}

fn secret(facts: &Facts) -> bool {
    posted(facts) || by_basic(facts)
}

fn has_keys(client: &Client) -> bool {
    !client.keys.is_empty()
}

fn is_public(client: &Client) -> bool {
    client.methods == [AuthenticationMethod::None]
}

/// The client authenticates as it is registered, or the condition excuses it.
fn registered_or(facts: &Facts, excused: fn(&Facts, &Client) -> bool) -> Result<(), Refusal> {
    match &facts.client {
        Some(client) if !client.methods.contains(&facts.method()) && !excused(facts, client) => {
            Err(INVALID_CLIENT)
        }
        Some(_) | None => Ok(()),
    }
}

/// The client may use the grant, or it is a public one and wants client credentials as the condition says.
fn allowed_or(facts: &Facts, excused: fn(&Facts) -> bool) -> Result<(), Refusal> {
    let Some(client) = &facts.client else {
        return Ok(());
    };
    let wanted = facts.is_grant(GrantType::ClientCredentials) && is_public(client);
    let mut grants = client.grants.iter();
    if grants.any(|grant| facts.is_grant(*grant)) || (wanted && excused(facts)) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::UnauthorizedClient,
        "The client may not use this grant type",
    ))
}

/// `client_id` has to name the client that authenticated, if it did so with a secret.
fn consistent_by_secret(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let named = facts.presented.client_id.as_ref();
    let client = facts.client.as_ref();
    let differs = client
        .zip(named)
        .is_some_and(|(own, named)| own.id != *named);
    if differs && facts.method() != AuthenticationMethod::PrivateKeyJwt {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "client_id names another client than the one that authenticates",
        ));
    }
    Ok(())
}

/// The client is the public one that the code or refresh token was issued to.
fn client_taken(context: &Context<'_>, facts: &mut Facts, when: fn(&Facts) -> bool) {
    if facts.client.is_some() || !facts.methods.is_empty() || !when(facts) {
        return;
    }
    let of_code = facts.code.as_ref().map(|code| code.client.clone());
    let of_token = facts.refresh_token.as_ref().map(|it| it.client.clone());
    let owner = of_code.or(of_token).filter(|owner| is_public(owner));
    if let Some(owner) = owner {
        facts.client = Some(owner);
        resolve::grant(context, facts);
    }
}

/// A parameter map of the framework has the query in it.
fn client_id_read_from_query(request: RawRequest) -> RawRequest {
    let query = request.query_form();
    let id = query
        .value("client_id")
        .filter(|_| query.count("client_secret") == 0);
    let Some(id) = id.filter(|_| request.method == "POST") else {
        return request;
    };
    request.edit_form(|form| {
        if form.count("client_id") == 0 {
            form.push("client_id", id);
        }
    })
}
