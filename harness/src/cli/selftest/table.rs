//! The table: server × verdicts.

use tokenspec_report::Verdict;

use super::Row;

/// One server in one line.
#[must_use]
pub(super) fn line(row: &Row) -> String {
    let counts: Vec<String> = Verdict::ALL
        .iter()
        .map(|verdict| format!("{} {}", count(row, *verdict), verdict.word()))
        .collect();
    format!(
        "{} ({}): {}; {} wrong, {} requests, {:.1} s",
        row.server,
        row.configuration,
        counts.join(", "),
        row.wrong.len(),
        row.trial.requests,
        row.trial.took.as_secs_f64()
    )
}

fn count(row: &Row, verdict: Verdict) -> usize {
    let outcomes = row
        .trial
        .rules
        .values()
        .flat_map(|variants| variants.values());
    outcomes
        .filter(|outcome| outcome.verdict == verdict)
        .count()
}

/// The whole table, and every wrong pass above it.
#[must_use]
pub(super) fn render(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        for wrong in &row.wrong {
            out += &format!("{} ({}): {wrong}\n", row.server, row.configuration);
        }
    }
    out
}
