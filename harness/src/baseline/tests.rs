use proptest::prelude::*;

use super::*;

const TEXT: &str = "\
# What we live with.
known:
  - rule: rfc6749-duplicate-*        # glob
    reason: parser keeps the first value; upstream ticket 123
    owner: identity team
    link: https://tracker.example/123
    until: 2027-01-31
  # the next one
  - rule: rfc6749-x
    case: a case
    client: web
    verdict: error
    reason: it closes

  - rule: gone-*
    reason: TODO
";

fn today() -> Date {
    jiff::civil::date(2027, 1, 31)
}

fn outcome<'a>(rule: &'a str, case: &'a str, verdict: Verdict) -> Outcome<'a> {
    Outcome {
        rule,
        case,
        client: Some("web"),
        verdict,
    }
}

fn problems(text: &str) -> String {
    parse(text, "baseline.yaml").unwrap_err().to_string()
}

#[test]
fn file_is_read_as_the_design_shows_it() {
    let baseline = parse(TEXT, "baseline.yaml").unwrap();
    let [first, second, third] = baseline.entries() else {
        panic!("three entries")
    };
    assert_eq!((first.rule(), first.line()), ("rfc6749-duplicate-*", 3));
    assert_eq!(first.known().until.as_deref(), Some("2027-01-31"));
    assert_eq!(first.known().owner.as_deref(), Some("identity team"));
    assert_eq!(second.line(), 9);
    assert!(third.is_unexplained());
}

#[test]
fn entry_without_a_verdict_covers_fail_and_warn() {
    let baseline = parse(TEXT, "baseline.yaml").unwrap();
    for (verdict, known) in [
        (Verdict::Fail, true),
        (Verdict::Warn, true),
        (Verdict::Error, false),
        (Verdict::Inconclusive, false),
        (Verdict::Info, false),
        (Verdict::Pass, false),
        (Verdict::Skipped, false),
    ] {
        let covered = baseline.covers(outcome("rfc6749-duplicate-scope", "x", verdict), today());
        assert_eq!(covered.is_some(), known, "{verdict:?}");
    }
}

#[test]
fn case_client_and_verdict_narrow_an_entry() {
    let baseline = parse(TEXT, "baseline.yaml").unwrap();
    let fitting = outcome("rfc6749-x", "a case", Verdict::Error);
    assert!(baseline.covers(fitting, today()).is_some());
    for other in [
        Outcome {
            case: "another",
            ..fitting
        },
        Outcome {
            client: None,
            ..fitting
        },
        Outcome {
            client: Some("rs"),
            ..fitting
        },
        Outcome {
            verdict: Verdict::Fail,
            ..fitting
        },
        Outcome {
            rule: "rfc6749-xy",
            ..fitting
        },
    ] {
        assert!(baseline.covers(other, today()).is_none(), "{other:?}");
    }
}

#[test]
fn entry_past_its_day_or_without_a_reason_covers_nothing() {
    let baseline = parse(TEXT, "baseline.yaml").unwrap();
    let known = outcome("rfc6749-duplicate-scope", "x", Verdict::Fail);
    assert!(baseline.covers(known, today()).is_some());
    assert!(
        baseline
            .covers(known, today().tomorrow().unwrap())
            .is_none()
    );
    assert!(
        baseline
            .covers(outcome("gone-x", "x", Verdict::Fail), today())
            .is_none()
    );
}

