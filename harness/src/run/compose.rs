//! What a token request is made of: a valid one, and what a change makes of it.

use std::sync::Arc;

use tokenspec_report::Role;

use super::assertion::Material;
use super::halt::Halt;
use super::parameters::Parameters;
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

impl ChangeScope for Values<'_> {
    fn at<'m>(&'m self, message: &'m Message) -> Box<dyn RenderText + 'm> {
        Box::new(AtMessage::new(self, message))
    }
}

/// A request, and its control.
#[derive(Clone, Debug)]
pub(super) struct Twins {
    pub sent: Arc<Message>,
    pub control: Arc<Message>,
}

/// A request before its change.
#[derive(Debug)]
struct Before<'r, 'q> {
    client: &'r Client,
    request: &'q TokenRequest<'q>,
    /// The baseline request.
    plain: Arc<Message>,
    material: Material,
}

impl<'r> Session<'r> {
    /// Makes a token request.
    pub(super) fn compose(&mut self, request: &TokenRequest<'_>) -> Result<Arc<Message>, Halt> {
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
                Arc::new(self.changed(&before, change)?)
            }
            (None, _) => self.before(request)?.plain,
        };
        self.values.sent = Parameters::of(&sent);
        Ok(sent)
    }

    /// A request and what its control would be, made of the same values: they differ in the declared change and nothing
    /// else (design §2, "One difference").
    pub(super) fn compose_twins(&mut self, request: &TokenRequest<'_>) -> Result<Twins, Halt> {
        let before = self.before(request)?;
        let made = |change: Option<&Change>| match change {
            Some(change) => self.changed(&before, change).map(Arc::new),
            None => Ok(Arc::clone(&before.plain)),
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
    fn before<'q>(&mut self, request: &'q TokenRequest<'q>) -> Result<Before<'r, 'q>, Halt> {
        let client = self.who(request.client)?;
        let mut plain = self.bare(client, request);
        let material = self.material();
        let own = self.own_credentials(client, &material);
        self.put_credentials(&mut plain, &own, None, &material)?;
        #[cfg(debug_assertions)]
        self.must_be_valid(&plain)?;
        let plain = Arc::new(plain);
        self.values.baseline = Parameters::of(&plain);
        self.values.sent = self.values.baseline.clone();
        Ok(Before {
            client,
            request,
            plain,
            material,
        })
    }

    /// The request before its change, without client credentials.
    fn bare(&self, client: &Client, request: &TokenRequest<'_>) -> Message {
        let endpoint = self.runner.target.token_endpoint_of(client);
        let mut message = baseline::envelope(&endpoint.to_string());
        message.pairs = baseline::parameters(client, request.grant, &request.credential);
        message
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
    fn changed(&self, before: &Before<'r, '_>, change: &Change) -> Result<Message, Halt> {
        let Before {
            client, material, ..
        } = before;
        let mut message = if change.authenticate.is_some() || change.assertion.is_some() {
            let mut message = self.bare(client, before.request);
            let credentials = match &change.authenticate {
                Some(authenticate) => self.changed_credentials(client, authenticate, material)?,
                None => self.own_credentials(client, material),
            };
            let assertion = change.assertion.as_ref();
            self.put_credentials(&mut message, &credentials, assertion, material)?;
            message
        } else {
            Message::clone(&before.plain)
        };
        for (name, change) in change.jwt.iter() {
            self.change_jwt(&mut message, before.request.grant, name, change)?;
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
                None => Ok(Message::clone(&before.plain)),
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
