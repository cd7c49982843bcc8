use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read by the deserializer only")]
struct Example {
    name: String,
    #[serde(default)]
    count: Option<Spanned<u32>>,
    #[serde(default)]
    flag: Option<bool>,
    #[serde(default)]
    words: Vec<Spanned<Word>>,
    #[serde(default)]
    inner: Option<Spanned<Inner>>,
    #[serde(default)]
    choice: Option<Choice>,
    #[serde(default)]
    map: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    First,
    Second,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read by the deserializer only")]
struct Inner {
    key: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "read by the deserializer only")]
enum Choice {
    Manual,
    Url(String),
}

fn problem(text: &str) -> String {
    from_str::<Example>(text, "file.yaml")
        .unwrap_err()
        .to_string()
}

#[test]
fn unknown_key_names_the_nearest_one() {
    insta::assert_snapshot!(problem("name: x\ninner:\n  kye: v\n"), @r"
    error: unknown key `kye`
      --> file.yaml:3:3
     3 |   kye: v
       |   ^^^ did you mean `key`? allowed here: key
    ");
}

#[test]
fn missing_key_is_named_at_its_mapping() {
    insta::assert_snapshot!(problem("name: x\ninner: {}\n"), @r"
    error: missing key `key`
      --> file.yaml:2:8
     2 | inner: {}
       |        ^ add it to this mapping
    ");
}

#[test]
fn repeated_key_is_refused_in_structs_and_maps() {
    insta::assert_snapshot!(problem("name: x\nname: y\n"), @r"
    error: repeated key `name`
      --> file.yaml:2:1
     2 | name: y
       | ^^^^ the mapping has it already; remove one of the two
    ");
    insta::assert_snapshot!(problem("name: x\nmap: {a: b, a: c}\n"), @r"
    error: repeated key `a`
      --> file.yaml:2:13
     2 | map: {a: b, a: c}
       |             ^ the mapping has it already; remove one of the two
    ");
}

#[test]
fn wrong_type_says_what_was_expected() {
    for (value, expected) in [
        ("name: [x]", "a text"),
        ("name:", "a text"),
        ("name: x\ncount: y", "a whole number"),
        ("name: x\ncount: -1", "a whole number"),
        ("name: x\nflag: yes", "true or false"),
        ("name: x\nwords: first", "a list"),
        ("name: x\ninner: y", "a mapping"),
        ("name: x\nmap: {a: }", "a text"),
        ("name: x\nmap: [a]", "a mapping"),
        ("name: x\nchoice: [url]", "a word or a mapping with one key"),
        (
            "name: x\nchoice: {url: x, manual: y}",
            "a word or a mapping with one key",
        ),
        ("- name", "a mapping"),
        ("name", "a mapping"),
    ] {
        let shown = problem(value);
        assert!(shown.starts_with("error: wrong type\n"), "{shown}");
        assert!(
            shown.ends_with(&format!("^ expected {expected}")),
            "{shown}"
        );
    }
}

#[test]
fn unknown_word_and_unknown_key_of_a_choice_are_told_apart() {
    insta::assert_snapshot!(problem("name: x\nwords: [first, secnd]\n"), @r"
    error: unknown word `secnd`
      --> file.yaml:2:16
     2 | words: [first, secnd]
       |                ^^^^^ did you mean `second`? allowed here: first, second
    ");
    insta::assert_snapshot!(problem("name: x\nchoice: {urls: x}\n"), @r"
    error: unknown key `urls`
      --> file.yaml:2:10
     2 | choice: {urls: x}
       |          ^^^^ did you mean `url`? allowed here: manual, url
    ");
}

#[test]
fn merge_key_is_refused() {
    insta::assert_snapshot!(problem("name: x\nmap: {<<: {a: b}}\n"), @r"
    error: merge key `<<`
      --> file.yaml:2:7
     2 | map: {<<: {a: b}}
       |       ^^ write the keys out: what a mapping has must be seen in it
    ");
}

#[test]
fn second_document_is_refused() {
    insta::assert_snapshot!(problem("name: x\n---\nname: y\n"), @r"
    error: a second document
      --> file.yaml:3:1
     3 | name: y
       | ^ this file holds one; remove `---`
    ");
}

#[test]
fn bad_syntax_says_what_to_write() {
    for (text, line, advice) in [
        (
            "name: x\nmap: {a: b\n",
            2,
            "needs `,` between its members and `}` at its end",
        ),
        (
            "name: x\nwords: [first\n",
            2,
            "needs `,` between its members and `]` at its end",
        ),
        (
            "name: x\n\tmap: b\n",
            1,
            "indent with spaces, not with tabs",
        ),
        (
            "name: \"x\nmap: {}\n",
            2,
            "a quotation mark, here or further up, is not closed",
        ),
        ("name: x: y\n", 1, "quote a text that contains `: `"),
        (
            "name: @x\n",
            1,
            "quote a text that starts with this character",
        ),
        (
            "name: *x\n",
            1,
            "define it further up with `&name`, or quote the text",
        ),
        (
            "name: !foo x\n",
            1,
            "remove the word that starts with `!`, or quote it",
        ),
    ] {
        let shown = problem(text);
        assert!(shown.contains(&format!("--> file.yaml:{line}:")), "{shown}");
        assert!(shown.ends_with(advice), "{shown}");
    }
}

#[test]
fn empty_file_is_refused() {
    insta::assert_snapshot!(problem(""), @r"
    error: the file is empty
      --> file.yaml
      = fill it, or name another file
    ");
}

#[test]
fn alias_bomb_is_refused() {
    let mut text = "name: x\nmap: &l0 {a: b}\nbomb0: &b0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let below = format!("*b{}", level - 1);
        text.push_str(&format!(
            "bomb{level}: &b{level} [{}]\n",
            [below.as_str(); 9].join(", ")
        ));
    }
    let problems = from_str::<serde_json::Value>(&text, "file.yaml")
        .unwrap_err()
        .to_string();
    assert!(
        problems.starts_with("error: too many aliases\n"),
        "{problems}"
    );
}

#[test]
fn documents_are_read_in_order_and_a_problem_has_the_line_of_the_file() {
    let all: Vec<Example> = documents("name: a\n---\nname: b\n", "file.yaml").unwrap();
    assert_eq!(
        all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
        ["a", "b"]
    );
    let problems = documents::<Example>("name: a\n---\nnmae: b\n", "file.yaml").unwrap_err();
    assert_eq!(problems.iter().next().unwrap().spot().unwrap().line(), 3);
}

#[test]
fn words_of_other_people_are_not_shown() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "read by the deserializer only")]
    struct Address {
        ip: std::net::IpAddr,
    }
    let shown = from_str::<Address>("ip: nonsense", "file.yaml")
        .unwrap_err()
        .to_string();
    assert!(
        shown.starts_with("error: this value can't be read\n"),
        "{shown}"
    );
}
