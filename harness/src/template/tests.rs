use super::*;

struct Fixed;

impl Scope for Fixed {
    fn lookup(&self, path: &[String]) -> Option<Rendered> {
        match path.join(".").as_str() {
            "client.secret" => Some(Rendered::secret("abc", "client_secret")),
            "body" => Some(Rendered::plain("a=b")),
            _ => None,
        }
    }

    fn random(&self, length: usize) -> String {
        "r".repeat(length)
    }

    fn atm_match(&self, uri: &str) -> String {
        format!("match:{uri}")
    }
}

fn check(text: &str, expect: &str) {
    let rendered = parse(text).expect(text).render(&Fixed).expect(text);
    assert_eq!(rendered.text(), expect, "{text}");
}

#[test]
fn templates_render() {
    check("plain", "plain");
    check("$$5 and $x", "$5 and $x");
    check("&${body}&", "&a=b&");
    check("${client.secret|upper|drop_last 1}", "AB");
    check("${'a|b}'|suffix 'c'}", "a|b}c");
    check("${'a b'|form}", "a+b");
    check("${random 3}", "rrr");
    check("${'ab'|percent}${'N'|percent_lower}", "%61%62%4e");
    check(
        "${'abc'|percent_at 1}-${'abc'|percent_twice_at -1}",
        "a%62c-ab%2563",
    );
    check("${'abz'|change_at -1}", "aba");
    check("${'aXbX'|replace 'X' '--'}", "a--b--");
    check("${''|sha256|hex|first 8}", "e3b0c442");
    check("${'FFFE'|unhex|hex}", "fffe");
    check("${'\\x41\\n'|hex}", "410a");
}

#[test]
fn a_filtered_secret_stays_a_secret() {
    let rendered = parse("x${client.secret|reverse}")
        .expect("parses")
        .render(&Fixed)
        .expect("renders");
    assert_eq!(rendered.secret, Some("client_secret"));
    assert!(!format!("{rendered:?}").contains("cba"));
}

#[test]
fn mistakes_are_told() {
    for (text, expect) in [
        ("${a", "`${` is never closed"),
        ("${'a}", "a quote is never closed"),
        ("${}", "an expression needs a source"),
        (
            "${a|percent_at}",
            "the filter `percent_at` takes a position",
        ),
        ("${a|first x}", "the filter `first` takes a number"),
        ("${random}", "`random` needs a number"),
    ] {
        assert_eq!(parse(text).expect_err(text).to_string(), expect, "{text}");
    }
    let unknown = parse("${a|nope}").expect_err("unknown filter").to_string();
    assert!(
        unknown.starts_with("no filter is called `nope`; there are atm_match, base64"),
        "{unknown}"
    );
}

#[test]
fn what_nothing_has_is_named() {
    let problem = parse("${grant.code}")
        .expect("parses")
        .render(&Fixed)
        .expect_err("unknown");
    assert_eq!(problem.to_string(), "nothing is called `grant.code` here");
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in ".{0,60}") {
        let _parsed = parse(&text).map(|template| template.render(&Fixed));
    }
}
