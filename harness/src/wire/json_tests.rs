use proptest::prelude::*;

use super::{Document, Found, Json, JsonError, MAX_DEPTH, MAX_VALUES, Note};

fn read(text: &str) -> Result<Document, JsonError> {
    Document::read(text.as_bytes())
}

fn string(text: &str) -> Json {
    Json::String(text.to_owned())
}

/// What serde_json makes of a value, in our types.
fn ours(value: &serde_json::Value) -> Json {
    match value {
        serde_json::Value::Null => Json::Null,
        serde_json::Value::Bool(value) => Json::Bool(*value),
        serde_json::Value::Number(number) => Json::Number(number.to_string()),
        serde_json::Value::String(text) => string(text),
        serde_json::Value::Array(elements) => Json::Array(elements.iter().map(ours).collect()),
        serde_json::Value::Object(members) => Json::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), ours(value)))
                .collect(),
        ),
    }
}

#[test]
fn members_keep_order_and_repetition() {
    let document = read(r#" {"b":1,"a":[true,null],"b":"x"} "#).unwrap();
    assert!(document.notes.is_empty());
    let names: Vec<&str> = document
        .value
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["b", "a", "b"]);
    assert_eq!(document.value.repeated_members(), ["b"]);
    assert!(
        document
            .value
            .members("b")
            .eq([&Json::Number("1".to_owned()), &string("x")])
    );
    assert_eq!(
        document.value.member("b").and_then(Json::as_number),
        Some("1")
    );
    assert_eq!(document.value.member("c"), None);
}

#[test]
fn numbers_keep_their_text() {
    for text in [
        "0",
        "-0",
        "1.50",
        "3600.0",
        "1e3",
        "1E+400",
        "123456789012345678901234567890",
    ] {
        assert_eq!(read(text).unwrap().value, Json::Number(text.to_owned()));
    }
}

#[test]
fn escapes_become_characters() {
    let text = r#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00""#;
    assert_eq!(
        read(text).unwrap().value,
        string("\"\\/\u{8}\u{c}\n\r\tA\u{e9}\u{1f600}")
    );
}

#[test]
fn what_is_no_character_is_noted_and_replaced() {
    for text in [r#""\ud800""#, r#""\udc00""#] {
        let document = read(text).unwrap();
        assert_eq!(
            (document.value, document.notes),
            (string("\u{fffd}"), vec![Note::LoneSurrogate])
        );
    }
    let document = read(r#""\ud800\u0041""#).unwrap();
    assert_eq!(
        (document.value, document.notes),
        (string("\u{fffd}A"), vec![Note::LoneSurrogate])
    );
    let document = Document::read(b"\"a\xff\"").unwrap();
    assert_eq!(
        (document.value, document.notes),
        (string("a\u{fffd}"), vec![Note::InvalidUtf8])
    );
}

#[test]
fn what_surrounds_the_value_is_noted() {
    assert_eq!(
        Document::read(b"\xef\xbb\xbf{}").unwrap().notes,
        [Note::ByteOrderMark]
    );
    assert_eq!(read("{} x").unwrap().notes, [Note::TrailingText]);
    assert_eq!(read("{}{}").unwrap().notes, [Note::TrailingText]);
    assert_eq!(read("{} \r\n\t").unwrap().notes, []);
    assert_eq!(read("01").unwrap().notes, [Note::TrailingText]);
    assert!(
        Document::read(b"\xc2\xa0{}").is_err(),
        "no-break space is no JSON white space"
    );
}

#[test]
fn errors_say_what_and_where() {
    let check = |text: &str, message: &str| {
        assert_eq!(read(text).unwrap_err().to_string(), message, "{text}");
    };
    check("", "empty");
    check(" \r\n", "empty");
    check("<html>", "`<` at byte 0, where a value was due");
    check(
        "{'a':1}",
        "`'` at byte 1, where a member name in `\"` was due",
    );
    check("{\"a\" 1}", "`1` at byte 5, where `:` was due");
    check("{\"a\":1", "it ends in the middle, after 6 bytes");
    check("[1,]", "`]` at byte 3, where a value was due");
    check("[1 2]", "`2` at byte 3, where `,` or `]` was due");
    check(
        "\"a\nb\"",
        "the octet 0x0a at byte 2, where a character of a string was due",
    );
    check(
        "\"\\x\"",
        "`x` at byte 2, where an escape: one of `\"\\/bfnrtu` was due",
    );
    check(
        "\"\\u12g4\"",
        "`g` at byte 5, where four hexadecimal digits was due",
    );
    check("tru", "it ends in the middle, after 3 bytes");
    check(
        "nul!",
        "`!` at byte 3, where `true`, `false` or `null` was due",
    );
    check("-", "it ends in the middle, after 1 bytes");
    check("1.e", "`e` at byte 2, where a digit was due");
    check("NaN", "`N` at byte 0, where a value was due");
}

#[test]
fn nesting_is_read_to_its_limit_and_no_deeper() {
    let nest = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(&nest(MAX_DEPTH)).is_ok());
    assert_eq!(
        read(&nest(MAX_DEPTH + 1)),
        Err(JsonError::TooDeep { offset: MAX_DEPTH })
    );
    assert!(read(&"[".repeat(4_000_000)).is_err());
}

