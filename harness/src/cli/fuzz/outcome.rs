//! What a run of the fuzzer says: progress, the report, saved findings, the exit code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokenspec_report::{
    Observed, Report, RunFacts, TargetInfo, Tool, Variant, VariantResult, Verdict, terminal,
};

use super::super::args::Color;
use super::super::exit_code::ExitCode;
use super::super::output::{print, style};
use super::super::usage::UsageError;
use super::Kit;
use super::campaign::Campaign;
use super::confirm::{Finding, bare};
use super::yielded::Yield;
use crate::fuzz::{Sequence, to_lines};
use crate::report::{Outcomes, Redactor, results};
use crate::suite::Suite;

/// An entry of a corpus.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// What was drawn here.
    Drawn(Box<Sequence>),
    /// An entry of the corpus of the endpoint target in `fuzz/`.
    Lines(String),
}

/// The entries of folders of corpora.
pub(super) fn corpus(folders: &[PathBuf]) -> Result<Vec<Entry>, UsageError> {
    let mut all = Vec::new();
    for folder in folders {
        let unreadable = |why: std::io::Error| {
            UsageError::Flags(format!(
                "the corpus {} can't be read: {}",
                folder.display(),
                why.kind()
            ))
        };
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            files.push(entry.map_err(unreadable)?.path());
        }
        files.retain(|file| file.is_file());
        files.sort();
        for file in files {
            let octets = fs::read(&file).map_err(unreadable)?;
            let text = String::from_utf8_lossy(&octets).into_owned();
            if file.extension().is_some_and(|end| end == "json") {
                let sequence = Sequence::from_json(&text)
                    .map_err(|why| UsageError::Flags(format!("{} {why}", file.display())))?;
                all.push(Entry::Drawn(Box::new(sequence)));
            } else {
                all.push(Entry::Lines(text));
            }
        }
    }
    Ok(all)
}

/// One line on how far a campaign has come.
pub(super) fn progress(campaign: &Campaign, name: &str) -> String {
    let yielded = campaign.locked();
    let requests = campaign.requests();
    format!(
        "{name}: {requests} requests, {:.0}/s, {} distinct answers, {} findings",
        rate(requests, campaign.elapsed()),
        yielded.distinct.len(),
        yielded.findings.len()
    )
}

