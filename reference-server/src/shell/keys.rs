//! Keys that are made or read at start.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use rcgen::{KeyPair, PKCS_RSA_SHA256, RsaKeySize};

use crate::config::{Certificates, ClientConfig, Config, KeyConfig, Keys, SigningKeyConfig};
use crate::jose::algorithm::Algorithm;
use crate::jose::jwk::{JwkError, JwkSet};
use crate::jose::keys::{ClientKeyPair, ServerKey, SigningKeyError, generator};
use crate::jose::public_key::{KeyError, PublicKey};
use crate::registry::ClientKey;

/// The keys of a configuration can't be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A key of a client or of a trusted issuer can't be used.
    #[error("the key of {whose}, {}, can't be used: {error}", .file.display())]
    Client {
        /// Whose.
        whose: String,
        /// The file.
        file: PathBuf,
        /// Why.
        error: KeyError,
    },
    /// A key file can't be read.
    #[error("the file {} of {whose} can't be read: {error}", .file.display())]
    File {
        /// Whose.
        whose: String,
        /// The file.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// No key pair can be made.
    #[error("no key can be made: {0}")]
    Generation(#[from] rcgen::Error),
    /// A JWK set can't be used.
    #[error("the JWK set of client `{client}`, {}, can't be used: {error}", .file.display())]
    JwkSet {
        /// The client.
        client: String,
        /// The file.
        file: PathBuf,
        /// Why.
        error: JwkError,
    },
    /// A key that signs access tokens can't be used.
    #[error("the signing key of {whose}{} can't be used: {error}", of_file(.file.as_deref()))]
    Signing {
        /// Whose.
        whose: String,
        /// The file that it was read from.
        file: Option<PathBuf>,
        /// Why.
        error: SigningKeyError,
    },
    /// The file of a key that signs access tokens can't be read.
    #[error("the signing key of {whose}, {}, can't be read: {error}", .path.display())]
    SigningFile {
        /// Whose.
        whose: String,
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// The file as a part of the sentence, if there is one.
fn of_file(file: Option<&Path>) -> String {
    file.map_or_else(String::new, |file| format!(", {},", file.display()))
}

/// The keys of one client.
#[derive(Default)]
struct OfClient {
    pair: Option<ClientKeyPair>,
    registered: Vec<ClientKey>,
}

/// Makes the key of the server, and makes or reads those of its clients.
pub(super) fn prepare(config: &Config) -> Result<Keys, KeysError> {
    let mut clients = BTreeMap::new();
    let mut registered = BTreeMap::new();
    for (name, client) in &config.clients {
        let keys = of_client(name, client)?;
        if let Some(pair) = keys.pair {
            clients.insert(name.clone(), pair);
        }
        registered.insert(name.clone(), keys.registered);
    }
    let mut issuers = BTreeMap::new();
    let trusted = config.trusted_issuers.iter();
    let trusted = trusted.map(|it| (it.issuer.clone(), it.key.clone()));
    let saml = config
        .saml_issuers
        .iter()
        .map(|it| (it.key_name(), it.key()));
    for (name, key) in trusted.chain(saml) {
        let keys = of_key(&format!("trusted issuer `{name}`"), &key)?;
        if let Some(pair) = keys.pair {
            issuers.insert(name.clone(), pair);
        }
        registered.insert(name, keys.registered);
    }
    let server = match &config.signing_key {
        Some(key) => of_server("the server", key)?,
        None => {
            let pem = generate(Algorithm::Es256)?;
            signing("the server", "server-1", Algorithm::Es256, (None, &pem))?
        }
    };
    let mut managers = BTreeMap::new();
    for manager in &config.access_token_managers {
        if let Some(key) = &manager.signing_key {
            let whose = format!("access token manager `{}`", manager.id);
            managers.insert(manager.id.clone(), of_server(&whose, key)?);
        }
    }
    Ok(Keys {
        certificates: Certificates::default(),
        issuers,
        server,
        managers,
        clients,
        registered,
    })
}

/// A key that signs access tokens.
fn of_server(whose: &str, config: &SigningKeyConfig) -> Result<Arc<ServerKey>, KeysError> {
    let pem = match &config.file {
        None => generate(config.alg)?,
        Some(file) => std::fs::read_to_string(file).map_err(|error| KeysError::SigningFile {
            whose: whose.to_owned(),
            path: file.clone(),
            error,
        })?,
    };
    let file = config.file.as_deref();
    signing(whose, &config.kid.value, config.alg, (file, &pem))
}

fn signing(
    whose: &str,
    kid: &str,
    algorithm: Algorithm,
    (file, pem): (Option<&Path>, &str),
) -> Result<Arc<ServerKey>, KeysError> {
    let bad = |error| KeysError::Signing {
        whose: whose.to_owned(),
        file: file.map(Path::to_owned),
        error,
    };
    let pair = KeyPair::from_pem(pem).map_err(|error| bad(error.into()))?;
    let key = ServerKey::new(kid, algorithm, &pair).map_err(bad)?;
    Ok(Arc::new(key))
}

fn of_client(name: &str, config: &ClientConfig) -> Result<OfClient, KeysError> {
    let whose = format!("client `{name}`");
    let mut keys = match &config.key {
        Some(key) => of_key(&whose, key)?,
        None => OfClient::default(),
    };
    if let Some(file) = &config.jwks {
        let file = &file.value;
        let algorithms: Vec<Algorithm> = config
            .assertion_algorithms
            .iter()
            .map(|algorithm| algorithm.value)
            .collect();
        let set = JwkSet::parse(&read(&whose, file)?, &algorithms).map_err(|error| {
            KeysError::JwkSet {
                client: name.to_owned(),
                file: file.clone(),
                error,
            }
        })?;
        keys.registered.extend(set.keys);
    }
    Ok(keys)
}

fn of_key(whose: &str, config: &KeyConfig) -> Result<OfClient, KeysError> {
    let Some(file) = &config.file else {
        let pem = generate(config.alg.value)?;
        let pair = ClientKeyPair::from_pem(&pem, config.alg.value);
        return Ok(OfClient {
            pair: pair.ok(),
            registered: Vec::new(),
        });
    };
    let unusable = |error| KeysError::Client {
        whose: whose.to_owned(),
        file: file.clone(),
        error,
    };
    let pem = read(whose, file)?;
    let public = PublicKey::from_pem(&pem).map_err(unusable)?;
    let algorithms = || std::iter::once(config.alg.value).chain(config.also.iter().copied());
    for algorithm in algorithms() {
        public.must_fit(algorithm).map_err(unusable)?;
    }
    if pem.contains("PRIVATE KEY-----") {
        let pair = ClientKeyPair::from_pem(&pem, config.alg.value).map_err(unusable)?;
        return Ok(OfClient {
            pair: Some(pair),
            registered: Vec::new(),
        });
    }
    let registered = |algorithm| ClientKey {
        kid: Some(config.kid.clone()),
        algorithm,
        key: public.key.clone(),
        pem: public.pem.clone(),
    };
    Ok(OfClient {
        pair: None,
        registered: algorithms().map(registered).collect(),
    })
}

fn read(whose: &str, file: &Path) -> Result<String, KeysError> {
    std::fs::read_to_string(file).map_err(|error| KeysError::File {
        whose: whose.to_owned(),
        file: file.to_owned(),
        error,
    })
}

/// A new key pair. One of RSA takes long to make, so that it is made once and shared by all servers of
/// the process.
fn generate(algorithm: Algorithm) -> Result<String, rcgen::Error> {
    static RSA: LazyLock<Result<String, rcgen::Error>> = LazyLock::new(|| {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        Ok(pair.serialize_pem())
    });
    let generator = generator(algorithm).ok_or(rcgen::Error::UnsupportedSignatureAlgorithm)?;
    if generator == &PKCS_RSA_SHA256 {
        return RSA.clone();
    }
    KeyPair::generate_for(generator).map(|pair| pair.serialize_pem())
}
