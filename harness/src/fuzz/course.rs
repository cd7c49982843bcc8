//! A course of requests about grants, and what each of them must come to by all that went before.

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

use super::sequence::Sequence;
use super::walk::WalkFacts;

/// What is known of a code or token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Live,
    Spent,
    /// It may be either.
    Doubtful,
}

/// Whether the client gets refresh tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refreshes {
    No,
    Yes,
}

/// One grant of the resource owner, as far as the walk has come.
#[derive(Debug)]
pub(super) struct Family {
    /// Step that authorized.
    pub(super) code: String,
    pub(super) code_state: State,
    /// Steps that brought tokens, the latest last: name, state of the access token, state of the refresh token.
    pub(super) tokens: Vec<(String, State, State)>,
    /// The steps so far were as they must, so that tokens came.
    pub(super) certain: bool,
}

#[derive(Default)]
pub(super) struct Course {
    pub(super) steps: Vec<Value>,
    pub(super) rules: Vec<String>,
    pub(super) families: Vec<Family>,
}

/// Sets a member.
pub(super) fn put(step: &mut Value, key: &str, value: Value) {
    if let Some(members) = step.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
}

/// Refused with one of these codes.
pub(super) fn refused(code: &str) -> Value {
    json!([{"refused": code}, {"refused": "any", "grade": "warn"}])
}

/// Accepted.
pub(super) fn accepted() -> Value {
    json!([{"accepted": {}}])
}

/// Either answer, but one of a token endpoint.
pub(super) fn open() -> Value {
    json!([{"accepted": {}}, {"refused": "any"}, {"status": "4xx"}])
}

impl Family {
    /// What becomes of its tokens is for the server to decide now.
    pub(super) fn doubt(&mut self) {
        for (_, access, refresh) in &mut self.tokens {
            *access = State::Doubtful;
            *refresh = State::Doubtful;
        }
        self.certain = false;
    }
}

impl Course {
    pub(super) fn next(&self) -> String {
        format!("s{}", self.steps.len())
    }

    pub(super) fn push(&mut self, step: Value, rule: &str) {
        self.steps.push(step);
        self.rules.push(rule.to_owned());
    }

    pub(super) fn authorize(&mut self) {
        let name = self.next();
        self.push(json!({"authorize": {"as": name}}), "rfc6749-error-shape");
        self.families.push(Family {
            code: name,
            code_state: State::Live,
            tokens: Vec::new(),
            certain: true,
        });
    }

    pub(super) fn redeem(&mut self, at: usize, refreshes: Refreshes) {
        let next = self.next();
        let Some(family) = self.families.get_mut(at) else {
            return;
        };
        let mut step = json!({"as": next, "baseline": "authorization_code", "with": family.code});
        let rule = match family.code_state {
            State::Live => {
                put(&mut step, "expect", accepted());
                family.code_state = State::Spent;
                let refresh = if refreshes == Refreshes::Yes {
                    State::Live
                } else {
                    State::Doubtful
                };
                family.tokens.push((next, State::Live, refresh));
                "rfc7636-accepted"
            }
            State::Spent => {
                put(
                    &mut step,
                    "expect",
                    json!([{"refused": "invalid_grant"}, {"refused": "any", "grade": "warn"}]),
                );
                "rfc6749-code-single-use"
            }
            State::Doubtful => {
                put(&mut step, "expect", open());
                family.code_state = State::Spent;
                "rfc6749-error-shape"
            }
        };
        let replayed = rule == "rfc6749-code-single-use";
        let latest = family
            .tokens
            .last()
            .filter(|_| family.certain)
            .map(|(name, ..)| name.clone());
        if replayed {
            family.doubt();
        }
        self.push(json!({"send": step}), rule);
        if let (true, Some(name)) = (replayed, latest) {
            let inspect = json!({"inspect": {"token": format!("${{{name}.access_token}}"), "expect": [{"active": false}, {"active": true, "grade": "warn"}]}});
            self.push(inspect, "rfc6749-code-reuse-revokes-access");
            if refreshes == Refreshes::Yes {
                let refresh = json!({"send": {"as": self.next(), "baseline": "refresh_token", "with": name, "expect": [{"refused": "any"}, {"accepted": {}, "grade": "warn"}]}});
                self.push(refresh, "rfc6749-code-reuse-revokes-refresh");
            }
        }
    }

    pub(super) fn redeem_by_other(&mut self, at: usize) {
        let next = self.next();
        let Some(family) = self.families.get_mut(at) else {
            return;
        };
        if family.code_state == State::Live {
            family.code_state = State::Doubtful;
        } else {
            family.doubt();
        }
        let step = json!({"as": next, "client": "other", "baseline": "authorization_code", "with": family.code,
            "expect": [{"refused": "invalid_grant"}, {"refused": "any", "grade": "warn"}]});
        self.push(
            json!({"send": step}),
            "rfc6749-code-bound-to-confidential-client",
        );
    }

    pub(super) fn refresh_by_other(&mut self, at: usize) {
        let next = self.next();
        let Some(family) = self.families.get_mut(at) else {
            return;
        };
        let Some((name, _, state)) = family.tokens.last().cloned() else {
            return;
        };
        if state == State::Doubtful {
            return;
        }
        family.doubt();
        let step = json!({"as": next, "client": "other", "baseline": "refresh_token", "with": name,
            "expect": [{"refused": ["invalid_grant", "unauthorized_client"]}, {"refused": "any", "grade": "warn"}]});
        self.push(json!({"send": step}), "rfc6749-refresh-bound-to-client");
    }

