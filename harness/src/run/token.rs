//! Token requests: a valid one, what a change makes of it, and what came back.

use std::collections::BTreeMap;

use reports::Role;
use tokenspec_report as reports;

use super::assertion::Material;
use super::halt::Halt;
use super::observe;
use super::saved::{AtMessage, Saved, Values};
use super::session::Session;
use crate::judge::{Observation, RenderText};
use crate::plan::Variant;
use crate::probe::apply::{ChangeScope, apply};
use crate::probe::baseline::{self, Credential};
use crate::probe::message::Message;
use crate::probe::wire::deliver;
use crate::suite::answer::Answer;
use crate::suite::change::{Change, Who};
use crate::suite::ordered::Pairs;
use crate::target::Client;
use crate::template::Rendered;
use crate::vocabulary::Grant;

impl ChangeScope for Values<'_> {
    fn at(&self, message: &Message) -> Box<dyn RenderText + '_> {
        Box::new(AtMessage::new(self, message))
    }
}

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

/// A request that begins what is polled for.
#[derive(Clone, Debug)]
pub(super) struct Beginning<'a> {
    /// Why it is sent.
    pub role: Role,
    /// Who sends it.
    pub client: Who,
    /// The grant.
    pub grant: Grant,
    /// The scope; `None`: all of the client's.
    pub scope: Option<String>,
    /// Parameters to be set.
    pub set: Option<&'a Pairs>,
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

/// A request, and its control.
#[derive(Clone, Debug)]
pub(super) struct Twins {
    pub sent: Message,
    pub control: Message,
}

/// A request before its change.
#[derive(Clone, Copy, Debug)]
struct Before<'a, 'r> {
    grant: Grant,
    client: &'r Client,
    /// The baseline request.
    plain: &'a Message,
    /// The same without client credentials.
    bare: &'a Message,
    material: &'a Material,
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

    /// Makes a token request.
    pub(super) fn compose(&mut self, request: &TokenRequest<'_>) -> Result<Message, Halt> {
        let twins = self.compose_twins(request)?;
        if request.unchanged == Unchanged::Skip
            && request.change.is_some()
            && twins.sent.to_bytes() == twins.control.to_bytes()
            && twins.sent.url == twins.control.url
            && twins.sent.identity == twins.control.identity
            && twins.sent.delivery == twins.control.delivery
        {
            return Err(Halt::Skipped(
                "the change leaves this client's request as it is, so there is nothing to judge"
                    .to_owned(),
            ));
        }
        self.values.sent = decoded(&twins.sent);
        Ok(twins.sent)
    }

    /// A request and what its control would be, made of the same values: they differ in the declared change and nothing
    /// else (design §2, "One difference").
    pub(super) fn compose_twins(&mut self, request: &TokenRequest<'_>) -> Result<Twins, Halt> {
        let client = self.who(request.client)?;
        let mut plain =
            baseline::envelope(&self.runner.target.token_endpoint_of(client).to_string());
        plain.pairs = baseline::parameters(client, request.grant, &request.credential);
        let bare = plain.clone();
        let material = self.material();
        let own = self.own_credentials(client, &material);
        self.put_credentials(&mut plain, &own, None, &material)?;
        self.values.baseline = decoded(&plain);
        self.values.sent = self.values.baseline.clone();
        #[cfg(debug_assertions)]
        self.must_be_valid(&plain)?;
        let before = Before {
            grant: request.grant,
            client,
            plain: &plain,
            bare: &bare,
            material: &material,
        };
        let made = |change: Option<&Change>| match change {
            Some(change) => self.changed(before, change),
            None => Ok(plain.clone()),
        };
        let sent = made(request.change)?;
        // What sets the stage has no control: it is one itself.
        let control = match request.change {
            Some(_) if request.role != Role::Setup => made(self.control_change)?,
            Some(_) | None => plain.clone(),
        };
        Ok(Twins { sent, control })
    }

    /// The request that begins what is polled for, and the scope that it asks for.
    pub(super) fn compose_beginning(
        &self,
        beginning: &Beginning<'_>,
    ) -> Result<(Message, String), Halt> {
        let target = &self.runner.target;
        let client = self.who(beginning.client)?;
        let (endpoint, key) = match beginning.grant {
            Grant::Ciba => (
                &target.endpoints.backchannel_authentication,
                "backchannel_authentication",
            ),
            Grant::AuthorizationCode
            | Grant::ClientCredentials
            | Grant::DeviceCode
            | Grant::JwtBearer
            | Grant::Password
            | Grant::RefreshToken
            | Grant::Saml2Bearer
            | Grant::TokenExchange
            | Grant::ValidateBearer => (
                &target.endpoints.device_authorization,
                "device_authorization",
            ),
        };
        let endpoint = endpoint.as_ref().ok_or_else(|| {
            Halt::Skipped(format!(
                "needs `endpoints.{key}`: set it in the target file"
            ))
        })?;
        let mut message = baseline::envelope(&endpoint.to_string());
        let wanted = beginning.scope.as_deref();
        let scope = baseline::beginning_scope(client, beginning.grant, wanted);
        message.pairs = baseline::beginning(target, beginning.grant, &scope);
        let material = self.material();
        let own = self.own_credentials(client, &material);
        self.put_credentials(&mut message, &own, None, &material)?;
        if let Some(set) = beginning.set {
            let change = Change {
                set: set.clone(),
                ..Change::default()
            };
            apply(&mut message, &change, &self.values)?;
        }
        Ok((message, scope))
    }

