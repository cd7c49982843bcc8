//! Suites: rules and profiles as data. Pure but for `load.rs`.

pub mod answer;
mod authorize;
pub mod callback;
pub mod certificate;
pub mod change;
pub mod handshake;
mod lint;
pub mod load;
pub mod model;
pub mod ordered;
mod polled;
mod profile;
mod registration;
pub mod saml;
mod step;
pub mod text;
mod vulnerability;
pub mod wire;

pub use profile::{Profile, ProfileFile, glob_matches};
pub use vulnerability::KnownVulnerability;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use model::{Case, Source};
use text::Text;

use crate::diagnostic::{Diagnostic, Diagnostics, Source as SourceText, Spot};
use crate::yaml;

/// Rules in order, and the profiles over them.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// The rules, by document and then by slug.
    pub rules: Vec<Rule>,
    /// The profiles, by name.
    pub profiles: Vec<Profile>,
    /// Disclosed flaws that rules of this suite find.
    pub vulnerabilities: Vec<KnownVulnerability>,
}

/// One rule with its id and its cases.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `<document>-<slug>`.
    pub id: String,
    /// The document's folder: `rfc6749`.
    pub suite: String,
    /// Whether it is the user's own.
    pub own: bool,
    /// Its file, as a person would name it.
    pub file: String,
    /// Where the requirement stands.
    pub source: Source,
    /// The requirement.
    pub statement: String,
    /// How to mend a server.
    pub remedy: Option<String>,
    /// Readings and decisions.
    pub notes: Option<String>,
    /// Capability words.
    pub needs: Vec<Text>,
    /// The cases; empty for `same_as` and `not_observable`.
    pub cases: Vec<Case>,
    /// The rule whose cases show this one.
    pub same_as: Option<String>,
    /// Why no black-box client can show it.
    pub not_observable: Option<String>,
}

impl Suite {
    /// The rule of this id.
    #[must_use]
    pub fn rule_named(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The cases of a rule, those of another rule where it says `same_as`.
    #[must_use]
    pub fn cases_of<'a>(&'a self, rule: &'a Rule) -> &'a [Case] {
        match rule.same_as.as_deref().and_then(|id| self.rule_named(id)) {
            Some(twin) => &twin.cases,
            None => &rule.cases,
        }
    }

    /// The place of the rule whose cases a rule has: its own, or that of the rule it names with `same_as`.
    #[must_use]
    pub fn owner(&self, rule: usize) -> usize {
        let twin = self
            .rules
            .get(rule)
            .and_then(|rule| rule.same_as.as_deref());
        twin.and_then(|id| self.rules.iter().position(|rule| rule.id == id))
            .unwrap_or(rule)
    }

    /// A case by its place.
    #[must_use]
    pub fn case(&self, rule: usize, case: usize) -> Option<&Case> {
        let rule = self.rules.get(rule)?;
        self.cases_of(rule).get(case)
    }

    /// The profile of this name.
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// Adds the rules of another suite.
    ///
    /// # Errors
    /// A rule id that is there already.
    pub fn join(&mut self, other: Self) -> Result<(), Diagnostics> {
        let mut problems = Diagnostics::default();
        for rule in other.rules {
            if let Some(twin) = self.rule_named(&rule.id) {
                let message = format!(
                    "the rule id `{}` is taken by the built-in {}",
                    rule.id, twin.file
                );
                problems.push(Diagnostic::of_file(
                    &rule.file,
                    message,
                    "rename the file or its folder",
                ));
            } else {
                self.rules.push(rule);
            }
        }
        self.profiles.extend(other.profiles);
        self.vulnerabilities.extend(other.vulnerabilities);
        problems.into_result(())
    }
}

/// The JSON Schema of suite files: rules, and profiles, which are told by their `summary`.
#[must_use]
pub fn schema() -> serde_json::Value {
    crate::schema::of::<SuiteFile>()
}

/// What every template of a suite may ask for, such as `client.id`; what only some have (steps, `for_each`) is not among them.
#[must_use]
pub fn template_sources() -> Vec<String> {
    lint::sources()
}

/// A rule or a profile: only for the schema.
struct SuiteFile;

impl JsonSchema for SuiteFile {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SuiteFile".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "A rule of a tokenspec suite, or a profile: a named selection of rules.",
            "if": {"required": ["summary"]},
            "then": generator.subschema_for::<ProfileFile>(),
            "else": generator.subschema_for::<model::RuleFile>(),
        })
    }
}

/// Reads one rule file.
///
/// # Errors
/// Every problem that is found: of the YAML, of its shape, and of what it says.
pub fn parse_rule(text: &str, file: &str, suite: &str, slug: &str) -> Result<Rule, Diagnostics> {
    let mut parsed: model::RuleFile = yaml::from_str(text, file)?;
    lint::lint(&parsed, SourceText::new(file, text))?;
    for case in &mut parsed.cases {
        if case.steps.is_empty() && case.expect.is_empty() {
            case.expect = parsed.expect.clone();
        }
    }
    Ok(Rule {
        id: format!("{suite}-{slug}"),
        suite: suite.to_owned(),
        own: false,
        file: file.to_owned(),
        source: parsed.source,
        statement: parsed.rule,
        remedy: parsed.remedy,
        notes: parsed.notes,
        needs: parsed.needs,
        cases: parsed.cases,
        same_as: parsed.same_as.map(|text| text.value),
        not_observable: parsed.not_observable,
    })
}

/// Reads one profile file.
///
/// # Errors
/// As [`parse_rule`].
pub fn parse_profile(text: &str, file: &str, name: &str) -> Result<Profile, Diagnostics> {
    let parsed: ProfileFile = yaml::from_str(text, file)?;
    let source = SourceText::new(file, text);
    let mut problems = Diagnostics::default();
    for glob in &parsed.rules {
        if globset::Glob::new(glob.as_str()).is_err() {
            problems.push(source.problem(
                spot(glob),
                format!("`{glob}` is no pattern"),
                "use * and ?",
            ));
        }
    }
    problems.into_result(Profile::new(name, parsed))
}

/// Where a text stands.
fn spot(text: &Text) -> Spot {
    let place = |number: u32| usize::try_from(number).unwrap_or(0);
    Spot::new(
        place(text.line),
        place(text.column),
        text.value.chars().count().max(1),
    )
}
