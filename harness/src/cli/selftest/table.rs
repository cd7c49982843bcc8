//! The table: servers by counts of verdicts.

use tokenspec_report::Verdict;

use super::Row;

/// One server in one line.
#[must_use]
pub(super) fn line(row: &Row) -> String {
    let end = match (&row.void, row.wrong.len()) {
        (Some(why), _) => format!("proves nothing: {why}"),
        (None, 0) => "nothing passed for a refusal".to_owned(),
        (None, wrong) => format!("{wrong} PASSED FOR A REFUSAL"),
    };
    format!(
        "{} ({}): {end} ({} requests, {:.1} s)",
        row.server,
        row.configuration,
        row.trial.requests,
        row.trial.took.as_secs_f64()
    )
}

/// The whole table, what must not be below it, and the outcome last.
#[must_use]
pub(super) fn render(rows: &[Row]) -> String {
    let mut out = format!("{:<44}", "server (configuration)");
    for verdict in Verdict::ALL {
        out += &format!("{:>13}", verdict.word());
    }
    out += &format!("{:>13}{:>8}\n", "named spoilt", "wrong");
    for row in rows {
        out += &format!("{:<44}", format!("{} ({})", row.server, row.configuration));
        for verdict in Verdict::ALL {
            out += &format!("{:>13}", row.count(verdict));
        }
        out += &format!("{:>13}{:>8}\n", row.named, row.wrong.len());
    }
    out += "\nnamed spoilt: passes whose own expectation names what the proxy made of the refusal (`any`, `bare`, a class of \
            status codes, `like`)\nwrong: passes for a refusal that never was\n";
    for row in rows.iter().filter(|row| !row.holds()) {
        out += &format!("\n{}\n", line(row));
        for wrong in &row.wrong {
            out += &format!("  {wrong}\n");
        }
    }
    let wrong: usize = rows.iter().map(|row| row.wrong.len()).sum();
    let void = rows.iter().filter(|row| row.void.is_some()).count();
    out + &format!(
        "\n{} servers: {wrong} passes for a refusal that never was, {void} servers that prove nothing\n",
        rows.len()
    )
}
