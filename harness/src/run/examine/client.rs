//! Each grant of each client, once.

use tokenspec_report::Role;

use super::{Examiner, Outcome, Subject, halted, trouble, variant};
use crate::judge::Observation;
use crate::probe::baseline::{Credential, can_send, issues};
use crate::run::authorization_request::Request;
use crate::run::authorize::Authorized;
use crate::run::session::Session;
use crate::run::token::TokenRequest;
use crate::suite::change::Who;
use crate::vocabulary::{AuthMethod, Grant};

impl Examiner<'_> {
    /// Every grant of a client.
    pub(super) async fn client(&mut self, client: usize) {
        let grants: Vec<Grant> = self
            .runner
            .target
            .clients
            .get(client)
            .map(|client| client.grants.clone())
            .unwrap_or_default();
        for grant in grants {
            let subject = Subject::Grant { client, grant };
            if !can_send(grant) {
                let why = "this version can't send this grant".to_owned();
                self.note(subject, Outcome::Untried(why), Vec::new());
            } else if self.tries(&subject) {
                self.grant(client, grant).await;
            }
        }
    }

    async fn grant(&mut self, client: usize, grant: Grant) {
        let variant = variant("grant", Some(client), Some(grant));
        let mut session = self.session(&variant);
        let subject = Subject::Grant { client, grant };
        let credential = if grant == Grant::AuthorizationCode {
            self.authorization(client, &mut session).await
        } else {
            match session.credential(Who::Own, grant, None).await {
                Ok(credential) => Some(credential),
                Err(halt) => {
                    let outcome = halted(halt, &session.log);
                    let log = session.log;
                    return self.note(subject, outcome, log);
                }
            }
        };
        let Some(credential) = credential else {
            let why = "no code came".to_owned();
            return self.note(subject, Outcome::Untried(why), Vec::new());
        };
        let request = TokenRequest::control(grant, credential);
        let (outcome, seen) = match session.token_request(&request).await {
            Ok((seen, _)) if seen.accepted() => (Outcome::Works(seen.summary()), Some(seen)),
            Ok((seen, _)) => {
                let trouble = trouble(seen.summary(), &session.log);
                (Outcome::Fails(trouble), None)
            }
            Err(halt) => (halted(halt, &session.log), None),
        };
        let log = std::mem::take(&mut session.log);
        self.note(subject, outcome, log);
        if let Some(seen) = seen.filter(|_| issues(grant)) {
            self.keep(client, &seen);
            self.manager(client, &seen, session).await;
        }
    }

    /// An authorization request; the credential is the code that came.
    async fn authorization(
        &mut self,
        client: usize,
        session: &mut Session<'_>,
    ) -> Option<Credential> {
        let authorized = session
            .authorize(Role::Setup, Who::Own, Request::usual(None))
            .await;
        let log = std::mem::take(&mut session.log);
        let fails = |words: String| Outcome::Fails(trouble(words, &log));
        let (outcome, credential) = match authorized {
            Ok(Authorized::Code(saved)) => {
                (Outcome::Works("a code came".to_owned()), saved.credential)
            }
            Ok(Authorized::Refused(refused)) => {
                (fails(format!("refused as `{}`", refused.error)), None)
            }
            Ok(Authorized::Page(status)) => (fails(format!("{status} without a redirect")), None),
            Ok(Authorized::Silent { cause, .. }) => (fails(format!("no answer: {cause}")), None),
            Err(halt) => (halted(halt, &log), None),
        };
        self.note(Subject::Authorization(client), outcome, log);
        credential
    }

    /// Keeps a token for the endpoints that are asked about one: rather that of a client that authenticates.
    fn keep(&mut self, client: usize, seen: &Observation) {
        let clients = &self.runner.target.clients;
        let public = |index: usize| {
            clients
                .get(index)
                .is_some_and(|client| client.auth == AuthMethod::None)
        };
        let better = match &self.token {
            None => true,
            Some((kept, _)) => public(*kept) && !public(client),
        };
        let token = seen
            .answer()
            .and_then(|answer| answer.text_member("access_token"));
        if let (true, Some(token)) = (better, token) {
            self.token = Some((client, token.to_owned()));
        }
    }

    /// Whose token it is, where the target has several instances that issue them; asked once for each client.
    async fn manager(&mut self, client: usize, seen: &Observation, mut session: Session<'_>) {
        let subject = Subject::AccessTokenManager(client);
        let known = self.done.iter().any(|done| done.subject == subject);
        if self.runner.target.access_token_managers.is_empty() || known || !self.tries(&subject) {
            return;
        }
        let facts = session.token_facts(seen).await;
        let outcome = match facts.map(|facts| facts.managers.unwrap_or_default()) {
            Ok(managers) => match managers.as_slice() {
                [] => {
                    let words = "no access token manager recognises the token".to_owned();
                    Outcome::Fails(trouble(words, &session.log))
                }
                [one] => Outcome::Works(format!("a token of `{one}`")),
                several => {
                    let words = format!("several recognise the token: {}", several.join(", "));
                    Outcome::Fails(trouble(words, &session.log))
                }
            },
            Err(halt) => halted(halt, &session.log),
        };
        let log = session.log;
        self.note(subject, outcome, log);
    }
}