#[test]
fn number_of_values_is_limited() {
    let list = |values: usize| format!("[{}0]", "0,".repeat(values - 2));
    assert!(read(&list(MAX_VALUES)).is_ok());
    assert!(matches!(
        read(&list(MAX_VALUES + 1)),
        Err(JsonError::TooMany { .. })
    ));
}

#[test]
fn lenient_reading_finds_the_first_object() {
    let check = |text: &str, notes: &[Note]| {
        let document = Document::first_object(text.as_bytes()).expect(text);
        assert_eq!(
            document.value.member("a").and_then(Json::as_str),
            Some("b"),
            "{text}"
        );
        assert_eq!(document.notes, notes, "{text}");
    };
    check("{\"a\":\"b\"}", &[]);
    check(" \n{\"a\":\"b\"}\n", &[]);
    check("\u{feff}{\"a\":\"b\"}", &[Note::ByteOrderMark]);
    check(")]}',\n{\"a\":\"b\"}", &[Note::LeadingText]);
    check(
        "while{1} {\"a\":\"b\"};",
        &[Note::LeadingText, Note::TrailingText],
    );
    check("{\"a\":\"b\",}", &[Note::TrailingComma]);
    check(
        "{\"a\":\"b\",\"c\":[1,],\"d\":\"\n\"}",
        &[Note::RawControlCharacter, Note::TrailingComma],
    );
    for text in ["", "[]", "null", "{", "{\"a\":\"b\"", "<html>{x}</html>"] {
        assert_eq!(Document::first_object(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn hostile_input_is_read_in_linear_time() {
    // Each of these took minutes if any part were quadratic in their four megabytes.
    for piece in ["{", "{\"", "{\"a\":", "{\"a\":[", "[", "\"{", "\\", "{ "] {
        let text = piece.repeat(4_000_000 / piece.len());
        assert_eq!(Document::first_object(text.as_bytes()), None);
        let _result = Document::read(text.as_bytes());
    }
}

#[test]
fn values_do_not_show_in_debug_output() {
    let shown = format!(
        "{:?}",
        read(r#"{"access_token":"canary","n":4711}"#).unwrap()
    );
    assert!(
        !shown.contains("canary") && !shown.contains("4711"),
        "{shown}"
    );
    assert!(shown.contains("access_token"), "{shown}");
    assert_eq!(Found(b'<').to_string(), "`<`");
}

fn arbitrary() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(serde_json::Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..8)
                .prop_map(|members| { serde_json::Value::Object(members.into_iter().collect()) }),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_json_writes_is_read(value in arbitrary()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let document = read(&text).unwrap();
            prop_assert!(document.notes.is_empty());
            prop_assert_eq!(document.value, ours(&value));
        }
    }

    #[test]
    fn what_serde_json_refuses_is_refused_or_noted(value in arbitrary(), at: prop::sample::Index, octet: u8) {
        let mut bytes = value.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = octet;
        let peer: Result<serde_json::Value, _> = serde_json::from_slice(&bytes);
        match (peer, Document::read(&bytes)) {
            (Ok(_), Ok(document)) => prop_assert!(document.notes.is_empty()),
            (Ok(_), Err(error)) => prop_assert!(false, "serde_json reads it: {}", error),
            (Err(_), Err(_)) => {}
            // serde_json has no numbers beyond f64.
            (Err(error), Ok(document)) => {
                let out_of_range = error.to_string().contains("number out of range");
                prop_assert!(!document.notes.is_empty() || out_of_range, "serde_json: {}", error);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _strict = Document::read(&bytes);
        let _lenient = Document::first_object(&bytes);
    }

    #[test]
    fn lenient_reading_agrees_with_strict_reading(value in arbitrary()) {
        let text = value.to_string();
        if value.is_object() {
            prop_assert_eq!(Document::first_object(text.as_bytes()), read(&text).ok());
        }
    }
}
