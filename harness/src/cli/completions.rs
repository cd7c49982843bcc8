//! `tokenspec completions`.

use clap::CommandFactory as _;

use super::args::{Cli, CompletionsArgs};
use super::exit_code::ExitCode;
use super::output::print;

/// Prints the completion script of a shell.
#[must_use]
pub fn run(args: &CompletionsArgs) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "tokenspec", &mut script);
    print(&String::from_utf8_lossy(&script));
    ExitCode::Success
}
