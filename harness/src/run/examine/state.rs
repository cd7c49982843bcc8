//! Endpoints that are asked about a token: introspection, the protected resource, revocation.

use super::{Examiner, Outcome, Subject, halted, trouble, variant};
use crate::run::inspect::TokenState;

/// What is tried with a token when none came.
const NO_TOKEN: &str = "no token came to try it with";

impl Examiner<'_> {
    /// The token is looked up.
    pub(super) async fn introspection(&mut self) {
        if self.runner.target.endpoints.introspection.is_some() {
            self.look(Subject::Introspection).await;
        }
    }

    /// The token is presented.
    pub(super) async fn protected_resource(&mut self) {
        if self.runner.target.endpoints.protected_resource.is_some() {
            self.look(Subject::ProtectedResource).await;
        }
    }

    async fn look(&mut self, subject: Subject) {
        let Some((client, token)) = self.token.clone() else {
            return self.note(subject, Outcome::Untried(NO_TOKEN.to_owned()), Vec::new());
        };
        if !self.tries(&subject) {
            return;
        }
        let variant = variant("look", Some(client), None);
        let mut session = self.session(&variant);
        let state = if subject == Subject::Introspection {
            session.introspect(&token).await
        } else {
            session.present(&token).await
        };
        let outcome = match state {
            Ok(state) if state.active => Outcome::Works(words(&state)),
            Ok(_) => {
                let words = "the token that was issued just now counts as no good".to_owned();
                Outcome::Fails(trouble(words, &session.log))
            }
            Err(halt) => halted(halt, &session.log),
        };
        let log = session.log;
        self.note(subject, outcome, log);
    }

    /// The token is revoked: the last thing that happens to it.
    pub(super) async fn revocation(&mut self) {
        let Some(endpoint) = &self.runner.target.endpoints.revocation else {
            return;
        };
        let named = endpoint.client.clone();
        let subject = Subject::Revocation;
        let Some((client, token)) = self.token.take() else {
            return self.note(subject, Outcome::Untried(NO_TOKEN.to_owned()), Vec::new());
        };
        if !self.tries(&subject) {
            return;
        }
        let variant = variant("revocation", Some(client), None);
        let mut session = self.session(&variant);
        let clients = &self.runner.target.clients;
        let named = named.and_then(|name| clients.iter().find(|client| client.name == name));
        let Some(client) = named.or(session.values.client) else {
            return;
        };
        let answer = session.revoke(&token, Some("access_token"), client).await;
        let outcome = match answer {
            Ok(seen) => match seen.answer() {
                Some(answer) if (200..300).contains(&answer.status) => {
                    Outcome::Works(format!("{}, the token is revoked", answer.status))
                }
                Some(_) | None => Outcome::Fails(trouble(seen.summary(), &session.log)),
            },
            Err(halt) => halted(halt, &session.log),
        };
        let log = session.log;
        self.note(subject, outcome, log);
    }
}

/// What was learnt of a token.
fn words(state: &TokenState) -> String {
    match state.scope() {
        Some(scope) => format!("the token is active, scope `{scope}`"),
        None => "the token is active".to_owned(),
    }
}
