//! The findings for people.

use tokenspec_report::{Evidence, Exchange};

use super::{Detail, Finding, Place, State};
use crate::target::Target;

/// A line for each finding; failures with what came back and what to change; the sum at the end.
pub(super) fn render(target: &Target, findings: &[Finding<'_>], detail: Detail) -> String {
    let mut text = format!("{}  {}\n", target.name, target.file);
    if target.name == target.file {
        text = format!("{}\n", target.name);
    }
    for notice in super::engine::notices(target) {
        text += &format!("warning: {notice}\n");
    }
    text.push('\n');
    let titles: Vec<String> = findings.iter().map(|it| title(&it.place)).collect();
    let width = titles.iter().map(|title| title.chars().count()).max();
    let width = width.unwrap_or_default();
    for (finding, title) in findings.iter().zip(&titles) {
        let words = printable(&finding.words);
        text += &match finding.state {
            State::Works => format!("works      {title:width$}  {words}\n"),
            State::Untried => format!("not tried  {title:width$}  {words}\n"),
            State::Fails => format!("FAILS      {title}\n    came back  {words}\n"),
        };
        if let Some(advice) = &finding.advice {
            text += &format!("    to change  {}\n", printable(advice));
        }
        match (detail, finding.state) {
            (Detail::Everything, _) => finding
                .exchanges
                .iter()
                .for_each(|exchange| transcript(exchange, &mut text)),
            (Detail::Failures, State::Fails) => {
                if let Some(last) = finding.exchanges.last() {
                    transcript(last, &mut text);
                }
            }
            (Detail::Failures, State::Works | State::Untried) => {}
        }
    }
    text.push('\n');
    text + &sum(findings)
}

/// What was tried: `client web (client_secret_basic): authorization_code`.
fn title(place: &Place<'_>) -> String {
    match (place.client, place.method) {
        (Some(client), Some(method)) => {
            let what = place.grant.unwrap_or(place.endpoint);
            format!("client {client} ({method}): {what}")
        }
        _ => match (&place.url, place.endpoint) {
            (Some(url), "token_endpoint") => format!("token_endpoint {url}"),
            (_, endpoint) => endpoint.to_owned(),
        },
    }
}

/// Lines of an exchange that are shown of each direction, and characters of each line.
const LINES: usize = 30;
const CHARACTERS: usize = 400;

fn transcript(exchange: &Exchange, text: &mut String) {
    for (mark, evidence) in [("> ", &exchange.sent), ("< ", &exchange.received)] {
        let Some(evidence) = evidence else { continue };
        let shown = shown(evidence);
        for line in shown.lines().take(LINES) {
            let line: String = line.chars().take(CHARACTERS).collect();
            *text += format!("    {mark}{line}").trim_end();
            text.push('\n');
        }
        if shown.lines().count() > LINES {
            *text += &format!("    {mark}… {} bytes in all\n", evidence.length());
        }
    }
    if let Some(failure) = &exchange.failure {
        *text += &format!("    ! {failure}\n");
    }
}

/// The bytes as lines of text.
fn shown(evidence: &Evidence) -> String {
    let text = String::from_utf8_lossy(evidence.bytes());
    let lines: Vec<String> = text.lines().map(printable).collect();
    lines.join("\n")
}

/// A line that no server can steer a terminal with.
fn printable(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                character
            }
        })
        .collect()
}

fn sum(findings: &[Finding<'_>]) -> String {
    let count = |state: State| findings.iter().filter(|it| it.state == state).count();
    let (works, fails, untried) = (
        count(State::Works),
        count(State::Fails),
        count(State::Untried),
    );
    let mut text = format!("{works} of {} work", works + fails);
    if untried > 0 {
        text += &format!(", {untried} not tried");
    }
    text + "\n"
}
