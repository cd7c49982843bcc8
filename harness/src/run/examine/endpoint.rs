//! The token endpoint as a stranger finds it, metadata, the clock, and what this version leaves alone.

use tokenspec_report::Role;

use super::{Examiner, Outcome, Subject, halted, trouble, variant};
use crate::judge::{Observation, json_text};
use crate::plan::Variant;
use crate::probe::baseline::{Credential, envelope};
use crate::probe::message::Message;
use crate::run::control::holds;
use crate::run::steps::Course;
use crate::run::token::{TokenRequest, Unchanged};
use crate::suite::change::{Change, Who};
use crate::suite::model::Push;
use crate::suite::text::Text;
use crate::target::Client;
use crate::vocabulary::Grant;

impl Examiner<'_> {
    /// The token endpoint, and the same at its other URLs.
    pub(super) async fn token_endpoints(&mut self) {
        let target = &self.runner.target;
        let main = target.token_endpoint.to_string();
        let others: Vec<String> = target.also_at.iter().map(ToString::to_string).collect();
        self.stranger(main, None).await;
        for url in others {
            let change = Change {
                url: Some(Text::new(url.replace('$', "$$"))),
                ..Change::default()
            };
            self.stranger(url, Some(change)).await;
        }
    }

    async fn stranger(&mut self, url: String, change: Option<Change>) {
        let subject = Subject::TokenEndpoint(url);
        if !self.tries(&subject) {
            return;
        }
        let variant = Variant {
            stranger: true,
            ..variant("stranger", None, None)
        };
        let mut session = self.session(&variant);
        let request = TokenRequest {
            role: Role::Control,
            client: Who::Own,
            grant: Grant::ClientCredentials,
            credential: Credential::default(),
            change: change.as_ref(),
            unchanged: Unchanged::Send,
        };
        let outcome = match session.token_request(&request).await {
            Ok((seen, _)) if self.is_good(&variant, &seen) => Outcome::Works(format!(
                "a client that does not exist is {}",
                seen.summary()
            )),
            Ok((seen, _)) => Outcome::Fails(trouble(seen.summary(), &session.log)),
            Err(halt) => halted(halt, &session.log),
        };
        let log = session.log;
        self.note(subject, outcome, log);
    }

    /// A refusal as RFC 6749 §5.2 has it; where there are clients, whatever a token endpoint may say to a stranger.
    fn is_good(&self, variant: &Variant, seen: &Observation) -> bool {
        let known = !self.runner.target.clients.is_empty();
        holds(variant, None, seen)
            || (known && seen.answer().is_some_and(|it| is_refusal(it.status)))
    }

    /// The metadata document.
    pub(super) async fn metadata(&mut self) {
        let Some(url) = self.runner.target.metadata.clone() else {
            return;
        };
        if !self.tries(&Subject::Metadata) {
            return;
        }
        let variant = variant("metadata", None, None);
        let mut session = self.session(&variant);
        let mut message = Message {
            method: "GET".to_owned(),
            ..Message::default()
        };
        crate::probe::address(&mut message, &url.to_string());
        let outcome = match session.side_exchange(&message).await {
            Ok(answer) if answer.status == 200 && !answer.members().is_empty() => {
                let member = |name: &str| answer.member(name).map(json_text);
                let issuer = member("issuer").unwrap_or_else(|| "none".to_owned());
                let mut words = format!("200 with metadata, issuer {issuer}");
                let own = self.runner.target.token_endpoint.to_string();
                if let Some(named) = member("token_endpoint").filter(|named| *named != own) {
                    words += &format!("; it names the token endpoint {named}");
                }
                Outcome::Works(words)
            }
            Ok(answer) => {
                let words = format!("{} without a JSON object", answer.status);
                Outcome::Fails(trouble(words, &session.log))
            }
            Err(halt) => halted(halt, &session.log),
        };
        let log = session.log;
        self.note(Subject::Metadata, outcome, log);
    }

    /// The clock, moved by a second.
    pub(super) async fn clock(&mut self) {
        if self.runner.target.clock.is_none() {
            return;
        }
        let second = std::time::Duration::from_secs(1);
        let outcome = match self.runner.elapse(second).await {
            Ok(()) => Outcome::Works("moved by 1 s".to_owned()),
            Err(halt) => halted(halt, &[]),
        };
        self.note(Subject::Clock, outcome, Vec::new());
    }

    /// An authorization request of the first client that may have a code, pushed (RFC 9126 §2.1).
    pub(super) async fn pushed_authorization(&mut self) {
        let target = &self.runner.target;
        let mut clients = target.clients.iter();
        let client = clients.position(|client| client.may(Grant::AuthorizationCode));
        if target.endpoints.pushed_authorization.is_none() || client.is_none() {
            return;
        }
        let variant = variant("push", client, Some(Grant::AuthorizationCode));
        let mut session = self.session(&variant);
        let (step, mut course) = (Push::default(), Course::default());
        let outcome = match session.push_step(&step, &mut course).await {
            Ok(()) => Outcome::Works("an authorization request is taken".to_owned()),
            Err(halt) => halted(halt, &session.log),
        };
        let log = session.log;
        self.note(Subject::Endpoint("pushed_authorization"), outcome, log);
    }

    /// A registration without metadata, which has to be refused: doctor leaves no client behind (RFC 7591 §3.2.2).
    pub(super) async fn registration(&mut self) {
        let Some(url) = &self.runner.target.endpoints.registration else {
            return;
        };
        let mut message = envelope(&url.to_string());
        message.content_type = Some(b"application/json".to_vec());
        message.raw_body = Some(b"[]".to_vec());
        let variant = variant("registration", None, None);
        let mut session = self.session(&variant);
        let outcome = match session.side_exchange(&message).await {
            Ok(answer) if is_refusal(answer.status) => {
                Outcome::Works(format!("no metadata is refused with {}", answer.status))
            }
            Ok(answer) => {
                let words = format!("{} to a registration without metadata", answer.status);
                Outcome::Fails(trouble(words, &session.log))
            }
            Err(halt) => halted(halt, &session.log),
        };
        let log = session.log;
        self.note(Subject::Endpoint("registration"), outcome, log);
    }

    /// Endpoints of the target file that no request went to.
    pub(super) fn unused_endpoints(&mut self) {
        let target = &self.runner.target;
        let endpoints = &target.endpoints;
        let has = |fits: fn(&Client) -> bool| target.clients.iter().any(fits);
        let version = "this version sends nothing to it";
        let unused = [
            (
                "backchannel_authentication",
                &endpoints.backchannel_authentication,
                (!has(|client| client.may(Grant::Ciba))).then_some("no client has the grant ciba"),
            ),
            (
                "device_authorization",
                &endpoints.device_authorization,
                (!has(|client| client.may(Grant::DeviceCode)))
                    .then_some("no client has the grant device_code"),
            ),
            (
                "pushed_authorization",
                &endpoints.pushed_authorization,
                (!has(|client| client.may(Grant::AuthorizationCode)))
                    .then_some("no client has the grant authorization_code"),
            ),
            (
                "token_mtls",
                &endpoints.token_mtls,
                (!has(|client| client.certificate.is_some()))
                    .then_some("no client has a certificate"),
            ),
            ("userinfo", &endpoints.userinfo, Some(version)),
        ];
        let named: Vec<(&'static str, &'static str)> = unused
            .into_iter()
            .filter(|(_, url, _)| url.is_some())
            .filter_map(|(key, _, why)| Some((key, why?)))
            .collect();
        for (key, why) in named {
            self.note(
                Subject::Endpoint(key),
                Outcome::Untried(why.to_owned()),
                Vec::new(),
            );
        }
    }
}

/// Whether an endpoint that is there refuses a request with this status.
const fn is_refusal(status: u16) -> bool {
    matches!(status, 400..=403 | 406..=499)
}
