//! Bytes of HTTP, JSON, forms and Basic credentials, as the harness writes and reads them.
//!
//! Writing can be wrong on purpose; reading states what came, and what is odd about it, without an
//! opinion. Absent: sockets, clocks, randomness, and anything that knows OAuth. Nothing here is
//! shared with the reference server, so that the two can disagree.

pub mod basic;
pub mod chunked;
pub mod form;
pub mod http1;
pub mod http2;
pub mod json;
pub mod message;
pub mod response;

mod framing;
mod head;
mod json_reader;
