//! Forms (RFC 6749 Appendix B): a decoder against the grammar, against `form_urlencoded`, and against the harness's own.

use tokenspec_reference_server::wire::form::{Form, FormFault};

use crate::Difference;
use crate::naive::percent;

/// Names and values in order.
pub type Pairs = Vec<(String, String)>;

/// One input of the fuzzer, read by the reference server.
///
/// # Panics
/// When something does not hold.
pub fn fuzz(body: &[u8]) {
    let (sound, expected) = (is_sound(body), peer(body));
    let form = Form::parse(body);
    let found = accepted(&form);
    if sound {
        assert_eq!(found.as_ref(), Some(&expected), "not as the peer reads it");
    } else {
        assert!(found.is_none(), "a flaw passes");
    }
    let has = |fault| form.faults.contains(&fault);
    assert_eq!(form.faults.is_empty(), sound, "{:?}", form.faults);
    let broken = halves(body).any(|half| !percent::is_sound(half));
    assert_eq!(has(FormFault::MalformedPercent), broken);
    if !broken {
        let nul = halves(body).any(|half| percent::decode(half).contains(&0));
        assert_eq!(has(FormFault::Nul), nul);
    }
    if sound {
        let read = tokenspec::wire::form::decode(body).into_iter();
        let text = |octets| String::from_utf8(octets).unwrap_or_default();
        let harness: Pairs = read
            .map(|(name, value)| (text(name), text(value)))
            .collect();
        assert_eq!(harness, expected, "the harness reads another form");
    }
    let again = Form::parse(&form.encode());
    assert!(again.pairs == form.pairs && again.faults.is_empty());
}

/// Holds a decoder against the peer. It says `None` of a body that it refuses.
///
/// A body without flaws ([`is_sound`]) is read, and as the peer reads it; one with flaws is refused, or else as many pairs come
/// out, and those without flaws are the peer's.
///
/// # Panics
/// When that does not hold.
pub fn check(body: &[u8], decoder: impl Fn(&[u8]) -> Option<Pairs>) {
    let expected = peer(body);
    let found = decoder(body);
    if is_sound(body) {
        assert_eq!(found.as_ref(), Some(&expected), "not as the peer reads it");
        return;
    }
    let Some(found) = found else { return };
    assert_eq!(found.len(), expected.len(), "pairs got lost or were added");
    let texts = body
        .split(|octet| *octet == b'&')
        .filter(|text| !text.is_empty());
    for ((found, expected), text) in found.iter().zip(&expected).zip(texts) {
        assert!(
            !is_sound(text) || found == expected,
            "a pair without flaws differs"
        );
    }
}

/// As the reference server reads a body; none if it has a flaw, which makes the request invalid.
#[must_use]
pub fn ours(body: &[u8]) -> Option<Pairs> {
    accepted(&Form::parse(body))
}

fn accepted(form: &Form) -> Option<Pairs> {
    form.faults.is_empty().then(|| pairs(form))
}

/// As `form_urlencoded` reads a body.
#[must_use]
pub fn peer(body: &[u8]) -> Pairs {
    form_urlencoded::parse(body).into_owned().collect()
}

fn pairs(form: &Form) -> Pairs {
    form.pairs
        .iter()
        .map(|pair| (pair.name.clone(), pair.value.clone()))
        .collect()
}

/// Whether a body says what it says without flaws: every percent sign begins an encoding, all is UTF-8, and there is no NUL.
#[must_use]
pub fn is_sound(body: &[u8]) -> bool {
    halves(body).all(|half| {
        let octets = percent::decode(half);
        percent::is_sound(half) && std::str::from_utf8(&octets).is_ok() && !octets.contains(&0)
    })
}

/// All names and values, encoded.
fn halves(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    body.split(|octet| *octet == b'&')
        .flat_map(|pair| pair.splitn(2, |octet| *octet == b'='))
}

/// Where the two differ: pairs as JSON, ours with the flaws that refuse the request.
pub const DIFFERENCES: &[Difference<'_>] = &[
    Difference {
        input: "a=%",
        ours: r#"[["a",""]] MalformedPercent"#,
        theirs: r#"[["a","%"]]"#,
        why: PERCENT,
    },
    Difference {
        input: "a=%zz",
        ours: r#"[["a","zz"]] MalformedPercent"#,
        theirs: r#"[["a","%zz"]]"#,
        why: PERCENT,
    },
    Difference {
        input: "a=%u0061",
        ours: r#"[["a","u0061"]] MalformedPercent"#,
        theirs: r#"[["a","%u0061"]]"#,
        why: PERCENT,
    },
    Difference {
        input: "a=x%00y",
        ours: r#"[["a","x"]] Nul"#,
        theirs: r#"[["a","x\u0000y"]]"#,
        why: "a NUL ends texts in other languages, so what is behind it must not count for one reader and not for another; we refuse it",
    },
    Difference {
        input: "a=%FF",
        ours: r#"[["a",""]] InvalidUtf8"#,
        theirs: "[[\"a\",\"\u{fffd}\"]]",
        why: UTF8,
    },
    Difference {
        input: "a=%C0%AF",
        ours: r#"[["a",""]] InvalidUtf8"#,
        theirs: "[[\"a\",\"\u{fffd}\u{fffd}\"]]",
        why: UTF8,
    },
    Difference {
        input: "a=%ED%A0%80",
        ours: r#"[["a",""]] InvalidUtf8"#,
        theirs: "[[\"a\",\"\u{fffd}\u{fffd}\u{fffd}\"]]",
        why: UTF8,
    },
];

const PERCENT: &str = "a percent sign that begins no encoding is kept by the WHATWG's algorithm; RFC 6749 Appendix B knows no such text, so we refuse it";
const UTF8: &str = "octets that are no UTF-8 become U+FFFD in the WHATWG's algorithm, so that different texts become the same; we refuse them";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinned_differences_are_as_they_are_told() {
        for difference in DIFFERENCES {
            let input = difference.input.as_bytes();
            let form = Form::parse(input);
            let faults: Vec<String> = form.faults.iter().map(|it| format!(" {it:?}")).collect();
            let shown = |pairs| serde_json::to_string::<Pairs>(&pairs).unwrap();
            let found = shown(pairs(&form)) + &faults.concat();
            assert_eq!(found, difference.ours, "{}", difference.why);
            assert_eq!(shown(peer(input)), difference.theirs, "{}", difference.why);
            assert!(!is_sound(input) && ours(input).is_none());
            fuzz(input);
        }
    }

    #[test]
    #[should_panic(expected = "not as the peer reads it")]
    fn decoder_that_splits_at_semicolons_is_found() {
        check(b"a=1;b=2", |body| {
            peer(&String::from_utf8_lossy(body).replace(';', "&").into_bytes()).into()
        });
    }

    #[test]
    #[should_panic(expected = "not as the peer reads it")]
    fn decoder_that_decodes_twice_is_found() {
        check(b"a=%2541", |body| peer(&percent::decode(body)).into());
    }

    #[test]
    #[should_panic(expected = "a pair without flaws differs")]
    fn decoder_that_lets_a_flaw_spread_is_found() {
        check(b"a=%&b=1", |_| {
            Some(vec![
                ("a".to_owned(), String::new()),
                ("b".to_owned(), String::new()),
            ])
        });
    }
}
