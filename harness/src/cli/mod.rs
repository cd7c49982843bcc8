//! The commands. Everything that touches a terminal, a file named on the command line, or a signal is here.

pub mod args;
pub mod capabilities;
pub mod check;
pub mod completions;
pub mod doctor;
mod dry_run;
pub mod embedded;
pub mod engine;
pub mod exit_code;
pub mod explain;
pub mod fuzz;
mod known;
pub mod list;
pub mod mutants;
pub mod output;
mod progress;
mod report_files;
pub mod run;
pub mod schema;
pub mod selftest;
pub mod serve;
mod sockets;
mod targets;
mod usage;

use clap::Parser as _;

use args::{Cli, Command};
pub use exit_code::ExitCode;
pub use usage::UsageError;

/// Parses the command line and runs the command.
#[must_use]
pub fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(why) => {
            output::say(&format!("error: no runtime: {why}"));
            return ExitCode::CannotStart.into();
        }
    };
    let code = runtime.block_on(dispatch(&cli));
    // A name that never resolves hangs in a thread of its own; the process does not wait for it.
    runtime.shutdown_background();
    match code {
        Ok(code) => code.into(),
        Err(problem) => {
            output::say(&problem.to_string());
            ExitCode::CannotStart.into()
        }
    }
}

async fn dispatch(cli: &Cli) -> Result<ExitCode, UsageError> {
    match &cli.command {
        Command::Capabilities(args) => capabilities::run(args),
        Command::Check(args) => check::run(args),
        Command::Completions(args) => Ok(completions::run(args)),
        Command::Doctor(args) => doctor::run(args).await,
        Command::Explain(args) => explain::run(args),
        Command::Fuzz(args) => fuzz::run(args, cli.color).await,
        Command::List(args) => list::run(args),
        Command::Mutants(args) => mutants::run(args).await,
        Command::Run(args) => run::run(args, cli.color).await,
        Command::Schema(args) => Ok(schema::run(args)),
        Command::Selftest => selftest::run().await,
        Command::Serve(args) => serve::run(args).await,
    }
}
