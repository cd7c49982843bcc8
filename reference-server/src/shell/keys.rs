//! Keys that are made or read at start.

use std::collections::BTreeMap;
use std::io;
use std::sync::LazyLock;

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize};

use crate::config::{Config, KeyConfig, Keys};
use crate::jose::algorithm::Algorithm;
use crate::jose::keys::{ClientKeyPair, KeyError, ServerKey, generator};

/// The keys of a configuration can't be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A key of a client can't be used.
    #[error("the key of client `{client}` can't be used: {error}")]
    Client {
        /// The client.
        client: String,
        /// Why.
        error: KeyError,
    },
    /// A key file can't be read.
    #[error("the key of client `{client}` can't be read: {error}")]
    File {
        /// The client.
        client: String,
        /// Why.
        error: io::Error,
    },
    /// The server's own key can't be made.
    #[error("the key of the server can't be made: {0}")]
    Server(#[from] rcgen::Error),
}

/// Makes the key of the server, and makes or reads those of its clients.
pub(super) fn prepare(config: &Config) -> Result<Keys, KeysError> {
    let mut clients = BTreeMap::new();
    for (name, client) in &config.clients {
        if let Some(key) = &client.key {
            clients.insert(name.clone(), of_client(name, key)?);
        }
    }
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    Ok(Keys {
        server: ServerKey::new("server-1", &pair),
        clients,
    })
}

fn of_client(client: &str, config: &KeyConfig) -> Result<ClientKeyPair, KeysError> {
    let client = || client.to_owned();
    let pem = match &config.file {
        None => generate(config.alg)?,
        Some(file) => std::fs::read_to_string(file).map_err(|error| KeysError::File {
            client: client(),
            error,
        })?,
    };
    let pair = |algorithm| {
        ClientKeyPair::from_pem(&pem, algorithm).map_err(|error| KeysError::Client {
            client: client(),
            error,
        })
    };
    for algorithm in &config.also {
        pair(*algorithm)?;
    }
    pair(config.alg)
}

/// A new key pair. One of RSA takes long to make, so that it is made once and shared by all servers of
/// the process.
fn generate(algorithm: Algorithm) -> Result<String, rcgen::Error> {
    static RSA: LazyLock<Result<String, rcgen::Error>> = LazyLock::new(|| {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        Ok(pair.serialize_pem())
    });
    let generator = generator(algorithm);
    if generator == &PKCS_RSA_SHA256 {
        return RSA.clone();
    }
    KeyPair::generate_for(generator).map(|pair| pair.serialize_pem())
}