/// A line for each finding that was not told yet. `told` counts those that were.
pub(super) fn news(campaign: &Campaign, told: &mut usize) -> Vec<String> {
    let yielded = campaign.locked();
    let new = yielded.findings.iter().skip(*told);
    let line = |finding: &Finding| {
        let cause = &finding.cause;
        format!(
            "found: {} breaks {}: {}",
            finding.mutation(),
            cause.rule,
            cause.answer
        )
    };
    let lines: Vec<String> = new.map(line).collect();
    *told += lines.len();
    lines
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn rate(requests: u64, elapsed: std::time::Duration) -> f64 {
    requests as f64 / elapsed.as_secs_f64().max(0.001)
}

/// Reports, saves, and concludes.
pub(super) fn report(
    kit: &Kit,
    done: &[Arc<Campaign>],
    started: jiff::Timestamp,
    color: Color,
) -> Result<ExitCode, UsageError> {
    let (args, seed) = (&kit.args, kit.seed);
    let mut facts = RunFacts {
        tool: Tool {
            name: "tokenspec fuzz".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        started: started.to_string(),
        finished: crate::clock::now().to_string(),
        seed,
        ..RunFacts::default()
    };
    if kit.interruption.has_come() {
        facts
            .notices
            .push("It was interrupted before its end.".to_owned());
    }
    let mut draft = Draft::default();
    for campaign in done {
        let target = &campaign.ground.target;
        facts.targets.push(TargetInfo {
            name: target.name.clone(),
            token_endpoint: target.token_endpoint.to_string(),
            profiles: target.profile.clone(),
            argument: args.target.clone(),
            ..TargetInfo::default()
        });
        draft.add(kit, campaign)?;
    }
    let Draft {
        results,
        mut summary,
        found,
        below,
        ..
    } = draft;
    let report = Report::build(facts, results);
    super::super::report_files::write_reports(&report, &args.reports)?;
    print(&terminal::render(&report, style(color)));
    if found > 0 && args.save.is_none() {
        summary.push_str("With --save DIR each is a rule file that `run --suite` sends again.\n");
    }
    print(&format!("\n{summary}Seed {seed}. {found} findings.\n"));
    Ok(match (found, below) {
        (0, 0) => ExitCode::Success,
        (0, _) => ExitCode::Undecided,
        _ => ExitCode::Deviation,
    })
}

/// What the report is made of.
#[derive(Default)]
struct Draft {
    redactor: Redactor,
    results: Vec<VariantResult>,
    summary: String,
    found: usize,
    /// Campaigns below a floor.
    below: usize,
}

impl Draft {
    /// Adds what came of a campaign, and saves what it found.
    fn add(&mut self, kit: &Kit, campaign: &Campaign) -> Result<(), UsageError> {
        let (args, built_in) = (&kit.args, &kit.built_in);
        let yielded = campaign.locked();
        for finding in &yielded.findings {
            if let Some(folder) = &args.save {
                save(folder, finding)?;
            }
            if let Some(folder) = &args.lines {
                save_lines(folder, finding)?;
            }
            let folder = args.save.as_deref();
            let found = result((finding, folder), campaign, built_in, &mut self.redactor);
            self.results.extend(found);
        }
        for (mutation, times) in judged(&yielded) {
            self.results
                .extend(passed(campaign, built_in, mutation, *times));
        }
        self.found += yielded.findings.len();
        for line in yielded.refused.iter().chain(&yielded.unconfirmed()) {
            self.summary.push_str(&format!("  {line}\n"));
        }
        self.summary.push_str(&differences(&yielded));
        drop(yielded);
        let name = &campaign.ground.target.name;
        self.summary
            .push_str(&format!("{}\n", progress(campaign, name)));
        let (lines, held) = super::floors(campaign);
        self.below += usize::from(!held);
        self.summary.push_str(&lines);
        Ok(())
    }
}

/// The most differences from the peer that are printed.
const DIFFERENCES: usize = 30;

/// Where the classes of answers differ from the peer's.
fn differences(yielded: &Yield) -> String {
    let mut lines = String::new();
    for ((mutation, ours, theirs), times) in yielded.differences.iter().take(DIFFERENCES) {
        lines.push_str(&format!(
            "  {mutation}: {ours}, the reference server {theirs} ({times} times)\n"
        ));
    }
    let more = yielded.differences.len().saturating_sub(DIFFERENCES);
    if more > 0 {
        lines.push_str(&format!(
            "  and {more} more differences from the reference server\n"
        ));
    }
    lines
}

/// Mutations that were judged and brought no finding.
fn judged(yielded: &Yield) -> Vec<(&String, &u64)> {
    let deviates = |name: &str| {
        let mut findings = yielded.findings.iter();
        findings.any(|finding| finding.mutation() == name || finding.also.contains(name))
    };
    let mut all: Vec<_> = yielded
        .judged
        .iter()
        .filter(|(name, _)| !deviates(name))
        .collect();
    all.sort();
    all
}

/// A finding as the report has it.
fn result(
    (finding, folder): (&Finding, Option<&Path>),
    campaign: &Campaign,
    built_in: &Suite,
    redactor: &mut Redactor,
) -> Vec<VariantResult> {
    let plan = std::slice::from_ref(&finding.planned);
    let finished = [Some(finding.finished.clone())];
    let outcomes = Outcomes {
        suite: &finding.suite,
        target: &campaign.ground.target,
        plan,
        finished: &finished,
    };
    let mut found = results(outcomes, None, redactor);
    let remedy = built_in
        .rule_named(&finding.cause.rule)
        .and_then(|rule| rule.remedy.clone());
    for result in &mut found {
        let mut rule = (*result.rule).clone();
        rule.remedy.clone_from(&remedy);
        (rule.id, rule.own_file) = saved_as(finding, folder);
        result.rule = Arc::new(rule);
        result.difference = Some(finding.sequence.operators.join(", "));
        if !finding.also.is_empty() {
            result.reason.push_str("; answered alike: ");
            result.reason.push_str(&forms(&finding.also));
        }
    }
    found
}

/// The rule and the file as which a finding is saved, or would be.
fn saved_as(finding: &Finding, folder: Option<&Path>) -> (String, Option<String>) {
    let folder = folder.unwrap_or(Path::new("DIR"));
    let slug = finding.cause.slug();
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = whole.file_name().unwrap_or_default().to_string_lossy();
    let file = folder.join(format!("{slug}.yaml"));
    (
        format!("{name}-{slug}"),
        Some(file.to_string_lossy().into_owned()),
    )
}

/// The most forms of a mutation that are named.
const FORMS: usize = 12;

fn forms(all: &BTreeSet<String>) -> String {
    let named: Vec<&str> = all.iter().take(FORMS).map(String::as_str).collect();
    let more = match all.len().saturating_sub(FORMS) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", named.join(", "))
}

/// A mutation that was judged and never deviated.
fn passed(
    campaign: &Campaign,
    built_in: &Suite,
    mutation: &str,
    times: u64,
) -> Option<VariantResult> {
    let bare = bare(mutation);
    let mut operators = campaign.arsenal.operators().iter();
    let rule = operators
        .find(|operator| operator.name == bare)
        .map_or("rfc6749-code-single-use", |operator| operator.rule.as_str());
    let info = crate::report::rule_of(built_in, rule)?;
    Some(VariantResult {
        target: campaign.ground.target.name.clone(),
        rule: Arc::new(info),
        case: mutation.to_owned(),
        variant: Variant {
            id: format!("fuzz/{mutation}"),
            ..Variant::default()
        },
        verdict: Verdict::Pass,
        known: None,
        reason: format!("{times} times as it must be"),
        difference: None,
        expected: Vec::new(),
        observed: Observed::default(),
        exchanges: Vec::new(),
        curl: None,
    })
}

fn unwritable(path: &Path, why: &std::io::Error) -> UsageError {
    UsageError::Flags(format!(
        "{} can't be written: {}",
        path.display(),
        why.kind()
    ))
}

/// A finding as a rule file and as an entry of a corpus.
fn save(folder: &Path, finding: &Finding) -> Result<(), UsageError> {
    let corpus = folder.join("corpus");
    fs::create_dir_all(&corpus).map_err(|why| unwritable(&corpus, &why))?;
    let slug = finding.cause.slug();
    for (path, text) in [
        (folder.join(format!("{slug}.yaml")), finding.text.clone()),
        (
            corpus.join(format!("{slug}.json")),
            finding.sequence.to_json(),
        ),
    ] {
        fs::write(&path, text).map_err(|why| unwritable(&path, &why))?;
    }
    Ok(())
}

/// A finding as an entry of the corpus of the endpoint target, where its lines can say it.
fn save_lines(folder: &Path, finding: &Finding) -> Result<(), UsageError> {
    let Some(lines) = to_lines(&finding.sequence) else {
        return Ok(());
    };
    fs::create_dir_all(folder).map_err(|why| unwritable(folder, &why))?;
    let path = folder.join(finding.cause.slug());
    fs::write(&path, lines).map_err(|why| unwritable(&path, &why))
}