    /// A request that no change is declared for breaks no rule for requests: else this program would be at fault.
    #[cfg(debug_assertions)]
    fn must_be_valid(&self, plain: &Message) -> Result<(), Halt> {
        let endpoint = baseline::envelope(&plain.url);
        let mut own = String::from_utf8_lossy(&endpoint.path).into_owned();
        if let Some(query) = &endpoint.query {
            own = format!("{own}?{}", String::from_utf8_lossy(query));
        }
        let problems = crate::probe::lint::lint(&plain.to_bytes(), &own);
        if problems.is_empty() {
            return Ok(());
        }
        Err(Halt::Broken {
            cause: format!(
                "the unchanged request breaks rules: {}",
                problems.join("; ")
            ),
            again: false,
        })
    }

    /// What a change makes of the baseline request.
    fn changed(&self, before: Before<'_, 'r>, change: &Change) -> Result<Message, Halt> {
        let Before {
            client, material, ..
        } = before;
        let mut message = if change.authenticate.is_some() || change.assertion.is_some() {
            let mut message = before.bare.clone();
            let credentials = match &change.authenticate {
                Some(authenticate) => self.changed_credentials(client, authenticate, material)?,
                None => self.own_credentials(client, material),
            };
            let assertion = change.assertion.as_ref();
            self.put_credentials(&mut message, &credentials, assertion, material)?;
            message
        } else {
            before.plain.clone()
        };
        for (name, change) in change.jwt.iter() {
            self.change_jwt(&mut message, before.grant, name, change)?;
        }
        for (name, change) in change.saml.iter() {
            self.change_saml(&mut message, name, change)?;
        }
        if let Some(certificate) = &change.certificate {
            message.identity = self.changed_certificate(client, certificate)?;
        }
        apply(&mut message, change, &self.values)?;
        if let Some(wire) = &change.wire {
            let made = |change: Option<&Change>| match change {
                Some(change) => self.changed(before, change),
                None => Ok(before.plain.clone()),
            };
            deliver(&mut message, wire, &self.values, &made)?;
        }
        Ok(message)
    }

    /// Sends a token request and says what came back.
    pub(super) async fn token_request(
        &mut self,
        request: &TokenRequest<'_>,
    ) -> Result<(Observation, Saved), Halt> {
        let message = self.compose(request)?;
        let asked_scope = message
            .value("scope")
            // Empty is as good as absent (RFC 6749 §3.2).
            .filter(|scope| !scope.is_empty())
            .map(|scope| String::from_utf8_lossy(&scope).into_owned());
        let asked_scope = asked_scope.or_else(|| self.granted_scope(request));
        let exchange = self.exchange_message(request.role, &message).await?;
        let mut seen = observe::observation(&exchange, &message, asked_scope);
        seen.had_authorization = message.authorization.is_some();
        let told = seen.answer().and_then(|answer| answer.text_member("error"));
        if request.role != Role::Probe
            && baseline::is_polled(request.grant)
            && told == Some("slow_down")
        {
            self.runner.learn_polling_pause();
        }
        let saved = self.save_tokens(&seen, request);
        Ok((seen, saved))
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
    fn save_tokens(&mut self, seen: &Observation, request: &TokenRequest<'_>) -> Saved {
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
        if let Some(answer) = seen.answer().filter(|answer| answer.accepted()) {
            self.runner.remember(answer, self.who(request.client).ok());
        }
        for (name, value) in &self.values.sent {
            saved.put(&format!("sent.{name}"), value.clone());
        }
        if let Some(lifetime) = observe::lifetime_of_jwt(seen) {
            saved.put("lifetime", Rendered::plain(lifetime.to_string()));
        }
        saved.observation = Some(seen.clone());
        saved
    }
}

/// The parameters of the unchanged request, those that are secrets marked as such.
fn decoded(message: &Message) -> BTreeMap<String, Rendered> {
    let mut values = BTreeMap::new();
    for pair in &message.pairs {
        let name =
            String::from_utf8_lossy(&crate::wire::form::decode_component(&pair.name)).into_owned();
        let kind = match name.as_str() {
            "actor_token" => Some("actor_token"),
            "assertion" => Some("assertion"),
            "client_secret" => Some("client_secret"),
            "code" => Some("code"),
            "refresh_token" => Some("refresh_token"),
            "device_code" => Some("device_code"),
            "auth_req_id" => Some("auth_req_id"),
            "client_assertion" => Some("client_assertion"),
            "password" => Some("password"),
            "code_verifier" => Some("code_verifier"),
            "subject_token" => Some("subject_token"),
            "token" => Some("token"),
            _ => None,
        };
        values.entry(name).or_insert(Rendered {
            bytes: pair.decoded_value(),
            secret: kind,
        });
    }
    values
}
