//! Walks: sequences of requests drawn at random, with a model of what each must come to.
//!
//! The invariants: a code is redeemed once and by its client only; what a replayed code brought should end; a refresh token is
//! good for its client only and for no more scope than was granted; what is revoked is revoked, and only by its owner.

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::json;

use super::course::{Course, Refreshes, State, put};
use super::sequence::Sequence;
use crate::target::Target;
use crate::target::capability::CapabilitySet;
use crate::vocabulary::Grant;

/// What of a target decides which walks there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "capabilities are there or not"
)]
pub struct WalkFacts {
    /// The state of a token can be seen.
    pub inspects: bool,
    /// Tokens can be revoked.
    pub revokes: bool,
    /// A refresh brings a new refresh token.
    pub rotates: bool,
    /// Profiles under which a rotated token may be used a little longer.
    pub grace: bool,
}

/// Clients that walks are made for.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    facts: WalkFacts,
    pairs: Vec<Pair>,
}

/// The client of a walk and the second one, by name.
#[derive(Clone, Debug)]
struct Pair {
    client: String,
    other: Option<String>,
    refreshes: Refreshes,
}

impl WalkFacts {
    /// The facts of a target.
    #[must_use]
    pub fn new(capabilities: &CapabilitySet<'_>) -> Self {
        Self {
            inspects: capabilities.has("introspection"),
            revokes: capabilities.has("revocation"),
            rotates: capabilities.has("refresh_rotation"),
            grace: capabilities.has("pingfederate") || capabilities.has("pingone"),
        }
    }
}

impl Walk {
    /// The walks of a target.
    #[must_use]
    pub fn new(target: &Target, capabilities: &CapabilitySet<'_>) -> Self {
        let facts = WalkFacts::new(capabilities);
        let able = |client: &crate::target::Client| {
            target.authorization_codes.is_some() && client.may(Grant::AuthorizationCode)
        };
        let mut pairs = Vec::new();
        for client in target.clients.iter().filter(|client| able(client)) {
            let refreshes = if client.may(Grant::RefreshToken) {
                Refreshes::Yes
            } else {
                Refreshes::No
            };
            let pair = |other| Pair {
                client: client.name.clone(),
                other,
                refreshes,
            };
            let others = target
                .clients
                .iter()
                .filter(|other| able(other) && other.name != client.name);
            let mut found = false;
            for other in others {
                found = true;
                pairs.push(pair(Some(other.name.clone())));
            }
            if !found {
                pairs.push(pair(None));
            }
        }
        Self { facts, pairs }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Draws a walk, and the rule that each of its steps is about.
    pub fn draw(&self, random: &mut StdRng) -> Option<(Sequence, Vec<String>)> {
        let at = random.random_range(0..self.pairs.len().max(1));
        let pair = self.pairs.get(at)?;
        let mut course = Course::default();
        course.authorize();
        course.redeem(0, pair.refreshes);
        for _ in 0..random.random_range(1..8) {
            self.one_move(&mut course, pair, random);
        }
        Some(course.into_sequence(&pair.client, pair.other.as_deref()))
    }

    fn one_move(&self, course: &mut Course, pair: &Pair, random: &mut StdRng) {
        let other = pair.other.is_some();
        let refreshes = pair.refreshes == Refreshes::Yes;
        let at = random.random_range(0..course.families.len().max(1));
        match random.random_range(0..12) {
            0 => course.authorize(),
            1 if other => course.redeem_by_other(at),
            2 | 3 => course.redeem(at, pair.refreshes),
            4..=6 if refreshes => self.refresh(course, at, random),
            7 if refreshes && other => course.refresh_by_other(at),
            8 if self.facts.revokes => self.revoke(course, at, pair, random),
            9 if self.facts.revokes && other => course.revoke_by_other(at, random),
            _ if self.facts.inspects => {
                let tokens = course.tokens_of(at);
                if tokens > 0 {
                    course.inspect(at, random.random_range(0..tokens));
                }
            }
            _ => course.redeem(at, pair.refreshes),
        }
    }

    fn refresh(&self, course: &mut Course, at: usize, random: &mut StdRng) {
        // Mostly the latest one; sometimes one that was replaced.
        let Some(latest) = course.tokens_of(at).checked_sub(1) else {
            return;
        };
        let which = if random.random_bool(0.75) {
            latest
        } else {
            random.random_range(0..=latest)
        };
        course.refresh(at, which, self.facts);
    }

    fn revoke(&self, course: &mut Course, at: usize, pair: &Pair, random: &mut StdRng) {
        let hint = ["access_token", "refresh_token", "unknown", ""];
        let hint = hint
            .get(random.random_range(0..hint.len()))
            .copied()
            .unwrap_or_default();
        let Some(family) = course.families.get_mut(at) else {
            return;
        };
        let Some((name, access, refresh)) = family.tokens.last_mut() else {
            return;
        };
        if *access != State::Live || *refresh != State::Live {
            return;
        }
        let name = name.clone();
        let by_refresh = pair.refreshes == Refreshes::Yes && random.random_bool(0.6);
        let member = if by_refresh {
            "refresh_token"
        } else {
            "access_token"
        };
        let mut step = json!({"token": format!("${{{name}.{member}}}")});
        if !hint.is_empty() {
            put(&mut step, "hint", json!(hint));
        }
        if by_refresh {
            *refresh = State::Spent;
            let last = family.tokens.len() - 1;
            for (at, token) in family.tokens.iter_mut().enumerate() {
                token.1 = State::Doubtful;
                if at != last {
                    token.2 = State::Doubtful;
                }
            }
        } else {
            *access = State::Spent;
            *refresh = State::Doubtful;
        }
        course.push(json!({"revoke": step}), "rfc6749-revoked-refresh-token");
        let (token, rule) = if by_refresh {
            (
                json!({"send": {"as": course.next(), "baseline": "refresh_token", "with": name, "expect": [{"refused": "invalid_grant"}, {"refused": "any", "grade": "warn"}]}}),
                "rfc6749-revoked-refresh-token",
            )
        } else if self.facts.inspects {
            (
                json!({"inspect": {"token": format!("${{{name}.access_token}}"), "expect": [{"active": false}, {"active": true, "grade": "warn"}]}}),
                "rfc6749-revoked-access-token",
            )
        } else {
            return;
        };
        course.push(token, rule);
        if by_refresh && self.facts.inspects {
            let inspect = json!({"inspect": {"token": format!("${{{name}.access_token}}"), "expect": [{"active": false}, {"active": true, "grade": "warn"}]}});
            course.push(inspect, "rfc6749-refresh-revocation-cascades");
        }
    }
}
