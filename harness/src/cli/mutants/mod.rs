//! `tokenspec mutants`: for each seeded defect of the embedded server, do the rules that it is there for notice it?
//!
//! Every trial is a server of its own, in this process, behind a real socket. The rules that a defect names are run in full,
//! the rest of their documents thinned; the server without defects is asked the same once, so that what deviates anyway
//! counts for no defect.

mod finding;
mod matrix;
mod survey;
mod text;
mod trial;

use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use finding::{Finding, Found, Notice, trips};
pub use survey::{Choice, Extent, Survey};
pub use trial::{Order, Outcome, Patience, Scope, Trial, Until, against, trial};

use super::args::{MutantsArgs, OutputFormat};
use super::exit_code::ExitCode;
use super::output::{print, say};
use super::usage::UsageError;
use crate::clock::Stopwatch;
use crate::suite::load;

/// Where `--full` writes the matrix.
const MATRIX: &str = "reports/golden/kill-matrix.md";

/// The time for one exchange: the server is on the same machine.
const EXCHANGE: Duration = Duration::from_secs(3);

/// The time for one defect in one configuration. It is there for defects that hang.
const TRIAL: Duration = Duration::from_secs(120);

/// Variants of one trial under way at once. Some of them only wait for time to pass.
const CONCURRENCY: u32 = 8;

/// Limits for trials of defects.
#[must_use]
pub fn patience() -> Patience {
    Patience {
        concurrency: CONCURRENCY,
        exchange: EXCHANGE,
        trial: TRIAL,
    }
}

/// Runs the command; the result is the exit code.
///
/// # Errors
/// A flag that matches nothing, or a server that can't be started.
pub async fn run(args: &MutantsArgs) -> Result<ExitCode, UsageError> {
    let watch = Stopwatch::start();
    let suite = Arc::new(load::built_in()?);
    let choice = Choice {
        defects: args.defect.clone(),
        rules: args.rule.clone(),
        extent: if args.full {
            Extent::AllRules
        } else {
            Extent::TheirDocuments
        },
        jobs: args.jobs.unwrap_or_else(at_once),
    };
    let mut survey = Survey::begin(&suite, &choice, patience()).await?;
    let total = survey.waiting();
    say(&format!(
        "{total} defects, {} at a time; the server without defects took {:.1} s",
        choice.jobs,
        watch.elapsed().as_secs_f64()
    ));
    let bar = bar(total);
    let mut done = 0;
    survey
        .run(|finding| {
            done += 1;
            match &bar {
                Some(bar) => bar.inc(1),
                None => say(&format!("[{done}/{total}] {}", text::line(finding))),
            }
        })
        .await;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if args.full && choice.is_everything() {
        write_matrix(&survey)?;
    }
    match args.format {
        OutputFormat::Json => print(&matrix::json(&survey)),
        OutputFormat::Text => print(&text::summary(&survey, watch.elapsed())),
    }
    Ok(if survey.holds() {
        ExitCode::Success
    } else {
        ExitCode::Deviation
    })
}

fn bar(total: usize) -> Option<indicatif::ProgressBar> {
    let terminal = std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
    terminal.then(|| indicatif::ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX)))
}

fn at_once() -> usize {
    // Two more: some trials wait for time to pass.
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get) + 2
}

fn write_matrix(survey: &Survey) -> Result<(), UsageError> {
    let path = Path::new(MATRIX);
    let folder = path.parent().unwrap_or(path);
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, matrix::markdown(survey)));
    written.map_err(|why| UsageError::Flags(format!("the matrix {MATRIX} can't be written: {why}")))
}
