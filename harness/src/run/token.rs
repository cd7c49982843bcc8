//! Token requests: a valid one, what a change makes of it, and what came back.

use std::collections::BTreeMap;

use reports::Role;
use tokenspec_report as reports;

use super::halt::Halt;
use super::observe;
use super::saved::{AtMessage, Saved, Values};
use super::session::Session;
use crate::clock;
use crate::jose::{self, Algorithm, SigningKey};
use crate::judge::{Observation, RenderText};
use crate::probe::apply::{ChangeScope, apply};
use crate::probe::baseline::{self, Credential};
use crate::probe::credentials::{AssertionDraft, Credentials, Way, method_named, put};
use crate::probe::message::Message;
use crate::suite::change::{AssertionChange, Authenticate, Change, Members, Signer, Who};
use crate::target::Client;
use crate::template::{RenderProblem, Rendered};
use crate::vocabulary::{AuthMethod, Grant};

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

    /// Makes the octets of a token request.
    pub(super) fn compose(&mut self, request: &TokenRequest<'_>) -> Result<Message, Halt> {
        let client = self.who(request.client)?;
        let mut plain = baseline::envelope(&self.runner.target.token_endpoint.to_string());
        plain.pairs = baseline::parameters(client, request.grant, &request.credential);
        let bare = plain.clone();
        self.put_credentials(&mut plain, &self.own_credentials(client), None)?;
        self.values.baseline = decoded(&plain);
        self.values.sent = self.values.baseline.clone();
        let Some(change) = request.change else {
            return Ok(plain);
        };
        let message = self.changed(client, &plain, &bare, change)?;
        if request.role == Role::Probe
            && message.to_bytes() == self.control(client, &plain, &bare)?
        {
            return Err(Halt::Skipped(
                "the change leaves this client's request as it is, so there is nothing to judge"
                    .to_owned(),
            ));
        }
        self.values.sent = decoded(&message);
        Ok(message)
    }

    /// What a change makes of the baseline request; `bare` is that without client credentials.
    fn changed(
        &self,
        client: &'r Client,
        plain: &Message,
        bare: &Message,
        change: &Change,
    ) -> Result<Message, Halt> {
        let mut message = if change.authenticate.is_some() || change.assertion.is_some() {
            let mut message = bare.clone();
            let credentials = match &change.authenticate {
                Some(authenticate) => self.changed_credentials(client, authenticate)?,
                None => self.own_credentials(client),
            };
            self.put_credentials(&mut message, &credentials, change.assertion.as_ref())?;
            message
        } else {
            plain.clone()
        };
        apply(&mut message, change, &self.values)?;
        Ok(message)
    }

    /// The octets that the control of this case has.
    fn control(
        &self,
        client: &'r Client,
        plain: &Message,
        bare: &Message,
    ) -> Result<Vec<u8>, Halt> {
        match self.control_change {
            Some(change) => Ok(self.changed(client, plain, bare, change)?.to_bytes()),
            None => Ok(plain.to_bytes()),
        }
    }

    /// Sends a token request and says what came back.
    pub(super) async fn token_request(
        &mut self,
        request: &TokenRequest<'_>,
    ) -> Result<(Observation, Saved), Halt> {
        let message = self.compose(request)?;
        let asked_scope = message
            .value("scope")
            .map(|scope| String::from_utf8_lossy(&scope).into_owned());
        let asked_scope = asked_scope.or_else(|| self.granted_scope(request));
        let exchange = self
            .exchange_message(request.role, request.client, &message)
            .await?;
        let mut seen = observe::observation(&exchange, &message, asked_scope);
        seen.had_authorization = message.authorization.is_some();
        let saved = self.save_tokens(&seen, request);
        Ok((seen, saved))
    }

    /// The scope that silence means (RFC 6749 §5.1, §6): what was granted before.
    fn granted_scope(&self, request: &TokenRequest<'_>) -> Option<String> {
        match request.grant {
            Grant::AuthorizationCode | Grant::RefreshToken => request.credential.scope.clone(),
            Grant::Ciba
            | Grant::ClientCredentials
            | Grant::DeviceCode
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
            let kind = if request.grant == Grant::RefreshToken {
                "refresh_token"
            } else {
                "code"
            };
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

    pub(super) fn own_credentials(&self, client: &Client) -> Credentials {
        Credentials {
            way: Way::Method(client.auth),
            id: client.id.as_bytes().to_vec(),
            secret: secret_octets(client),
            assertion: self.draft(client, &client.id, client.auth),
        }
    }

    fn changed_credentials(
        &self,
        own: &'r Client,
        change: &Authenticate,
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
            ..self.own_credentials(client)
        };
        if let Some(id) = &change.id {
            credentials.id = self.values.render(id)?.bytes;
        }
        if let Some(secret) = &change.secret {
            credentials.secret = self.values.render(secret)?.bytes;
        }
        if let Way::Method(method) = way {
            let id = String::from_utf8_lossy(&credentials.id).into_owned();
            credentials.assertion = self.draft(client, &id, method);
        }
        if let (Some(_), Some(draft), Way::Method(AuthMethod::ClientSecretJwt)) =
            (&change.secret, &mut credentials.assertion, way)
        {
            let secret = String::from_utf8_lossy(&credentials.secret).into_owned();
            draft.key.key = SigningKey::from_secret(&crate::secret::Secret::new(secret));
        }
        Ok(credentials)
    }

    /// The usual assertion of a client (RFC 7523 §3), where the method has one.
    fn draft(&self, client: &Client, id: &str, method: AuthMethod) -> Option<AssertionDraft> {
        match method {
            AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt => {}
            AuthMethod::ClientSecretBasic
            | AuthMethod::ClientSecretPost
            | AuthMethod::None
            | AuthMethod::SelfSignedTlsClientAuth
            | AuthMethod::TlsClientAuth => return None,
        }
        let audience = self.runner.target.assertion_audience(client);
        let now = clock::now().as_second() + self.runner.clock_offset();
        // Not of the seed: a server remembers what it saw in an earlier run.
        let jti = format!("{:032x}", rand::random::<u128>());
        let key = client.assertion_key()?;
        let now = u64::try_from(now).unwrap_or(0);
        let kid = key.kid.as_deref();
        let made = jose::client_assertion(id, audience, now, &jti, key.algorithm, kid);
        Some(AssertionDraft {
            header: made.header,
            claims: made.claims,
            key,
            text: None,
        })
    }

    fn put_credentials(
        &self,
        message: &mut Message,
        credentials: &Credentials,
        change: Option<&AssertionChange>,
    ) -> Result<(), Halt> {
        let signed = match (&credentials.assertion, credentials.way) {
            (Some(draft), Way::Method(_)) => Some(self.sign(draft.clone(), change)?),
            (Some(_), Way::IdOnly | Way::Nothing) | (None, _) => None,
        };
        put(message, credentials, signed.as_deref());
        Ok(())
    }

    pub(super) fn sign(
        &self,
        mut draft: AssertionDraft,
        change: Option<&AssertionChange>,
    ) -> Result<Vec<u8>, Halt> {
        let Some(change) = change else {
            return sign_with(
                &draft.header,
                &draft.claims,
                &draft.key.key,
                draft.key.algorithm,
            );
        };
        let before = draft.header.get("alg").cloned();
        self.edit(&mut draft.header, &change.header)?;
        self.edit(&mut draft.claims, &change.claims)?;
        // A header that names another algorithm is signed by that algorithm, where there is one of that name.
        let named = draft
            .header
            .get("alg")
            .filter(|alg| Some(*alg) != before.as_ref());
        let algorithm = named
            .and_then(|alg| alg.as_str()?.parse::<Algorithm>().ok())
            .unwrap_or(draft.key.algorithm);
        let assertion = self.sign_by(&draft, change.sign_with, algorithm)?;
        match &change.text {
            Some(text) => Ok(AtMessage::of_assertion(&self.values, assertion)
                .render(text)?
                .bytes),
            None => Ok(assertion),
        }
    }

    fn sign_by(
        &self,
        draft: &AssertionDraft,
        signer: Option<Signer>,
        algorithm: Algorithm,
    ) -> Result<Vec<u8>, Halt> {
        let (header, claims) = (&draft.header, &draft.claims);
        let unable =
            |why: String| Halt::Inconclusive(format!("the client assertion can't be made: {why}"));
        match signer {
            None | Some(Signer::Own) => {
                // A key that does not fit the algorithm signs with its own: the header lies then.
                let fits = draft.key.key.check(algorithm).is_ok();
                let algorithm = if fits { algorithm } else { draft.key.algorithm };
                sign_with(header, claims, &draft.key.key, algorithm)
            }
            Some(Signer::Fresh) => {
                let key = SigningKey::generate(algorithm).map_err(|why| unable(why.to_string()))?;
                sign_with(header, claims, &key, algorithm)
            }
            Some(Signer::Nothing) => Ok(jose::mint_unsigned(header, claims).into_bytes()),
            Some(Signer::Other) => {
                let other = self.who(Who::Other)?;
                let key = other.assertion_key().ok_or_else(|| {
                    Halt::Skipped(format!("needs a key of client `{}`", other.name))
                })?;
                sign_with(header, claims, &key.key, key.algorithm)
            }
            Some(Signer::PublicKey) => {
                let public = public_key_pem(&draft.key.key).ok_or_else(|| {
                    Halt::Skipped("needs a client with an asymmetric key".to_owned())
                })?;
                let key = SigningKey::from_secret(&crate::secret::Secret::new(public));
                sign_with(header, claims, &key, algorithm)
            }
        }
    }

    fn edit(
        &self,
        object: &mut serde_json::Map<String, serde_json::Value>,
        members: &Members,
    ) -> Result<(), Halt> {
        for name in &members.remove {
            object.remove(name.as_str());
        }
        for (name, value) in members.set.iter() {
            let (name, value) = (self.values.text(name)?, self.values.text(value)?);
            let value = serde_json::from_str(&value).unwrap_or(serde_json::Value::String(value));
            object.insert(name, value);
        }
        Ok(())
    }
}

