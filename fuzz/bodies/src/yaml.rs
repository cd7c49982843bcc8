//! The loading of YAML against `serde_yaml`, which the caller brings: it is deprecated, and only tests and fuzzing depend on it.
//!
//! The library under our loading, serde-saphyr, reads YAML 1.2 strictly; libyaml under the other reads YAML 1.1 and is lenient. So
//! the two agree on plain texts only, and each reason for which they may differ is a row of `REASONS`.

use serde_json::Value;

use crate::Difference;

/// What a loader makes of a text: its documents, or why it has none.
pub type Loaded = Result<Vec<Value>, String>;

/// One input of the fuzzer.
///
/// # Panics
/// When the two differ for a reason that is not in the table.
pub fn fuzz(input: &[u8], theirs: impl Fn(&str) -> Loaded) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    check(text, &ours(text), &theirs(text));
}

/// As the harness loads a text.
///
/// # Errors
/// What a person would be told.
pub fn ours(text: &str) -> Loaded {
    let documents = tokenspec::yaml::documents(text, "it.yaml");
    documents.map_err(|problems| problems.to_string())
}

/// Holds two readings of a text against each other.
///
/// # Panics
/// When they differ for a reason that is not in the table.
pub fn check(text: &str, ours: &Loaded, theirs: &Loaded) {
    let same = match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            let is_some = |document: &&Value| !document.is_null();
            let (ours, theirs) = (ours.iter().filter(is_some), theirs.iter().filter(is_some));
            ours.clone().count() == theirs.clone().count()
                && ours.zip(theirs).all(|(a, b)| alike(a, b))
        }
        (Err(_), Err(_)) => true,
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
    };
    assert!(
        same || is_explained(text, ours, theirs),
        "{text:?}\nours: {ours:?}\ntheirs: {theirs:?}"
    );
}

/// Equal, or a scalar that one takes for a number and the other for text.
fn alike(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| alike(a, b))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            let member = |(name, value): (&String, &Value)| {
                theirs.get(name).is_some_and(|other| alike(value, other))
            };
            ours.len() == theirs.len() && ours.iter().all(member)
        }
        (Value::Number(_), Value::String(text)) | (Value::String(text), Value::Number(_)) => {
            is_numeric(text)
        }
        (Value::Number(ours), Value::Number(theirs)) => ours.as_f64() == theirs.as_f64(),
        (ours, theirs) => ours == theirs,
    }
}

fn is_numeric(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_hexdigit() || "+-._xobXOB".contains(c))
}

/// Two readings of a text that differ.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The text.
    pub text: &'a str,
    /// What ours makes of it.
    pub ours: &'a Loaded,
    /// What the other makes of it.
    pub theirs: &'a Loaded,
}

impl Case<'_> {
    fn has(&self, marks: &[&str]) -> bool {
        marks.iter().any(|mark| self.text.contains(mark))
    }

    fn is_refused_by_us(&self, word: &str) -> bool {
        self.ours.as_ref().is_err_and(|why| why.contains(word))
    }

    /// Whether a whole document is a block text.
    fn is_block_text(&self) -> bool {
        let header = |line: &str| {
            let line = line.strip_prefix("---").unwrap_or(line);
            line.trim_start().starts_with(['|', '>'])
        };
        self.text.lines().any(header) && self.ours.iter().flatten().any(Value::is_string)
    }

    /// The texts between blanks, line breaks, and the marks of collections.
    fn words(&self) -> impl Iterator<Item = &str> {
        let parts = |c: char| c.is_whitespace() || "[]{},:".contains(c);
        self.text.split(parts).filter(|word| !word.is_empty())
    }
}