#[test]
fn entry_is_stale_when_its_rules_are_gone_or_conform() {
    let baseline = parse(TEXT, "baseline.yaml").unwrap();
    let rules = ["rfc6749-duplicate-scope", "rfc6749-x"];
    let stale = |outcomes: &[Outcome<'_>]| -> Vec<(usize, StaleReason)> {
        let stale = baseline.stale(&rules, outcomes);
        stale
            .iter()
            .map(|stale| (stale.entry.line(), stale.reason))
            .collect()
    };
    let gone = (15, StaleReason::NoSuchRule);
    let first = (3, StaleReason::NothingDeviates);
    let duplicate = |verdict| outcome("rfc6749-duplicate-scope", "x", verdict);
    for (outcomes, expected) in [
        (vec![], vec![gone]),
        (vec![duplicate(Verdict::Skipped)], vec![gone]),
        (vec![duplicate(Verdict::Pass)], vec![first, gone]),
        (
            vec![duplicate(Verdict::Info), duplicate(Verdict::Skipped)],
            vec![first, gone],
        ),
        (
            vec![duplicate(Verdict::Pass), duplicate(Verdict::Warn)],
            vec![gone],
        ),
        (
            vec![duplicate(Verdict::Pass), duplicate(Verdict::Inconclusive)],
            vec![gone],
        ),
        (vec![duplicate(Verdict::Error)], vec![gone]),
    ] {
        assert_eq!(stale(&outcomes), expected, "{outcomes:?}");
    }
}

