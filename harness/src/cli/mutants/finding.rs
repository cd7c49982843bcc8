//! What the rules' outcomes say of a defect. Pure.

use std::collections::{BTreeMap, BTreeSet};

use tokenspec_report::{Level, Verdict};

use super::super::embedded::SeededDefect;
use super::trial::{Outcome, Trial};
use crate::suite::Suite;

/// A rule noticed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The rule.
    pub rule: String,
    /// The case that noticed first.
    pub case: String,
    /// All cases that noticed something, in any configuration.
    pub cases: BTreeSet<String>,
    /// The variant that noticed first.
    pub variant: String,
    /// The configuration of the server.
    pub configuration: String,
    /// The verdict.
    pub verdict: Verdict,
    /// After how many requests of the trial.
    pub after: u64,
}

/// What became of one defect.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The defect.
    pub defect: SeededDefect,
    /// One entry for each rule that noticed something.
    pub notices: Vec<Notice>,
    /// Configurations, requests, and seconds of all trials.
    pub configurations: Vec<String>,
    /// How many requests were sent.
    pub requests: u64,
    /// How long it took.
    pub took: std::time::Duration,
    /// What went wrong with a trial.
    pub trouble: Option<String>,
    /// Rules that the defect may trip though it does not name them: they share the cases of one that it names.
    pub twins: BTreeSet<String>,
}

/// How a defect was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// Every rule that it is there for noticed it.
    ByItsOwn,
    /// Only rules that it is not there for noticed it.
    ByOthersOnly,
    /// A rule that it is there for noticed it, and another one did not.
    InPart,
    /// No rule noticed it.
    Missed,
}

impl Found {
    /// The word of reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ByItsOwn => "found",
            Self::ByOthersOnly => "found only by others",
            Self::InPart => "found in part",
            Self::Missed => "missed",
        }
    }
}

impl Finding {
    /// A defect of which nothing is known yet.
    #[must_use]
    pub fn new(defect: SeededDefect, suite: &Suite) -> Self {
        let named: BTreeSet<&str> = defect.names().collect();
        let twins = suite
            .rules
            .iter()
            .filter(|rule| {
                rule.same_as
                    .as_deref()
                    .is_some_and(|twin| named.contains(twin))
            })
            .map(|rule| rule.id.clone())
            .collect();
        Self {
            notices: Vec::new(),
            configurations: Vec::new(),
            requests: 0,
            took: std::time::Duration::ZERO,
            trouble: None,
            twins,
            defect,
        }
    }

    /// Adds what a trial shows beside the server without a defect.
    pub fn add(&mut self, configuration: &str, trial: &Trial, conformant: &Trial) {
        self.configurations.push(configuration.to_owned());
        self.requests += trial.requests;
        self.took += trial.took;
        if trial.late {
            self.trouble = Some(format!("{configuration}: the time was over before the end"));
        }
        for (rule, variants) in &trial.rules {
            let without = conformant.rules.get(rule);
            let tripped = variants.iter().filter(|(id, outcome)| {
                trips(outcome, without.and_then(|variants| variants.get(*id)))
            });
            let cases = tripped.clone().map(|(_, outcome)| outcome.case.clone());
            if let Some(notice) = self.notices.iter_mut().find(|notice| notice.rule == *rule) {
                notice.cases.extend(cases);
                continue;
            }
            let cases = cases.collect();
            // What fails says more than what is only recorded.
            let only_recorded =
                |outcome: &Outcome| !matches!(outcome.verdict, Verdict::Fail | Verdict::Warn);
            let first = tripped.min_by_key(|(_, outcome)| (only_recorded(outcome), outcome.after));
            if let Some((id, outcome)) = first {
                self.notices.push(Notice {
                    rule: rule.clone(),
                    case: outcome.case.clone(),
                    cases,
                    variant: id.clone(),
                    configuration: configuration.to_owned(),
                    verdict: outcome.verdict,
                    after: outcome.after,
                });
            }
        }
    }

    /// How it was found.
    #[must_use]
    pub fn found(&self) -> Found {
        match (
            self.unnoticed().len(),
            self.defect.kills.len(),
            self.notices.len(),
        ) {
            (0, _, _) => Found::ByItsOwn,
            (_, _, 0) => Found::Missed,
            (unnoticed, kills, _) if unnoticed < kills => Found::InPart,
            (_, _, _) => Found::ByOthersOnly,
        }
    }

    /// The notice of a rule.
    #[must_use]
    pub fn notice(&self, rule: &str) -> Option<&Notice> {
        self.notices.iter().find(|notice| notice.rule == rule)
    }

    /// Rules that it is there for and that noticed nothing.
    #[must_use]
    pub fn unnoticed(&self) -> Vec<&str> {
        let kills = self.defect.kills.iter().map(String::as_str);
        kills.filter(|rule| self.notice(rule).is_none()).collect()
    }

    /// Rules that tripped and that it does not name: they attribute wrongly.
    #[must_use]
    pub fn strangers(&self) -> Vec<&Notice> {
        let elsewhere = self.defect.elsewhere.iter().map(String::as_str);
        let named: BTreeSet<&str> = self.defect.names().chain(elsewhere).collect();
        self.notices
            .iter()
            .filter(|notice| {
                !named.contains(notice.rule.as_str()) && !self.twins.contains(&notice.rule)
            })
            .collect()
    }

    /// Rules that it names as tripping too, and that did not.
    #[must_use]
    pub fn idle(&self) -> Vec<&str> {
        let also = self.defect.also.iter().map(|(rule, _)| rule.as_str());
        also.filter(|rule| self.notice(rule).is_none()).collect()
    }
}

/// Whether a variant shows the defect: it deviates and did not without the defect, or records something else.
#[must_use]
pub fn trips(with: &Outcome, without: Option<&Outcome>) -> bool {
    if matches!(with.verdict, Verdict::Fail | Verdict::Warn) {
        return without
            .is_none_or(|without| !matches!(without.verdict, Verdict::Fail | Verdict::Warn));
    }
    let Some(without) = without else { return false };
    let recorded =
        with.level == Level::May || [with.verdict, without.verdict].contains(&Verdict::Info);
    recorded
        && with.verdict.is_judgement()
        && without.verdict.is_judgement()
        && (with.verdict != without.verdict
            || with.seen != without.seen
            || with.because != without.because)
}

/// Rules that deviate on the server without defects, with their first case.
#[must_use]
pub(super) fn deviating(conformant: &BTreeMap<String, Trial>) -> Vec<(String, String, Outcome)> {
    let mut all = Vec::new();
    for (configuration, trial) in conformant {
        for (rule, variants) in &trial.rules {
            let bad = variants
                .values()
                .filter(|outcome| outcome.verdict.is_deviation())
                .max_by_key(|outcome| outcome.verdict);
            if let Some(outcome) = bad {
                all.push((configuration.clone(), rule.clone(), outcome.clone()));
            }
        }
    }
    all
}
