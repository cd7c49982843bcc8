//! Token requests: who sends them, and what came back.

use std::sync::Arc;

use reports::Role;
use tokenspec_report as reports;

use super::halt::Halt;
use super::observe;
use super::saved::Saved;
use super::session::Session;
use crate::judge::{Observation, Reply};
use crate::plan::Variant;
use crate::probe::baseline::{self, Credential};
use crate::suite::answer::Answer;
use crate::suite::change::{Change, Who};
use crate::target::Client;
use crate::template::Rendered;
use crate::vocabulary::Grant;

/// A token request that is to be sent.
#[derive(Clone, Debug)]
pub(super) struct TokenRequest<'a> {
    /// Why it is sent.
    pub role: Role,
    /// Who sends it.
    pub client: Who,
    /// The grant of the baseline.
    pub grant: Grant,
    /// The code or refresh token.
    pub credential: Credential,
    /// The change.
    pub change: Option<&'a Change>,
    /// What if the change leaves the request as it is.
    pub unchanged: Unchanged,
}

impl TokenRequest<'_> {
    /// An undisturbed request of the client of the variant.
    pub(super) const fn control(grant: Grant, credential: Credential) -> Self {
        Self {
            role: Role::Control,
            client: Who::Own,
            grant,
            credential,
            change: None,
            unchanged: Unchanged::Send,
        }
    }
}

/// What becomes of a request whose change changes nothing for this client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unchanged {
    /// It is sent all the same: a control, a step of a sequence, or what is to be accepted.
    Send,
    /// There is nothing to judge: a good request can't be refused for a fault that it lacks.
    Skip,
}

impl Unchanged {
    /// For a request that is judged by these answers: the deviation of a case must deviate unless only acceptance
    /// conforms, and a step of a sequence unless acceptance conforms.
    pub(super) fn of_probe(answers: &[Answer], variant: &Variant) -> Self {
        let accepts = |answer: &Answer| answer.accepted.is_some();
        let sends = match variant.deviation {
            Some(_) => answers.iter().all(accepts),
            None => answers.is_empty() || answers.iter().any(accepts),
        };
        if sends { Self::Send } else { Self::Skip }
    }
}

impl<'r> Session<'r> {
    /// The client of that role.
    pub(super) fn who(&self, who: Who) -> Result<&'r Client, Halt> {
        let client = match who {
            Who::Own => self.values.client,
            Who::Other => self.values.other,
        };
        client.ok_or_else(|| {
            Halt::Inconclusive("the case names a client that it does not ask for".to_owned())
        })
    }

    /// Sends a token request and says what came back, and what later steps may use of it.
    pub(super) async fn token_request(
        &mut self,
        request: &TokenRequest<'_>,
    ) -> Result<(Observation, Saved), Halt> {
        let seen = self.send_token_request(request).await?;
        let saved = self.save_tokens(&seen, request);
        Ok((seen, saved))
    }

    /// Sends a token request and says what came back.
    pub(super) async fn send_token_request(
        &mut self,
        request: &TokenRequest<'_>,
    ) -> Result<Observation, Halt> {
        let message = self.compose(request)?;
        let asked_scope = message
            .value("scope")
            // Empty is as good as absent (RFC 6749 §3.2).
            .filter(|scope| !scope.is_empty())
            .map(|scope| String::from_utf8_lossy(&scope).into_owned());
        let asked_scope = asked_scope.or_else(|| self.granted_scope(request));
        let exchange = self.exchange_message(request.role, &message).await?;
        let mut seen = observe::observation(&exchange, &message, asked_scope);
        if let (Some(logged), Reply::Answer(answer)) = (self.log.last_mut(), &seen.reply) {
            logged.answer = Some(Arc::clone(answer));
        }
        seen.had_authorization = message.authorization.is_some();
        let told = seen.answer().and_then(|answer| answer.text_member("error"));
        if request.role != Role::Probe
            && baseline::is_polled(request.grant)
            && told == Some("slow_down")
        {
            self.runner.learn_polling_pause();
        }
        if let Some(answer) = seen.answer().filter(|answer| answer.accepted()) {
            self.runner.remember(answer, self.who(request.client).ok());
        }
        Ok(seen)
    }

    /// The scope that silence means (RFC 6749 §5.1, §6): what was granted before.
    fn granted_scope(&self, request: &TokenRequest<'_>) -> Option<String> {
        match request.grant {
            Grant::AuthorizationCode | Grant::Ciba | Grant::DeviceCode | Grant::RefreshToken => {
                request.credential.scope.clone()
            }
            Grant::ClientCredentials
            | Grant::JwtBearer
            | Grant::Password
            | Grant::Saml2Bearer
            | Grant::TokenExchange
            | Grant::ValidateBearer => None,
        }
    }

    /// What later steps may use of an answer.
    fn save_tokens(&self, seen: &Observation, request: &TokenRequest<'_>) -> Saved {
        let mut saved = observe::values(seen);
        if let Some(told) = seen.told_scope() {
            saved
                .values
                .entry("scope".to_owned())
                .or_insert_with(|| Rendered::plain(told.as_bytes()));
        }
        if let Some(code) = &request.credential.value {
            let kind = baseline::credential_parameter(request.grant);
            saved
                .values
                .entry(kind.to_owned())
                .or_insert_with(|| Rendered::secret(code.as_bytes(), kind));
        }
        // After a refresh that brought no new token the old one is still the one to use (RFC 6749 §6).
        let refresh = saved.values.get("refresh_token").map(Rendered::text);
        saved.credential = refresh.map(|token| Credential {
            value: Some(token),
            scope: request
                .credential
                .scope
                .clone()
                .or_else(|| seen.told_scope()),
            ..Credential::default()
        });
        saved.sent.clone_from(&self.values.sent);
        if let Some(lifetime) = observe::lifetime_of_jwt(seen) {
            saved.put("lifetime", Rendered::plain(lifetime.to_string()));
        }
        saved.observation = Some(seen.clone());
        saved
    }
}
