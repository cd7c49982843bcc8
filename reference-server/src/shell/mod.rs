//! Sockets, time and randomness: the only part of the server that does I/O.

mod certificates;
mod clock;
mod content;
mod control;
mod early;
mod entropy;
mod host;
mod http;
mod http2_fields;
mod key_sets;
mod keys;
mod listen;
mod load;
mod log;
mod notifications;
mod octets;
mod opening;
mod outgoing;
mod patience;
mod people;
#[cfg(feature = "postgres")]
mod postgres;
mod store;
mod target;
mod target_managers;
mod target_resources;
mod tls;

pub use certificates::CertificatesError;
pub use clock::ServerClock;
pub use entropy::SystemEntropy;
use key_sets::KeySets;
pub use keys::KeysError;
pub use store::OpenError;
pub use target::{TargetFile, target_files, target_yaml, write_target};
use tls::ClientCertificates;
pub use tls::TlsError;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::checks::CheckId;
use crate::config::{Config, Scheme};
use crate::defects::{Defect, Seam, Seams};
use crate::jose::keys::ClientKeyPair;
use crate::server::Server;
use crate::state::Store;

/// How a configuration is served.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 picks one.
    pub listen: SocketAddr,
    /// HTTP or HTTPS.
    pub transport: Transport,
    /// Where the clock may be moved; loopback only, port 0 picks one.
    pub clock_listen: Option<SocketAddr>,
    /// Where the harness listens: for the keys of clients that it shows, and for what they are notified of.
    pub callback_host: Option<SocketAddr>,
    /// Where the server deviates.
    pub seams: Vec<Seam>,
}

/// HTTP or HTTPS.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Plain HTTP.
    Http,
    /// HTTPS with a certificate that is made at start, from a CA that is made at start.
    Https,
    /// HTTPS with a certificate chain and a key, both PEM.
    HttpsWith {
        /// The certificate chain, the server's first.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            transport: Transport::Http,
            clock_listen: None,
            callback_host: None,
            seams: Vec::new(),
        }
    }
}

impl Options {
    /// With a seeded defect.
    #[must_use]
    pub fn defect(mut self, defect: &'static Defect) -> Self {
        self.seams.extend_from_slice(defect.seams);
        self
    }

    /// Without a check.
    #[must_use]
    pub fn skip(mut self, check: CheckId) -> Self {
        self.seams.push(Seam::Skip(check));
        self
    }

    /// With a control listener for the clock on a free loopback port.
    #[must_use]
    pub fn with_clock(mut self) -> Self {
        self.clock_listen = Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0));
        self
    }

    /// Over what a configuration says, where they don't ask for TLS themselves.
    fn of(self, scheme: Scheme) -> Self {
        match (scheme, &self.transport) {
            (Scheme::Https, Transport::Http) => self.with_tls(),
            (Scheme::Http | Scheme::Https, _) => self,
        }
    }

    /// With HTTPS and a certificate that is made at start.
    #[must_use]
    pub fn with_tls(mut self) -> Self {
        self.transport = Transport::Https;
        self
    }
}

/// A server can't be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The control listener moves the clock for whoever can reach it.
    #[error("the clock may be moved from loopback only, not at {0}")]
    ClockNotLoopback(SocketAddr),
    /// A certificate of a client, or its CA, can't be made or read.
    #[error(transparent)]
    Certificates(#[from] CertificatesError),
    /// A key can't be made or read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The address can't be listened at.
    #[error("can't listen at {address}: {}", unavailable(error))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The place of the state can't be used.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The certificate can't be made or read.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Why an address can't be listened at, in words that are the same on every system where there are any.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the standard library's enum is open"
)]
fn unavailable(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            "something listens there already; port 0 picks a free one".to_owned()
        }
        std::io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
        kind => kind.to_string(),
    }
}

/// A server that runs. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct Running {
    /// The URL of the token endpoint.
    pub token_endpoint: String,
    /// The base URL of all endpoints.
    pub base: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// The URL to which a number of seconds is appended to move the clock.
    pub clock_url: Option<String>,
    /// The certificate of the CA that made its own, PEM.
    pub ca_pem: Option<String>,
    /// The base URL of the listener for mutual TLS, if there is one.
    pub mutual_tls: Option<String>,
    /// Where the harness is to listen.
    callback_host: Option<SocketAddr>,
    mutual_ca_pem: Option<String>,
    certificates: certificates::Made,
    config: Config,
    client_keys: BTreeMap<String, ClientKeyPair>,
    issuer_keys: BTreeMap<String, ClientKeyPair>,
    stop: watch::Sender<()>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Stops listening, lets requests that have begun end, and waits for them.
    pub async fn shutdown(self) {
        drop(self.stop);
        for task in self.tasks {
            // A task that panicked has ended too.
            drop(task.await);
        }
    }
}

/// What all connections of a server share.
#[derive(Debug)]
struct Shared {
    server: Arc<Server>,
    store: Box<dyn Store>,
    clock: Arc<ServerClock>,
    serial: AtomicU64,
    seconds: u32,
    key_sets: KeySets,
}

impl Shared {
    fn new(
        (server, store): (Arc<Server>, Box<dyn Store>),
        clock: &Arc<ServerClock>,
        seconds: u32,
    ) -> Arc<Self> {
        Arc::new(Self {
            server,
            store,
            clock: Arc::clone(clock),
            serial: AtomicU64::new(0),
            seconds,
            key_sets: KeySets::default(),
        })
    }
}

