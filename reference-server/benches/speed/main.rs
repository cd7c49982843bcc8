//! How fast the reference server is, as ratios of one run on one machine, and how much it remembers.
//!
//! `cargo bench -p tokenspec-reference-server --bench speed -- [throughput|assertions|memory]...`
#![forbid(unsafe_code)]

mod assertions;
mod core;
mod memory;
mod throughput;

use std::error::Error;

/// Seconds for each of the two servers whose throughput is compared.
const SECONDS: u64 = 5;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds `--bench`.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| !it.starts_with('-'))
        .collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|it| it == name);
    if is_wanted("throughput") {
        throughput::run(SECONDS)?;
    }
    if is_wanted("assertions") {
        assertions::run()?;
    }
    if is_wanted("memory") {
        memory::run()?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is what a benchmark is for")]
fn print(text: &str) {
    println!("{text}");
}
