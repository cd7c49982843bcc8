//! Revocation (RFC 7009) and what it does at the token endpoint.

use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::endpoint::revoke;
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts, TokenRecord};
use crate::state::{RefreshRecord, StateChange};
use crate::vocabulary::{AuthenticationMethod, ErrorCode};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "refresh-revocation-ignored",
        kills: &["rfc6749-revoked-refresh-token"],
        also: &[(
            "rfc6749-refresh-revocation-cascades",
            "what does not end takes nothing along",
        )],
        seams: &[Seam::Changes(|_, facts, changes| {
            nothing_if(facts, changes, |token| {
                matches!(token, TokenRecord::Refresh(_))
            })
        })],
    },
    Defect {
        id: "refresh-revocation-delayed",
        kills: &["rfc6749-revoked-refresh-token"],
        also: &[(
            "rfc6749-refresh-revocation-cascades",
            "the access tokens live on until then",
        )],
        seams: &[Seam::Changes(|context, facts, changes| {
            instead(facts, changes, |token| match token {
                TokenRecord::Refresh(record) => {
                    Some(vec![StateChange::AddRefreshToken(RefreshRecord {
                        expires: context.now.plus(10),
                        ..RefreshRecord::clone(record)
                    })])
                }
                TokenRecord::Access(_) => None,
            })
        })],
    },
    Defect {
        id: "revocation-believes-hint",
        kills: &[
            "rfc6749-revoked-refresh-token",
            "rfc6749-revoked-access-token",
        ],
        also: &[],
        seams: &[Seam::Changes(|_, facts, changes| {
            let hint = facts.parameters.value("token_type_hint");
            match (hint, &facts.token) {
                (Some("access_token"), Some(TokenRecord::Refresh(_)))
                | (Some("refresh_token"), Some(TokenRecord::Access(_))) => Vec::new(),
                (Some(_) | None, Some(_) | None) => changes,
            }
        })],
    },
    Defect {
        id: "revocation-with-unknown-hint-ignored",
        kills: &["rfc6749-revoked-refresh-token"],
        also: &[],
        seams: &[Seam::Changes(|_, facts, changes| {
            let hint = facts.parameters.value("token_type_hint");
            match hint {
                None | Some("access_token" | "refresh_token") => changes,
                Some(_) => Vec::new(),
            }
        })],
    },
    Defect {
        id: "revocation-of-rotated-token-ignored",
        kills: &["rfc6749-revoked-refresh-token"],
        also: &[(
            "rfc6749-refresh-revocation-cascades",
            "it revokes a token that came from a refresh too",
        )],
        seams: &[Seam::Changes(|context, facts, changes| {
            nothing_if(facts, changes, |token| {
                let TokenRecord::Refresh(token) = token else {
                    return false;
                };
                let earlier = context.find_refresh_token(|other| {
                    other.grant == token.grant && other.serial < token.serial
                });
                earlier.is_some()
            })
        })],
    },
    Defect {
        id: "access-revocation-ignored",
        kills: &["rfc6749-revoked-access-token"],
        also: &[(
            "rfc6749-refresh-revocation-cascades",
            "it records that access tokens can't be revoked",
        )],
        seams: &[Seam::Changes(|_, facts, changes| {
            nothing_if(facts, changes, |token| {
                matches!(token, TokenRecord::Access(_))
            })
        })],
    },
    Defect {
        id: "access-revocation-for-clients-only",
        kills: &["rfc6749-revoked-access-token"],
        also: &[(
            "rfc6749-refresh-revocation-cascades",
            "it records that access tokens can't be revoked",
        )],
        seams: &[Seam::Changes(|_, facts, changes| {
            nothing_if(facts, changes, |token| match token {
                TokenRecord::Access(token) => token.grant.is_some(),
                TokenRecord::Refresh(_) => false,
            })
        })],
    },
    Defect {
        id: "refresh-revocation-does-not-cascade",
        kills: &["rfc6749-refresh-revocation-cascades"],
        also: &[],
        seams: &[Seam::Changes(|_, facts, changes| {
            instead(facts, changes, |token| Some(vec![only(token)?]))
        })],
    },
    Defect {
        id: "refresh-revocation-ends-last-access-token-only",
        kills: &["rfc6749-refresh-revocation-cascades"],
        also: &[],
        seams: &[Seam::Changes(|context, facts, changes| {
            instead(facts, changes, |token| {
                let mut changes = vec![only(token)?];
                changes.extend(last_access_token(context, token));
                Some(changes)
            })
        })],
    },
    Defect {
        id: "access-revocation-ends-grant",
        kills: &["rfc6749-refresh-revocation-cascades"],
        also: &[],
        seams: &[Seam::Changes(|context, facts, changes| {
            instead(facts, changes, |token| match token {
                TokenRecord::Access(token) => Some(vec![revoke(context, token.grant.clone()?)]),
                TokenRecord::Refresh(_) => None,
            })
        })],
    },
    Defect {
        id: "refresh-revocation-by-anybody",
        kills: &["rfc6749-revocation-bound-to-client"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::RevocationTokenBelongsToClient,
            |_, facts| {
                belongs_unless(facts, |facts, token| {
                    facts.method() != AuthenticationMethod::None
                        && matches!(token, TokenRecord::Refresh(_))
                })
            },
        )],
    },
    Defect {
        id: "refresh-revocation-by-any-public-client",
        kills: &["rfc6749-revocation-bound-to-client"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::RevocationTokenBelongsToClient,
            |_, facts| {
                belongs_unless(facts, |facts, _| {
                    facts.method() == AuthenticationMethod::None
                })
            },
        )],
    },
    Defect {
        id: "access-revocation-by-anybody",
        kills: &["rfc6749-revocation-bound-to-client"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::RevocationTokenBelongsToClient,
            |_, facts| belongs_unless(facts, |_, token| matches!(token, TokenRecord::Access(_))),
        )],
    },
];

