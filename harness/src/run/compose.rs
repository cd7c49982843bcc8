//! What a token request is made of: a valid one, and what a change makes of it.

use std::collections::BTreeMap;

use tokenspec_report::Role;

use super::assertion::Material;
use super::halt::Halt;
use super::saved::{AtMessage, Values};
use super::session::Session;
use super::token::{TokenRequest, Unchanged};
use crate::judge::RenderText;
use crate::probe::apply::{ChangeScope, apply};
use crate::probe::baseline;
use crate::probe::message::Message;
use crate::probe::wire::deliver;
use crate::suite::change::Change;
use crate::target::Client;
use crate::template::Rendered;
use crate::vocabulary::Grant;

impl ChangeScope for Values<'_> {
    fn at<'m>(&'m self, message: &'m Message) -> Box<dyn RenderText + 'm> {
        Box::new(AtMessage::new(self, message))
    }
}

/// A request, and its control.
#[derive(Clone, Debug)]
pub(super) struct Twins {
    pub sent: Message,
    pub control: Message,
}

/// A request before its change.
#[derive(Debug)]
struct Before<'r> {
    grant: Grant,
    client: &'r Client,
    /// The baseline request.
    plain: Message,
    /// The same without client credentials.
    bare: Message,
    material: Material,
}

impl<'r> Session<'r> {
    /// Makes a token request.
    pub(super) fn compose(&mut self, request: &TokenRequest<'_>) -> Result<Message, Halt> {
        let sent = match (request.change, request.unchanged) {
            (Some(_), Unchanged::Skip) => {
                let Twins { sent, control } = self.compose_twins(request)?;
                if is_same(&sent, &control) {
                    return Err(Halt::Skipped(
                        "the change leaves this client's request as it is, so there is nothing to judge"
                            .to_owned(),
                    ));
                }
                sent
            }
            (Some(change), Unchanged::Send) => {
                let before = self.before(request)?;
                self.changed(&before, change)?
            }
            // What is sent is what was decoded already.
            (None, _) => return Ok(self.before(request)?.plain),
        };
        self.values.sent = decoded(&sent);
        Ok(sent)
    }

    /// A request and what its control would be, made of the same values: they differ in the declared change and nothing
    /// else (design §2, "One difference").
    pub(super) fn compose_twins(&mut self, request: &TokenRequest<'_>) -> Result<Twins, Halt> {
        let before = self.before(request)?;
        let made = |change: Option<&Change>| match change {
            Some(change) => self.changed(&before, change),
            None => Ok(before.plain.clone()),
        };
        let sent = made(request.change)?;
        // What sets the stage has no control: it is one itself.
        let control = match request.change {
            Some(_) if request.role != Role::Setup => made(self.control_change)?,
            Some(_) | None => made(None)?,
        };
        Ok(Twins { sent, control })
    }

    /// The request before its change; its parameters are values from now on.
    fn before(&mut self, request: &TokenRequest<'_>) -> Result<Before<'r>, Halt> {
        let client = self.who(request.client)?;
        let endpoint = self.runner.target.token_endpoint_of(client);
        let mut plain = baseline::envelope(&endpoint.to_string());
        plain.pairs = baseline::parameters(client, request.grant, &request.credential);
        let bare = plain.clone();
        let material = self.material();
        let own = self.own_credentials(client, &material);
        self.put_credentials(&mut plain, &own, None, &material)?;
        self.values.baseline = decoded(&plain);
        self.values.sent = self.values.baseline.clone();
        #[cfg(debug_assertions)]
        self.must_be_valid(&plain)?;
        Ok(Before {
            grant: request.grant,
            client,
            plain,
            bare,
            material,
        })
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
    fn changed(&self, before: &Before<'r>, change: &Change) -> Result<Message, Halt> {
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
}

/// Whether two requests are the same octets to the same place, by the same way and with the same certificate.
fn is_same(one: &Message, other: &Message) -> bool {
    one.url == other.url
        && one.identity == other.identity
        && one.delivery == other.delivery
        && one.to_bytes() == other.to_bytes()
}

/// The parameters of the unchanged request, those that are secrets marked as such.
pub(super) fn decoded(message: &Message) -> BTreeMap<String, Rendered> {
    let mut values = BTreeMap::new();
    for pair in &message.pairs {
        let name =
            String::from_utf8_lossy(&crate::wire::form::decode_component(&pair.name)).into_owned();
        let kind = match name.as_str() {
            "actor_token" => Some("actor_token"),
            "assertion" => Some("assertion"),
            "client_notification_token" => Some("client_notification_token"),
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
