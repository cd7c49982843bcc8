//! Client credentials of one request, the assertion among them (RFC 6749 §2.3, RFC 7523 §3).

use std::cell::OnceCell;

use super::halt::Halt;
use super::saved::AtMessage;
use super::session::Session;
use crate::jose::{self, Algorithm, SigningKey};
use crate::judge::RenderText as _;
use crate::probe::credentials::{AssertionDraft, Credentials, Way, method_named, put};
use crate::probe::message::Message;
use crate::suite::change::{AssertionChange, Authenticate, Members, Signer, Who};
use crate::target::Client;
use crate::template::RenderProblem;
use crate::vocabulary::AuthMethod;

/// What is new in every assertion of one request, and the first one that was signed.
#[derive(Debug)]
pub(super) struct Material {
    /// Seconds since 1970, by the target's clock.
    now: u64,
    /// The identifier of the assertion (RFC 7519 §4.1.7).
    jti: String,
    signed: OnceCell<Signed>,
}

/// An assertion, and what it was made of.
#[derive(Debug)]
struct Signed {
    header: jose::Members,
    claims: jose::Members,
    key: SigningKey,
    algorithm: Algorithm,
    octets: Vec<u8>,
}

impl Signed {
    fn is_of(&self, draft: &AssertionDraft, algorithm: Algorithm) -> bool {
        self.algorithm == algorithm
            && self.key.is_clone_of(&draft.key.key)
            && self.header == draft.header
            && self.claims == draft.claims
    }
}

impl<'r> Session<'r> {
    /// What is new in every assertion of one request.
    pub(super) fn material(&self) -> Material {
        Material {
            now: u64::try_from(self.runner.now()).unwrap_or(0),
            // Not of the seed: a server remembers what it saw in an earlier run.
            jti: format!("{:032x}", rand::random::<u128>()),
            signed: OnceCell::new(),
        }
    }

    /// The registered credentials of a client.
    pub(super) fn own_credentials(&self, client: &Client, material: &Material) -> Credentials {
        Credentials {
            way: Way::Method(client.auth),
            id: client.id.as_bytes().to_vec(),
            secret: secret_octets(client),
            assertion: self.draft(client, &client.id, client.auth, material),
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
            let secret = String::from_utf8_lossy(&credentials.secret).into_owned();
            draft.key.key = SigningKey::from_secret(&crate::secret::Secret::new(secret));
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
            (Some(draft), Way::Method(_)) => Some(self.sign(draft.clone(), change, material)?),
            (Some(_), Way::IdOnly | Way::Nothing) | (None, _) => None,
        };
        put(message, credentials, signed.as_deref());
        Ok(())
    }

    /// A JWT made anew: where nothing is left changed, it is the original.
    pub(super) fn signed_anew(
        &self,
        draft: AssertionDraft,
        change: &AssertionChange,
        original: &str,
    ) -> Result<Vec<u8>, Halt> {
        let material = self.material();
        let _the_first = material.signed.set(Signed {
            header: draft.header.clone(),
            claims: draft.claims.clone(),
            key: draft.key.key.clone(),
            algorithm: draft.key.algorithm,
            octets: original.as_bytes().to_vec(),
        });
        self.sign(draft, Some(change), &material)
    }

    /// The signed assertion, changed before or after the signature.
    fn sign(
        &self,
        mut draft: AssertionDraft,
        change: Option<&AssertionChange>,
        material: &Material,
    ) -> Result<Vec<u8>, Halt> {
        let Some(change) = change else {
            return own_signature(&draft, draft.key.algorithm, material);
        };
        let before = draft.header.get("alg").cloned();
        let kept = match change.sign_with {
            Some(Signer::Kept) => Some(own_signature(&draft, draft.key.algorithm, material)?),
            Some(
                Signer::Fresh | Signer::Nothing | Signer::Other | Signer::Own | Signer::PublicKey,
            )
            | None => None,
        };
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
        let assertion = match kept {
            Some(kept) => jose::with_signature_of(&draft.header, &draft.claims, &kept),
            None => self.sign_by(&draft, change.sign_with, algorithm, material)?,
        };
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
        material: &Material,
    ) -> Result<Vec<u8>, Halt> {
        let (header, claims) = (&draft.header, &draft.claims);
        let unable =
            |why: String| Halt::Inconclusive(format!("the assertion can't be made: {why}"));
        match signer {
            None | Some(Signer::Own | Signer::Kept) => {
                // A key that does not fit the algorithm signs with its own: the header lies then.
                let fits = draft.key.key.check(algorithm).is_ok();
                let algorithm = if fits { algorithm } else { draft.key.algorithm };
                own_signature(draft, algorithm, material)
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
                let public = draft.key.key.public_pem().ok_or_else(|| {
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

/// The assertion signed with its client's own key. What was signed before is not signed again: the signatures of some
/// algorithms are random, and the probe is to differ from its control in nothing but the change.
fn own_signature(
    draft: &AssertionDraft,
    algorithm: Algorithm,
    material: &Material,
) -> Result<Vec<u8>, Halt> {
    if let Some(signed) = material.signed.get()
        && signed.is_of(draft, algorithm)
    {
        return Ok(signed.octets.clone());
    }
    let octets = sign_with(&draft.header, &draft.claims, &draft.key.key, algorithm)?;
    let _already_signed = material.signed.set(Signed {
        header: draft.header.clone(),
        claims: draft.claims.clone(),
        key: draft.key.key.clone(),
        algorithm,
        octets: octets.clone(),
    });
    Ok(octets)
}

fn sign_with(
    header: &jose::Members,
    claims: &jose::Members,
    key: &SigningKey,
    algorithm: Algorithm,
) -> Result<Vec<u8>, Halt> {
    jose::mint(header, claims, key, algorithm)
        .map(String::into_bytes)
        .map_err(|why| Halt::Inconclusive(format!("the assertion can't be made: {why}")))
}

fn secret_octets(client: &Client) -> Vec<u8> {
    client
        .secret
        .as_ref()
        .map(|secret| secret.reveal().as_bytes().to_vec())
        .unwrap_or_default()
}
