//! What a parser can't see: words, templates, captures, and parts that are missing.

use std::collections::BTreeSet;

use super::answer::Answer;
use super::change::Change;
use super::model::{Case, RuleFile, Send, Step};
use super::spot;
use super::text::Text;
use crate::diagnostic::{Diagnostics, Source, nearest};
use crate::probe::credentials::method_named;
use crate::target::capability;
use crate::vocabulary::Grant;
use crate::{plan, template};

/// Looks through a rule file.
///
/// # Errors
/// Every problem.
pub(super) fn lint(file: &RuleFile, source: Source<'_>) -> Result<(), Diagnostics> {
    let mut lint = Lint {
        source,
        problems: Diagnostics::default(),
        names: BTreeSet::new(),
    };
    for word in &file.needs {
        lint.capability(word);
    }
    let ways = [
        !file.cases.is_empty(),
        file.same_as.is_some(),
        file.not_observable.is_some(),
    ];
    if ways.iter().filter(|way| **way).count() != 1 {
        let place = &file.source.document;
        lint.problem(
            place,
            "a rule has either `cases`, `same_as` or `not_observable`",
            "give one of them",
        );
    }
    let mut names = BTreeSet::new();
    for case in &file.cases {
        if !names.insert(case.name.as_str()) {
            lint.problem(
                &case.name,
                format!("two cases are called `{}`", case.name),
                "rename one",
            );
        }
        lint.case(case, &file.expect);
    }
    lint.problems.into_result(())
}

struct Lint<'a> {
    source: Source<'a>,
    problems: Diagnostics,
    /// What templates of the current case may name.
    names: BTreeSet<String>,
}

/// What every template may name.
const ROOTS: &[&str] = &[
    "assertion",
    "body",
    "client",
    "control",
    "issuer",
    "other",
    "path",
    "query",
    "scope",
    "sent",
    "token_endpoint",
    "url",
    "user",
    "value",
];

