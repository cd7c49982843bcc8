//! The report for a person at a terminal: what fails and how to mend it first, sums last.

use crate::model::Report;

mod block;
mod brief;
mod page;
mod summary;

use page::{Ink, Page};

/// Whether the text carries colours.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Style {
    /// Text only.
    #[default]
    Plain,
    /// With ANSI escape sequences.
    Colour,
}

/// The report as text, with a line end after it.
#[must_use]
pub fn render(report: &Report, style: Style) -> String {
    let mut page = Page::new(style);
    head(&mut page, report);
    block::failures(&mut page, report);
    brief::warnings(&mut page, report);
    brief::known(&mut page, report);
    brief::stale(&mut page, report);
    brief::undecided(&mut page, report);
    brief::skipped(&mut page, report);
    summary::write(&mut page, report);
    page.finish()
}

fn head(page: &mut Page, report: &Report) {
    let facts = report.facts();
    let shard = facts
        .shard
        .map(|shard| format!(", shard {} of {}", shard.index, shard.count));
    let tool = format!("{} {}", facts.tool.name, facts.tool.version);
    let shard = shard.unwrap_or_default();
    let note = format!("{shard}, seed {}, started {}", facts.seed, facts.started);
    page.pieces(&[(Ink::Bold, &tool), (Ink::Dim, &note)]);
    for target in report.targets() {
        let info = &target.info;
        let profiles = match info.profiles.as_slice() {
            [] => String::new(),
            [one] => format!(", profile {one}"),
            [..] => format!(", profiles {}", info.profiles.join(", ")),
        };
        page.text(0, Ink::Bold, &info.name);
        page.text(2, Ink::Plain, &format!("{}{profiles}", info.token_endpoint));
        for notice in &info.notices {
            page.point(2, (Ink::Yellow, "!"), notice);
        }
    }
}

/// ` [TARGET]`, where the report has several.
fn on_target(report: &Report, name: &str) -> String {
    match report.targets() {
        [] | [_] => String::new(),
        [..] => format!(" [{name}]"),
    }
}

#[cfg(test)]
mod tests;
