//! Client assertions, good ones and those that a change spoils (RFC 7523 §3).

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::halt::Halt;
use super::saved::AtMessage;
use super::session::Session;
use crate::jose::{self, Algorithm, KeyError, KeyType, SigningKey};
use crate::judge::RenderText as _;
use crate::probe::credentials::AssertionDraft;
use crate::suite::change::{AssertionChange, Embedded, Members, Signer, Who};
use crate::suite::text::Text;
use crate::target::ClientKey;
use crate::x509::mint::of_key;
use crate::x509::thumbprint;

/// What is new in every assertion of one request, and the first one that was signed.
#[derive(Debug)]
pub(super) struct Material {
    /// Seconds since 1970, by the target's clock.
    pub(super) now: u64,
    /// The identifier of the assertion (RFC 7519 §4.1.7).
    pub(super) jti: String,
    signed: OnceCell<Signed>,
    /// SAML assertions that were made with it, by their subjects.
    saml: RefCell<BTreeMap<String, String>>,
}

impl Material {
    /// New material. It is not of the seed: a server remembers what it saw in an earlier run.
    pub(super) fn new(now: u64) -> Self {
        Self {
            now,
            jti: format!("{:032x}", rand::random::<u128>()),
            signed: OnceCell::new(),
            saml: RefCell::default(),
        }
    }
}

impl Material {
    /// The SAML assertion about this subject. It is made once: signatures may be random, and the probe is to differ from its
    /// control in nothing but the change.
    pub(super) fn saml(
        &self,
        subject: &str,
        make: impl FnOnce() -> Result<String, Halt>,
    ) -> Result<String, Halt> {
        let made = self.saml.borrow().get(subject).cloned();
        if let Some(made) = made {
            return Ok(made);
        }
        let made = make()?;
        self.saml
            .borrow_mut()
            .insert(subject.to_owned(), made.clone());
        Ok(made)
    }
}

/// An assertion, and what it was made of.
#[derive(Debug)]
struct Signed {
    header: jose::Members,
    claims: jose::Members,
    by: By,
    octets: Vec<u8>,
}

impl Signed {
    fn is_of(&self, draft: &AssertionDraft, by: &By) -> bool {
        self.by.algorithm == by.algorithm
            && self.by.key.is_clone_of(&by.key)
            && self.header == draft.header
            && self.claims == draft.claims
    }
}

/// What signs.
#[derive(Clone, Debug)]
struct By {
    key: SigningKey,
    algorithm: Algorithm,
}

impl By {
    /// The key and the algorithm of the good assertion.
    fn own(draft: &AssertionDraft) -> Self {
        Self {
            key: draft.key.key.clone(),
            algorithm: draft.key.algorithm,
        }
    }
}

