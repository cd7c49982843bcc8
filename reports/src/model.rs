//! The one model of a report: what was run, what came of it, and what that means.
//!
//! A [`Report`] can't be changed once it is built, so its sums, its verdicts of rules and its exit
//! code always fit its results.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::conclusion::{Conclusion, Policy};
use crate::rerun::rerun_command;
use crate::run::{RunFacts, TargetInfo};
use crate::summary::Summary;
use crate::variant::{RuleInfo, VariantResult};
use crate::verdict::Verdict;

/// A finished report.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    facts: RunFacts,
    results: Vec<VariantResult>,
    targets: Vec<TargetReport>,
    variants: Summary,
    rules: Summary,
    conclusion: Conclusion,
}

/// What a report says of one target.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TargetReport {
    /// The target.
    pub info: TargetInfo,
    /// Counts of its variants.
    pub variants: Summary,
    /// Counts of its rules.
    pub rules: Summary,
    /// Its rules, in plan order.
    pub results: Vec<RuleResult>,
}

/// What came of one rule on one target.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RuleResult {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    /// The worst verdict of its variants.
    pub verdict: Verdict,
    /// Counts of its variants.
    pub variants: Summary,
    /// The command that runs it alone.
    pub rerun: String,
    /// Places of its variants in the report's results.
    members: Vec<usize>,
}

impl RuleResult {
    /// Whether something deviates and the baseline explains all of it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.variants.is_known()
    }
}

impl Report {
    /// Counts, judges and concludes. `results` holds one entry for each planned variant, skipped
    /// ones included, in plan order.
    #[must_use]
    pub fn build(mut facts: RunFacts, mut results: Vec<VariantResult>) -> Self {
        let mut names = BTreeSet::new();
        facts
            .targets
            .retain(|target| names.insert(target.name.clone()));
        for result in &mut results {
            if !result.verdict.is_deviation() {
                result.known = None;
            }
            add_target(&mut facts.targets, &result.target);
        }
        let policy = Policy {
            fail_on: facts.fail_on,
            undecided: facts.undecided,
            stale: u64::try_from(facts.stale.len()).unwrap_or(u64::MAX),
        };
        let targets = facts
            .targets
            .iter()
            .map(|info| target_report(info, &results))
            .collect();
        Self {
            targets,
            variants: count_variants(&results),
            rules: count_rules(&results),
            conclusion: Conclusion::draw(&results, policy, facts.ending),
            facts,
            results,
        }
    }

    /// What the caller knew of the run.
    #[must_use]
    pub fn facts(&self) -> &RunFacts {
        &self.facts
    }

    /// All variants, in plan order.
    #[must_use]
    pub fn results(&self) -> &[VariantResult] {
        &self.results
    }

    /// The targets, in the order of the run.
    #[must_use]
    pub fn targets(&self) -> &[TargetReport] {
        &self.targets
    }

    /// Counts of all variants.
    #[must_use]
    pub fn variants(&self) -> &Summary {
        &self.variants
    }

    /// Counts of all rules. A rule that ran against several targets counts once, with the worst of
    /// all its variants.
    #[must_use]
    pub fn rules(&self) -> &Summary {
        &self.rules
    }

    /// The exit code and the reasons for it.
    #[must_use]
    pub fn conclusion(&self) -> &Conclusion {
        &self.conclusion
    }

    /// The variants of one rule on one target, in plan order.
    pub fn variants_of<'a>(
        &'a self,
        rule: &'a RuleResult,
    ) -> impl Iterator<Item = &'a VariantResult> {
        rule.members
            .iter()
            .filter_map(|place| self.results.get(*place))
    }
}

fn add_target(targets: &mut Vec<TargetInfo>, name: &str) {
    if !targets.iter().any(|target| target.name == name) {
        targets.push(TargetInfo {
            name: name.to_owned(),
            ..TargetInfo::default()
        });
    }
}

fn target_report(info: &TargetInfo, results: &[VariantResult]) -> TargetReport {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rules: Vec<RuleResult> = Vec::new();
    let own = results
        .iter()
        .enumerate()
        .filter(|(_, result)| result.target == info.name);
    for (member, result) in own.clone() {
        let place = *places.entry(&result.rule.id).or_insert(rules.len());
        match rules.get_mut(place) {
            Some(rule) => add_member(rule, member, result),
            None => rules.push(first_member(info, member, result)),
        }
    }
    TargetReport {
        info: info.clone(),
        variants: count_variants(own.clone().map(|(_, result)| result)),
        rules: count_rules(own.map(|(_, result)| result)),
        results: rules,
    }
}

fn first_member(info: &TargetInfo, member: usize, result: &VariantResult) -> RuleResult {
    RuleResult {
        rule: Arc::clone(&result.rule),
        verdict: result.verdict,
        variants: count_variants([result]),
        rerun: rerun_command(info, &result.rule),
        members: vec![member],
    }
}

fn add_member(rule: &mut RuleResult, member: usize, result: &VariantResult) {
    rule.verdict = rule.verdict.max(result.verdict);
    rule.variants.add(result);
    rule.members.push(member);
}

fn count_variants<'a>(results: impl IntoIterator<Item = &'a VariantResult>) -> Summary {
    let mut summary = Summary::default();
    for result in results {
        summary.add(result);
    }
    summary
}

fn count_rules<'a>(results: impl IntoIterator<Item = &'a VariantResult>) -> Summary {
    let mut rules: BTreeMap<&str, (Verdict, Summary)> = BTreeMap::new();
    for result in results {
        let (worst, variants) = rules
            .entry(&result.rule.id)
            .or_insert_with(|| (result.verdict, Summary::default()));
        *worst = (*worst).max(result.verdict);
        variants.add(result);
    }
    let mut summary = Summary::default();
    for (worst, variants) in rules.values() {
        summary.add_one(*worst);
        summary.known += u64::from(variants.is_known());
    }
    summary
}

#[cfg(test)]
mod tests;