/// Where something is revoked: other changes, if there are any.
fn instead(
    facts: &Facts,
    changes: Vec<StateChange>,
    other: impl Fn(&TokenRecord) -> Option<Vec<StateChange>>,
) -> Vec<StateChange> {
    let revokes = |change: &StateChange| {
        matches!(
            change,
            StateChange::RevokeGrant { .. } | StateChange::RemoveAccessToken(_)
        )
    };
    if facts.endpoint != Endpoint::Revocation || !changes.iter().any(revokes) {
        return changes;
    }
    let Some(other) = facts.token.as_ref().and_then(other) else {
        return changes;
    };
    let kept = changes.into_iter().filter(|change| !revokes(change));
    kept.chain(other).collect()
}

/// Tokens of some kind are not revoked; the answer says that they are.
fn nothing_if(
    facts: &Facts,
    changes: Vec<StateChange>,
    spared: impl Fn(&TokenRecord) -> bool,
) -> Vec<StateChange> {
    instead(facts, changes, |token| spared(token).then(Vec::new))
}

/// The end of a refresh token by itself.
fn only(token: &TokenRecord) -> Option<StateChange> {
    match token {
        TokenRecord::Access(_) => None,
        TokenRecord::Refresh(token) => Some(StateChange::RotateRefreshToken(token.value.clone())),
    }
}

fn last_access_token(context: &Context<'_>, token: &TokenRecord) -> Option<StateChange> {
    let TokenRecord::Refresh(token) = token else {
        return None;
    };
    let mut all = Vec::new();
    context.records.each_access_token(&mut |access| {
        if access.grant.as_ref() == Some(&token.grant) {
            all.push((access.serial, access.value.clone()));
        }
    });
    let last = all.into_iter().max();
    last.map(|(_, value)| StateChange::RemoveAccessToken(value))
}

/// The token belongs to the client, or the condition excuses it.
fn belongs_unless(facts: &Facts, excused: fn(&Facts, &TokenRecord) -> bool) -> Result<(), Refusal> {
    let (Some(client), Some(token)) = (&facts.client, &facts.token) else {
        return Ok(());
    };
    if client.id == token.client().id || excused(facts, token) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidGrant,
        "The token was issued to another client",
    ))
}
