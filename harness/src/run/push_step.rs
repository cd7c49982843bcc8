//! The step `push`: an authorization request that goes to the server by itself (RFC 9126 §2), before the resource owner's
//! browser names it.

use std::sync::Arc;

use super::authorization_request::Draft;
use super::halt::Halt;
use super::observe;
use super::saved::Saved;
use super::session::Session;
use super::steps::{Course, role_of};
use crate::judge::{Observation, Reply};
use crate::probe::baseline;
use crate::probe::message::{Message, Pair};
use crate::suite::change::Who;
use crate::suite::model::{Authorize, Push};

impl Session<'_> {
    /// Pushes an authorization request, and judges what came back.
    pub(super) async fn push_step(&mut self, step: &Push, course: &mut Course) -> Result<(), Halt> {
        let role = role_of(None, &step.expect);
        let (message, draft) = self.compose_push(step.client, &step.request())?;
        let message = Arc::new(message);
        let exchange = self.exchange_message(role, &message).await?;
        let mut seen = observe::observation(&exchange, &message, None);
        seen.had_authorization = message.authorization.is_some();
        let saved = pushed(&seen, draft);
        if step.expect.is_empty() {
            must_be_pushed(&seen, &saved)?;
        }
        self.save(step.name.as_ref(), saved);
        self.settle(&step.expect, seen, course)
    }

    /// The request: the parameters of an authorization request, and the client's credentials as at the token endpoint.
    fn compose_push(&self, who: Who, step: &Authorize) -> Result<(Message, Draft), Halt> {
        let client = self.who(who)?;
        let target = Arc::clone(&self.runner.target);
        let endpoint = target
            .endpoints
            .pushed_authorization
            .as_ref()
            .ok_or_else(|| {
                Halt::Skipped(
                    "needs `par`: set `endpoints.pushed_authorization` in the target file"
                        .to_owned(),
                )
            })?;
        let request = self.authorize_request(step)?;
        let draft = self.draft_authorization(client, &request);
        let mut parameters = draft.parameters();
        if let Some(codes) = &target.authorization_codes {
            parameters.extend(codes.parameters.iter().cloned());
        }
        if let Some(change) = request.change {
            self.change_parameters(&mut parameters, change)?;
        }
        let mut message = baseline::envelope(&endpoint.to_string());
        let pairs = parameters.iter();
        message.pairs = pairs
            .map(|(name, value)| Pair::new(name.as_bytes(), value.as_bytes()))
            .collect();
        // Credentials that name the client do so once.
        let named = message.value("client_id");
        let material = self.material();
        let own = self.own_credentials(client, &material);
        message.remove("client_id");
        self.put_credentials(&mut message, &own, None, &material)?;
        if let Some(id) = named {
            message.remove("client_id");
            message.pairs.insert(0, Pair::new(b"client_id", &id));
        }
        Ok((message, draft))
    }
}

/// What later steps may use of an answer.
fn pushed(seen: &Observation, draft: Draft) -> Saved {
    let mut saved = observe::values(seen);
    let asked = draft.saved(String::new());
    for (name, value) in asked.values {
        if name != "code" {
            saved.values.entry(name).or_insert(value);
        }
    }
    let uri = seen
        .answer()
        .and_then(|answer| answer.text_member("request_uri"));
    saved.draft = uri.map(|uri| draft.named(uri));
    saved.observation = Some(seen.clone());
    saved
}

fn must_be_pushed(seen: &Observation, saved: &Saved) -> Result<(), Halt> {
    match &seen.reply {
        Reply::None { cause, outcome, .. } => Err(Halt::silent(cause, outcome)),
        Reply::Answer(answer) if (200..300).contains(&answer.status) && saved.draft.is_some() => {
            Ok(())
        }
        Reply::Answer(_) => Err(Halt::Inconclusive(format!(
            "the authorization request was not taken when it was pushed: {}",
            seen.summary()
        ))),
    }
}