#[test]
fn update_keeps_what_is_true_and_adds_what_is_new() {
    let baseline = parse(TEXT, "baseline.yaml").unwrap();
    let rules = ["rfc6749-duplicate-scope", "rfc6749-x", "rfc6749-new"];
    let rs = Outcome {
        client: Some("rs"),
        ..outcome("rfc6749-new", "for: some", Verdict::Pass)
    };
    let outcomes = [
        outcome("rfc6749-duplicate-scope", "x", Verdict::Fail),
        outcome("rfc6749-x", "a case", Verdict::Pass),
        outcome("rfc6749-new", "for all", Verdict::Fail),
        outcome("rfc6749-new", "for: some", Verdict::Warn),
        rs,
        outcome("rfc6749-new", "broken", Verdict::Error),
    ];
    let text = updated(TEXT, &baseline, (&rules, &outcomes, today()));
    insta::assert_snapshot!(text, @r#"
    # What we live with.
    known:
      - rule: rfc6749-duplicate-*        # glob
        reason: parser keeps the first value; upstream ticket 123
        owner: identity team
        link: https://tracker.example/123
        until: 2027-01-31
      # the next one
      - rule: rfc6749-new
        case: for all
        reason: TODO
      - rule: rfc6749-new
        case: "for: some"
        client: web
        reason: TODO
    "#);
    let again = parse(&text, "baseline.yaml").unwrap();
    assert_eq!(updated(&text, &again, (&rules, &outcomes, today())), text);
}

#[test]
fn update_of_a_flow_list_or_of_nothing_writes_the_file_anew() {
    let outcomes = [
        outcome("a-x", "one", Verdict::Fail),
        outcome("b-x", "two", Verdict::Fail),
    ];
    let facts = (&["a-x", "b-x"][..], &outcomes[..], today());
    let flow = "known: [{rule: a-*, reason: \"yes: it is\", verdict: fail, until: 2030-01-01}]";
    let baseline = parse(flow, "baseline.yaml").unwrap();
    insta::assert_snapshot!(updated(flow, &baseline, facts), @r#"
    known:
      - rule: "a-*"
        verdict: fail
        reason: "yes: it is"
        until: 2030-01-01
      - rule: b-x
        case: two
        reason: TODO
    "#);
    insta::assert_snapshot!(updated("", &Baseline::empty(), facts), @r"
    known:
      - rule: a-x
        case: one
        reason: TODO
      - rule: b-x
        case: two
        reason: TODO
    ");
    assert_eq!(
        updated("", &Baseline::empty(), (&[], &[], today())),
        "known: []\n"
    );
}

#[test]
fn update_counts_lines_that_end_in_cr_alone() {
    let text =
        "# one\rknown:\n  - rule: r-gone\n    reason: it was\n  - rule: r-x\n    reason: it is\n";
    let baseline = parse(text, "baseline.yaml").unwrap();
    let outcomes = [outcome("r-x", "one", Verdict::Fail)];
    let updated = updated(text, &baseline, (&["r-x"], &outcomes, today()));
    assert_eq!(updated, "# one\nknown:\n  - rule: r-x\n    reason: it is\n");
}

#[test]
fn reason_is_required() {
    insta::assert_snapshot!(problems("known:\n  - rule: a-*\n"), @r"
    error: missing key `reason`
      --> baseline.yaml:2:5
     2 |   - rule: a-*
       |     ^^^^ add it to this mapping
    ");
}

#[test]
fn unknown_key_is_refused() {
    insta::assert_snapshot!(problems("known:\n  - {rule: a-*, raeson: x}\n"), @r"
    error: unknown key `raeson`
      --> baseline.yaml:2:17
     2 |   - {rule: a-*, raeson: x}
       |                 ^^^^^^ did you mean `reason`? allowed here: rule, case, client, verdict, reason, owner, link, until
    ");
}

#[test]
fn verdict_that_needs_no_excuse_is_refused() {
    insta::assert_snapshot!(problems("known:\n  - {rule: a-*, reason: x, verdict: pass}\n"), @r"
    error: unknown word `pass`
      --> baseline.yaml:2:37
     2 |   - {rule: a-*, reason: x, verdict: pass}
       |                                     ^^^^ allowed here: fail, warn, error, inconclusive
    ");
}

#[test]
fn all_problems_of_values_are_named() {
    insta::assert_snapshot!(
        problems("known:\n  - {rule: 'a-[', reason: x}\n  - {rule: a, reason: x, until: 2027-02-30}\n  - {rule: a, reason: ' '}\n"),
        @r"
    error: this is not a glob
      --> baseline.yaml:2:12
     2 |   - {rule: 'a-[', reason: x}
       |            ^^^^^ write a rule's id, or a pattern like `rfc6749-duplicate-*`

    error: this is not a day
      --> baseline.yaml:3:33
     3 |   - {rule: a, reason: x, until: 2027-02-30}
       |                                 ^^^^^^^^^^ write it like 2027-01-31

    error: empty reason
      --> baseline.yaml:4:23
     4 |   - {rule: a, reason: ' '}
       |                       ^^^ say why this deviation is accepted
    "
    );
}

#[test]
fn check_refuses_a_reason_that_is_still_to_be_found() {
    insta::assert_snapshot!(check(TEXT, "baseline.yaml").unwrap_err(), @r"
    error: no reason yet
      --> baseline.yaml:16:13
     16 |     reason: TODO
        |             ^^^^ say why this deviation is accepted
    ");
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z -]{0,8}",
        "[ -~äé\n]{1,12}",
        Just("true".to_owned())
    ]
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "(?s).{0,200}") {
        let _read = check(&text, "baseline.yaml");
    }

    #[test]
    fn update_covers_exactly_what_deviates_once_reasons_are_given(
        cases in prop::collection::vec((texts(), any::<bool>(), any::<bool>()), 0..6),
    ) {
        let verdict = |fails| if fails { Verdict::Fail } else { Verdict::Pass };
        let mut outcomes: Vec<Outcome<'_>> = Vec::new();
        for (case, web, rs) in &cases {
            for (client, fails) in [("web", *web), ("rs", *rs)] {
                if outcomes.iter().any(|known| known.case == case && known.client == Some(client)) {
                    continue;
                }
                let outcome = outcome("r-x", case, verdict(fails));
                outcomes.push(Outcome { client: Some(client), ..outcome });
            }
        }
        let text = updated("", &Baseline::empty(), (&["r-x"], &outcomes, today()));
        let explained = text.replace("reason: TODO", "reason: because");
        let baseline = parse(&explained, "baseline.yaml").unwrap();
        for outcome in &outcomes {
            let covered = baseline.covers(*outcome, today()).is_some();
            prop_assert_eq!(covered, outcome.verdict == Verdict::Fail, "{}", &text);
        }
        prop_assert!(baseline.stale(&["r-x"], &outcomes).is_empty());
    }
}
