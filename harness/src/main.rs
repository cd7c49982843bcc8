//! The `tokenspec` program.
#![forbid(unsafe_code)]
fn main() {}
