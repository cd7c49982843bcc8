//! The step `register`: a client that registers itself (RFC 7591 §3). Who can be deleted again (RFC 7592 §2.3) is, when the run
//! ends.

use std::sync::Arc;

use tokenspec_report::Role;

use super::halt::Halt;
use super::observe;
use super::saved::Saved;
use super::session::Session;
use super::steps::{Course, role_of};
use crate::jose;
use crate::judge::{HttpAnswer, Observation, Reply};
use crate::probe::baseline;
use crate::suite::change::Members;
use crate::suite::model::Register;

/// A client that a run registered, and can delete.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Registered {
    /// Where its registration is managed: `registration_client_uri`.
    pub uri: String,
    /// With what: `registration_access_token`.
    pub token: String,
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "registered client at {}", self.uri)
    }
}

impl Session<'_> {
    /// Registers a client, and judges what came back.
    pub(super) async fn register_step(
        &mut self,
        step: &Register,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let role = role_of(None, &step.expect);
        let (seen, saved) = self.register(step, role).await?;
        if step.expect.is_empty() {
            must_register(&seen)?;
        }
        self.save(step.name.as_ref(), saved);
        self.settle(&step.expect, seen, course)
    }

    /// Sends a registration request.
    pub(super) async fn register(
        &mut self,
        step: &Register,
        role: Role,
    ) -> Result<(Observation, Saved), Halt> {
        let endpoint = self.runner.target.endpoints.registration.as_ref();
        let endpoint = endpoint.ok_or_else(|| {
            Halt::Skipped(
                "needs `registration`: set `endpoints.registration` in the target file".to_owned(),
            )
        })?;
        let mut metadata = jose::Members::new();
        let members = Members {
            set: step.metadata.clone(),
            ..Members::default()
        };
        self.edit(&mut metadata, &members)?;
        let mut message = baseline::envelope(&endpoint.to_string());
        message.content_type = Some(b"application/json".to_vec());
        message.raw_body = Some(serde_json::Value::Object(metadata).to_string().into_bytes());
        let message = Arc::new(message);
        let exchange = self.exchange_message(role, &message).await?;
        let seen = observe::observation(&exchange, &message, None);
        if let Some(answer) = seen.answer() {
            self.runner.remember_client(answer);
            if matches!(answer.status, 401 | 403) {
                return Err(Halt::Skipped(
                    "needs open registration: the registration endpoint wants an initial access token (RFC 7591 section 3), which this version has none of; take `endpoints.registration` out of the target file"
                        .to_owned(),
                ));
            }
        }
        let mut saved = observe::values(&seen);
        saved.observation = Some(seen.clone());
        Ok((seen, saved))
    }
}

/// Whether a client was registered; else why not.
pub(super) fn must_register(seen: &Observation) -> Result<(), Halt> {
    match &seen.reply {
        Reply::None { cause, outcome, .. } => Err(Halt::silent(cause, outcome)),
        Reply::Answer(answer) if has_client(answer) => Ok(()),
        Reply::Answer(_) => Err(Halt::Inconclusive(format!(
            "no client was registered: {}",
            seen.summary()
        ))),
    }
}

fn has_client(answer: &HttpAnswer) -> bool {
    (200..300).contains(&answer.status) && answer.text_member("client_id").is_some()
}

/// What deletes the client of an answer, where the server offers that.
pub(super) fn deletable(answer: &HttpAnswer) -> Option<Registered> {
    Some(Registered {
        uri: answer.text_member("registration_client_uri")?.to_owned(),
        token: answer.text_member("registration_access_token")?.to_owned(),
    })
}