impl Lint<'_> {
    fn problem(&mut self, text: &Text, message: impl Into<String>, advice: impl Into<String>) {
        self.problems
            .push(self.source.problem(spot(text), message, advice));
    }

    fn capability(&mut self, word: &Text) {
        let bare = word.as_str().strip_prefix('-').unwrap_or(word.as_str());
        if capability::find(bare).is_err() {
            let near = nearest(
                bare,
                capability::words()
                    .into_iter()
                    .map(|capability| capability.word),
            );
            let advice = near.map_or_else(
                || "`tokenspec capabilities` lists the words".to_owned(),
                |near| format!("did you mean `{near}`? `tokenspec capabilities` lists the words"),
            );
            self.problem(word, format!("unknown capability `{bare}`"), advice);
        }
    }

    fn case(&mut self, case: &Case, inherited: &[Answer]) {
        self.names = ROOTS.iter().map(|root| (*root).to_owned()).collect();
        self.names.extend(case.for_each.keys().cloned());
        let words = case
            .needs
            .iter()
            .chain(case.client.iter())
            .chain(&case.allow);
        for word in words {
            self.capability(word);
        }
        for word in case.other.iter().flat_map(|words| words.iter()) {
            if !matches!(word.as_str(), "same_method" | "same_redirect_uri") {
                self.capability(word);
            }
        }
        for grant in case.baseline.iter() {
            if !matches!(grant.as_str(), "each" | "any" | "stranger") {
                self.grant(grant);
            }
        }
        for value in case.for_each.values().flat_map(|values| values.iter()) {
            if let Some(name) = value.as_str().strip_prefix('@')
                && !plan::SOURCE_NAMES.contains(&name)
            {
                let advice = format!("there are: {}", plan::SOURCE_NAMES.join(", "));
                self.problem(value, format!("no source is called `@{name}`"), advice);
            }
        }
        self.parts(case, inherited);
        if let Some(control) = &case.control {
            self.change(control);
        }
        for change in case
            .deviation
            .iter()
            .chain(case.deviations.0.iter().map(|(_, change)| change))
        {
            self.change(change);
        }
        self.answers(&case.expect);
        for step in &case.steps {
            self.step(step);
        }
    }

    /// The parts that a case must have, and those that exclude each other.
    fn parts(&mut self, case: &Case, inherited: &[Answer]) {
        let deviates = case.deviation.is_some() || !case.deviations.0.is_empty();
        if case.steps.is_empty() {
            if case.baseline.is_empty() {
                self.problem(
                    &case.name,
                    "a case without steps needs a `baseline`",
                    "name a grant, `each` or `any`",
                );
            }
            if case.expect.is_empty() && inherited.is_empty() {
                self.problem(
                    &case.name,
                    "a case without steps needs an `expect`",
                    "say which answers conform",
                );
            }
        } else {
            if deviates || !case.expect.is_empty() {
                self.problem(
                    &case.name,
                    "`steps` stand instead of `deviation`, `deviations` and `expect`",
                    "put the change and the expectation into a `send` step",
                );
            }
            if !case.steps.iter().any(has_expectation) {
                self.problem(
                    &case.name,
                    "no step expects anything",
                    "give one of them an `expect`, or add a `check`",
                );
            }
        }
        if case.deviation.is_some() && !case.deviations.0.is_empty() {
            self.problem(
                &case.name,
                "`deviation` and `deviations` exclude each other",
                "use one of them",
            );
        }
        for change in case
            .deviation
            .iter()
            .chain(case.deviations.0.iter().map(|(_, change)| change))
        {
            if change.is_empty() {
                self.problem(
                    &case.name,
                    "a deviation changes nothing",
                    "leave it out, or say what it changes",
                );
            }
        }
    }

    fn grant(&mut self, word: &Text) {
        let names = Grant::ALL.iter().map(|grant| grant.name());
        if !names.clone().any(|name| name == word.as_str()) {
            let near = nearest(word.as_str(), names.clone());
            let advice = near.map_or_else(
                || format!("there are: {}", names.collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            self.problem(word, format!("unknown grant `{word}`"), advice);
        }
    }

    fn change(&mut self, change: &Change) {
        for text in change.templates() {
            self.template(text);
        }
        if let Some(by) = change
            .authenticate
            .as_ref()
            .and_then(|made| made.by.as_ref())
            && !by.value.contains('$')
            && method_named(by.as_str()).is_none()
        {
            let advice = "use a registered method, `none` (client_id alone) or `nothing`";
            self.problem(
                by,
                format!("unknown client authentication method `{by}`"),
                advice,
            );
        }
    }

    fn template(&mut self, text: &Text) {
        match template::parse(&text.value) {
            Err(why) => self.problem(text, format!("`{text}` is no template: {why}"), ""),
            Ok(parsed) => {
                let roots: Vec<String> = parsed
                    .paths()
                    .filter_map(|path| path.first().cloned())
                    .collect();
                for root in roots {
                    self.name(text, &root);
                }
            }
        }
    }

    fn name(&mut self, text: &Text, name: &str) {
        if !self.names.contains(name) {
            let near = nearest(name, self.names.iter().map(String::as_str));
            let advice = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "a step that comes before must save it with `as`".to_owned(),
            };
            self.problem(text, format!("nothing defines `{name}`"), advice);
        }
    }

    fn answers(&mut self, answers: &[Answer]) {
        for answer in answers {
            for word in &answer.when {
                self.capability(word);
            }
            if let Some(name) = &answer.like {
                self.name(name, name.as_str());
            }
            for code in answer.status.iter().flat_map(|codes| codes.iter()) {
                let digits = code.as_str().strip_suffix("xx").unwrap_or(code.as_str());
                if digits.parse::<u16>().is_err() {
                    self.problem(code, format!("`{code}` is no status"), "write 405 or 4xx");
                }
            }
            for text in answer_templates(answer) {
                self.template(text);
            }
        }
    }

    fn step(&mut self, step: &Step) {
        let mut saved = None;
        match step {
            Step::Authorize(step) => {
                for text in [&step.scope, &step.redirect_uri, &step.verifier]
                    .into_iter()
                    .flatten()
                {
                    self.template(text);
                }
                for text in step.change.iter().flat_map(|change| change.set.values()) {
                    self.template(text);
                }
                saved = step.name.as_ref();
            }
            Step::Check(step) => {
                let operands = [&step.equals, &step.differs, &step.within, &step.contains];
                for text in operands.into_iter().flatten().chain([&step.that]) {
                    self.template(text);
                }
            }
            Step::Elapse(text) => {
                self.template(text);
                if !text.value.contains('$') && humantime::parse_duration(text.as_str()).is_err() {
                    self.problem(
                        text,
                        format!("`{text}` is no duration"),
                        "write 90s, 12m or 1h",
                    );
                }
            }
            Step::Fetch(step) => {
                self.template(&step.url);
                self.answers(&step.expect);
                saved = step.name.as_ref();
            }
            Step::Inspect(step) => {
                self.template(&step.token);
                saved = step.name.as_ref();
            }
            Step::Obtain(step) => {
                self.grant(&step.grant);
                saved = step.name.as_ref();
            }
            Step::Prepare(step) => {
                if let Some(change) = &step.change {
                    self.change(change);
                }
                saved = Some(&step.name);
            }
            Step::Revoke(step) => {
                self.template(&step.token);
                self.answers(&step.expect);
                saved = step.name.as_ref();
            }
            Step::Sample(step) => {
                if let Some(send) = &step.send {
                    self.send(send);
                }
                saved = step.name.as_ref();
            }
            Step::Send(step) => {
                self.send(step);
                saved = step.name.as_ref();
            }
            Step::Together(step) => {
                self.send(&step.send);
                self.answers(&step.expect.others);
                saved = step.name.as_ref();
            }
        }
        self.names.extend(saved.map(|name| name.value.clone()));
    }

    fn send(&mut self, send: &Send) {
        // A step may ask for what it saw itself.
        self.names
            .extend(send.name.iter().map(|name| name.value.clone()));
        if let Some(grant) = &send.baseline {
            self.grant(grant);
        }
        if let Some(with) = &send.with {
            self.name(with, with.as_str());
        }
        if let Some(change) = &send.change {
            self.change(change);
        }
        self.answers(&send.expect);
    }
}

