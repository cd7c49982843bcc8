//! What a parser can't see: words, templates, captures, and parts that are missing.

mod answers;
mod authorize;
mod callback;
mod handshake;
mod steps;
mod wire;

use std::collections::BTreeSet;

use super::answer::Answer;
use super::change::Change;
use super::model::{Case, RuleFile};
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
        case: file.source.document.clone(),
    };
    lint.capabilities(&file.needs);
    lint.answers(&file.expect);
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
    /// The name of the current case: the place of what has none of its own.
    case: Text,
}

/// What every template may name.
const ROOTS: &[&str] = &[
    "assertion",
    "assertion_id",
    "assertion_issuer",
    "body",
    "claims",
    "client",
    "control",
    "document",
    "encoded",
    "forged",
    "header",
    "issuer",
    "metadata",
    "now",
    "other",
    "path",
    "query",
    "request",
    "saml_issuer",
    "saml_subject",
    "scope",
    "segment",
    "sent",
    "signature",
    "token_endpoint",
    "token_mtls",
    "unsigned",
    "url",
    "user",
    "value",
    "xml",
];

/// What every template may ask for, with the members that are known: `client.id`.
pub(super) fn sources() -> Vec<String> {
    let dotted = |root: &&str| -> Vec<String> {
        let members = members_of(root).iter();
        members.map(|member| format!("{root}.{member}")).collect()
    };
    ROOTS
        .iter()
        .flat_map(|root| [vec![(*root).to_owned()], dotted(root)].concat())
        .collect()
}

impl Lint<'_> {
    fn problem(&mut self, text: &Text, message: impl Into<String>, advice: impl Into<String>) {
        self.problems
            .push(self.source.problem(spot(text), message, advice));
    }

    fn problem_of_case(&mut self, message: &str, advice: &str) {
        let place = self.case.clone();
        self.problem(&place, message, advice);
    }

    fn capabilities(&mut self, words: &[Text]) {
        for word in words {
            self.capability(word);
        }
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
        self.case = case.name.clone();
        self.switch(case.hurts.as_ref());
        let clients = case.client.iter();
        let words = case
            .needs
            .iter()
            .chain(
                clients.filter(|word| ![plan::ONE, plan::ONE_PER_METHOD].contains(&word.as_str())),
            )
            .chain(&case.allow);
        for word in words {
            self.capability(word);
        }
        for word in case.other.iter().flat_map(|words| words.iter()) {
            if !matches!(
                word.as_str().trim_start_matches('-'),
                "further_scope" | "same_key" | "same_method" | "same_redirect_uri"
            ) {
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
            if !case.steps.iter().any(steps::has_expectation) {
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
        if let Some(wire) = &change.wire {
            self.wire(wire);
            self.beside_http2(change);
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

    /// A text that is `true` or `false`: any other would quietly count as `false`.
    fn switch(&mut self, text: Option<&Text>) {
        if let Some(text) = text
            && !matches!(text.as_str(), "true" | "false")
        {
            let message = format!("`{text}` is neither `true` nor `false`");
            self.problem(text, message, "write `true` or `false`");
        }
    }

    fn templates(&mut self, texts: &[&Option<Text>]) {
        for text in texts.iter().copied().flatten() {
            self.template(text);
        }
    }

    fn template(&mut self, text: &Text) {
        match template::parse(&text.value) {
            Err(why) => self.problem(
                text,
                format!("`{text}` is no template: {why}"),
                "write `${name}` for a value, or `$$` for a dollar sign",
            ),
            Ok(parsed) => {
                for path in parsed.paths() {
                    let path: Vec<&str> = path.iter().map(String::as_str).collect();
                    self.path(text, &path);
                }
            }
        }
    }

    fn path(&mut self, text: &Text, path: &[&str]) {
        let Some(root) = path.first() else { return };
        self.name(text, root);
        let members = members_of(root);
        let fits = match path {
            [_] => !matches!(
                *root,
                "client" | "other" | "scope" | "sent" | "user" | "value"
            ),
            [_, member, ..] => members.is_empty() || members.contains(member),
            [] => true,
        };
        if !fits {
            let message = format!("`{root}` has no member of this name");
            let near = path
                .get(1)
                .and_then(|member| nearest(member, members.iter().copied()));
            let advice = match near {
                Some(near) => format!("did you mean `{root}.{near}`?"),
                None if members.is_empty() => format!("name a parameter: `{root}.NAME`"),
                None => format!("there are: {}", members.join(", ")),
            };
            self.problem(text, message, advice);
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
}

/// The members of what every template may name; none where any may be asked for.
fn members_of(root: &str) -> &'static [&'static str] {
    match root {
        "client" | "other" => &[
            "auth",
            "basic",
            "certificate",
            "default_atm",
            "id",
            "jwks_uri",
            "key",
            "name",
            "notification_endpoint",
            "policy_atm",
            "redirect_uri",
            "redirect_uris",
            "retired_secret",
            "secret",
        ],
        "scope" => &["all", "first", "last", "rest", "second"],
        "user" => &["password", "username"],
        "body" => &["json", "multipart", "xml"],
        _ => &[],
    }
}
