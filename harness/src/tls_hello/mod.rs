//! `ClientHello`s that no TLS library would send, and what a server says to them: octets on both sides, made and read by hand.
//! Nothing here encrypts, so that a handshake is followed as far as it is in clear: to the `ServerHello` of TLS 1.3, to the
//! `ServerHelloDone` of TLS 1.2 and before.

mod answer;
mod flight;
mod key_exchange;
mod names;
mod octets;
mod offer;
mod suites;

#[cfg(test)]
mod tests;

pub use answer::{Answer, ServerHello};
pub use flight::{Stream, is_complete, read};
pub use key_exchange::bits;
pub use names::{version_code, version_name};
pub use offer::{Offer, OfferError, Randomness};
pub use suites::{FAMILIES, codes};