impl Session<'_> {
    /// A JWT made anew: where nothing is left changed, it is the original.
    pub(super) fn signed_anew(
        &self,
        draft: AssertionDraft,
        change: &AssertionChange,
        original: &str,
    ) -> Result<Vec<u8>, Halt> {
        let material = self.material();
        let by = By::own(&draft);
        let _the_first = material.signed.set(Signed {
            header: draft.header.clone(),
            claims: draft.claims.clone(),
            by,
            octets: original.as_bytes().to_vec(),
        });
        self.sign(draft, Some(change), &material)
    }

    /// The signed assertion, changed before or after the signature.
    pub(super) fn sign(
        &self,
        mut draft: AssertionDraft,
        change: Option<&AssertionChange>,
        material: &Material,
    ) -> Result<Vec<u8>, Halt> {
        let Some(change) = change else {
            return signed_once(&draft, &By::own(&draft), material);
        };
        let kept = match change.sign_with {
            Some(Signer::Kept) => Some(signed_once(&draft, &By::own(&draft), material)?),
            Some(
                Signer::Client
                | Signer::Fresh
                | Signer::Nothing
                | Signer::Other
                | Signer::Own
                | Signer::PublicKey,
            )
            | None => None,
        };
        let before = draft.header.get("alg").cloned();
        if let Some(name) = &change.published {
            let key = self.named_key(name.as_str())?;
            let kid = key.kid.unwrap_or_default();
            draft.header.insert("kid".to_owned(), kid.into());
        }
        if change.sign_with == Some(Signer::Client) {
            let key = self.key_of(Who::Own)?;
            draft
                .header
                .insert("alg".to_owned(), key.algorithm.name().into());
            draft.header.remove("kid");
            draft
                .header
                .extend(key.kid.map(|kid| ("kid".to_owned(), kid.into())));
        }
        self.edit(&mut draft.header, &change.header)?;
        self.edit(&mut draft.claims, &change.claims)?;
        let by = self.signer(&draft, change, before.as_ref())?;
        if let (Some(embedded), Some(by)) = (change.embed, &by) {
            self.embed(&mut draft, embedded, &by.key)?;
        }
        let assertion = match (kept, by) {
            (Some(kept), _) => jose::with_signature_of(&draft.header, &draft.claims, &kept),
            (None, Some(by)) if !has_segments(change) => signed_once(&draft, &by, material)?,
            (None, by) => self.sign_segments(&draft, change, by)?,
        };
        match &change.text {
            Some(text) => self.with_source("assertion", assertion, text),
            None => Ok(assertion),
        }
    }

    /// The text, with one more source.
    fn with_source(&self, name: &str, value: Vec<u8>, text: &Text) -> Result<Vec<u8>, Halt> {
        let scope = AtMessage::of_assertion(&self.values, name, value);
        Ok(scope.render(text)?.bytes)
    }

    /// Who signs, and by which algorithm; `None`: nobody.
    fn signer(
        &self,
        draft: &AssertionDraft,
        change: &AssertionChange,
        before: Option<&Value>,
    ) -> Result<Option<By>, Halt> {
        let unable =
            |why: String| Halt::Inconclusive(format!("the assertion can't be made: {why}"));
        // A header that names another algorithm is signed by that algorithm, where there is one of that name.
        let alg = draft.header.get("alg").filter(|alg| Some(*alg) != before);
        let named = alg.and_then(|alg| alg.as_str()?.parse::<Algorithm>().ok());
        let told = match &change.algorithm {
            Some(text) => {
                let told = self.values.text(text)?.parse::<Algorithm>();
                Some(told.map_err(|why| unable(why.to_string()))?)
            }
            None => None,
        };
        let algorithm = told.or(named).unwrap_or(draft.key.algorithm);
        let hmac = |key: SigningKey| {
            let fits = key.check(algorithm).is_ok();
            let algorithm = if fits { algorithm } else { Algorithm::Hs256 };
            Ok(Some(By { key, algorithm }))
        };
        if let Some(text) = &change.hmac_key {
            return hmac(SigningKey::from_octets(&self.values.render(text)?.bytes));
        }
        if let Some(name) = &change.published {
            let key = self.named_key(name.as_str())?.key;
            let fits = key.check(algorithm).is_ok();
            let algorithm = if fits { algorithm } else { draft.key.algorithm };
            return Ok(Some(By { key, algorithm }));
        }
        let of_client = |who: Who| {
            let ClientKey { key, algorithm, .. } = self.key_of(who)?;
            Ok(Some(By { key, algorithm }))
        };
        match change.sign_with {
            None | Some(Signer::Own | Signer::Kept) => {
                // A key that does not fit the algorithm signs with its own: the header lies then.
                let key = draft.key.key.clone();
                let fits = key.check(algorithm).is_ok();
                let algorithm = if fits { algorithm } else { draft.key.algorithm };
                Ok(Some(By { key, algorithm }))
            }
            Some(Signer::Fresh) => {
                let key = fresh(algorithm).map_err(|why| unable(why.to_string()))?;
                Ok(Some(By { key, algorithm }))
            }
            Some(Signer::Nothing) => Ok(None),
            Some(Signer::Client) => of_client(Who::Own),
            Some(Signer::Other) => of_client(Who::Other),
            Some(Signer::PublicKey) => {
                let public = draft.key.key.public_pem().ok_or_else(|| {
                    Halt::Skipped("needs a client with an asymmetric key".to_owned())
                })?;
                hmac(SigningKey::from_octets(public.as_bytes()))
            }
        }
    }

    /// The key of a client's assertions.
    pub(super) fn key_of(&self, who: Who) -> Result<ClientKey, Halt> {
        let client = self.who(who)?;
        let key = client.assertion_key();
        key.ok_or_else(|| Halt::Skipped(format!("needs a key of client `{}`", client.name)))
    }

    /// An assertion from segments that are no ordinary ones, or without a signature.
    fn sign_segments(
        &self,
        draft: &AssertionDraft,
        change: &AssertionChange,
        by: Option<By>,
    ) -> Result<Vec<u8>, Halt> {
        let part = |name: &str, members: &jose::Members, text: &Option<Text>| {
            let good = Value::Object(members.clone()).to_string().into_bytes();
            match text {
                Some(text) => self.with_source(name, good, text),
                None => Ok(good),
            }
        };
        let encoded = |octets: Vec<u8>, text: &Option<Text>| {
            let good = jose::encode_segment(&octets).into_bytes();
            match text {
                Some(text) => self.with_source("segment", good, text),
                None => Ok(good),
            }
        };
        let header = part("header", &draft.header, &change.header_text)?;
        let header = encoded(header, &change.header_segment)?;
        let claims = part("claims", &draft.claims, &change.claims_text)?;
        let claims = encoded(claims, &change.claims_segment)?;
        match by {
            Some(by) => jose::mint_segments(&header, &claims, &by.key, by.algorithm)
                .map_err(|why| Halt::Inconclusive(format!("the assertion can't be made: {why}"))),
            None => Ok([&header, b".".as_slice(), &claims, b"."].concat()),
        }
    }

    /// Puts the public half of the signing key, or a certificate, into the header.
    fn embed(
        &self,
        draft: &mut AssertionDraft,
        embedded: Embedded,
        key: &SigningKey,
    ) -> Result<(), Halt> {
        let asymmetric = || Halt::Skipped("needs an asymmetric key".to_owned());
        let now = self.runner.now();
        let certificate = |key| of_key(key, "tokenspec", now).ok_or_else(asymmetric);
        let mut chain = |all: &[Vec<u8>]| {
            let all = all
                .iter()
                .map(|der| Value::from(BASE64_STANDARD.encode(der)));
            draft.header.insert("x5c".to_owned(), all.collect());
        };
        match embedded {
            Embedded::Jwk | Embedded::JwkWithKid => {
                let mut jwk = key.public_jwk().ok_or_else(asymmetric)?;
                if embedded == Embedded::JwkWithKid
                    && let Some(kid) = draft.header.remove("kid")
                {
                    jwk.insert("kid".to_owned(), kid);
                }
                draft.header.insert("jwk".to_owned(), Value::Object(jwk));
            }
            Embedded::X5c => chain(&[certificate(key)?]),
            Embedded::X5cBeforeOwn => chain(&[certificate(key)?, certificate(&draft.key.key)?]),
            Embedded::X5tOfOwn => {
                let der = certificate(&draft.key.key)?;
                let sha1 = digest(&SHA1_FOR_LEGACY_USE_ONLY, &der);
                let sha1 = jose::encode_segment(sha1.as_ref());
                draft.header.insert("x5t".to_owned(), sha1.into());
                let sha256 = thumbprint(&der);
                draft.header.insert("x5t#S256".to_owned(), sha256.into());
            }
        }
        Ok(())
    }

    pub(super) fn edit(&self, object: &mut jose::Members, members: &Members) -> Result<(), Halt> {
        for name in &members.remove {
            object.remove(name.as_str());
        }
        for (name, value) in members.set.iter() {
            let (name, value) = (self.values.text(name)?, self.values.text(value)?);
            let value = serde_json::from_str(&value).unwrap_or(Value::String(value));
            object.insert(name, value);
        }
        Ok(())
    }
}

