//! One variant on its way: its values, its exchanges, and the flows that it needs.

use std::collections::BTreeMap;
use std::hash::{Hash as _, Hasher as _};
use std::sync::{Arc, Mutex};

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokenspec_report::Role;

use super::callback_step::Shown;
use super::halt::Halt;
use super::named_key::NamedKeys;
use super::parameters::Parameters;
use super::runner::Runner;
use super::saved::{Saved, Values};
use super::token::{TokenRequest, Unchanged};
use crate::judge::HttpAnswer;
use crate::plan::Variant;
use crate::probe::baseline::{self, Credential};
use crate::probe::message::{Departure, Framing, Message, Version};
use crate::suite::change::{Change, Who};
use crate::target::capability::CapabilitySet;
use crate::template::Rendered;
use crate::transport::{Exchange, Reuse};
use crate::vocabulary::Grant;
use crate::wire::response::AnswerTo;

/// An exchange as it is kept for the report.
#[derive(Clone, Debug)]
pub struct Logged {
    /// Why it took place.
    pub role: Role,
    /// The exchange.
    pub exchange: Arc<Exchange>,
    /// The request before it became octets, where this program made it; curl lines are made of it.
    pub message: Option<Arc<Message>>,
    /// What came back, where it was read for a judgement already.
    pub answer: Option<Arc<HttpAnswer>>,
}

/// One try at one variant.
#[derive(Debug)]
pub(super) struct Session<'r> {
    pub runner: &'r Runner,
    pub values: Values<'r>,
    pub log: Vec<Logged>,
    pub capabilities: CapabilitySet<'r>,
    /// What the control of the case changes, where the case spells that out.
    pub control_change: Option<&'r Change>,
    /// Keys that the case names.
    pub named: NamedKeys,
    /// What the callback host shows for it.
    pub shown: Shown,
}

impl<'r> Session<'r> {
    /// A session for a variant. The same seed, variant and try give the same random values.
    pub(super) fn new(runner: &'r Runner, variant: &'r Variant, attempt: u32) -> Self {
        let mut hasher = std::hash::DefaultHasher::new();
        (runner.seed, &variant.id, attempt).hash(&mut hasher);
        let client = |index: Option<usize>| {
            if variant.stranger {
                return Some(&runner.stranger);
            }
            index.and_then(|index| runner.target.clients.get(index))
        };
        Self {
            runner,
            values: Values {
                runner,
                target: &runner.target,
                variant,
                client: client(variant.client),
                other: client(variant.other),
                saved: BTreeMap::new(),
                baseline: Parameters::default(),
                sent: Parameters::default(),
                is_reported: true,
                random: Mutex::new(StdRng::seed_from_u64(hasher.finish())),
            },
            log: Vec::new(),
            capabilities: runner.capabilities(),
            control_change: None,
            named: NamedKeys::default(),
            shown: Shown::at(runner.callback()),
        }
    }

    /// Sends a composed request and keeps the exchange.
    pub(super) async fn exchange_message(
        &mut self,
        role: Role,
        message: &Arc<Message>,
    ) -> Result<Arc<Exchange>, Halt> {
        let identity = message.identity.as_ref();
        let exchange = if let Some(delivery) = &message.delivery {
            match &delivery.departure {
                Departure::Early => self.runner.early(message).await?,
                Departure::Http2(edits) => self.runner.http2(message, edits).await?,
                Departure::Connected => {
                    let dialogue = super::dialogue::dialogue(message, delivery);
                    let url = &message.url;
                    self.runner.dialogue(url, identity, &dialogue).await?
                }
            }
        } else {
            let bytes = message.to_bytes();
            let answer_to = AnswerTo::method(&message.method);
            let reuse = reuse(message);
            self.runner
                .exchange(&message.url, identity, bytes, answer_to, reuse)
                .await?
        };
        let exchange = Arc::new(exchange);
        self.log.push(Logged {
            role,
            exchange: Arc::clone(&exchange),
            message: Some(Arc::clone(message)),
            answer: None,
        });
        Ok(exchange)
    }

    /// A fresh credential for a grant.
    pub(super) async fn credential(
        &mut self,
        who: Who,
        grant: Grant,
        scope: Option<&str>,
    ) -> Result<Credential, Halt> {
        match grant {
            Grant::AuthorizationCode => {
                let saved = self
                    .authorization(who, super::authorization_request::Request::usual(scope))
                    .await?;
                saved
                    .credential
                    .ok_or_else(|| Halt::Inconclusive("no code came".to_owned()))
            }
            Grant::RefreshToken => {
                let saved = self.refreshable(who, scope).await?;
                Ok(saved.credential.unwrap_or_default())
            }
            Grant::Password => {
                let user = self.runner.target.user();
                let user =
                    user.ok_or_else(|| Halt::Skipped("needs a user: set `users`".to_owned()))?;
                let pair = (user.username.clone(), user.password.reveal().to_owned());
                Ok(Credential {
                    user: Some(pair),
                    ..Credential::default()
                })
            }
            Grant::JwtBearer => self.grant_assertion().map(Credential::of),
            Grant::TokenExchange => self.subject_token(who).await.map(Credential::of),
            Grant::ValidateBearer => self.token_to_validate(who).await.map(Credential::of),
            Grant::Ciba | Grant::DeviceCode => self.approved(who, grant, scope).await,
            Grant::Saml2Bearer => self.saml_assertion().map(Credential::of),
            Grant::ClientCredentials => Ok(Credential::default()),
        }
    }

