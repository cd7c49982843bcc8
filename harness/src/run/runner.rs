//! What all variants of a run share: the target, the connections, the limits, and what was obtained.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::bucket::Bucket;
use super::callback_step::show_all;
use super::chunk::Kept;
use super::halt::Halt;
use super::register_step::Registered;
use crate::suite::Suite;
use crate::target::capability::{CapabilitySet, DerivedFacts, capabilities};
use crate::target::{Client, EndpointUrl, Target};
use crate::transport::{CallbackHost, Connector, Destination, Exchange, ExchangeLimits, Reuse};
use crate::vocabulary::{AuthMethod, DeliveryMode, Grant};
use crate::wire::response::AnswerTo;
use crate::x509::ClientIdentity;

mod destinations;
mod handshaking;
mod obtained;
mod sending;
mod time;

use destinations::Destinations;
pub(super) use handshaking::Shown;
pub use obtained::Obtained;

/// After so many failed connects in a row the target counts as unreachable (design §2, "Completeness").
const UNREACHABLE_AFTER: u32 = 10;

/// Limits of a run, flags and target file taken together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunLimits {
    /// Variants under way at once.
    pub concurrency: usize,
    /// Requests a second; `None`: as fast as the server answers.
    pub rate: Option<f64>,
    /// Time for one exchange.
    pub timeout: Duration,
}

/// What all variants share.
pub struct Runner {
    /// The rules.
    pub suite: Arc<Suite>,
    /// The server under test.
    pub target: Arc<Target>,
    /// What was learnt of it.
    pub facts: DerivedFacts,
    /// The seed of everything random.
    pub seed: u64,
    /// Limits.
    pub limits: RunLimits,
    /// Whose exchanges are kept for the report.
    pub(super) kept: Kept,
    /// A client that the target does not know.
    pub(super) stranger: Client,
    resolve: BTreeMap<String, IpAddr>,
    destinations: Destinations,
    /// Certificates of clients, by their names in the target file.
    identities: BTreeMap<String, ClientIdentity>,
    connector: Connector,
    ordinary: reqwest::Client,
    failed_connects: AtomicU32,
    /// Why the last of them failed, for people.
    connect_failure: Mutex<String>,
    requests: AtomicU64,
    clock_offset: AtomicI64,
    /// Seconds that an exchange may take longer than the limits say.
    patience: AtomicU64,
    interrupted: AtomicBool,
    interruption: Notify,
    bucket: Bucket,
    obtained: Mutex<BTreeSet<Obtained>>,
    /// Clients that were registered: those that can be deleted, and how many in all.
    registered: Mutex<(BTreeSet<Registered>, usize)>,
    /// Seconds that the target wants before the first poll (RFC 8628 §3.5, CIBA Core §11).
    polling_pause: AtomicU64,
    /// What the target has; it does not change while it is tested.
    words: OnceLock<Arc<BTreeSet<&'static str>>>,
    /// The host that this program plays for the target.
    callback: Option<Arc<CallbackHost>>,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Runner")
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl Runner {
    /// A runner for a target. `ordinary` asks for hooks such as the clock.
    #[must_use]
    pub fn new(
        suite: Arc<Suite>,
        target: Arc<Target>,
        facts: DerivedFacts,
        connector: Connector,
        ordinary: reqwest::Client,
        limits: RunLimits,
        seed: u64,
    ) -> Self {
        let resolve = target.resolve.iter().cloned().collect();
        let identities = target.clients.iter().filter_map(identity).collect();
        Self {
            suite,
            target,
            facts,
            seed,
            limits,
            kept: Kept::default(),
            stranger: stranger(seed),
            resolve,
            destinations: Destinations::default(),
            identities,
            connector,
            ordinary,
            failed_connects: AtomicU32::new(0),
            connect_failure: Mutex::default(),
            requests: AtomicU64::new(0),
            clock_offset: AtomicI64::new(0),
            patience: AtomicU64::new(0),
            interrupted: AtomicBool::new(false),
            interruption: Notify::new(),
            bucket: Bucket::new(limits.rate),
            obtained: Mutex::new(BTreeSet::new()),
            registered: Mutex::default(),
            polling_pause: AtomicU64::new(0),
            words: OnceLock::new(),
            callback: None,
        }
    }

    /// With the host that the target fetches key sets from and sends notifications to. It shows those of the target's clients.
    #[must_use]
    pub fn with_callback(mut self, host: Option<Arc<CallbackHost>>) -> Self {
        if let Some(host) = &host {
            show_all(host, &self.target);
        }
        self.callback = host;
        self
    }

    /// Keeping the exchanges of these variants only.
    #[must_use]
    pub fn keeping(mut self, kept: Kept) -> Self {
        self.kept = kept;
        self
    }

    /// The host that this program plays for the target.
    pub(super) fn callback(&self) -> Option<&Arc<CallbackHost>> {
        self.callback.as_ref()
    }

    /// What the target has.
    pub(super) fn capabilities(&self) -> CapabilitySet<'_> {
        let words = self
            .words
            .get_or_init(|| capabilities(&self.target, &self.facts).words());
        CapabilitySet::known(&self.target, Arc::clone(words))
    }

