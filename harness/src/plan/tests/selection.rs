//! Profiles, and the flags that narrow them.

use super::suite;
use crate::plan::{PlannedRule, Selection, SelectionProblem, select};
use crate::suite::{Profile, Suite, parse_profile};
use crate::vocabulary::Level;

const CASES: &str = "cases:\n  - {name: c, baseline: any, expect: {accepted: {}}}";

fn rules() -> Suite {
    suite(&[
        ("code-reused", CASES),
        ("code-expired", CASES),
        ("scope", CASES),
    ])
}

fn profile(name: &str, text: &str) -> Profile {
    let text = format!("summary: A profile.\n{text}");
    parse_profile(&text, name, name).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn selected(
    profiles: &[&Profile],
    selection: &Selection,
) -> Result<Vec<(usize, Level)>, SelectionProblem> {
    let planned = select(&rules(), profiles, selection)?;
    Ok(planned
        .into_iter()
        .map(|PlannedRule { rule, level }| (rule, level))
        .collect())
}

#[test]
fn profile_selects_rules_and_changes_levels() {
    let strict = profile(
        "strict",
        "rules: [own-code-*]\nlevels: {own-code-expired: should}",
    );
    assert_eq!(
        selected(&[&strict], &Selection::default()).unwrap(),
        [(0, Level::Must), (1, Level::Should)]
    );
}

#[test]
fn several_profiles_unite() {
    let codes = profile("codes", "rules: [own-code-*]");
    let scopes = profile("scopes", "rules: [own-scope]");
    let all = selected(&[&codes, &scopes], &Selection::default()).unwrap();
    assert_eq!(all.len(), 3);
}

#[test]
fn profiles_that_disagree_on_a_level_are_refused() {
    let one = profile("one", "rules: ['*']");
    let other = profile("other", "rules: ['*']\nlevels: {own-scope: may}");
    let problem = selected(&[&one, &other], &Selection::default()).unwrap_err();
    assert_eq!(
        problem.to_string(),
        "the profiles `one` and `other` set `own-scope` to different levels; choose one of them"
    );
}

#[test]
fn flag_that_matches_nothing_says_what_is_near() {
    let all = profile("all", "rules: ['*']");
    for (selection, message) in [
        (
            Selection {
                rules: vec!["own-scop".to_owned()],
                ..Selection::default()
            },
            "`--rule own-scop` matches no rule; did you mean `own-scope`?",
        ),
        (
            Selection {
                documents: vec!["owm".to_owned()],
                ..Selection::default()
            },
            "`--suite owm` matches no rule; did you mean `own`?",
        ),
    ] {
        let problem = selected(&[&all], &selection).unwrap_err();
        assert_eq!(problem.to_string(), message);
    }
}

#[test]
fn rule_of_another_profile_is_named_as_such() {
    let codes = profile("codes", "rules: [own-code-*]");
    let selection = Selection {
        rules: vec!["own-scope".to_owned()],
        ..Selection::default()
    };
    let problem = selected(&[&codes], &selection).unwrap_err();
    assert!(
        problem.to_string().contains("belongs to another profile"),
        "{problem}"
    );
}

#[test]
fn level_is_the_lowest_that_is_wanted() {
    let levels = profile(
        "levels",
        "rules: ['*']\nlevels: {own-code-reused: vendor, own-code-expired: should, own-scope: may}",
    );
    for (wanted, count) in [(Level::Vendor, 1), (Level::Should, 2), (Level::May, 3)] {
        let selection = Selection {
            levels: vec![wanted],
            ..Selection::default()
        };
        let found = selected(&[&levels], &selection).unwrap();
        assert_eq!(found.len(), count, "{wanted:?}");
    }
    let must = Selection {
        levels: vec![Level::Must],
        ..Selection::default()
    };
    assert_eq!(selected(&[&levels], &must), Err(SelectionProblem::Together));
}