fn has_expectation(step: &Step) -> bool {
    match step {
        Step::Authorize(step) => !step.expect.is_empty(),
        Step::Check(_) | Step::Together(_) => true,
        Step::Elapse(_) | Step::Obtain(_) | Step::Prepare(_) => false,
        Step::Fetch(step) => !step.expect.is_empty(),
        Step::Inspect(step) => !step.expect.is_empty(),
        Step::Revoke(step) => !step.expect.is_empty(),
        Step::Sample(step) => !step.expect.is_empty(),
        Step::Send(step) => !step.expect.is_empty(),
    }
}

/// The templates in an answer.
fn answer_templates(answer: &Answer) -> Vec<&Text> {
    let mut texts = Vec::new();
    if let Some(accepted) = &answer.accepted {
        texts.extend(
            [&accepted.issued_by, &accepted.of_client]
                .into_iter()
                .flatten(),
        );
        for scope in [&accepted.scope, &accepted.real_scope]
            .into_iter()
            .flatten()
        {
            texts.extend(
                [&scope.equals, &scope.within, &scope.contains, &scope.lacks]
                    .into_iter()
                    .flatten(),
            );
        }
    }
    for condition in answer.header.values().chain(answer.json.values()) {
        let operands = [
            &condition.equals,
            &condition.differs,
            &condition.contains,
            &condition.lacks,
        ];
        texts.extend(operands.into_iter().flatten());
    }
    texts
}