    /// How many requests were sent.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Ends the run: what is under way stops at its next exchange.
    pub fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Relaxed);
        self.interruption.notify_waiters();
    }

    /// Whether the run was interrupted.
    pub fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether connecting failed so often that nothing more is tried.
    pub fn unreachable(&self) -> bool {
        self.failed_connects.load(Ordering::Relaxed) >= UNREACHABLE_AFTER
    }

    /// What that means for a variant.
    pub(super) fn unreachable_halt(&self) -> Halt {
        let why = self.connect_failure.lock();
        let why = why.unwrap_or_else(PoisonError::into_inner);
        Halt::Broken {
            cause: format!("target unreachable: {why}"),
            again: false,
        }
    }

    /// Whether the last connection that was tried did not come about.
    pub(super) fn fails_to_connect(&self) -> bool {
        self.failed_connects.load(Ordering::Relaxed) > 0
    }

    /// Waits until the limits of the target let so many requests go; ends at once after an interruption.
    pub(super) async fn pause(&self, requests: u32) -> Result<(), Halt> {
        let interrupted = self.interruption.notified();
        if self.interrupted() {
            return Err(Halt::Interrupted);
        }
        if self.unreachable() {
            return Err(self.unreachable_halt());
        }
        self.within_requests(requests)?;
        if let Some(wait) = self.bucket.take(requests) {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = interrupted => return Err(Halt::Interrupted),
            }
        }
        Ok(())
    }

    /// The plan keeps to `limits.requests` by an estimate; repetitions and controls may exceed it, and end here.
    fn within_requests(&self, more: u32) -> Result<(), Halt> {
        let spent = self.requests().saturating_add(u64::from(more));
        match self.target.limits.requests {
            Some(limit) if spent > limit => Err(Halt::Skipped(format!(
                "limits.requests: the target file allows no more than {limit} requests"
            ))),
            Some(_) | None => Ok(()),
        }
    }

    /// One exchange with a URL of the target.
    pub(super) async fn exchange(
        &self,
        url: &str,
        identity: Option<&ClientIdentity>,
        bytes: Vec<u8>,
        answer_to: AnswerTo,
        reuse: Reuse,
    ) -> Result<Exchange, Halt> {
        self.pause(1).await?;
        let destination = self.destination(url)?;
        let limits = self.exchange_limits();
        let exchange =
            self.connector
                .exchange(&destination, identity, bytes, answer_to, reuse, &limits);
        let exchange = self.counted(exchange).await?;
        if reuse == Reuse::Once && exchange.went_stale() {
            return Err(Halt::Broken {
                cause: "a kept-alive connection was closed as the request left".to_owned(),
                again: true,
            });
        }
        Ok(exchange)
    }

    /// What an exchange comes to, unless the run is interrupted before.
    async fn counted(&self, exchange: impl Future<Output = Exchange>) -> Result<Exchange, Halt> {
        // Made before the flag is read, it misses no interruption.
        let interrupted = self.interruption.notified();
        if self.interrupted() {
            return Err(Halt::Interrupted);
        }
        let exchange = tokio::select! {
            exchange = exchange => exchange,
            () = interrupted => return Err(Halt::Interrupted),
        };
        self.count(&exchange);
        Ok(exchange)
    }

    /// The certificate of a client.
    pub(super) fn identity(&self, client: &Client) -> Option<&ClientIdentity> {
        self.identities.get(&client.name)
    }

    fn destination(&self, url: &str) -> Result<Arc<Destination>, Halt> {
        self.destinations.find(url, || {
            let parsed = url::Url::parse(url)
                .map_err(|why| Halt::Inconclusive(format!("`{url}` is no URL: {why}")))?;
            let proxy = self.target.proxy.as_ref().map(EndpointUrl::url);
            Destination::from_url(&parsed, &self.resolve)
                .and_then(|to| to.by_way_of(proxy))
                .map_err(|why| Halt::Inconclusive(format!("`{url}`: {why}")))
        })
    }

    fn exchange_limits(&self) -> ExchangeLimits {
        ExchangeLimits {
            connect: self.limits.timeout,
            total: self.limits.timeout + self.patience(),
            ..ExchangeLimits::default()
        }
    }

    fn count(&self, exchange: &Exchange) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        match &exchange.result {
            Err(failure) if failure.is_connect_failure() => {
                let why = self.connect_failure.lock();
                *why.unwrap_or_else(PoisonError::into_inner) = failure.to_string();
                self.failed_connects.fetch_add(1, Ordering::Relaxed);
            }
            // A write would take the line away from all other processors.
            Ok(_) | Err(_) if !self.fails_to_connect() => {}
            Ok(_) | Err(_) => self.failed_connects.store(0, Ordering::Relaxed),
        }
    }
}

/// A client with an invented identifier.
fn stranger(seed: u64) -> Client {
    Client {
        name: "stranger".to_owned(),
        id: format!("tokenspec-unknown-{seed:016x}"),
        auth: AuthMethod::None,
        secret: None,
        retired_secret: None,
        key: None,
        certificate: None,
        jwks_uri: None,
        delivery_mode: DeliveryMode::Poll,
        notification_endpoint: None,
        audience: None,
        grants: vec![Grant::ClientCredentials],
        scopes: crate::target::Scopes::default(),
        redirect_uris: Vec::new(),
        default_access_token_manager: None,
        restricted: false,
        pinned_assertion_algorithm: false,
        line: 1,
    }
}

/// The certificate that a client presents in the handshake (RFC 8705 §2), under the client's name.
fn identity(client: &Client) -> Option<(String, ClientIdentity)> {
    let certificate = client.certificate.as_ref()?;
    let identity = ClientIdentity::from_der(certificate.chain().to_vec(), certificate.key());
    // The target file's reader has tried the two together.
    identity.ok().map(|it| (client.name.clone(), it))
}
