//! The reference server without a socket, with randomness that is the same in every run.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use rcgen::KeyPair;
use tokenspec_reference_server::config::{Certificates, Keys};
use tokenspec_reference_server::defects::Seams;
use tokenspec_reference_server::jose::algorithm::Algorithm;
use tokenspec_reference_server::jose::keys::{ClientKeyPair, ServerKey};
use tokenspec_reference_server::moment::{Entropy, Moment, Timestamp};
use tokenspec_reference_server::state::State;
use tokenspec_reference_server::wire::raw_request::RawRequest;
use tokenspec_reference_server::wire::response::Response;
use tokenspec_reference_server::{Config, Server, respond};

/// Its base URL.
pub const BASE: &str = "https://as.example";

/// The path of its token endpoint.
pub const TOKEN: &str = "/as/token.oauth2";

/// When a sequence begins, in seconds since 1970.
pub const NOW: u64 = 1_800_000_000;

/// The key pair of RFC 7515 §A.3, in PKCS#8: that of every client with a key on P-256.
pub const EC_KEY: &str = include_str!("testdata/rfc7515-a3.pem");

/// A server for a configuration.
///
/// # Errors
/// When the key is none: a defect of this crate.
pub fn build(config: &Config, seams: Seams) -> Result<Server, Box<dyn Error>> {
    let pair = ClientKeyPair::from_pem(EC_KEY, Algorithm::Es256)?;
    let own = ServerKey::new("server-1", Algorithm::Es256, &KeyPair::from_pem(EC_KEY)?)?;
    let issuers = config.trusted_issuers.iter();
    let issuers = issuers
        .map(|trusted| (trusted.issuer.clone(), pair.clone()))
        .collect();
    let keys = Keys {
        server: Arc::new(own),
        managers: BTreeMap::new(),
        clients: BTreeMap::from([("ec".to_owned(), pair)]),
        registered: BTreeMap::new(),
        issuers,
        certificates: Certificates::default(),
    };
    Ok(config.build(BASE, keys, seams))
}

/// One conversation with a server: its state, and the time.
#[derive(Debug)]
pub struct Conversation<'s> {
    server: &'s Server,
    state: State,
    /// The time, which moves when the sequence says so.
    pub now: Timestamp,
    serial: u64,
    counter: u64,
}

impl<'s> Conversation<'s> {
    /// With a server that remembers nothing.
    #[must_use]
    pub fn with(server: &'s Server) -> Self {
        Self {
            server,
            state: State::default(),
            now: Timestamp(NOW),
            serial: 0,
            counter: 0,
        }
    }

    /// Sends a request; what it changes is remembered.
    pub fn send(&mut self, request: &RawRequest) -> Response {
        self.serial += 1;
        let moment = Moment {
            now: self.now,
            serial: self.serial,
            entropy: &mut Counting(&mut self.counter),
        };
        let outcome = respond(self.server, &self.state, request, moment);
        self.state.apply(self.now, outcome.changes);
        outcome.response
    }
}

/// Octets that don't repeat, and are the same in every run (SplitMix64).
struct Counting<'a>(&'a mut u64);

impl Entropy for Counting<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            *self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = *self.0;
            mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            let octets = (mixed ^ mixed >> 31).to_le_bytes();
            chunk
                .iter_mut()
                .zip(octets)
                .for_each(|(to, from)| *to = from);
        }
    }
}
