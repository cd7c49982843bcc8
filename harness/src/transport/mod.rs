//! Connections, TLS and exchanges: the raw HTTP client on which all verdicts rest.
//!
//! [`Connector::exchange`] sends bytes and reads one answer under a deadline and in bounded memory;
//! [`Connector::together`] does so on many connections in one instant, [`Connector::http2`] over HTTP/2. What comes back is an
//! [`Exchange`]: the bytes that went out, the bytes that came, and the answer or exactly why there
//! is none. Absent: retries (but for a kept-alive connection that had gone stale), redirects,
//! proxies of the environment, cookies, decompression, and any opinion.

mod callback;
mod connection;
mod connector;
mod conversation;
mod destination;
mod dial;
mod dialogue;
mod early;
mod exchange;
mod failure;
mod handshake;
mod http2;
mod look;
mod pool;
mod proxy;
mod tls;
mod together;

pub use callback::{Arrival, CallbackHost, Forgotten, Place, Published, Reserved, reserve};
pub use connector::{Connector, SetupError};
pub use destination::{Destination, DestinationError, Scheme};
pub use dialogue::{Dialogue, Move};
pub use exchange::{Aftermath, ConnectionUse, Exchange, ExchangeLimits, Reuse};
pub use failure::{Activity, Failure, HandshakeFailure, Silence};
pub use look::{Flight, Look};
pub use proxy::Proxy;
pub use tls::{ClientCertificate, Roots, TlsFacts, TlsSettings, Verification};

#[cfg(test)]
mod tests;
