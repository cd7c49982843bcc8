//! Variants that came to the same, put together so that a person reads each thing once.

use crate::model::{Report, RuleResult, TargetReport};
use crate::variant::{Variant, VariantResult};
use crate::verdict::Verdict;
use crate::wording::counted;

/// How many values of one kind are listed before the rest is only counted.
const LISTED: usize = 8;

/// Variants of one case that ended with the same verdict for the same reason.
#[derive(Debug)]
pub(crate) struct Finding<'a> {
    /// One of them, to show.
    pub(crate) example: &'a VariantResult,
    variants: Vec<&'a VariantResult>,
    of_case: u64,
}

/// The findings of a rule that ended with `verdict` and that no baseline explains.
pub(crate) fn findings<'a>(
    report: &'a Report,
    rule: &'a RuleResult,
    verdict: Verdict,
) -> Vec<Finding<'a>> {
    let mut findings: Vec<Finding<'a>> = Vec::new();
    let unknown = |result: &&VariantResult| result.verdict == verdict && result.known.is_none();
    for result in report.variants_of(rule).filter(unknown) {
        let same = |finding: &&mut Finding<'_>| {
            finding.example.case == result.case && finding.example.reason == result.reason
        };
        match findings.iter_mut().find(same) {
            Some(finding) => finding.variants.push(result),
            None => findings.push(Finding {
                example: result,
                variants: vec![result],
                of_case: count(
                    report
                        .variants_of(rule)
                        .filter(|one| one.case == result.case),
                ),
            }),
        }
    }
    findings
}

impl Finding<'_> {
    /// Whether there are others beside the one to show.
    pub(crate) fn is_shared(&self) -> bool {
        self.variants.len() > 1
    }

    /// `2 of 4 variants: clients web, mobile; grant authorization_code`.
    pub(crate) fn extent(&self) -> String {
        let axes = axes(&self.variants);
        let colon = if axes.is_empty() { "" } else { ": " };
        let share = match (count(self.variants.iter()), self.of_case) {
            (1, 1) => "the only variant".to_owned(),
            (all, of) if all == of => format!("all {of} variants"),
            (some, of) => format!("{some} of {of} variants"),
        };
        format!("{share}{colon}{axes}")
    }
}

/// Variants of any rule of one target that ended with the same verdict for the same reason.
#[derive(Debug)]
pub(crate) struct Reason<'a> {
    pub(crate) target: &'a TargetReport,
    pub(crate) verdict: Verdict,
    pub(crate) words: &'a str,
    /// The first rule of them, and one of its variants, to show.
    pub(crate) example: (&'a RuleResult, &'a VariantResult),
    rules: Vec<&'a RuleResult>,
    variants: u64,
}

/// The reasons of all variants with one of `verdicts` that no baseline explains: in the order of
/// `verdicts`, then of the plan.
pub(crate) fn reasons<'a>(report: &'a Report, verdicts: &[Verdict]) -> Vec<Reason<'a>> {
    let mut reasons = Vec::new();
    for verdict in verdicts {
        for target in report.targets() {
            let place = reasons.len();
            for rule in &target.results {
                for result in report.variants_of(rule) {
                    if result.verdict == *verdict && result.known.is_none() {
                        add(
                            &mut reasons,
                            place,
                            Place {
                                target,
                                rule,
                                result,
                            },
                        );
                    }
                }
            }
        }
    }
    reasons
}

#[derive(Clone, Copy)]
struct Place<'a> {
    target: &'a TargetReport,
    rule: &'a RuleResult,
    result: &'a VariantResult,
}

/// Adds to the reasons from `first` on, which are those of the same verdict and target.
fn add<'a>(reasons: &mut Vec<Reason<'a>>, first: usize, place: Place<'a>) {
    let words = place.result.reason.as_str();
    match reasons
        .iter_mut()
        .skip(first)
        .find(|reason| reason.words == words)
    {
        Some(reason) => {
            reason.variants += 1;
            if reason
                .rules
                .last()
                .is_none_or(|last| last.rule.id != place.rule.rule.id)
            {
                reason.rules.push(place.rule);
            }
        }
        None => reasons.push(Reason {
            target: place.target,
            verdict: place.result.verdict,
            words,
            example: (place.rule, place.result),
            rules: vec![place.rule],
            variants: 1,
        }),
    }
}

impl Reason<'_> {
    /// Whether it concerns more rules than the one to show.
    pub(crate) fn is_shared(&self) -> bool {
        self.rules.len() > 1
    }

    /// `3 variants of 2 rules: rfc6749-a, rfc6749-b`.
    pub(crate) fn extent(&self) -> String {
        let ids: Vec<&str> = self
            .rules
            .iter()
            .map(|rule| rule.rule.id.as_str())
            .collect();
        format!(
            "{} of {}: {}",
            counted(self.variants, "variant", "variants"),
            counted(count(ids.iter()), "rule", "rules"),
            listed(&ids)
        )
    }
}

/// What the variants have along each axis on which they have anything.
fn axes(variants: &[&VariantResult]) -> String {
    type Value = fn(&Variant) -> Option<&str>;
    let axes: [(&str, &str, Value); 5] = [
        ("client", "clients", |variant| variant.client.as_deref()),
        ("method", "methods", |variant| variant.method.as_deref()),
        ("grant", "grants", |variant| variant.grant.as_deref()),
        ("parameter", "parameters", |variant| {
            variant.parameter.as_deref()
        }),
        ("position", "positions", |variant| {
            variant.position.as_deref()
        }),
    ];
    let mut parts = Vec::new();
    for (one, many, value) in axes {
        let mut values: Vec<&str> = Vec::new();
        for found in variants.iter().filter_map(|result| value(&result.variant)) {
            if !values.contains(&found) {
                values.push(found);
            }
        }
        match values.as_slice() {
            [] => {}
            [only] => parts.push(format!("{one} {only}")),
            [..] => parts.push(format!("{many} {}", listed(&values))),
        }
    }
    parts.join("; ")
}

fn listed(values: &[&str]) -> String {
    let shown: Vec<&str> = values.iter().take(LISTED).copied().collect();
    match values.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    items.map(|_| 1).sum()
}