    pub(super) fn revoke_by_other(&mut self, at: usize, random: &mut StdRng) {
        let Some(family) = self.families.get_mut(at) else {
            return;
        };
        let Some((name, access, refresh)) = family.tokens.last().cloned() else {
            return;
        };
        if access != State::Live || refresh != State::Live {
            return;
        }
        let member = if random.random_bool(0.5) {
            "access_token"
        } else {
            "refresh_token"
        };
        let step = json!({"token": format!("${{{name}.{member}}}"), "client": "other",
            "expect": [{"status": ["2xx", "4xx"]}]});
        self.push(
            json!({"revoke": step}),
            "rfc6749-revocation-bound-to-client",
        );
        let inspect = json!({"inspect": {"token": format!("${{{name}.access_token}}"), "expect": [{"active": true}]}});
        self.push(inspect, "rfc6749-revocation-bound-to-client");
    }

    pub(super) fn inspect(&mut self, at: usize, which: usize) {
        let tokens = self.families.get(at).map(|family| family.tokens.as_slice());
        let token = tokens.and_then(|tokens| tokens.get(which));
        let Some((name, State::Live, _)) = token else {
            return;
        };
        let inspect = json!({"inspect": {"token": format!("${{{name}.access_token}}"), "expect": [{"active": true}]}});
        self.push(inspect, "rfc6749-refresh-scope-default");
    }

    /// A refresh with one of the tokens of a grant.
    pub(super) fn refresh(&mut self, at: usize, which: usize, facts: WalkFacts) {
        let next = self.next();
        let (rotates, grace) = (facts.rotates, facts.grace);
        let Some(family) = self.families.get_mut(at) else {
            return;
        };
        let Some((name, _, state)) = family.tokens.get(which).cloned() else {
            return;
        };
        let mut step = json!({"as": next, "baseline": "refresh_token", "with": name});
        let rule = match state {
            State::Live => {
                put(&mut step, "expect", accepted());
                if let Some(token) = family.tokens.get_mut(which) {
                    token.2 = if rotates { State::Spent } else { State::Live };
                }
                family.tokens.push((next, State::Live, State::Live));
                "rfc6749-refresh-scope-default"
            }
            State::Spent => {
                let accepted = if grace || !rotates {
                    json!({"accepted": {}, "grade": "info"})
                } else {
                    json!({"accepted": {}, "grade": "warn", "because": "a refresh token that was replaced still works"})
                };
                put(
                    &mut step,
                    "expect",
                    json!([{"refused": "invalid_grant"}, accepted, {"refused": "any", "grade": "warn"}]),
                );
                family.doubt();
                "rfc9700-refresh-reuse-kills-family"
            }
            State::Doubtful => {
                put(&mut step, "expect", open());
                family.doubt();
                "rfc6749-error-shape"
            }
        };
        self.push(json!({"send": step}), rule);
    }

    /// A redemption with a fault, which leaves the code as it was where it must be refused for the client's sake.
    pub(super) fn redeem_at_fault(&mut self, at: usize, (change, expect): (Value, Value)) {
        let next = self.next();
        let Some(family) = self.families.get_mut(at) else {
            return;
        };
        let authenticates = change.get("authenticate").is_none();
        if authenticates {
            family.code_state = State::Doubtful;
            family.doubt();
        }
        let step = json!({"as": next, "baseline": "authorization_code", "with": family.code, "change": change, "expect": expect});
        self.push(json!({"send": step}), "rfc6749-error-shape");
    }

    /// A request of the client for itself.
    pub(super) fn issue(&mut self, fault: Option<(Value, Value)>) {
        let mut step = json!({"as": self.next(), "baseline": "client_credentials"});
        match fault {
            Some((change, expect)) => {
                put(&mut step, "change", change);
                put(&mut step, "expect", expect);
            }
            None => put(&mut step, "expect", accepted()),
        }
        self.push(json!({"send": step}), "rfc6749-success-required-members");
    }

    /// How many grants there are.
    pub(super) fn families(&self) -> usize {
        self.families.len()
    }

    /// How many tokens a grant brought.
    pub(super) fn tokens_of(&self, at: usize) -> usize {
        self.families
            .get(at)
            .map_or(0, |family| family.tokens.len())
    }

    /// The tokens, as grant and number in it, that are not among those that are known.
    pub(super) fn new_tokens(&self, known: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let all = (0..self.families.len())
            .flat_map(|at| (0..self.tokens_of(at)).map(move |which| (at, which)));
        all.filter(|token| !known.contains(token)).collect()
    }

    /// The sequence, and the rule that each of its steps is about.
    pub(super) fn into_sequence(
        self,
        client: &str,
        other: Option<&str>,
    ) -> (Sequence, Vec<String>) {
        let sent = |grant: &str| {
            let baseline = |step: &Value| step.pointer("/send/baseline") == Some(&json!(grant));
            self.steps.iter().any(baseline)
        };
        let mut case = Map::new();
        case.insert("name".to_owned(), json!("walk"));
        let words: Vec<&str> = ["authorization_code", "refresh_token", "client_credentials"]
            .into_iter()
            .filter(|grant| sent(grant))
            .collect();
        case.insert("client".to_owned(), json!(words));
        if other.is_some() {
            case.insert("other".to_owned(), json!(["authorization_code"]));
        }
        case.insert("steps".to_owned(), Value::Array(self.steps));
        let sequence = Sequence {
            operators: vec!["walk".to_owned()],
            client: Some(client.to_owned()),
            other: other.map(str::to_owned),
            case,
            ..Sequence::default()
        };
        (sequence, self.rules)
    }
}
