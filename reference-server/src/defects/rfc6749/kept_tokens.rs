//! Tokens that are kept and handed out again, under a key that leaves something out.

use std::sync::Arc;

use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::state::AccessRecord;
use crate::vocabulary::GrantType;
use crate::wire::response::Response;

const MISMATCH: &[&str] = &["rfc6749-client-id-mismatch"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "kept-token-for-scope",
        kills: MISMATCH,
        also: &[
            (
                "rfc6749-access-token-entropy-128",
                "twenty tokens for one scope are one",
            ),
            (
                "rfc6749-access-token-entropy-160",
                "twenty tokens for one scope are one",
            ),
        ],
        seams: &[Seam::Response(|context, facts, response| {
            // Tokens for less than the default are kept.
            if facts.scope.values().count() != 1 || facts.scope == facts.default_scope {
                return response;
            }
            kept(
                context,
                facts,
                response,
                GrantType::ClientCredentials,
                same_scope,
            )
        })],
    },
    Defect {
        id: "kept-token-for-user-and-scope",
        kills: MISMATCH,
        also: &[],
        seams: &[Seam::Response(|context, facts, response| {
            if facts.scope.values().count() != 1 {
                return response;
            }
            kept(
                context,
                facts,
                response,
                GrantType::AuthorizationCode,
                same_user,
            )
        })],
    },
    Defect {
        id: "kept-token-for-subject-of-assertion",
        kills: MISMATCH,
        also: &[],
        seams: &[Seam::Response(|context, facts, response| {
            kept(context, facts, response, GrantType::JwtBearer, same_user)
        })],
    },
    Defect {
        id: "kept-token-for-user-of-device",
        kills: MISMATCH,
        also: &[],
        seams: &[Seam::Response(|context, facts, response| {
            kept(context, facts, response, GrantType::DeviceCode, same_user)
        })],
    },
    Defect {
        id: "kept-token-for-user-of-backchannel",
        kills: MISMATCH,
        also: &[],
        seams: &[Seam::Response(|context, facts, response| {
            kept(context, facts, response, GrantType::Ciba, same_user)
        })],
    },
    Defect {
        id: "kept-token-whatever-the-scope",
        kills: &["rfc6749-scope-change-reported"],
        also: &[],
        seams: &[Seam::Response(|context, facts, response| {
            kept(
                context,
                facts,
                response,
                GrantType::JwtBearer,
                |own, facts| {
                    let client = facts.client.as_ref();
                    client.is_some_and(|client| client.id == own.client.id)
                        && facts.subject.as_ref() == Some(&own.subject)
                },
            )
        })],
    },
];

fn same_scope(own: &AccessRecord, facts: &Facts) -> bool {
    own.scope == facts.scope
}

fn same_user(own: &AccessRecord, facts: &Facts) -> bool {
    facts.subject.as_ref() == Some(&own.subject) && same_scope(own, facts)
}

/// The oldest good token under the same key, if there is one. Tokens for somebody else than this server, or for the holder of
/// a certificate, are not kept.
fn kept(
    context: &Context<'_>,
    facts: &Facts,
    response: Response,
    grant_type: GrantType,
    same: fn(&AccessRecord, &Facts) -> bool,
) -> Response {
    let plain = facts.manager_request == Default::default()
        && facts.presented.certificates.is_empty()
        && context.server.managers.is_empty();
    if !facts.is_grant(grant_type) || !plain || !response.is_token() {
        return response;
    }
    let good = |own: &AccessRecord| {
        let revoked = own.grant.as_ref();
        own.grant_type == grant_type
            && own.certificate.is_none()
            && own.audience == [facts.issuer.clone()]
            && own.expires > context.now
            && !revoked.is_some_and(|grant| context.records.is_revoked(grant))
            && same(own, facts)
    };
    let mut oldest: Option<Arc<AccessRecord>> = None;
    context.records.each_access_token(&mut |own| {
        let older = oldest
            .as_ref()
            .is_none_or(|found| own.serial < found.serial);
        if older && good(own) {
            oldest = Some(Arc::clone(own));
        }
    });
    match oldest {
        Some(found) => response.edit(|members| {
            members.insert("access_token".to_owned(), found.value.clone().into());
        }),
        None => response,
    }
}
