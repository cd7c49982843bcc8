//! A case in words: who takes part, the control, what is sent, what conforms.

use super::page::Page;
use super::{InWords, answer, change, joined, need, step, texts};
use crate::suite::model::Case;
use crate::suite::text::Text;

/// A case as rows of the page.
pub(super) fn explain(case: &Case, page: &mut Page) {
    let Case {
        name,
        needs,
        client,
        other,
        baseline,
        for_each,
        deviation,
        deviations,
        expect,
        steps,
        control,
        allow,
        hurts,
    } = case;
    page.row("case", &format!("\"{name}\""));
    for word in needs.iter().chain(allow) {
        page.row("  needs", &need(word));
    }
    page.row("  who", &who(client, other.as_deref(), baseline));
    for (name, values) in for_each {
        page.row("  for each", &format!("‹{name}› of {}", values_of(values)));
    }
    if !steps.is_empty() {
        if let Some(control) = control {
            page.row("  control", &control_words(&change::words(control)));
        }
        page.row(
            "  steps",
            "in order; a step that expects nothing must succeed",
        );
        for (number, step) in steps.iter().enumerate() {
            step::explain(number + 1, step, page);
        }
        return;
    }
    let deviates = deviation.is_some() || !deviations.0.is_empty();
    match control {
        Some(control) => page.row("  control", &control_words(&change::words(control))),
        None if deviates => page.row("  control", "that request, unchanged: it must succeed"),
        None => {}
    }
    match (deviation, deviations.0.as_slice()) {
        (Some(one), _) => page.row("  sent", &change::words(one)),
        (None, []) => page.row("  sent", "that request, unchanged"),
        (None, several) => {
            page.row("  sent", "that request with one of these changes at a time");
            for (label, change) in several {
                page.point(0, "-", &format!("{label}: {}", change::words(change)));
            }
        }
    }
    answer::rows("  ", expect, page);
    if hurts.as_ref().is_some_and(crate::judge::is_true) {
        page.row(
            "  careful",
            "these are failed authentications: away from loopback few of them are sent",
        );
    }
}

fn control_words(change: &str) -> String {
    format!("that request with one change that is no fault: {change}; it must succeed")
}

/// Who sends which requests.
fn who(client: &[Text], other: Option<&[Text]>, baseline: &[Text]) -> String {
    let words: Vec<&str> = baseline.iter().map(Text::as_str).collect();
    if words.contains(&"stranger") {
        return "a client that the server does not know".to_owned();
    }
    let grants = match words.as_slice() {
        [] => String::new(),
        ["each"] => ", with each of its grants".to_owned(),
        ["any"] => ", with one of its grants".to_owned(),
        named => {
            let named: Vec<String> = named.iter().map(|grant| (*grant).to_owned()).collect();
            format!(", with the grant {}", joined(&named, "and"))
        }
    };
    let mut words = match client {
        [] => "each client".to_owned(),
        some => format!("each client with {}", joined(&able(some), "and")),
    };
    words += &grants;
    match other {
        None => {}
        Some([]) => words += "; and a second client",
        Some(some) => {
            words += &format!("; and a second client with {}", joined(&able(some), "and"))
        }
    }
    words
}

/// Words of a client: `-word` is the lack of one.
fn able(words: &[Text]) -> Vec<String> {
    words
        .iter()
        .map(|word| match word.as_str() {
            "same_key" => "the same key".to_owned(),
            "-same_key" => "another key".to_owned(),
            "same_method" => "the same authentication method".to_owned(),
            "same_redirect_uri" => "the same redirect URI".to_owned(),
            word => match word.strip_prefix('-') {
                Some(bare) => format!("no {bare}"),
                None => word.to_owned(),
            },
        })
        .collect()
}

/// The values of a `for_each`: those of the file, or a list that the target decides.
fn values_of(values: &[Text]) -> String {
    let shown: Vec<String> = values
        .iter()
        .map(|value| match value.as_str().strip_prefix('@') {
            Some(source) => format!("the target's {}", source.replace('_', " ")),
            None => format!("`{}`", InWords::of(value)),
        })
        .collect();
    if shown.len() == 1 && texts(values).iter().all(|value| value.starts_with('@')) {
        return shown.join("");
    }
    shown.join(", ")
}
