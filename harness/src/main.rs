//! The `tokenspec` program.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    tokenspec::cli::main()
}
