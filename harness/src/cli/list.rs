//! `tokenspec list`: the rules and cases, and what proves them.

mod coverage;
mod json;
mod vulnerabilities;

pub(super) use coverage::proving;

use super::args::{ListArgs, OutputFormat, SelectArgs};
use super::exit_code::ExitCode;
use super::output::print;
use super::run::{lowest_level, suites};
use super::usage::UsageError;
use crate::plan::{self, PlannedRule, Selection};
use crate::suite::text::Text;
use crate::suite::{Profile, ProfileFile, Rule, Suite};
use crate::vocabulary::Level;

/// Runs the command.
///
/// # Errors
/// A suite that can't be loaded, or flags that match nothing.
pub fn run(args: &ListArgs) -> Result<ExitCode, UsageError> {
    let (suite, documents) = suites(&args.select)?;
    let rules = selected(&suite, &args.select, documents)?;
    let text = match (args.format, args.coverage) {
        (OutputFormat::Json, _) => json::render(&suite, &rules),
        (OutputFormat::Text, true) => coverage::render(&suite, &rules),
        (OutputFormat::Text, false) => table(&suite, &rules),
    };
    print(&text);
    Ok(ExitCode::Success)
}

/// A rule to be listed, with its level under the chosen profiles.
#[derive(Clone, Copy, Debug)]
struct Listed<'a> {
    rule: &'a Rule,
    level: Level,
}

fn selected<'s>(
    suite: &'s Suite,
    select: &SelectArgs,
    documents: Vec<String>,
) -> Result<Vec<Listed<'s>>, UsageError> {
    let everything = every_rule();
    let profiles = if select.profile.is_empty() {
        vec![&everything]
    } else {
        super::engine::profiles(suite, &select.profile)?
    };
    let selection = Selection {
        rules: select.rule.clone(),
        documents,
        levels: select
            .level
            .iter()
            .map(|level| lowest_level(*level))
            .collect(),
    };
    let planned = plan::select(suite, &profiles, &selection)?;
    let listed = |planned: &PlannedRule| {
        let rule = suite.rules.get(planned.rule)?;
        Some(Listed {
            rule,
            level: planned.level,
        })
    };
    Ok(planned.iter().filter_map(listed).collect())
}

/// A profile of all rules, each at the level of its file: what is listed where no profile is chosen.
fn every_rule() -> Profile {
    let file = ProfileFile {
        summary: String::new(),
        rules: vec![Text::new("*")],
        levels: std::collections::BTreeMap::new(),
        declares: Vec::new(),
    };
    Profile::new("every rule", file)
}

/// One line a rule.
fn table(suite: &Suite, rules: &[Listed<'_>]) -> String {
    let width = |of: fn(&Rule) -> usize| rules.iter().map(|listed| of(listed.rule)).max();
    let id = width(|rule| rule.id.len()).unwrap_or_default();
    let source = width(|rule| source(rule).chars().count()).unwrap_or_default();
    let mut text = String::new();
    for listed in rules {
        let (rule, level) = (listed.rule, listed.level.name());
        let (name, place, cases) = (&rule.id, self::source(rule), how_shown(suite, rule));
        text += &format!("{name:id$}  {level:6}  {place:source$}  {cases}\n");
    }
    text + &totals(suite, rules)
}

/// Document and section.
fn source(rule: &Rule) -> String {
    format!("{} {}", rule.source.document, rule.source.section)
}

/// How many cases show a rule, or why none does.
pub(super) fn how_shown(suite: &Suite, rule: &Rule) -> String {
    match (&rule.same_as, &rule.not_observable) {
        (Some(twin), _) => format!("{} of {twin}", counted(suite.cases_of(rule).len(), "case")),
        (None, Some(_)) => "not observable".to_owned(),
        (None, None) => counted(rule.cases.len(), "case"),
    }
}

/// `1 case`, `2 cases`.
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

fn totals(suite: &Suite, rules: &[Listed<'_>]) -> String {
    let all: usize = rules
        .iter()
        .map(|listed| suite.cases_of(listed.rule).len())
        .sum();
    let of = |level: Level| rules.iter().filter(|listed| listed.level == level).count();
    let levels: Vec<String> = Level::ALL
        .iter()
        .map(|level| format!("{} {level}", of(*level)))
        .collect();
    format!(
        "{} ({}), {}\n",
        counted(rules.len(), "rule"),
        levels.join(", "),
        counted(all, "case")
    )
}