/// Why two readings may differ: what such a text has, and one of them.
#[derive(Clone, Copy, Debug)]
pub struct Reason {
    /// Whether a case has it.
    pub holds: fn(&Case<'_>) -> bool,
    /// A text that the two read differently, what they make of it as JSON, and why.
    pub example: Difference<'static>,
}

fn is_explained(text: &str, ours: &Loaded, theirs: &Loaded) -> bool {
    let case = Case { text, ours, theirs };
    REASONS.iter().any(|reason| (reason.holds)(&case))
}

/// Every reason for which the two may differ.
pub const REASONS: &[Reason] = &[
    Reason {
        holds: |case| case.is_refused_by_us("repeated"),
        example: Difference {
            input: "{a: 1, a: 2}",
            ours: "refused",
            theirs: r#"{"a":2}"#,
            why: "of two equal keys one would be lost, so we refuse them",
        },
    },
    Reason {
        holds: |case| case.has(&["<<"]),
        example: Difference {
            input: "b: &x {c: 1}\na: {<<: *x}",
            ours: "refused",
            theirs: r#"{"a":{"<<":{"c":1}},"b":{"c":1}}"#,
            why: "merge keys hide where a value comes from, so we refuse them; to serde_yaml they are keys",
        },
    },
    Reason {
        holds: |case| case.words().any(is_numeric),
        example: Difference {
            input: "a: 12345678901234567890123",
            ours: r#"{"a":1.2345678901234568e+22}"#,
            theirs: "refused",
            why: "more digits than an integer of 64 bits has make a float",
        },
    },
    Reason {
        holds: |case| case.has(&[".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"]),
        example: Difference {
            input: "a: .inf",
            ours: "refused",
            theirs: r#"{"a":null}"#,
            why: "what JSON has no number for is no value",
        },
    },
    Reason {
        holds: |case| {
            case.words()
                .any(|word| ["~", "null", "Null", "NULL", "?"].contains(&word))
        },
        example: Difference {
            input: "~: x",
            ours: "refused",
            theirs: r#"{"~":"x"}"#,
            why: "null is no name of a key",
        },
    },
    Reason {
        holds: |case| case.ours.is_err() && case.theirs.is_ok(),
        example: Difference {
            input: "a: 'x\ny'",
            ours: "refused",
            theirs: r#"{"a":"x y"}"#,
            why: "what we refuse is told to its author; here lines of a quoted text are not indented (YAML 1.2 section 7.3)",
        },
    },
    Reason {
        holds: |case| case.ours.is_ok() && case.theirs.is_err(),
        example: Difference {
            input: "{a :,b}",
            ours: r#"{"a":null,"b":null}"#,
            theirs: "refused",
            why: "what libyaml refuses of YAML 1.2 has no other meaning there; here a colon before a comma",
        },
    },
    Reason {
        holds: |case| case.has(&["{", "["]) && case.has(&["?"]),
        example: Difference {
            input: "{?b: }",
            ours: r#"{"?b":null}"#,
            theirs: r#"{"b":null}"#,
            why: "within brackets libyaml takes ? for an indicator where no blank follows, YAML 1.2 does not (section 7.4.2)",
        },
    },
    Reason {
        holds: |case| case.has(&["&", "*"]),
        example: Difference {
            input: "&a:b c",
            ours: r#""c""#,
            theirs: r#"":b c""#,
            why: "names of anchors hold letters and digits only in YAML 1.1, and nearly anything in YAML 1.2 (section 6.9.2)",
        },
    },
    Reason {
        holds: |case| case.has(&["|", ">"]) && !case.text.ends_with('\n'),
        example: Difference {
            input: "a: |\n  x",
            ours: r#"{"a":"x\n"}"#,
            theirs: r#"{"a":"x"}"#,
            why: "a block text at the end of a file that ends without a line break gets one from serde-saphyr",
        },
    },
    Reason {
        holds: |case| case.is_block_text(),
        example: Difference {
            input: ">\n\n# a\n",
            ours: r#""\n# a\n""#,
            theirs: r#""""#,
            why: "a block text that is the whole document need not be indented (YAML 1.2 example 9.5); to libyaml it has to be by one",
        },
    },
    Reason {
        holds: |case| case.has(&["\u{85}", "\u{2028}", "\u{2029}"]),
        example: Difference {
            input: "# a\u{2028}b",
            ours: "0 documents",
            theirs: r#""b""#,
            why: "YAML 1.1 ends lines at them, YAML 1.2 does not (section 5.4)",
        },
    },
    Reason {
        holds: |case| case.has(&["\u{feff}"]),
        example: Difference {
            input: "\u{feff}---\n- a",
            ours: r#"["a"]"#,
            theirs: r#""--- - a""#,
            why: "a byte order mark is no character of its line (YAML 1.2 section 5.2); to libyaml what follows begins one column later",
        },
    },
    Reason {
        holds: |case| case.has(&["!"]),
        example: Difference {
            input: "a: !!binary aGk=",
            ours: r#"{"a":"hi"}"#,
            theirs: r#"{"a":"aGk="}"#,
            why: "tags of scalars are honoured, and others refused",
        },
    },
];

#[cfg(test)]
#[path = "../tests/yaml_peer/mod.rs"]
mod yaml_peer;

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(loaded: &Loaded) -> String {
        match loaded.as_deref() {
            Ok([one]) => one.to_string(),
            Ok(many) => format!("{} documents", many.len()),
            Err(_) => "refused".to_owned(),
        }
    }

    #[test]
    fn reasons_are_as_they_are_told() {
        for reason in REASONS {
            let Difference {
                input,
                ours: our,
                theirs: their,
                why,
            } = reason.example;
            let (ours, theirs) = (ours(input), yaml_peer::load(input));
            assert_eq!(shown(&ours), our, "ours: {input:?} ({why})");
            assert_eq!(shown(&theirs), their, "theirs: {input:?} ({why})");
            let case = Case {
                text: input,
                ours: &ours,
                theirs: &theirs,
            };
            assert!((reason.holds)(&case), "{input:?} ({why})");
            check(input, &ours, &theirs);
        }
    }

    #[test]
    #[should_panic(expected = "theirs")]
    fn plain_text_that_is_read_differently_is_found() {
        check("a: b", &ours("a: b"), &yaml_peer::load("a: c"));
    }
}