    /// Tokens as the resource owner's grant brought them, a refresh token among them; nothing was refreshed yet.
    pub(super) async fn refreshable(
        &mut self,
        who: Who,
        scope: Option<&str>,
    ) -> Result<Saved, Halt> {
        let client = self.who(who)?;
        let Some(first) = baseline::refreshed_grant(client) else {
            return Err(Halt::Skipped(format!(
                "needs a refresh token: client `{}` has no grant of this program that gives one",
                client.name
            )));
        };
        // As with an authorization: what is refreshed later may ask for any of the client's scopes.
        let all = baseline::scopes(client, Some(first)).join(" ");
        let wider = (baseline::takes_scope(first) && !all.is_empty()).then_some(all);
        let saved = self.tokens(who, first, scope.or(wider.as_deref())).await?;
        if saved.credential.is_none() {
            return Err(Halt::Inconclusive(format!(
                "no refresh token came for client `{}`; ask for a scope that gives one (offline_access), or take refresh_token out of its grants",
                client.name
            )));
        }
        Ok(saved)
    }

    /// Tokens by an undisturbed flow.
    pub(super) async fn tokens(
        &mut self,
        who: Who,
        grant: Grant,
        scope: Option<&str>,
    ) -> Result<Saved, Halt> {
        let credential = Box::pin(self.credential(who, grant, scope)).await?;
        let change = scope.and_then(|scope| scope_change(grant, scope));
        let request = TokenRequest {
            role: Role::Setup,
            client: who,
            grant,
            credential,
            change: change.as_ref(),
            unchanged: Unchanged::Send,
        };
        let (seen, saved) = self.token_request(&request).await?;
        match &seen.reply {
            crate::judge::Reply::None { cause, outcome, .. } => Err(Halt::silent(cause, outcome)),
            crate::judge::Reply::Answer(answer) if answer.accepted() => Ok(saved),
            crate::judge::Reply::Answer(_) => Err(Halt::Inconclusive(format!(
                "setting up: {}",
                seen.summary()
            ))),
        }
    }

    /// Saves what a step saw under its name.
    pub(super) fn save(&mut self, name: Option<&crate::suite::text::Text>, saved: Saved) {
        if let Some(name) = name {
            self.values.saved.insert(name.value.clone(), saved);
        }
    }

    /// The grant that a step means: its own, else the variant's.
    pub(super) fn grant(&self, named: Option<&crate::suite::text::Text>) -> Result<Grant, Halt> {
        let named = match named {
            Some(text) => text.as_str().parse().ok(),
            None => self.values.variant.grant,
        };
        let client_grants = || self.values.client.map(|client| client.grants.to_vec());
        named
            .or_else(|| baseline::cheapest(&client_grants().unwrap_or_default()))
            .ok_or_else(|| Halt::Inconclusive("the step names no grant".to_owned()))
    }
}

/// A kept-alive connection may only carry what is framed right. What comes to a stale one is sent again on another, but for a
/// code, refresh token or assertion, and for a body that may hold one: if the server saw it twice, that would look like a reuse.
pub(super) fn reuse(message: &Message) -> Reuse {
    let single_use = [
        "code",
        "refresh_token",
        "device_code",
        "auth_req_id",
        "client_assertion",
        "assertion",
    ];
    let has_body = !message.pairs.is_empty() || message.raw_body.is_some();
    let method = match message.method.as_str() {
        "POST" => true,
        // Not every server reads a body of GET away.
        "GET" => !has_body,
        _ => false,
    };
    let ordinary = method
        && message.delivery.is_none()
        && message.version == Version::Http11
        && message.framing == Framing::Length
        && message.raw_fields.is_empty()
        && message
            .headers
            .iter()
            .all(|(name, value)| frames_nothing(name, value));
    if !ordinary {
        Reuse::Fresh
    } else if message.raw_body.is_some()
        || single_use.iter().any(|name| message.value(name).is_some())
    {
        Reuse::Once
    } else {
        Reuse::Pooled
    }
}

/// Whether a header field leaves it alone where the request ends.
fn frames_nothing(name: &str, value: &[u8]) -> bool {
    const FRAMING: [&str; 5] = [
        "connection",
        "content-length",
        "expect",
        "te",
        "transfer-encoding",
    ];
    !FRAMING
        .iter()
        .any(|framing| name.trim().eq_ignore_ascii_case(framing))
        && !name.contains(['\r', '\n'])
        && !value.iter().any(|octet| matches!(octet, b'\r' | b'\n'))
}

/// The scope of a set-up request, where the grant's token request takes one.
fn scope_change(grant: Grant, scope: &str) -> Option<crate::suite::change::Change> {
    use crate::suite::ordered::Pairs;
    use crate::suite::text::Text;
    baseline::takes_scope(grant).then(|| crate::suite::change::Change {
        set: Pairs(vec![(
            Text::new("scope"),
            Text::new(scope.replace('$', "$$")),
        )]),
        ..crate::suite::change::Change::default()
    })
}

/// A plain value.
pub(super) fn plain(text: impl Into<Vec<u8>>) -> Rendered {
    Rendered::plain(text)
}