/// Starts a server on the runtime that this is called on.
///
/// # Errors
/// When the configuration, the certificate or the address is no good.
pub async fn serve(mut config: Config, options: Options) -> Result<Running, ServeError> {
    let callback_host = callback_host(&mut config, &options);
    let options = options.of(config.scheme);
    let seams = Seams::of(&options.seams);
    let (listener, address) = bind(options.listen)?;
    let tls = first_tls(&config, &options, &seams)?;
    let base = base(tls.as_ref(), address);
    let mut keys = keys::prepare(&config)?;
    let mut made = certificates::prepare(&config)?;
    let mutual = mutual_tls(&config, &options, &seams).await?;
    made.known.mutual_tls = mutual.as_ref().map(|mutual| mutual.base.clone());
    keys.certificates = std::mem::take(&mut made.known);
    let (client_keys, issuer_keys) = (keys.clients.clone(), keys.issuers.clone());
    let server = Arc::new(config.build(&base, keys, seams));
    let store = store::open(&config.store, &server).await?;
    let (stop, stopped) = watch::channel(());
    let clock = Arc::new(ServerClock::default());
    let token_endpoint = server.places.token.clone();
    let shared = Shared::new((server, store), &clock, config.limits.seconds);
    let mut tasks = Vec::new();
    let clock_url = match options.clock_listen {
        Some(wanted) => Some(serve_clock(wanted, clock, &stopped, &mut tasks).await?),
        None => None,
    };
    let (acceptor, ca_pem) = tls.map_or((None, None), |tls| (Some(tls.acceptor), tls.ca_pem));
    let listening = |listener, acceptor| listen::Listening {
        listener,
        acceptor,
        limits: config.limits,
        stopped: stopped.clone(),
    };
    let (mut mutual_tls, mut mutual_ca_pem) = (None, None);
    if let Some(mutual) = mutual {
        let listening = listening(mutual.listener, Some(mutual.tls.acceptor));
        tasks.push(tokio::spawn(listen::run(listening, Arc::clone(&shared))));
        (mutual_tls, mutual_ca_pem) = (Some(mutual.base), mutual.tls.ca_pem);
    }
    let listening = listening(listener, acceptor);
    tasks.push(tokio::spawn(listen::run(listening, shared)));
    Ok(Running {
        token_endpoint,
        base,
        address,
        clock_url,
        ca_pem,
        callback_host,
        mutual_tls,
        mutual_ca_pem,
        certificates: made,
        config,
        client_keys,
        issuer_keys,
        stop,
        tasks,
    })
}

/// Where the harness shows keys of clients and takes their notifications, if the configuration has such clients.
fn callback_host(config: &mut Config, options: &Options) -> Option<SocketAddr> {
    let address = options
        .callback_host
        .filter(|_| config.needs_callback_host());
    let base = address.map(|address| format!("http://{address}"));
    config.at_callback_host(base.as_deref());
    address
}

/// The base URL of a listener.
fn base(tls: Option<&tls::Tls>, address: SocketAddr) -> String {
    let scheme = if tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{address}")
}

fn first_tls(
    config: &Config,
    options: &Options,
    seams: &Seams,
) -> Result<Option<tls::Tls>, TlsError> {
    let plan = seams.plan(tls::plan(config));
    tls::prepare(&options.transport, &plan, ClientCertificates::NotAsked)
}

/// Lets the clock be moved from loopback; the URL to which a number of seconds is appended.
async fn serve_clock(
    wanted: SocketAddr,
    clock: Arc<ServerClock>,
    stopped: &watch::Receiver<()>,
    tasks: &mut Vec<JoinHandle<()>>,
) -> Result<String, ServeError> {
    if !wanted.ip().is_loopback() {
        return Err(ServeError::ClockNotLoopback(wanted));
    }
    let (listener, address) = bind(wanted)?;
    tasks.push(tokio::spawn(control::run(listener, clock, stopped.clone())));
    Ok(format!("http://{address}/clock?seconds="))
}

/// A second listener, which asks for client certificates (RFC 8705 §6.1).
struct MutualTls {
    listener: TcpListener,
    base: String,
    tls: tls::Tls,
}

/// Starts to listen for mutual TLS on a free port of the same address, if a client wants it. The certificate
/// is that of the first listener, or one that is made at start where that one is without TLS.
async fn mutual_tls(
    config: &Config,
    options: &Options,
    seams: &Seams,
) -> Result<Option<MutualTls>, ServeError> {
    if !config.has_mutual_tls() {
        return Ok(None);
    }
    let transport = match &options.transport {
        Transport::Http => &Transport::Https,
        with_tls @ (Transport::Https | Transport::HttpsWith { .. }) => with_tls,
    };
    let plan = seams.plan(tls::plan(config));
    let Some(tls) = tls::prepare(transport, &plan, ClientCertificates::Asked)? else {
        return Ok(None);
    };
    let (listener, address) = bind(SocketAddr::new(options.listen.ip(), 0))?;
    let base = format!("https://{address}");
    Ok(Some(MutualTls {
        listener,
        base,
        tls,
    }))
}

/// Connections that the kernel holds until they are accepted. With the usual 128, a burst of 200 is dropped in part, and tried again
/// after a second only.
const BACKLOG: u32 = 1024;

fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let listening = || {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    listening().map_err(|error| ServeError::Listen { address, error })
}
