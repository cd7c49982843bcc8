//! Keys and certificates that a case names, made when they are first named.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::halt::Halt;
use super::session::Session;
use crate::jose::{Algorithm, Members, SigningKey};
use crate::target::{Certificate, Client, ClientKey};
use crate::x509::mint::{Minted, of_certificate};

/// The keys of a variant, by their names.
#[derive(Debug, Default)]
pub(super) struct NamedKeys {
    keys: Mutex<BTreeMap<String, ClientKey>>,
    certificates: Mutex<BTreeMap<String, Arc<Minted>>>,
}

impl Session<'_> {
    /// The key of this name, which signs as the client's own does.
    pub(super) fn named_key(&self, name: &str) -> Result<ClientKey, Halt> {
        let keys = self.named.keys.lock();
        let mut keys = keys.unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = keys.get(name) {
            return Ok(key.clone());
        }
        let own = self.values.client.and_then(Client::assertion_key);
        let algorithm = own.map_or(Algorithm::Es256, |own| own.algorithm);
        let key = SigningKey::generate(algorithm).map_err(|why| unable(&why))?;
        let made = ClientKey {
            key,
            algorithm,
            kid: Some(format!("{name}-{:016x}", rand::random::<u64>())),
        };
        keys.insert(name.to_owned(), made.clone());
        Ok(made)
    }

    /// The self-signed certificate of this name, with the names of the client's own.
    pub(super) fn named_certificate(
        &self,
        name: &str,
        template: &Certificate,
    ) -> Result<Arc<Minted>, Halt> {
        let made = self.named.certificates.lock();
        let mut made = made.unwrap_or_else(PoisonError::into_inner);
        if let Some(certificate) = made.get(name) {
            return Ok(Arc::clone(certificate));
        }
        let leaf = template.chain().first().map(AsRef::as_ref);
        let leaf = leaf.unwrap_or_default();
        let certificate = of_certificate(leaf, self.runner.now()).map_err(|why| unable(&why))?;
        let certificate = Arc::new(certificate);
        made.insert(name.to_owned(), Arc::clone(&certificate));
        Ok(certificate)
    }

    /// The JWK of a key that a case names: that of a certificate, for a client that is known by its own.
    pub(super) fn named_jwk(&self, name: &str, client: &Client) -> Result<Members, Halt> {
        let own = name == "self";
        if let Some(certificate) = client
            .certificate
            .as_ref()
            .filter(|_| client.auth.uses_certificate())
        {
            if own {
                return of_chain(certificate.chain(), certificate.key().secret_der());
            }
            let made = self.named_certificate(name, certificate)?;
            return of_chain(&made.chain, made.key.secret_der());
        }
        let key = if own {
            let missing = || Halt::Skipped(format!("needs a key of client `{}`", client.name));
            client.assertion_key().ok_or_else(missing)?
        } else {
            self.named_key(name)?
        };
        of_key(&key)
    }
}

/// The set of the client's own keys: what is shown at its `jwks_uri` as long as no case shows something else.
pub(super) fn own_jwk(client: &Client) -> Option<Members> {
    let certificate = client.certificate.as_ref();
    match certificate.filter(|_| client.auth.uses_certificate()) {
        Some(certificate) => of_chain(certificate.chain(), certificate.key().secret_der()).ok(),
        None => of_key(&client.assertion_key()?).ok(),
    }
}

/// The text of a JWK set (RFC 7517 section 5).
pub(super) fn set(keys: Vec<Members>) -> Vec<u8> {
    let keys: Vec<Value> = keys.into_iter().map(Value::Object).collect();
    json!({ "keys": keys }).to_string().into_bytes()
}

fn of_key(key: &ClientKey) -> Result<Members, Halt> {
    let asymmetric = || Halt::Skipped("needs an asymmetric key".to_owned());
    let mut jwk = key.key.public_jwk().ok_or_else(asymmetric)?;
    let mut put = |name: &str, value: &str| jwk.insert(name.to_owned(), value.into());
    put("use", "sig");
    put("alg", key.algorithm.name());
    if let Some(kid) = &key.kid {
        put("kid", kid);
    }
    Ok(jwk)
}

/// The JWK of a certificate's key, with the certificate in it (RFC 8705 section 2.2.2).
fn of_chain<C: AsRef<[u8]>>(chain: &[C], key: &[u8]) -> Result<Members, Halt> {
    use base64::Engine as _;
    let key = SigningKey::from_der(key).ok_or_else(|| unable(&"its key is of no known type"))?;
    let mut jwk = key
        .public_jwk()
        .ok_or_else(|| unable(&"its key is symmetric"))?;
    let engine = base64::prelude::BASE64_STANDARD;
    let chain: Value = chain.iter().map(|der| engine.encode(der)).collect();
    jwk.insert("x5c".to_owned(), chain);
    Ok(jwk)
}

fn unable(why: &dyn std::fmt::Display) -> Halt {
    Halt::Inconclusive(format!("the key can't be made: {why}"))
}
