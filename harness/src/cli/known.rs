//! Baselines of a run: what is stale, and the file brought up to date.

use std::fs;
use std::path::Path;

use jiff::civil::Date;
use tokenspec_report::{Report, StaleEntry, VariantResult};

use super::usage::UsageError;
use crate::baseline::{Baseline, Outcome};
use crate::clock;
use crate::suite::Suite;

/// Today, by UTC.
pub(super) fn today() -> Date {
    clock::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn outcomes(results: &[VariantResult]) -> Vec<Outcome<'_>> {
    results
        .iter()
        .map(|result| Outcome {
            rule: &result.rule.id,
            case: &result.case,
            client: result.variant.client.as_deref(),
            verdict: result.verdict,
        })
        .collect()
}

fn rule_ids(suite: &Suite) -> Vec<&str> {
    suite.rules.iter().map(|rule| rule.id.as_str()).collect()
}

/// The entries that explain nothing any more.
pub(super) fn stale(
    baseline: &Baseline,
    suite: &Suite,
    results: &[VariantResult],
) -> Vec<StaleEntry> {
    baseline
        .stale(&rule_ids(suite), &outcomes(results))
        .into_iter()
        .map(|stale| StaleEntry {
            rule: stale.entry.rule().to_owned(),
            reason: stale.entry.known().reason,
            why: stale.reason.to_string(),
            ..StaleEntry::default()
        })
        .collect()
}

/// Writes the baseline file anew.
///
/// # Errors
/// The file can't be read or written.
pub(super) fn update(
    path: &Path,
    baseline: &Baseline,
    suite: &Suite,
    report: &Report,
) -> Result<(), UsageError> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let outcomes = outcomes(report.results());
    let updated = crate::baseline::updated(&text, baseline, (&rule_ids(suite), &outcomes, today()));
    fs::write(path, updated).map_err(|why| {
        UsageError::Flags(format!(
            "the baseline {} can't be written: {why}",
            path.display()
        ))
    })
}
