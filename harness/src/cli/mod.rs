//! The commands. Everything that touches a terminal, a file named on the command line, or a signal is here.

pub mod args;
mod dry_run;
pub mod embedded;
pub mod engine;
mod known;
pub mod mutants;
pub mod output;
mod progress;
pub mod run;
mod usage;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Command};
pub use usage::UsageError;

/// Parses the command line and runs the command.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(why) => {
            output::say(&format!("error: no runtime: {why}"));
            return ExitCode::from(2);
        }
    };
    match runtime.block_on(dispatch(&cli)) {
        Ok(code) => ExitCode::from(code),
        Err(problem) => {
            output::say(&problem.to_string());
            ExitCode::from(2)
        }
    }
}

async fn dispatch(cli: &Cli) -> Result<u8, UsageError> {
    match &cli.command {
        Command::Mutants(args) => mutants::run(args).await,
        Command::Run(args) => run::run(args, cli.color).await,
    }
}
