//! From the text of a baseline file to its entries, or to every problem in it.

use globset::GlobBuilder;
use jiff::civil::Date;
use tokenspec_report::Verdict;

use super::{
    Baseline, Entry,
    file::{BaselineFile, EntryFile, VerdictFile},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Source},
    yaml::{self, Located},
};

/// Reads a baseline file for a run. `file` is the name to show.
///
/// # Errors
///
/// Returns every problem that was found.
pub fn parse(text: &str, file: &str) -> Result<Baseline, Diagnostics> {
    let written: BaselineFile = yaml::from_str(text, file)?;
    let source = Source::new(file, text);
    let mut problems = Diagnostics::new();
    let mut entries = Vec::new();
    for located in written.known {
        if problems.is_full() {
            break;
        }
        match entry(&source, located) {
            Ok(entry) => entries.push(entry),
            Err(problem) => problems.push(*problem),
        }
    }
    problems.into_result(Baseline { entries })
}

/// As [`parse`], and refuses entries whose reason is still to be found.
///
/// # Errors
///
/// Returns every problem that was found.
pub fn check(text: &str, file: &str) -> Result<Baseline, Diagnostics> {
    let baseline = parse(text, file)?;
    let written: BaselineFile = yaml::from_str(text, file)?;
    let source = Source::new(file, text);
    let unexplained = written.known.iter().zip(&baseline.entries);
    let problems: Diagnostics = unexplained
        .filter(|(_, entry)| entry.is_unexplained())
        .map(|(located, _)| {
            let spot = located.value.reason.spot;
            source.problem(spot, "no reason yet", "say why this deviation is accepted")
        })
        .collect();
    problems.into_result(baseline)
}

fn entry(source: &Source<'_>, located: Located<EntryFile>) -> Result<Entry, Box<Diagnostic>> {
    let written = located.value;
    let rule = GlobBuilder::new(&written.rule.value).build().map_err(|_| {
        let advice = "write a rule's id, or a pattern like `rfc6749-duplicate-*`";
        Box::new(source.problem(written.rule.spot, "this is not a glob", advice))
    })?;
    if written.reason.value.trim().is_empty() {
        let advice = "say why this deviation is accepted";
        return Err(Box::new(source.problem(
            written.reason.spot,
            "empty reason",
            advice,
        )));
    }
    let until = written
        .until
        .map(|until| date(source, &until))
        .transpose()?;
    Ok(Entry {
        rule: rule.compile_matcher(),
        case: written.case,
        client: written.client,
        verdict: written.verdict.map(Verdict::from),
        reason: written.reason.value,
        owner: written.owner,
        link: written.link,
        until,
        line: located.spot.line(),
    })
}

fn date(source: &Source<'_>, written: &Located<String>) -> Result<Date, Box<Diagnostic>> {
    let text = &written.value;
    let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    text.parse().ok().filter(|_| shaped).ok_or_else(|| {
        Box::new(source.problem(
            written.spot,
            "this is not a day",
            "write it like 2027-01-31",
        ))
    })
}

impl From<VerdictFile> for Verdict {
    fn from(verdict: VerdictFile) -> Self {
        match verdict {
            VerdictFile::Fail => Self::Fail,
            VerdictFile::Warn => Self::Warn,
            VerdictFile::Error => Self::Error,
            VerdictFile::Inconclusive => Self::Inconclusive,
        }
    }
}
