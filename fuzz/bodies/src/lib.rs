//! What the fuzz targets do with an input. Each body takes octets and panics when something does not hold; `fuzz/README.md`
//! says how they are run, and how a parser of somebody else is put in place of ours.
//!
//! Where a parser has a peer that others keep well, the two are compared, and every difference between them is explained and
//! pinned in a table beside the comparison. Where it has none, a naive oracle is written here, which shares no code with it.
#![forbid(unsafe_code)]

pub mod assertion;
pub mod basic;
mod difference;
pub mod endpoint;
pub mod form;
pub mod grammar;
pub mod http2;
pub mod judge;
pub mod loaders;
pub mod naive;
pub mod resource;
pub mod server;
pub mod yaml;

pub use difference::Difference;

/// What a target does with an input.
pub type Body = fn(&[u8]);

/// The targets, but `yaml`, whose peer the caller brings.
pub const TARGETS: &[(&str, Body)] = &[
    ("assertion", assertion::fuzz),
    ("baseline_file", loaders::baseline),
    ("basic", basic::fuzz),
    ("endpoint", endpoint::fuzz),
    ("form", form::fuzz),
    ("grammar", grammar::fuzz),
    ("http2", http2::fuzz),
    ("judge", judge::fuzz),
    ("resource", resource::fuzz),
    ("suite_file", loaders::suite),
    ("target_file", loaders::target),
];
