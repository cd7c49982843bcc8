//! Plans of small suites for a target that has as much as this version can use.

mod budget;
mod expansion;
mod selection;
mod shards;

use std::path::Path;

use super::{Context, Planned, PlannedRule, expand};
use crate::suite::{Suite, load, parse_rule};
use crate::target::capability::{CapabilitySet, DerivedFacts, Fact, capabilities};
use crate::target::{Target, load_text};
use crate::vocabulary::Level;

/// The target of `testdata/rich-target.yaml`.
pub(crate) fn rich_target() -> Target {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/plan");
    let text = include_str!("../testdata/rich-target.yaml");
    let mut target = load_text(text, "rich-target.yaml", &folder)
        .unwrap_or_else(|problems| panic!("{problems:#?}"));
    // As choosing the profile does.
    for word in ["pingfederate", "oauth2.0"] {
        target.supports.granted.insert(word.to_owned());
    }
    target
}

/// All that can be learnt of a target by asking.
pub(crate) fn everything_learnt() -> DerivedFacts {
    let mut facts = DerivedFacts::none();
    facts.learn(Fact::Pkce);
    facts.learn(Fact::JwtAccessTokens);
    facts.learn(Fact::RefreshRotation);
    facts.declare("pingfederate");
    facts
}

/// The built-in rules.
pub(crate) fn built_in() -> Suite {
    load::built_in().unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// A suite of rules, each a slug and the text of its cases.
pub(crate) fn suite(rules: &[(&str, &str)]) -> Suite {
    let rules = rules.iter().map(|(slug, text)| {
        let text = format!(
            "source: {{document: RFC 6749, section: \"5\", level: must}}\nrule: A rule.\n{text}"
        );
        parse_rule(&text, slug, "own", slug).unwrap_or_else(|problems| panic!("{problems:#?}"))
    });
    Suite {
        rules: rules.collect(),
        profiles: Vec::new(),
        vulnerabilities: Vec::new(),
    }
}

/// The plan of all rules of a suite.
pub(crate) fn plan_all(suite: &Suite, target: &Target) -> Vec<Planned> {
    let facts = everything_learnt();
    let capabilities: CapabilitySet<'_> = capabilities(target, &facts);
    let rules: Vec<PlannedRule> = (0..suite.rules.len())
        .map(|rule| PlannedRule {
            rule,
            level: Level::Must,
        })
        .collect();
    let context = Context {
        suite,
        target,
        capabilities: &capabilities,
    };
    expand(&rules, context)
}

fn ids(plan: &[Planned]) -> Vec<&str> {
    plan.iter()
        .filter(|planned| planned.skip.is_none())
        .map(|planned| planned.variant.id.as_str())
        .collect()
}
