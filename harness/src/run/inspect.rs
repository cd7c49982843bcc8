//! The state of a token, seen from outside: introspection (RFC 7662), the protected resource (RFC 6750), the claims of a
//! JWT, and revocation (RFC 7009).

use std::sync::Arc;

use tokenspec_report::Role;

use super::halt::Halt;
use super::observe;
use super::session::{Logged, Session};
use crate::jose;
use crate::judge::{HttpAnswer, Observation, Reply, TokenFacts, json_text};
use crate::probe::baseline;
use crate::probe::message::{Message, Pair};
use crate::target::{Client, Evidence, Target};
use crate::transport::Exchange;
use crate::wire::json::{self, Json};
use crate::wire::response::AnswerTo;
use crate::x509::ClientIdentity;

/// What is known of a token's state.
#[derive(Clone, Debug, Default)]
pub(super) struct TokenState {
    /// Whether it is good.
    pub active: bool,
    /// The introspection answer, or the claims of a JWT.
    pub members: Vec<(String, Json)>,
    /// The introspection answer as it came.
    pub introspection: Option<jose::Members>,
}

impl TokenState {
    fn text(&self, name: &str) -> Option<String> {
        self.members
            .iter()
            .find(|(member, _)| member == name)
            .map(|(_, value)| json_text(value))
    }

    /// How long it lives, in seconds: `exp - iat`, else from now.
    pub(super) fn lifetime(&self, now: i64) -> Option<i64> {
        let number = |name: &str| self.text(name)?.parse::<i64>().ok();
        Some(number("exp")? - number("iat").unwrap_or(now))
    }

    /// Its scope; a list of values counts as well as a text.
    pub(super) fn scope(&self) -> Option<String> {
        self.text("scope").or_else(|| self.text("scp"))
    }
}

impl<'r> Session<'r> {
    /// The state of a token, by introspection or at the protected resource.
    pub(super) async fn inspect(&mut self, token: &str) -> Result<TokenState, Halt> {
        if self.runner.target.endpoints.introspection.is_some() {
            self.introspect(token).await
        } else if self.runner.target.endpoints.protected_resource.is_some() {
            self.present(token).await
        } else {
            Err(Halt::Skipped(
                "needs `introspection` or `protected_resource`: set `endpoints.introspection` or `endpoints.protected_resource`"
                    .to_owned(),
            ))
        }
    }

    /// The state of a token by introspection (RFC 7662 §2).
    pub(super) async fn introspect(&mut self, token: &str) -> Result<TokenState, Halt> {
        let target = Arc::clone(&self.runner.target);
        let Some(endpoint) = &target.endpoints.introspection else {
            return Err(Halt::Skipped(
                "needs `introspection`: set `endpoints.introspection` in the target file"
                    .to_owned(),
            ));
        };
        let client = endpoint
            .client
            .as_ref()
            .and_then(|name| target.client(name))
            .or_else(|| introspecting(&target, self.values.client));
        let Some(client) = client else {
            return Err(Halt::Skipped(
                "needs a client for introspection: set `endpoints.introspection.client`".to_owned(),
            ));
        };
        let answer = self
            .side_request(
                &endpoint.url.to_string(),
                client,
                vec![Pair::new(b"token", token.as_bytes())],
            )
            .await?;
        introspected(&answer, token)
    }

    /// The state of a token as the protected resource sees it (RFC 6750 §3.1).
    pub(super) async fn present(&mut self, token: &str) -> Result<TokenState, Halt> {
        let own = self.values.client;
        let identity = own.and_then(|client| self.runner.identity(client).cloned());
        self.present_with(token, identity).await
    }

    /// As [`Self::present`], over a connection with this certificate.
    pub(super) async fn present_with(
        &mut self,
        token: &str,
        identity: Option<ClientIdentity>,
    ) -> Result<TokenState, Halt> {
        let target = Arc::clone(&self.runner.target);
        let Some(url) = &target.endpoints.protected_resource else {
            return Err(Halt::Skipped(
                "needs `protected_resource`: set `endpoints.protected_resource` in the target file"
                    .to_owned(),
            ));
        };
        let mut message = Message {
            method: "GET".to_owned(),
            identity,
            ..Message::default()
        };
        crate::probe::address(&mut message, &url.to_string());
        message.authorization = Some(format!("Bearer {token}").into_bytes());
        let reply = self.side_exchange(&message).await?;
        let active = match reply.status {
            200..300 => true,
            401 => false,
            status => {
                return Err(Halt::Inconclusive(format!(
                    "the protected resource answered {status}"
                )));
            }
        };
        Ok(TokenState {
            active,
            members: claims(token),
            introspection: None,
        })
    }

    /// What can be seen of an issued token without being told: for `real_scope`, `issued_by`, `of_client`.
    pub(super) async fn token_facts(&mut self, seen: &Observation) -> Result<TokenFacts, Halt> {
        let Some(token) = seen
            .answer()
            .and_then(|answer| answer.text_member("access_token"))
        else {
            return Ok(TokenFacts::default());
        };
        let token = token.to_owned();
        let state = if self.runner.target.endpoints.introspection.is_some() {
            self.inspect(&token).await?
        } else {
            TokenState {
                active: true,
                members: claims(&token),
                introspection: None,
            }
        };
        let target = &self.runner.target;
        Ok(TokenFacts {
            scope: state.scope(),
            client_id: state.text("client_id"),
            claims: own_claims_first(&token, &state),
            managers: (!target.access_token_managers.is_empty())
                .then(|| managers_of(target, &token, &state)),
        })
    }