fn sign_with(
    header: &jose::Members,
    claims: &jose::Members,
    key: &SigningKey,
    algorithm: Algorithm,
) -> Result<Vec<u8>, Halt> {
    jose::mint(header, claims, key, algorithm)
        .map(String::into_bytes)
        .map_err(|why| Halt::Inconclusive(format!("the client assertion can't be made: {why}")))
}

fn public_key_pem(_: &SigningKey) -> Option<String> {
    None
}

fn secret_octets(client: &Client) -> Vec<u8> {
    client
        .secret
        .as_ref()
        .map(|secret| secret.reveal().as_bytes().to_vec())
        .unwrap_or_default()
}

/// The parameters of the unchanged request, those that are secrets marked as such.
fn decoded(message: &Message) -> BTreeMap<String, Rendered> {
    let mut values = BTreeMap::new();
    for pair in &message.pairs {
        let name =
            String::from_utf8_lossy(&crate::wire::form::decode_component(&pair.name)).into_owned();
        let kind = match name.as_str() {
            "client_secret" => Some("client_secret"),
            "code" => Some("code"),
            "refresh_token" => Some("refresh_token"),
            "client_assertion" => Some("client_assertion"),
            "password" => Some("password"),
            "code_verifier" => Some("code_verifier"),
            _ => None,
        };
        values.entry(name).or_insert(Rendered {
            bytes: pair.decoded_value(),
            secret: kind,
        });
    }
    values
}
