//! `tokenspec fuzz`: draws, sends, looks, confirms and reports. What is drawn and judged is in `fuzz/`.

mod against;
mod budget;
mod campaign;
mod confirm;
mod defect_table;
mod defects;
mod ground;
mod interruption;
mod next;
mod outcome;
mod yielded;

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use super::args::{Color, FuzzArgs};
use super::engine::{self, LimitFlags};
use super::exit_code::ExitCode;
use super::output::say;
use super::usage::UsageError;
use crate::fuzz::{Arsenal, Floors, Operator, Sequence, Walk, WalkFacts, from_lines, operators};
use crate::suite::{Suite, load};
use crate::target::{Allow, Target};

use against::Peer;
use budget::Budget;
use campaign::Campaign;
use confirm::Bench;
use ground::Ground;
use interruption::Interruption;
use outcome::Entry;

/// How long a run takes where nothing says it.
const USUAL: Duration = Duration::from_secs(30);

/// What all campaigns of a run share.
#[derive(Debug)]
struct Kit {
    args: FuzzArgs,
    built_in: Arc<Suite>,
    operators: Vec<Operator>,
    corpus: Vec<Entry>,
    seed: u64,
    interruption: Arc<Interruption>,
}

/// Runs the command.
///
/// # Errors
/// It could not start.
pub async fn run(args: &FuzzArgs, color: Color) -> Result<ExitCode, UsageError> {
    let kit = Arc::new(Kit {
        args: args.clone(),
        built_in: Arc::new(load::built_in()?),
        operators: operators().map_err(UsageError::Flags)?,
        corpus: outcome::corpus(&args.corpus)?,
        seed: engine::seed(args.seed),
        interruption: Interruption::listen(),
    });
    if let Some(glob) = &args.defects {
        return defects::run(&kit, glob).await;
    }
    let started = crate::clock::now();
    let mut targets = super::targets::targets(args.target.as_deref(), &args.profile).await?;
    if args.target.is_none() {
        // Not every configuration of the embedded server is one that mutations are about.
        targets.retain(|(target, _)| kit.concerns(target));
    }
    let share = u32::try_from(targets.len()).unwrap_or(1).max(1);
    let time = args
        .time
        .or_else(|| args.requests.is_none().then_some(USUAL));
    let budget = Budget {
        time: time.map(|time| time / share),
        requests: args
            .requests
            .map(|requests| requests.div_ceil(u64::from(share))),
        ..Budget::default()
    };
    let mut done = Vec::new();
    for (target, server) in targets {
        let name = target.name.clone();
        let campaign = campaign(&kit, target, budget).await?;
        drive(&campaign, &name).await;
        done.push(campaign);
        if let Some(server) = server {
            server.stop().await;
        }
        if kit.interruption.has_come() {
            break;
        }
    }
    outcome::report(&kit, &done, started, color)
}

impl Kit {
    /// Whether an operator is about a rule of the target's profiles.
    fn concerns(&self, target: &Target) -> bool {
        let chosen = engine::chosen_profiles(&self.built_in, target, &self.args.profile);
        let Ok((_, profiles)) = chosen else {
            return true;
        };
        let mut rules = self.operators.iter().map(|operator| &operator.rule);
        rules.any(|rule| profiles.iter().any(|profile| profile.includes(rule)))
    }

    /// What of the corpus can be said here, and the rule of each step where that is known.
    fn sequences(&self, facts: WalkFacts) -> Vec<(Sequence, Vec<String>)> {
        let entries = self.corpus.iter();
        let said = |entry: &Entry| match entry {
            Entry::Drawn(sequence) => Some((sequence.as_ref().clone(), Vec::new())),
            Entry::Lines(text) => from_lines(text, facts),
        };
        entries.filter_map(said).collect()
    }
}

/// Consent: what is not on this machine must say in its target file that it may be fuzzed.
fn consents(target: &Target) -> Result<(), UsageError> {
    if target.is_loopback() || target.allow.contains(&Allow::Fuzz) {
        return Ok(());
    }
    Err(UsageError::Flags(format!(
        "`{}` is not on this machine: its target file must say `allow: [fuzz]` before it is fuzzed",
        target.name
    )))
}

