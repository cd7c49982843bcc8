//! The step `fetch`: a GET for JSON, such as metadata (RFC 8414 §3).

use std::sync::Arc;

use super::halt::Halt;
use super::saved::Saved;
use super::session::{Session, plain};
use super::steps::{Course, finish, needs_token_facts};
use crate::judge::{HttpAnswer, Observation, RenderText as _, json_text};
use crate::probe::apply::apply;
use crate::suite::change::{Change, Headers};
use crate::suite::model::Fetch;
use crate::wire::json::Json;

impl Session<'_> {
    /// A GET.
    pub(super) async fn get(&mut self, url: &str) -> Result<HttpAnswer, Halt> {
        self.get_with(url, None).await
    }

    /// A GET, its header fields changed.
    async fn get_with(&mut self, url: &str, headers: Option<&Headers>) -> Result<HttpAnswer, Halt> {
        let mut message = crate::probe::message::Message {
            method: "GET".to_owned(),
            ..Default::default()
        };
        crate::probe::address(&mut message, url);
        message.headers.push(crate::probe::uncoded());
        if let Some(headers) = headers {
            let change = Change {
                headers: Some(headers.clone()),
                ..Change::default()
            };
            apply(&mut message, &change, &self.values)?;
        }
        self.side_exchange(&message).await
    }

    /// A GET for JSON.
    pub(super) async fn fetch_step(
        &mut self,
        step: &Fetch,
        control: Option<&Observation>,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let url = self.values.text(&step.url)?;
        let url = match url.as_str() {
            "metadata" => self
                .runner
                .target
                .metadata
                .as_ref()
                .map(ToString::to_string)
                .ok_or_else(|| {
                    Halt::Skipped("needs `metadata`: set `metadata` in the target file".to_owned())
                })?,
            _ => url,
        };
        let answer = self.get_with(&url, step.headers.as_ref()).await?;
        let mut saved = Saved::default();
        saved.put("status", plain(answer.status.to_string()));
        for (name, value) in answer.members() {
            saved.put_member(&format!("json.{name}"), value);
            saved.put(name, plain(json_text(value)));
        }
        if let Some(Json::Array(keys)) = answer.member("keys") {
            saved.put("kids", plain(kids(keys)));
        }
        let object = !answer.members().is_empty();
        let of_server = ["issuer", "token_endpoint"]
            .iter()
            .any(|name| matches!(answer.member(name), Some(Json::String(_))));
        let status = answer.status;
        let seen = Observation {
            reply: crate::judge::Reply::Answer(Arc::new(answer)),
            had_authorization: false,
            asked_scope: None,
            token: crate::judge::TokenFacts::default(),
            aftermath: None,
        };
        saved.observation = Some(seen.clone());
        self.save(step.name.as_ref(), saved);
        if step.expect.is_empty() {
            let is_document = object && (of_server || step.url.as_str() != "metadata");
            return if (200..300).contains(&status) && is_document {
                Ok(())
            } else {
                let wanted = if step.url.as_str() == "metadata" {
                    "metadata"
                } else {
                    "a JSON object"
                };
                Err(Halt::Inconclusive(format!(
                    "{url} answered {status} without {wanted}"
                )))
            };
        }
        debug_assert!(!needs_token_facts(&step.expect), "metadata holds no token");
        let judgement = self.judge(&step.expect, &seen, control)?;
        finish(judgement, seen, course)
    }
}

/// The identifiers of the keys of a JWK set (RFC 7517 §4.5), with spaces between.
fn kids(keys: &[Json]) -> String {
    let kid = |key: &Json| match key {
        Json::Object(members) => {
            let member = members.iter().find(|(name, _)| name == "kid");
            member.map(|(_, value)| json_text(value))
        }
        Json::Array(_) | Json::Bool(_) | Json::Null | Json::Number(_) | Json::String(_) => None,
    };
    let kids: Vec<String> = keys.iter().filter_map(kid).collect();
    kids.join(" ")
}
