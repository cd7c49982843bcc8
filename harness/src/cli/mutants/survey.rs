//! All chosen defects, several at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use globset::Glob;
use tokio::task::JoinSet;

use super::super::embedded::{self, Deviation, SeededDefect};
use super::super::usage::UsageError;
use super::finding::{Finding, Found};
use super::trial::{Order, Patience, Scope, Trial, trial};
use crate::suite::{Rule, Suite, glob_matches};

/// Which defects are tried, and how.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Globs of defects; empty: all.
    pub defects: Vec<String>,
    /// Globs of rules, one of which a defect has to name; empty: any.
    pub rules: Vec<String>,
    /// Which other rules are run.
    pub extent: Extent,
    /// How many defects are tried at once.
    pub jobs: usize,
}

impl Choice {
    /// Whether no defect is left out.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.defects.is_empty() && self.rules.is_empty()
    }
}

/// Which rules run beside those that a defect names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of the profile.
    AllRules,
    /// Those of the same documents.
    TheirDocuments,
}

/// What is known of the chosen defects.
#[derive(Debug)]
pub struct Survey {
    suite: Arc<Suite>,
    choice: Choice,
    patience: Patience,
    waiting: Vec<SeededDefect>,
    /// Rules that are run in full for some defect.
    whole: BTreeSet<String>,
    /// Configuration → the server without defects.
    conformant: Arc<BTreeMap<String, Trial>>,
    /// What became of each defect, in the order of their table.
    pub findings: Vec<Finding>,
}

impl Survey {
    /// Chooses the defects, and asks the server without defects.
    ///
    /// # Errors
    /// A pattern that matches nothing, or a server that can't be started.
    pub async fn begin(
        suite: &Arc<Suite>,
        choice: &Choice,
        patience: Patience,
    ) -> Result<Self, UsageError> {
        let waiting = chosen(choice, suite)?;
        let mut scope = Scope::default();
        for defect in &waiting {
            scope.join(Scope::of(defect, choice.extent, suite));
        }
        scope.whole.extend(asked_for(choice, suite));
        let mut conformant = BTreeMap::new();
        for configuration in embedded::configurations() {
            let order = Order {
                configuration: configuration.to_owned(),
                scope: scope.clone(),
                patience,
                until: None,
            };
            let trial = trial(suite, &order, Deviation::None).await?;
            conformant.insert(configuration.to_owned(), trial);
        }
        Ok(Self {
            suite: Arc::clone(suite),
            choice: choice.clone(),
            patience,
            waiting,
            whole: scope.whole,
            conformant: Arc::new(conformant),
            findings: Vec::new(),
        })
    }

    /// How many defects are yet to be tried.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Tries all defects; tells of each as it is done.
    pub async fn run(&mut self, mut done: impl FnMut(&Finding)) {
        let mut waiting = std::mem::take(&mut self.waiting).into_iter().enumerate();
        let mut tasks = JoinSet::new();
        let mut findings = Vec::new();
        loop {
            while tasks.len() < self.choice.jobs.max(1) {
                let Some((place, defect)) = waiting.next() else {
                    break;
                };
                let one = One {
                    suite: Arc::clone(&self.suite),
                    conformant: Arc::clone(&self.conformant),
                    extent: self.choice.extent,
                    patience: self.patience,
                };
                tasks.spawn(async move { (place, one.alone(defect).await) });
            }
            match tasks.join_next().await {
                Some(Ok((place, finding))) => {
                    done(&finding);
                    findings.push((place, finding));
                }
                // `alone` catches what breaks; nothing aborts these tasks.
                Some(Err(_)) => {}
                None => break,
            }
        }
        findings.sort_by_key(|(place, _)| *place);
        self.findings = findings.into_iter().map(|(_, finding)| finding).collect();
    }

    /// Rules with cases that the embedded server can show, and that no defect is there for.
    #[must_use]
    pub fn without_defect(&self) -> Vec<&str> {
        let killed = killed();
        self.provable()
            .filter(|rule| !killed.contains(&rule.id) && self.is_judged(&rule.id))
            .map(|rule| rule.id.as_str())
            .collect()
    }

    /// Rules with cases that no configuration of the embedded server can show.
    #[must_use]
    pub fn never_judged(&self) -> Vec<&str> {
        self.provable()
            .filter(|rule| !self.is_judged(&rule.id))
            .map(|rule| rule.id.as_str())
            .collect()
    }