/// A key that no server knows. One of RSA takes long to make, and one is as unknown as another.
pub(super) fn fresh(algorithm: Algorithm) -> Result<SigningKey, KeyError> {
    static RSA: LazyLock<Result<SigningKey, KeyError>> =
        LazyLock::new(|| SigningKey::generate(Algorithm::Rs256));
    if algorithm.key_type() == KeyType::Rsa {
        return RSA.clone();
    }
    SigningKey::generate(algorithm)
}

/// Whether header or claims are no ordinary JSON, or not encoded in the ordinary way.
const fn has_segments(change: &AssertionChange) -> bool {
    change.header_text.is_some()
        || change.claims_text.is_some()
        || change.header_segment.is_some()
        || change.claims_segment.is_some()
}

/// The signed assertion. What was signed before is not signed again: the signatures of some algorithms are random, and the
/// probe is to differ from its control in nothing but the change.
fn signed_once(draft: &AssertionDraft, by: &By, material: &Material) -> Result<Vec<u8>, Halt> {
    if let Some(signed) = material.signed.get()
        && signed.is_of(draft, by)
    {
        return Ok(signed.octets.clone());
    }
    let octets = jose::mint(&draft.header, &draft.claims, &by.key, by.algorithm)
        .map(String::into_bytes)
        .map_err(|why| Halt::Inconclusive(format!("the assertion can't be made: {why}")))?;
    let _already_signed = material.signed.set(Signed {
        header: draft.header.clone(),
        claims: draft.claims.clone(),
        by: by.clone(),
        octets: octets.clone(),
    });
    Ok(octets)
}