/// A campaign against a target, not yet begun.
async fn campaign(kit: &Kit, target: Target, budget: Budget) -> Result<Arc<Campaign>, UsageError> {
    let args = &kit.args;
    consents(&target)?;
    let (names, profiles) = engine::chosen_profiles(&kit.built_in, &target, &args.profile)?;
    let declared: Vec<String> = profiles
        .iter()
        .flat_map(|profile| &profile.file.declares)
        .map(|word| word.value.clone())
        .collect();
    let flags = LimitFlags {
        jobs: args.jobs,
        rate: None,
        timeout: args.timeout,
    };
    let limits = flags.over(&target);
    let ground = Ground::new(target, &declared, limits, kit.seed).await?;
    let wanted = globs(&args.operator)?;
    let included = |rule: &str| profiles.iter().any(|profile| profile.includes(rule));
    let all = kit
        .operators
        .iter()
        .filter(|operator| included(&operator.rule));
    let arsenal = Arsenal::new(
        all.cloned().collect(),
        &ground.target,
        &ground.capabilities(),
        |name| args.operator.is_empty() || wanted.is_match(name),
    );
    let walk_facts = WalkFacts::new(&ground.capabilities());
    let walk = if args.operator.is_empty() || wanted.is_match("walk") {
        Walk::new(&ground.target, &ground.capabilities())
    } else {
        Walk::default()
    };
    if arsenal.is_empty() && walk.is_empty() {
        return Err(UsageError::Flags(format!(
            "no mutation applies to `{}`",
            ground.target.name
        )));
    }
    let bench = Bench {
        built_in: Arc::clone(&kit.built_in),
        tries: budget.shrinking.tries(),
        interruption: Arc::clone(&kit.interruption),
    };
    let mut campaign =
        Campaign::new(ground, arsenal, walk, bench, budget).map_err(UsageError::Flags)?;
    if args.against.is_some() {
        let peer = Peer::start(&names, &kit.built_in, campaign.ground.limits, kit.seed);
        campaign.peer = Some(peer.await?);
    }
    campaign.corpus = kit.sequences(walk_facts);
    campaign.warm_up().await;
    Ok(Arc::new(campaign))
}

fn globs(patterns: &[String]) -> Result<globset::GlobSet, UsageError> {
    let mut set = globset::GlobSetBuilder::new();
    for pattern in patterns {
        let glob = globset::Glob::new(pattern);
        set.add(glob.map_err(|why| UsageError::Flags(format!("`--operator {pattern}`: {why}")))?);
    }
    set.build()
        .map_err(|why| UsageError::Flags(why.to_string()))
}

/// The workers of a campaign, at work.
fn workers(campaign: &Arc<Campaign>) -> tokio::task::JoinSet<()> {
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..campaign.ground.limits.concurrency {
        workers.spawn(Arc::clone(campaign).work());
    }
    workers
}

/// Lets the workers work, and says how far they are.
async fn drive(campaign: &Arc<Campaign>, name: &str) {
    let mut workers = workers(campaign);
    let terminal = std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
    let bar = terminal.then(indicatif::ProgressBar::new_spinner);
    let tell = |line: &str| match &bar {
        Some(bar) => bar.println(line),
        None => say(line),
    };
    let mut told = 0;
    let mut tick = tokio::time::interval(Duration::from_secs(if terminal { 1 } else { 10 }));
    tick.tick().await;
    loop {
        tokio::select! {
            ended = workers.join_next() => if ended.is_none() { break },
            () = campaign.news.notified() => {
                for line in outcome::news(campaign, &mut told) {
                    tell(&line);
                }
            }
            _ = tick.tick() => {
                let line = outcome::progress(campaign, name);
                match &bar {
                    Some(bar) => bar.set_message(line),
                    None => say(&line),
                }
            }
        }
    }
    campaign.ended();
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

/// What is printed of the floors.
fn floors(campaign: &Campaign) -> (String, bool) {
    let tally = campaign.locked().tally;
    let floors = Floors::default();
    let mut text = String::new();
    for (line, held) in floors.lines(&tally) {
        let mark = if held { "" } else { "  BELOW THE FLOOR" };
        text.push_str(&format!("  {line}{mark}\n"));
    }
    (text, floors.hold(&tally))
}