    /// Rules that are run in full and not green without any defect, in the configurations that show it.
    #[must_use]
    pub fn deviating(&self) -> Vec<(String, String, super::trial::Outcome)> {
        let mut all = super::finding::deviating(&self.conformant);
        all.retain(|(_, rule, _)| self.whole.contains(rule));
        all
    }

    /// Defects that name rules that don't exist.
    #[must_use]
    pub fn unknown_rules(&self) -> Vec<(String, String)> {
        let findings = self.findings.iter();
        findings
            .flat_map(|finding| {
                let names = finding.defect.names();
                names.map(|rule| (finding.defect.id.clone(), rule.to_owned()))
            })
            .filter(|(_, rule)| self.suite.rule_named(rule).is_none())
            .collect()
    }

    /// Whether every defect was found by its own rules and by no stranger, and every rule is proven.
    #[must_use]
    pub fn holds(&self) -> bool {
        let sound = |finding: &Finding| {
            finding.found() == Found::ByItsOwn && finding.strangers().is_empty()
        };
        self.findings.iter().all(sound)
            && self.without_defect().is_empty()
            && self.deviating().is_empty()
            && self.unknown_rules().is_empty()
    }

    /// Rules that have cases of their own, are in scope of `--rule`, and belong to a built-in configuration.
    fn provable(&self) -> impl Iterator<Item = &Rule> {
        let choice = &self.choice;
        let wanted =
            move |rule: &Rule| choice.is_everything() || matches_any(&choice.rules, &rule.id);
        let planned = |rule: &Rule| {
            embedded::configurations().any(|name| {
                let profile = self.suite.profile(name);
                profile.is_some_and(|profile| profile.includes(&rule.id))
            })
        };
        self.suite
            .rules
            .iter()
            .filter(move |rule| !rule.cases.is_empty() && wanted(rule) && planned(rule))
    }

    fn is_judged(&self, rule: &str) -> bool {
        let mut trials = self.conformant.values();
        trials.any(|trial| judged(trial, rule))
    }
}

/// Rules that some defect is there for.
fn killed() -> BTreeSet<String> {
    let defects = embedded::defects().into_iter();
    defects.flat_map(|defect| defect.kills).collect()
}

fn judged(trial: &Trial, rule: &str) -> bool {
    trial.rules.get(rule).is_some_and(|variants| {
        let mut outcomes = variants.values();
        outcomes.any(|outcome| outcome.verdict.is_judgement())
    })
}

/// The rules of `--rule`; of all rules where every defect is tried.
fn asked_for(choice: &Choice, suite: &Suite) -> Vec<String> {
    let rules = suite.rules.iter();
    let wanted =
        rules.filter(|rule| choice.is_everything() || matches_any(&choice.rules, &rule.id));
    wanted.map(|rule| rule.id.clone()).collect()
}

fn matches_any(globs: &[String], id: &str) -> bool {
    globs.iter().any(|glob| glob_matches(glob, id))
}

/// The defects that the flags choose.
fn chosen(choice: &Choice, suite: &Suite) -> Result<Vec<SeededDefect>, UsageError> {
    let all = embedded::defects();
    for (flag, globs) in [("--defect", &choice.defects), ("--rule", &choice.rules)] {
        for glob in globs {
            Glob::new(glob).map_err(|why| {
                UsageError::Flags(format!("`{flag} {glob}` is no pattern: {}", why.kind()))
            })?;
        }
    }
    for glob in &choice.defects {
        if !all.iter().any(|defect| glob_matches(glob, &defect.id)) {
            let names = all.iter().map(|defect| defect.id.as_str());
            return Err(nothing("--defect", glob, names));
        }
    }
    for glob in &choice.rules {
        if !suite.rules.iter().any(|rule| glob_matches(glob, &rule.id)) {
            let names = suite.rules.iter().map(|rule| rule.id.as_str());
            return Err(nothing("--rule", glob, names));
        }
    }
    let wanted = |defect: &SeededDefect| {
        (choice.defects.is_empty() || matches_any(&choice.defects, &defect.id))
            && (choice.rules.is_empty()
                || defect.names().any(|rule| matches_any(&choice.rules, rule)))
    };
    Ok(all.into_iter().filter(wanted).collect())
}

