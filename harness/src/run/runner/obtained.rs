//! What a run obtained and leaves at the target, unless it is taken back at the end.

use std::sync::PoisonError;

use super::super::register_step::{Registered, deletable};
use super::Runner;
use crate::judge::HttpAnswer;
use crate::target::{Client, EndpointUrl};

/// A token that the run obtained and may revoke at its end.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obtained {
    /// Name of the client in the target file.
    pub client: String,
    /// The token.
    pub token: String,
    /// `access_token` or `refresh_token`.
    pub kind: &'static str,
}

impl std::fmt::Debug for Obtained {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} of {}", self.kind, self.client)
    }
}

impl Runner {
    /// Remembers the tokens of an answer, to revoke them at the end.
    pub(in crate::run) fn remember(&self, answer: &HttpAnswer, client: Option<&Client>) {
        let Some(client) = client else { return };
        let mut obtained = self.obtained.lock().unwrap_or_else(PoisonError::into_inner);
        for kind in ["refresh_token", "access_token"] {
            if let Some(token) = answer.text_member(kind) {
                obtained.insert(Obtained {
                    client: client.name.clone(),
                    token: token.to_owned(),
                    kind,
                });
            }
        }
    }

    /// The tokens obtained so far; the list is emptied.
    pub fn take_obtained(&self) -> Vec<Obtained> {
        let mut obtained = self.obtained.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *obtained).into_iter().collect()
    }

    /// Remembers a client that was registered, to delete it at the end: at the host of the registration endpoint only.
    pub(in crate::run) fn remember_client(&self, answer: &HttpAnswer) {
        if answer.status >= 300 || answer.text_member("client_id").is_none() {
            return;
        }
        let endpoint = self.target.endpoints.registration.as_ref();
        let is_own = |uri: &str| {
            let uri = EndpointUrl::new(uri);
            uri.is_ok_and(|uri| endpoint.is_some_and(|own| own.is_same_origin(&uri)))
        };
        let found = deletable(answer).filter(|client| is_own(&client.uri));
        let registered = self.registered.lock();
        let mut registered = registered.unwrap_or_else(PoisonError::into_inner);
        registered.0.extend(found);
        registered.1 += 1;
    }

    /// The clients that can be deleted, and how many were registered in all; the list is emptied.
    pub fn take_registered(&self) -> (Vec<Registered>, usize) {
        let registered = self.registered.lock();
        let mut registered = registered.unwrap_or_else(PoisonError::into_inner);
        let (clients, all) = std::mem::take(&mut *registered);
        (clients.into_iter().collect(), all)
    }
}
