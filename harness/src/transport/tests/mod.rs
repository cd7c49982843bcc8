//! Exchanges with small servers that behave in every way a server can.

mod answers;
mod broken;
mod early;
mod http2;
mod pooled;
mod proxied;
mod race;
mod server;
mod tls;
