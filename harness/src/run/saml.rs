//! SAML assertions, good ones and those that a change spoils (RFC 7522 §3).

use super::assertion::Material;
use super::halt::Halt;
use super::saved::AtMessage;
use super::session::Session;
use crate::jose::{Algorithm, KeyType, SigningKey};
use crate::judge::RenderText as _;
use crate::probe::message::Message;
use crate::saml::assertion::{Claims, assertion};
use crate::saml::element::{Element, Node};
use crate::saml::signature::{self, Signing, signature};
use crate::saml::{decode, encode};
use crate::suite::change::{Signer, Who};
use crate::suite::ordered::Pairs;
use crate::suite::saml::{SamlChange, SamlKeyInfo, SamlReference};
use crate::suite::text::Text;
use crate::target::SamlIssuer;

/// Parts of an assertion under the names that templates have for them.
type Parts = Vec<(&'static str, String)>;

impl Session<'_> {
    /// A fresh assertion of the issuer that the target trusts: a grant (RFC 7522 §2.1).
    pub(super) fn saml_assertion(&self) -> Result<String, Halt> {
        self.saml_assertion_about(&self.saml_issuer()?.subject)
    }

    /// An assertion about a client, which authenticates it (RFC 7522 §2.2, §3 item 3).
    pub(super) fn saml_client_assertion(
        &self,
        id: &[u8],
        material: &Material,
    ) -> Result<Vec<u8>, Halt> {
        let id = String::from_utf8_lossy(id);
        let made = material.saml(&id, || self.saml_assertion_about(&id))?;
        Ok(made.into_bytes())
    }

    fn saml_assertion_about(&self, subject: &str) -> Result<String, Halt> {
        let issuer = self.saml_issuer()?;
        // Not of the seed: a server remembers what it saw in an earlier run.
        let id = format!("_{:032x}", rand::random::<u128>());
        let made = assertion(&Claims {
            id: &id,
            issuer: &issuer.issuer,
            subject,
            audience: &issuer.audience,
            recipient: &self.runner.target.token_endpoint.to_string(),
            now: self.runner.now(),
        });
        let key_info = issuer
            .certificate
            .first()
            .map(|der| signature::certificate(der));
        let signing = Signing {
            key: &issuer.key.key,
            reference: SamlReference::Assertion,
            transform: String::new(),
            key_info: key_info.unwrap_or_default(),
        };
        let signed = enveloped(&made, Some(signed(&made, &signing)?));
        Ok(encode(signed.as_bytes()))
    }

    /// Makes the assertion in a parameter anew.
    pub(super) fn change_saml(
        &self,
        message: &mut Message,
        name: &str,
        change: &SamlChange,
    ) -> Result<(), Halt> {
        let value = message.value(name).unwrap_or_default();
        let document = decode(&value).and_then(|xml| Element::parse(&xml));
        let Some(mut good) = document else {
            return Err(Halt::Skipped(format!("needs a SAML assertion as `{name}`")));
        };
        let original = good.replace("Signature", None).map(|it| it.to_xml());
        let mut changed = good.clone();
        self.edit_saml(
            &mut changed,
            (&change.set, &change.remove, &change.xml),
            &Vec::new(),
        )?;
        let signature = self.saml_signature(&good, &changed, original, change)?;
        let mut parts = vec![
            ("assertion", enveloped(&changed, signature.clone())),
            ("unsigned", changed.to_xml()),
            ("signature", signature.unwrap_or_default()),
            (
                "assertion_id",
                changed.attribute("ID").unwrap_or_default().to_owned(),
            ),
        ];
        if let Some(edit) = &change.forge {
            let mut forged = good.clone();
            forged.set_attribute("ID", format!("_{:032x}", rand::random::<u128>()));
            self.edit_saml(&mut forged, (&edit.set, &edit.remove, &edit.xml), &parts)?;
            parts.push(("forged", forged.to_xml()));
        }
        let document = match &change.document {
            Some(text) => self.with_parts(text, &parts)?,
            None => parts
                .first()
                .map(|(_, xml)| xml.clone().into_bytes())
                .unwrap_or_default(),
        };
        let encoded = encode(&document);
        let made = match &change.text {
            Some(text) => {
                parts.push(("document", String::from_utf8_lossy(&document).into_owned()));
                parts.push(("encoded", encoded));
                self.with_parts(text, &parts)?
            }
            None => encoded.into_bytes(),
        };
        message.set(name.as_bytes(), &made);
        Ok(())
    }

    fn saml_issuer(&self) -> Result<&SamlIssuer, Halt> {
        let issuer = self.runner.target.assertions.saml2_bearer.as_ref();
        issuer.ok_or_else(|| {
            Halt::Skipped(
                "needs an issuer of assertions: set `assertions.saml2_bearer` in the target file"
                    .to_owned(),
            )
        })
    }

    fn with_parts(&self, text: &Text, parts: &Parts) -> Result<Vec<u8>, Halt> {
        let scope = AtMessage::of_parts(&self.values, parts);
        Ok(scope.render(text)?.bytes)
    }

    /// Changes what an assertion says. A name is that of an element, or of an attribute behind its element and a dot.
    fn edit_saml(
        &self,
        root: &mut Element,
        (set, remove, xml): (&Pairs, &[Text], &Pairs),
        parts: &Parts,
    ) -> Result<(), Halt> {
        let absent = |name: &str| Halt::Skipped(format!("the assertion has no {name}"));
        for (name, value) in set.iter() {
            let (name, value) = (self.values.text(name)?, self.with_parts(value, parts)?);
            let value = String::from_utf8_lossy(&value).into_owned();
            let (element, attribute) = split(&name);
            let element = root.find_mut(element).ok_or_else(|| absent(&name))?;
            match attribute {
                Some(attribute) => element.set_attribute(attribute, value),
                None => element.children = vec![Node::Text(value)],
            }
        }
        for name in remove {
            let name = self.values.text(name)?;
            match split(&name) {
                (element, Some(attribute)) => {
                    let element = root.find_mut(element).ok_or_else(|| absent(&name))?;
                    element.attributes.retain(|(own, _)| own != attribute);
                }
                (element, None) => {
                    root.replace(element, None).ok_or_else(|| absent(&name))?;
                }
            }
        }
        for (name, text) in xml.iter() {
            let name = self.values.text(name)?;
            let before = root.find_mut(&name).ok_or_else(|| absent(&name))?.to_xml();
            let mut parts = parts.clone();
            parts.push(("xml", before));
            let made = self.with_parts(text, &parts)?;
            let made = Node::Raw(String::from_utf8_lossy(&made).into_owned());
            root.replace(&name, Some(made))
                .ok_or_else(|| absent(&name))?;
        }
        Ok(())
    }

    /// The signature of the changed assertion; that of the good one, where nothing that is signed was changed.
    fn saml_signature(
        &self,
        good: &Element,
        changed: &Element,
        original: Option<String>,
        change: &SamlChange,
    ) -> Result<Option<String>, Halt> {
        let key = match change.sign_with {
            Some(Signer::Nothing) => return Ok(None),
            Some(Signer::Kept) => return Ok(original),
            None | Some(Signer::Own) => {
                let is_as_before = change.reference.is_none()
                    && change.key_info.is_none()
                    && change.transform.is_none();
                if is_as_before && good == changed {
                    return Ok(original);
                }
                self.saml_issuer()?.key.key.clone()
            }
            Some(signer @ (Signer::Client | Signer::Fresh | Signer::Other | Signer::PublicKey)) => {
                self.foreign_key(signer)?
            }
        };
        let issuer = self.saml_issuer()?;
        let key_info = match change.key_info.unwrap_or_default() {
            SamlKeyInfo::Certificate => issuer
                .certificate
                .first()
                .map(|der| signature::certificate(der)),
            SamlKeyInfo::Nothing => None,
            SamlKeyInfo::Signer => signature::key_value(&key),
        };
        let transform = match &change.transform {
            Some(text) => self.values.text(text)?,
            None => String::new(),
        };
        let signing = Signing {
            key: &key,
            reference: change.reference.unwrap_or_default(),
            transform,
            key_info: key_info.unwrap_or_default(),
        };
        signed(changed, &signing).map(Some)
    }

    /// A key that is not the issuer's, or not one to sign with.
    fn foreign_key(&self, signer: Signer) -> Result<SigningKey, Halt> {
        let issuer = self.saml_issuer()?;
        let own = &issuer.key.key;
        let skipped = |why: &str| Halt::Skipped(why.to_owned());
        match signer {
            Signer::Client => Ok(self.key_of(Who::Own)?.key),
            Signer::Other => {
                let other = self.runner.target.assertions.jwt_bearer.as_ref();
                let other = other.map(|other| other.key.key.clone());
                let other = other.filter(|key| key.public_der() != own.public_der());
                other.ok_or_else(|| {
                    skipped("needs the key of another issuer: set `assertions.jwt_bearer`")
                })
            }
            Signer::PublicKey => own
                .public_pem()
                .map(|pem| SigningKey::from_octets(pem.as_bytes()))
                .ok_or_else(|| skipped("needs an issuer with an asymmetric key")),
            Signer::Fresh | Signer::Kept | Signer::Nothing | Signer::Own => {
                let algorithm = match own.key_type() {
                    KeyType::Rsa => Algorithm::Rs256,
                    KeyType::Ed25519
                    | KeyType::Octets
                    | KeyType::P256
                    | KeyType::P384
                    | KeyType::P521 => Algorithm::Es256,
                };
                super::assertion::fresh(algorithm)
                    .map_err(|why| Halt::Inconclusive(format!("no key can be made: {why}")))
            }
        }
    }
}

fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once('.') {
        Some((element, attribute)) => (element, Some(attribute)),
        None => (name, None),
    }
}

fn signed(assertion: &Element, signing: &Signing<'_>) -> Result<String, Halt> {
    let id = assertion.attribute("ID").unwrap_or_default();
    signature(id, &assertion.to_xml(), signing)
        .map_err(|why| Halt::Inconclusive(format!("the assertion can't be made: {why}")))
}

/// The assertion with its signature behind the issuer (SAML Core §2.3.3).
fn enveloped(assertion: &Element, signature: Option<String>) -> String {
    let mut assertion = assertion.clone();
    if let Some(signature) = signature {
        assertion.insert_behind("Issuer", signature);
    }
    assertion.to_xml()
}
