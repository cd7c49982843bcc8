//! `tokenspec serve`: the reference server, until it is told to end.

use tracing_subscriber::EnvFilter;

use super::args::{LogFormat, ServeArgs};
use super::embedded;
use super::exit_code::ExitCode;
use super::output::print;
use super::usage::UsageError;

/// Runs the command. The token endpoint is the first line on stdout; a target file that is asked for is there by then.
///
/// # Errors
/// The server can't be started.
pub async fn run(args: &ServeArgs) -> Result<ExitCode, UsageError> {
    if args.list_defects {
        print(&defects());
        return Ok(ExitCode::Success);
    }
    log(args.log);
    // Whoever reads the first line may send the signal right away.
    let ended = Ended::listen()?;
    let server = embedded::serve(args).await?;
    print(&format!("{}\n", server.token_endpoint()));
    ended.wait().await;
    server.stop().await;
    Ok(ExitCode::Success)
}

/// Writes what the server logs to stderr. A program that has a log already keeps it.
fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_env("TOKENSPEC_LOG");
    let filter = filter.unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let set = match format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Off => Ok(()),
        LogFormat::Text => builder.with_ansi(false).try_init(),
    };
    if let Err(why) = set {
        tracing::debug!(%why, "there is a log already");
    }
}

/// One line a defect: its name, and the rules that have to notice it.
fn defects() -> String {
    let defects = embedded::defects();
    let width = defects.iter().map(|defect| defect.id.len()).max();
    let width = width.unwrap_or_default();
    let lines = defects.iter().map(|defect| {
        let (id, rules) = (&defect.id, defect.kills.join(", "));
        format!("{id:width$}  {rules}\n")
    });
    lines.collect()
}

/// The signals that end a server.
#[cfg(unix)]
struct Ended {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Ended {
    fn listen() -> Result<Self, UsageError> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| {
            signal(kind)
                .map_err(|why| UsageError::Flags(format!("signals can't be received: {why}")))
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Where there is no SIGTERM, Ctrl-C ends a server.
#[cfg(not(unix))]
struct Ended;

#[cfg(not(unix))]
impl Ended {
    fn listen() -> Result<Self, UsageError> {
        Ok(Self)
    }

    async fn wait(self) {
        // A program that can't be told of Ctrl-C is ended by it.
        drop(tokio::signal::ctrl_c().await);
    }
}
