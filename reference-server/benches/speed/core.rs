//! The server without a socket: `respond`, and a state in memory.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize};
use tokenspec_reference_server::config::{Certificates, Keys};
use tokenspec_reference_server::defects::Seams;
use tokenspec_reference_server::jose::algorithm::Algorithm;
use tokenspec_reference_server::jose::keys::{ClientKeyPair, ServerKey};
use tokenspec_reference_server::moment::{Moment, Timestamp};
use tokenspec_reference_server::shell::SystemEntropy;
use tokenspec_reference_server::state::State;
use tokenspec_reference_server::wire::raw_request::RawRequest;
use tokenspec_reference_server::{Config, Server, respond};

/// The base URL, and the audience of assertions.
pub(crate) const BASE: &str = "https://as.example";

/// Clients by each method; tokens are opaque.
const CONFIG: &str = "
name: benchmark
clients:
  basic: {auth: client_secret_basic, secret: basic-secret-9Zk3vQ7mW1xT5rB8, grants: [client_credentials], scopes: [read]}
  rsa: {auth: private_key_jwt, key: {alg: RS256, kid: rsa-1}, grants: [client_credentials], scopes: [read]}
  ec: {auth: private_key_jwt, key: {alg: ES256, kid: ec-1}, grants: [client_credentials], scopes: [read]}
";

/// A server, what it remembers, and the keys of its clients.
pub(crate) struct Core {
    server: Server,
    pub(crate) state: State,
    pub(crate) now: Timestamp,
    serial: u64,
    pub(crate) keys: Vec<(&'static str, Algorithm, ServerKey, ClientKeyPair)>,
}

impl Core {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let ec = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        let mut keys = Vec::new();
        for (client, kid, algorithm, pair) in [
            ("rsa", "rsa-1", Algorithm::Rs256, &rsa),
            ("ec", "ec-1", Algorithm::Es256, &ec),
        ] {
            let signing = ServerKey::new(kid, algorithm, pair)?;
            let public = ClientKeyPair::from_pem(&pair.serialize_pem(), algorithm)?;
            keys.push((client, algorithm, signing, public));
        }
        let own = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let made = Keys {
            server: Arc::new(ServerKey::new("server-1", Algorithm::Es256, &own)?),
            managers: BTreeMap::new(),
            clients: keys
                .iter()
                .map(|(client, _, _, pair)| ((*client).to_owned(), pair.clone()))
                .collect(),
            registered: BTreeMap::new(),
            issuers: BTreeMap::new(),
            certificates: Certificates::default(),
        };
        Ok(Self {
            server: Config::parse(CONFIG, "benchmark")?.build(BASE, made, Seams::default()),
            state: State::default(),
            now: Timestamp(1_800_000_000),
            serial: 0,
            keys,
        })
    }

    /// Answers a request and applies its changes; the status.
    pub(crate) fn answer(&mut self, request: &RawRequest) -> u16 {
        self.serial += 1;
        let moment = Moment {
            now: self.now,
            serial: self.serial,
            entropy: &mut SystemEntropy,
        };
        let outcome = respond(&self.server, &self.state, request, moment);
        self.state.apply(self.now, outcome.changes);
        outcome.response.status
    }
}
