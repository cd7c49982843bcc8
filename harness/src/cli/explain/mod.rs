//! `tokenspec explain`: one rule in words. Its source, what is sent, what conforms, how to fix a server.

mod answer;
mod authorize;
mod callback;
mod case;
mod certificate;
mod change;
mod handshake;
mod page;
mod saml;
mod step;
mod wire;

use std::path::Path;

use self::page::Page;
use super::args::ExplainArgs;
use super::exit_code::ExitCode;
use super::list::{how_shown, proving};
use super::output::print;
use super::usage::UsageError;
use crate::diagnostic;
use crate::judge::RenderText;
use crate::report::source_url;
use crate::suite::text::Text;
use crate::suite::{Rule, Suite, load};
use crate::target::capability;
use crate::template::{self, RenderProblem, Rendered};

/// Runs the command.
///
/// # Errors
/// A suite that can't be loaded, or no such rule.
pub fn run(args: &ExplainArgs) -> Result<ExitCode, UsageError> {
    let mut suite = load::built_in()?;
    for path in &args.suite {
        suite.join(load::own(Path::new(path))?)?;
    }
    let rule = suite.rule_named(&args.rule).ok_or_else(|| {
        let names = suite.rules.iter().map(|rule| rule.id.as_str());
        let advice = diagnostic::nearest(&args.rule, names).map_or_else(
            || "`tokenspec list` has them all".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        UsageError::Flags(format!("no rule is called `{}`: {advice}", args.rule))
    })?;
    print(&explain(&suite, rule));
    Ok(ExitCode::Success)
}

/// A rule in words.
#[must_use]
pub fn explain(suite: &Suite, rule: &Rule) -> String {
    let mut page = Page::default();
    page.line(&format!("{} ({})", rule.id, rule.source.level));
    page.line(&format!(
        "{} section {}",
        rule.source.document, rule.source.section
    ));
    if let Some(url) = source_url(rule) {
        page.line(&url);
    }
    page.blank();
    page.paragraph(rule.statement.trim());
    for word in &rule.needs {
        page.row("needs", &need(word));
    }
    if let Some(why) = &rule.not_observable {
        page.row("not observable", why.trim());
    }
    if let Some(twin) = &rule.same_as {
        let cases = how_shown(suite, rule);
        page.row("shown by", &format!("the {cases}, as follows"));
        if let Some(twin) = suite.rule_named(twin) {
            for word in &twin.needs {
                page.row("needs", &need(word));
            }
        }
    }
    for case in suite.cases_of(rule) {
        page.blank();
        self::case::explain(case, &mut page);
    }
    page.blank();
    let remedy = rule.remedy.as_deref().unwrap_or(&rule.statement);
    page.row("to fix a server", remedy.trim());
    if let Some(notes) = &rule.notes {
        page.row("notes", notes.trim());
    }
    let defects = crate::cli::embedded::defects();
    let proving = proving(&defects, rule);
    if !proving.is_empty() {
        let command = "`tokenspec serve --defect ID` serves one";
        page.row("proved by", &format!("{} ({command})", proving.join(", ")));
    }
    page.row(
        "to run it",
        &match rule.own {
            true => format!(
                "tokenspec run TARGET --suite {} --rule {}",
                rule.file, rule.id
            ),
            false => format!("tokenspec run TARGET --rule {}", rule.id),
        },
    );
    page.into_text()
}

/// A capability word and what grants it.
fn need(word: &Text) -> String {
    let (bare, lacking) = match word.as_str().strip_prefix('-') {
        Some(bare) => (bare, true),
        None => (word.as_str(), false),
    };
    match capability::find(bare) {
        Ok(_) if lacking => format!("a target without `{bare}`"),
        Ok(known) => format!("`{bare}`: {}", known.how_to_grant()),
        Err(_) => format!("`{bare}`"),
    }
}

/// Several words: `a`, `a and b`, `a, b and c`.
fn joined(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

fn texts(texts: &[Text]) -> Vec<String> {
    texts.iter().map(InWords::of).collect()
}

/// Renders templates as words instead of values.
struct InWords;

impl InWords {
    /// A text of a suite file for people.
    fn of(text: &Text) -> String {
        Self::of_str(&text.value)
    }

    /// A name that may be a template.
    fn of_str(text: &str) -> String {
        template::parse(text).map_or_else(|_| text.to_owned(), |it| it.words())
    }
}

impl RenderText for InWords {
    fn render(&self, text: &Text) -> Result<Rendered, RenderProblem> {
        Ok(Rendered::plain(Self::of(text)))
    }
}
