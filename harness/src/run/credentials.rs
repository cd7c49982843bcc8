//! Client credentials of one request (RFC 6749 §2.3).

use super::assertion::Material;
use super::halt::Halt;
use super::session::Session;
use crate::jose::{self, SigningKey};
use crate::judge::RenderText as _;
use crate::probe::credentials::{AssertionDraft, Credentials, Way, method_named, put};
use crate::probe::message::Message;
use crate::suite::change::{AssertionChange, Authenticate};
use crate::target::Client;
use crate::template::RenderProblem;
use crate::vocabulary::AuthMethod;

impl<'r> Session<'r> {
    /// What is new in every assertion of one request.
    pub(super) fn material(&self) -> Material {
        Material::new(u64::try_from(self.runner.now()).unwrap_or(0))
    }

    /// The registered credentials of a client.
    pub(super) fn own_credentials(&self, client: &Client, material: &Material) -> Credentials {
        Credentials {
            way: Way::Method(client.auth),
            id: client.id.as_bytes().to_vec(),
            secret: secret_octets(client),
            assertion: self.draft(client, &client.id, client.auth, material),
            identity: self.runner.identity(client).cloned(),
        }
    }

    /// Credentials as a change makes them anew.
    pub(super) fn changed_credentials(
        &self,
        own: &'r Client,
        change: &Authenticate,
        material: &Material,
    ) -> Result<Credentials, Halt> {
        let client = match change.client {
            Some(who) => self.who(who)?,
            None => own,
        };
        let way = match &change.by {
            Some(by) => {
                let name = self.values.text(by)?;
                method_named(&name).ok_or_else(|| {
                    Halt::from(RenderProblem::Unknown(format!(
                        "client authentication method {name}"
                    )))
                })?
            }
            None => Way::Method(client.auth),
        };
        let mut credentials = Credentials {
            way,
            ..self.own_credentials(client, material)
        };
        credentials.identity = self.changed_identity(own, client, way);
        if let Some(id) = &change.id {
            credentials.id = self.values.render(id)?.bytes;
        }
        if let Some(secret) = &change.secret {
            credentials.secret = self.values.render(secret)?.bytes;
        }
        if let Way::Method(method) = way {
            let id = String::from_utf8_lossy(&credentials.id).into_owned();
            credentials.assertion = self.draft(client, &id, method, material);
        }
        if let (Some(_), Some(draft), Way::Method(AuthMethod::ClientSecretJwt)) =
            (&change.secret, &mut credentials.assertion, way)
        {
            draft.key.key = SigningKey::from_octets(&credentials.secret);
        }
        Ok(credentials)
    }

    /// The usual assertion of a client (RFC 7523 §3), where the method has one.
    fn draft(
        &self,
        client: &Client,
        id: &str,
        method: AuthMethod,
        material: &Material,
    ) -> Option<AssertionDraft> {
        match method {
            AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt => {}
            AuthMethod::ClientSecretBasic
            | AuthMethod::ClientSecretPost
            | AuthMethod::None
            | AuthMethod::Saml2ClientAuth
            | AuthMethod::SelfSignedTlsClientAuth
            | AuthMethod::TlsClientAuth => return None,
        }
        let audience = self.runner.target.assertion_audience(client);
        let key = client.assertion_key_for(method)?;
        let (now, jti) = (material.now, material.jti.as_str());
        let kid = key.kid.as_deref();
        let made = jose::client_assertion(id, audience, now, jti, key.algorithm, kid);
        Some(AssertionDraft {
            header: made.header,
            claims: made.claims,
            key,
            text: None,
        })
    }

    /// Puts credentials on a request, the assertion signed.
    pub(super) fn put_credentials(
        &self,
        message: &mut Message,
        credentials: &Credentials,
        change: Option<&AssertionChange>,
        material: &Material,
    ) -> Result<(), Halt> {
        let signed = match (&credentials.assertion, credentials.way) {
            (_, Way::Method(AuthMethod::Saml2ClientAuth)) => {
                Some(self.saml_client_assertion(&credentials.id, material)?)
            }
            (Some(draft), Way::Method(_)) => Some(self.sign(draft.clone(), change, material)?),
            (Some(_), Way::IdOnly | Way::Nothing) | (None, _) => None,
        };
        put(message, credentials, signed.as_deref());
        Ok(())
    }
}

fn secret_octets(client: &Client) -> Vec<u8> {
    client
        .secret
        .as_ref()
        .map(|secret| secret.reveal().as_bytes().to_vec())
        .unwrap_or_default()
}