    /// A revocation request.
    pub(super) async fn revoke(
        &mut self,
        token: &str,
        hint: Option<&str>,
        client: &'r Client,
    ) -> Result<Observation, Halt> {
        let target = Arc::clone(&self.runner.target);
        let Some(endpoint) = &target.endpoints.revocation else {
            return Err(Halt::Skipped(
                "needs `revocation`: set `endpoints.revocation` in the target file".to_owned(),
            ));
        };
        let mut pairs = vec![Pair::new(b"token", token.as_bytes())];
        pairs.extend(hint.map(|hint| Pair::new(b"token_type_hint", hint.as_bytes())));
        let message = self.side_message(&endpoint.url.to_string(), client, pairs)?;
        let exchange = self.logged_exchange(&message, Role::Setup).await?;
        Ok(observe::observation(&exchange, &message, None))
    }

    fn side_message(&self, url: &str, client: &Client, pairs: Vec<Pair>) -> Result<Message, Halt> {
        let mut message = baseline::envelope(url);
        message.pairs = pairs;
        let material = self.material();
        let credentials = self.own_credentials(client, &material);
        self.put_credentials(&mut message, &credentials, None, &material)?;
        Ok(message)
    }

    async fn side_request(
        &mut self,
        url: &str,
        client: &Client,
        pairs: Vec<Pair>,
    ) -> Result<HttpAnswer, Halt> {
        let message = self.side_message(url, client, pairs)?;
        self.side_exchange(&message).await
    }

    /// A request whose answer only tells what the probe left behind.
    pub(super) async fn side_exchange(&mut self, message: &Message) -> Result<HttpAnswer, Halt> {
        let exchange = self.logged_exchange(message, Role::After).await?;
        match observe::reply(&exchange) {
            Reply::Answer(answer) => Ok(Arc::unwrap_or_clone(answer)),
            Reply::None { cause, outcome, .. } => Err(Halt::silent(cause, outcome)),
        }
    }

    async fn logged_exchange(
        &mut self,
        message: &Message,
        role: Role,
    ) -> Result<Arc<Exchange>, Halt> {
        let exchange = self
            .runner
            .exchange(
                &message.url,
                message.identity.as_ref(),
                message.to_bytes(),
                AnswerTo::method(&message.method),
                super::session::reuse(message),
            )
            .await?;
        let exchange = Arc::new(exchange);
        self.log.push(Logged {
            role,
            exchange: Arc::clone(&exchange),
            message: Some(Arc::new(message.clone())),
            answer: None,
        });
        Ok(exchange)
    }
}

/// Who introspects where the target file names nobody: the client of the token, or, since the endpoint asks for
/// authorization (RFC 7662 §2.1), for a public one the first that can authenticate.
fn introspecting<'t>(target: &'t Target, own: Option<&'t Client>) -> Option<&'t Client> {
    let able = |client: &&Client| client.is_confidential();
    own.filter(able)
        .or_else(|| target.clients.iter().find(able))
        .or(own)
}

fn introspected(answer: &HttpAnswer, token: &str) -> Result<TokenState, Halt> {
    match (answer.status, answer.member("active")) {
        (200..300, Some(Json::Bool(active))) => {
            let mut members = answer.members().to_vec();
            // What introspection leaves out, the token may say itself.
            for (name, value) in claims(token) {
                if !members.iter().any(|(member, _)| *member == name) {
                    members.push((name, value));
                }
            }
            let introspection = serde_json::from_slice(&answer.body).ok();
            Ok(TokenState {
                active: *active,
                members,
                introspection,
            })
        }
        (status, _) => Err(Halt::Inconclusive(format!(
            "introspection answered {status} without `active`; check `endpoints.introspection` of the target file"
        ))),
    }
}

/// What a token says of itself, and what introspection adds: of two issuers, say, the token's own is what a resource server sees.
fn own_claims_first(token: &str, state: &TokenState) -> Vec<(String, Json)> {
    let mut all = claims(token);
    for (name, value) in &state.members {
        if !all.iter().any(|(own, _)| own == name) {
            all.push((name.clone(), value.clone()));
        }
    }
    all
}

/// The claims of a JWT; none for another token.
fn claims(token: &str) -> Vec<(String, Json)> {
    let claims = jose::peek_claims(token).and_then(|claims| serde_json::to_vec(&claims).ok());
    match claims
        .and_then(|claims| json::Document::read(&claims).ok())
        .map(|document| document.value)
    {
        Some(Json::Object(members)) => members,
        Some(_) | None => Vec::new(),
    }
}

/// The instances whose mark a token bears.
pub(super) fn managers_of(target: &Target, token: &str, state: &TokenState) -> Vec<String> {
    target
        .access_token_managers
        .iter()
        .filter(|manager| {
            let evidence = Evidence {
                token,
                introspection: state.introspection.as_ref(),
            };
            let mark = manager.recognised_by.as_ref();
            mark.and_then(|mark| mark.recognises(evidence)) == Some(true)
        })
        .map(|manager| manager.id.clone())
        .collect()
}
