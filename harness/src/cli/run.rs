//! `tokenspec run`.

use std::path::Path;
use std::sync::Arc;

use tokenspec_report::{Ending, FailOn, Report, RunFacts, Shard, Tool, Undecided, terminal};

use super::args::{Color, FailOnArg, LevelArg, RunArgs, SelectArgs};
use super::engine::{Asking, LimitFlags, Prepared, Settings, prepare, seed};
use super::exit_code::ExitCode;
use super::output::{print, style};
use super::report_files::{formats, writable, write};
use super::targets::{Entry, judge_all, targets};
use super::usage::UsageError;
use crate::baseline::Baseline;
use crate::clock;
use crate::plan::Selection;
use crate::run::Kept;
use crate::suite::{Suite, load};
use crate::target::{self, Target};
use crate::vocabulary::Level;

/// Runs the command.
///
/// # Errors
/// The run could not start.
pub async fn run(args: &RunArgs, color: Color) -> Result<ExitCode, UsageError> {
    let formats = formats(&args.reports)?;
    writable(&formats)?;
    let (suite, settings) = settings(args)?;
    let suite = Arc::new(suite);
    let mut facts = run_facts(args, &settings);
    let baseline = baseline(args)?;
    let mut entries = Vec::new();
    let mut left_out = None;
    for (target, server) in targets(args.target.as_deref(), &args.select.profile).await? {
        let prepared = match prepared(args, &suite, &settings, target).await {
            // One configuration of the embedded server lacks what another has.
            Err(problem @ UsageError::NoRule(_)) if server.is_some() => {
                left_out.get_or_insert(problem);
                continue;
            }
            prepared => prepared?,
        };
        facts.targets.push(prepared.info.clone());
        if args.dry_run {
            print(&super::dry_run::render(&prepared));
        } else {
            entries.push(Entry { prepared, server });
        }
    }
    if let (Some(problem), true) = (left_out, facts.targets.is_empty()) {
        return Err(problem);
    }
    if args.dry_run {
        return Ok(ExitCode::Success);
    }
    let judged = judge_all(entries, baseline.as_ref()).await;
    facts.notices.extend(judged.notices);
    if judged.interrupted {
        facts.ending = Ending::Interrupted;
    }
    let all = judged.results;
    if let (Some(baseline), None) = (&baseline, &facts.shard) {
        facts.stale = super::known::stale(baseline, &suite, &all);
    }
    facts.finished = clock::now().to_string();
    let report = Report::build(facts, all);
    let written = write(&report, &formats);
    if args.update_baseline
        && let (Some(path), Some(baseline)) = (&args.baseline, &baseline)
    {
        super::known::update(path, baseline, &suite, &report)?;
    }
    print(&terminal::render(&report, style(color)));
    // What was learnt is printed even where a file can't be written.
    written?;
    Ok(report.conclusion().exit_code().into())
}

async fn prepared(
    args: &RunArgs,
    suite: &Arc<Suite>,
    settings: &Settings,
    target: Target,
) -> Result<Prepared, UsageError> {
    let asking = if args.dry_run {
        Asking::Assume
    } else {
        Asking::Ask
    };
    prepare(suite, target, settings, args.target.as_deref(), asking).await
}

/// The terminal shows nothing of what passed.
fn shown(args: &RunArgs) -> Kept {
    if args.reports.is_empty() {
        Kept::NotPassed
    } else {
        Kept::All
    }
}

/// What the report knows of a run before it begins.
fn run_facts(args: &RunArgs, settings: &Settings) -> RunFacts {
    RunFacts {
        tool: Tool {
            name: "tokenspec".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        started: clock::now().to_string(),
        seed: settings.seed,
        selection: selection(&args.select),
        shard: settings.shard.map(|(index, count)| Shard { index, count }),
        fail_on: fail_on(args.fail_on),
        undecided: if args.allow_inconclusive {
            Undecided::Allow
        } else {
            Undecided::Refuse
        },
        ..RunFacts::default()
    }
}

fn baseline(args: &RunArgs) -> Result<Option<Baseline>, UsageError> {
    Ok(match &args.baseline {
        // A baseline that is to be written may not be there yet.
        Some(path) if args.update_baseline && !path.exists() => Some(Baseline::empty()),
        Some(path) => Some(crate::baseline::load(path)?),
        None => None,
    })
}

fn settings(args: &RunArgs) -> Result<(Suite, Settings), UsageError> {
    let (suite, documents) = suites(&args.select)?;
    let rate = args
        .rate
        .as_deref()
        .map(str::parse::<target::Rate>)
        .transpose();
    let rate = rate.map_err(|why| UsageError::Flags(format!("`--rate`: {why}")))?;
    let shard = args.shard.as_deref().map(shard).transpose()?;
    let settings = Settings {
        selection: Selection {
            rules: args.select.rule.clone(),
            documents,
            levels: args
                .select
                .level
                .iter()
                .map(|level| lowest_level(*level))
                .collect(),
        },
        profiles: args.select.profile.clone(),
        limits: LimitFlags {
            jobs: args.jobs,
            rate: rate.map(|rate| f64::from(rate.per_second())),
            timeout: args.timeout,
        },
        shard,
        seed: seed(args.seed),
        keep: args.keep || args.target.is_none(),
        shown: shown(args),
    };
    Ok((suite, settings))
}

/// The suites that flags name: built-in ones, the user's own, or both.
///
/// # Errors
/// A suite that can't be loaded.
pub fn suites(select: &SelectArgs) -> Result<(Suite, Vec<String>), UsageError> {
    let mut suite = load::built_in()?;
    let mut documents = Vec::new();
    for name in &select.suite {
        if suite
            .rules
            .iter()
            .any(|rule| rule.suite == *name && !rule.own)
        {
            documents.push(name.clone());
            continue;
        }
        let path = Path::new(name);
        if !path.exists() {
            let mut known: Vec<&str> = suite.rules.iter().map(|rule| rule.suite.as_str()).collect();
            known.dedup();
            return Err(UsageError::Flags(format!(
                "`--suite {name}` is neither a file or folder nor a built-in suite ({})",
                known.join(", ")
            )));
        }
        let own = load::own(path)?;
        super::check::check_twins(&own, &suite)?;
        for rule in &own.rules {
            if !documents.contains(&rule.suite) {
                documents.push(rule.suite.clone());
            }
        }
        suite.join(own)?;
    }
    Ok((suite, documents))
}

fn shard(text: &str) -> Result<(u32, u32), UsageError> {
    let parts = text.split_once('/').and_then(|(index, count)| {
        let (index, count) = (index.parse().ok()?, count.parse().ok()?);
        (1 <= index && index <= count).then_some((index, count))
    });
    parts.ok_or_else(|| {
        UsageError::Flags(format!(
            "`--shard {text}` is not I/N with I from 1 to N, as 1/4"
        ))
    })
}

/// The level that a flag names.
#[must_use]
pub fn lowest_level(level: LevelArg) -> Level {
    match level {
        LevelArg::Must => Level::Must,
        LevelArg::Should => Level::Should,
        LevelArg::May => Level::May,
    }
}

fn fail_on(choice: FailOnArg) -> FailOn {
    match choice {
        FailOnArg::Must => FailOn::Must,
        FailOnArg::Should => FailOn::Should,
        FailOnArg::Never => FailOn::Never,
    }
}

fn selection(select: &SelectArgs) -> tokenspec_report::Selection {
    tokenspec_report::Selection {
        suites: select.suite.clone(),
        rules: select.rule.clone(),
        levels: select
            .level
            .iter()
            .map(|level| crate::report::level(lowest_level(*level)))
            .collect(),
    }
}
