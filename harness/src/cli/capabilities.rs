//! `tokenspec capabilities`: the words that cases need, what grants each, and which of them a target has.

use serde_json::{Value, json};

use super::args::{CapabilitiesArgs, OutputFormat};
use super::exit_code::ExitCode;
use super::output::print;
use super::usage::UsageError;
use crate::suite::{Suite, load};
use crate::target::capability::{Capability, CapabilitySet, DerivedFacts, capabilities, words};
use crate::target::{self, Target};

/// Runs the command. Nothing is sent: what only a control shows is not known here.
///
/// # Errors
/// A target file with a mistake.
pub fn run(args: &CapabilitiesArgs) -> Result<ExitCode, UsageError> {
    let text = match &args.target {
        None => render(args.format, None),
        Some(path) => {
            let suite = load::built_in()?;
            let target = target::load(path)?;
            let facts = declared(&suite, &target)?;
            let has = capabilities(&target, &facts);
            render(args.format, Some((&target, &has)))
        }
    };
    print(&text);
    Ok(ExitCode::Success)
}

/// What the profiles of the target file declare.
fn declared(suite: &Suite, target: &Target) -> Result<DerivedFacts, UsageError> {
    let mut facts = DerivedFacts::none();
    for profile in super::engine::profiles_of_file(suite, target)? {
        for word in &profile.file.declares {
            facts.declare(word.value.clone());
        }
    }
    Ok(facts)
}

fn render(format: OutputFormat, of: Option<(&Target, &CapabilitySet<'_>)>) -> String {
    match format {
        OutputFormat::Json => json_of(of),
        OutputFormat::Text => text_of(of),
    }
}

fn text_of(of: Option<(&Target, &CapabilitySet<'_>)>) -> String {
    let all = words();
    let width = all.iter().map(|word| word.word.len()).max();
    let width = width.unwrap_or_default();
    let line = |capability: &Capability| {
        let (word, by) = (capability.word, capability.granted_by);
        let has = of.map_or("", |(_, set)| if set.has(word) { "yes  " } else { "no   " });
        format!("{has}{word:width$}  {by}\n")
    };
    let mut text: String = all.iter().map(|capability| line(capability)).collect();
    if let Some((target, set)) = of {
        let has = set.iter().count();
        let shown: Vec<&str> = all
            .iter()
            .filter(|word| word.is_learnt() && !set.has(word.word))
            .map(|word| word.word)
            .collect();
        text += &format!("{} has {has} of {} words", target.name, all.len());
        if !shown.is_empty() {
            text += &format!(
                "; a run finds out by itself whether it has {}",
                shown.join(", ")
            );
        }
        text.push('\n');
    }
    text
}

fn json_of(of: Option<(&Target, &CapabilitySet<'_>)>) -> String {
    let all: Vec<Value> = words()
        .into_iter()
        .map(|word| {
            let mut row = json!({
                "word": word.word,
                "granted_by": word.granted_by,
                "learnt": word.is_learnt(),
            });
            if let (Some((_, set)), Some(members)) = (of, row.as_object_mut()) {
                members.insert("has".to_owned(), Value::from(set.has(word.word)));
            }
            row
        })
        .collect();
    let target = of.map(|(target, _)| target.name.as_str());
    format!("{:#}\n", json!({"target": target, "capabilities": all}))
}