fn nothing<'n>(flag: &str, glob: &str, names: impl Iterator<Item = &'n str>) -> UsageError {
    let near = crate::diagnostic::nearest(glob, names);
    let hint = near.map_or_else(
        || "; `tokenspec serve --list-defects` names defects and their rules".to_owned(),
        |near| format!("; did you mean `{near}`?"),
    );
    UsageError::Flags(format!("`{flag} {glob}` matches nothing{hint}"))
}

impl Scope {
    /// What is run for a defect: the rules that it names and those that share their cases; thinned, the others.
    #[must_use]
    pub fn of(defect: &SeededDefect, extent: Extent, suite: &Suite) -> Self {
        let whole: BTreeSet<String> = defect.names().map(str::to_owned).collect();
        let documents: BTreeSet<&str> = suite
            .rules
            .iter()
            .filter(|rule| whole.contains(&rule.id))
            .map(|rule| rule.suite.as_str())
            .collect();
        let near =
            |rule: &&Rule| extent == Extent::AllRules || documents.contains(rule.suite.as_str());
        let thinned = suite.rules.iter().filter(near);
        Self {
            thinned: thinned.map(|rule| rule.id.clone()).collect(),
            whole,
        }
    }

    /// Adds another scope.
    pub fn join(&mut self, other: Self) {
        self.whole.extend(other.whole);
        self.thinned.extend(other.thinned);
    }
}

/// What a defect is tried with.
struct One {
    suite: Arc<Suite>,
    conformant: Arc<BTreeMap<String, Trial>>,
    extent: Extent,
    patience: Patience,
}

impl One {
    /// Tries a defect in a task of its own, so that one that breaks stops no other.
    async fn alone(self, defect: SeededDefect) -> Finding {
        let mut broken = Finding::new(defect.clone(), &self.suite);
        match tokio::spawn(async move { self.tried(defect).await }).await {
            Ok(finding) => finding,
            Err(why) => {
                broken.trouble = Some(format!("the trial broke: {why}"));
                broken
            }
        }
    }

    async fn tried(&self, defect: SeededDefect) -> Finding {
        let scope = Scope::of(&defect, self.extent, &self.suite);
        let mut finding = Finding::new(defect, &self.suite);
        for configuration in self.configurations(&finding.defect) {
            self.add(configuration, &scope, &mut finding).await;
        }
        if finding.found() != Found::ByItsOwn {
            for configuration in self.conformant.keys() {
                let tried = finding.configurations.contains(configuration);
                let mut unnoticed = finding.unnoticed().into_iter();
                if !tried && unnoticed.any(|rule| self.shows(configuration, rule)) {
                    self.add(configuration, &scope, &mut finding).await;
                }
            }
        }
        finding
    }

    async fn add(&self, configuration: &str, scope: &Scope, finding: &mut Finding) {
        let order = Order {
            configuration: configuration.to_owned(),
            scope: scope.clone(),
            patience: self.patience,
            until: None,
        };
        let deviation = Deviation::Defect(&finding.defect.id);
        let trial = trial(&self.suite, &order, deviation).await;
        match (trial, self.conformant.get(configuration)) {
            (Ok(trial), Some(conformant)) => finding.add(configuration, &trial, conformant),
            (Ok(_), None) => {}
            (Err(why), _) => finding.trouble = Some(format!("{configuration}: {why}")),
        }
    }

    /// The configurations that are tried: all with `--full`; else one that can show every rule that the defect names, or
    /// as many as it takes.
    fn configurations(&self, defect: &SeededDefect) -> Vec<&str> {
        let able = |configuration: &&str| {
            let mut names = defect.names();
            names.any(|rule| self.shows(configuration, rule))
        };
        let all: Vec<&str> = self.conformant.keys().map(String::as_str).collect();
        let able: Vec<&str> = all.into_iter().filter(able).collect();
        let complete = able.iter().find(|configuration| {
            let mut names = defect.names();
            names.all(|rule| {
                self.shows(configuration, rule) || !able.iter().any(|other| self.shows(other, rule))
            })
        });
        match (self.extent, complete) {
            (Extent::TheirDocuments, Some(complete)) => vec![complete],
            (Extent::TheirDocuments, None) | (Extent::AllRules, _) => able,
        }
    }

    fn shows(&self, configuration: &str, rule: &str) -> bool {
        let trial = self.conformant.get(configuration);
        trial.is_some_and(|trial| judged(trial, rule))
    }
}
