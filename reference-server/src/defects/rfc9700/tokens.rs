//! What tokens are good for, and PKCE (RFC 9700 §2.1.1, §2.3, §4.15).

use super::row;
use crate::checks::CheckId;
use crate::defects::{Defect, Seam};
use crate::state::StateChange;
use crate::vocabulary::GrantType;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "token-has-all-scopes-of-client",
        &["rfc9700-least-privilege"],
        &[],
        &[Seam::Facts(|_, facts| {
            if let (true, Some(client)) =
                (facts.is_grant(GrantType::ClientCredentials), &facts.client)
            {
                facts.scope = client.scope.clone();
            }
        })],
    ),
    row(
        "narrow-scope-told-and-not-granted",
        &["rfc9700-least-privilege"],
        &[],
        &[Seam::Changes(|_, facts, mut changes| {
            for change in &mut changes {
                if let StateChange::AddAccessToken(record) = change
                    && facts.is_grant(GrantType::ClientCredentials)
                {
                    record.scope = record.client.scope.clone();
                }
            }
            changes
        })],
    ),
    row(
        "client-token-of-resource-owner",
        &["rfc9700-client-is-no-user"],
        &[],
        &[Seam::Facts(|context, facts| {
            if facts.is_grant(GrantType::ClientCredentials) {
                facts.subject = Some(context.server.resource_owner.clone());
            }
        })],
    ),
    row(
        "subject-always-client",
        &["rfc9700-client-is-no-user"],
        &[],
        &[Seam::Facts(|_, facts| {
            facts.subject = facts.client.as_ref().map(|client| client.id.clone());
        })],
    ),
    row(
        "pkce-not-looked-at",
        &["rfc9700-pkce-supported"],
        &[
            (
                "rfc9700-code-injection",
                "no verifier is compared with anything",
            ),
            (
                "rfc9700-pkce-downgrade",
                "no verifier is compared with anything",
            ),
        ],
        &[
            Seam::Skip(CheckId::VerifierMatchesChallenge),
            Seam::Skip(CheckId::VerifierPresent),
            Seam::Skip(CheckId::VerifierExpected),
            Seam::Skip(CheckId::VerifierWellFormed),
        ],
    ),
];
