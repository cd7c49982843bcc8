//! Answers in words, with what each means.

use super::page::Page;
use super::{InWords, joined, texts};
use crate::judge::{describe_answer, describe_condition, describe_scope, is_true};
use crate::suite::answer::{Answer, Grade};
use crate::suite::model::{
    AuthorizeAnswer, Bounds, DurationsAnswer, HandshakeAnswer, InspectAnswer, ReceivedAnswer,
    SampleAnswer, TogetherAnswer,
};
use crate::suite::text::Text;

/// What a match means, and where it counts.
struct Meaning<'a> {
    grade: Grade,
    when: &'a [Text],
    because: Option<&'a str>,
    end: bool,
}

impl Meaning<'_> {
    fn label(&self) -> &'static str {
        match self.grade {
            Grade::Pass => "conforms",
            Grade::Info => "recorded",
            Grade::Warn => "a warning",
            Grade::Inconclusive => "inconclusive",
            Grade::Fail => "deviates",
        }
    }

    fn words(&self, answer: &str) -> String {
        let mut words = answer.to_owned();
        if !self.when.is_empty() {
            let able: Vec<String> = self
                .when
                .iter()
                .map(|word| match word.as_str().strip_prefix('-') {
                    Some(bare) => format!("without {bare}"),
                    None => format!("with {word}"),
                })
                .collect();
            words += &format!(", where the target or client is {}", joined(&able, "and"));
        }
        if self.end {
            words += "; the case ends there";
        }
        if let Some(why) = self.because {
            words += &format!(" ({})", why.trim().trim_end_matches('.'));
        }
        words
    }
}

fn ends(end: Option<&Text>) -> bool {
    end.is_some_and(is_true)
}

fn of_answer(answer: &Answer) -> (Meaning<'_>, String) {
    let meaning = Meaning {
        grade: answer.grade,
        when: &answer.when,
        because: answer.because.as_deref(),
        end: ends(answer.end.as_ref()),
    };
    (meaning, describe_answer(answer, &InWords))
}

/// The answers of a case, a row each.
pub(super) fn rows(indent: &str, answers: &[Answer], page: &mut Page) {
    for answer in answers {
        let (meaning, words) = of_answer(answer);
        page.row(
            &format!("{indent}{}", meaning.label()),
            &meaning.words(&words),
        );
    }
}

/// The answers of a step, a point each.
pub(super) fn points(answers: &[Answer], page: &mut Page) {
    for answer in answers {
        let (meaning, words) = of_answer(answer);
        point(&meaning, &words, page);
    }
}

fn point(meaning: &Meaning<'_>, words: &str, page: &mut Page) {
    let text = format!("{}: {}", meaning.label(), meaning.words(words));
    page.point(1, "-", &text);
}

/// Answers of the authorization endpoint.
pub(super) fn authorize(answers: &[AuthorizeAnswer], page: &mut Page) {
    for answer in answers {
        let AuthorizeAnswer {
            code,
            refused,
            parameters,
            grade,
            end,
            when,
            because,
        } = answer;
        let words = match (code, refused) {
            (Some(_), _) => "a code comes".to_owned(),
            (None, Some(errors)) => format!("refused as {}", joined(&texts(errors), "or")),
            (None, None) => "any answer".to_owned(),
        };
        let conditions = parameters.iter().map(|(name, condition)| {
            format!(", {name} {}", describe_condition(condition, &InWords))
        });
        let words = words + &conditions.collect::<String>();
        let meaning = Meaning {
            grade: *grade,
            when,
            because: because.as_deref(),
            end: ends(end.as_ref()),
        };
        point(&meaning, &words, page);
    }
}

/// What a handshake came to, in the words that are given.
pub(super) fn handshake_point(answer: &HandshakeAnswer, words: &str, page: &mut Page) {
    let meaning = Meaning {
        grade: answer.grade,
        when: &answer.when,
        because: answer.because.as_deref(),
        end: ends(answer.end.as_ref()),
    };
    point(&meaning, words, page);
}

/// What arrived at the callback host, in these words.
pub(super) fn received_point(answer: &ReceivedAnswer, words: &str, page: &mut Page) {
    let meaning = Meaning {
        grade: answer.grade,
        when: &answer.when,
        because: answer.because.as_deref(),
        end: ends(answer.end.as_ref()),
    };
    point(&meaning, words, page);
}

/// The state of a token.
pub(super) fn inspect(answers: &[InspectAnswer], page: &mut Page) {
    for answer in answers {
        let InspectAnswer {
            active,
            scope,
            issued_by,
            json,
            when,
            end,
            grade,
            because,
        } = answer;
        let mut words = Vec::new();
        match active {
            Some(active) if is_true(active) => words.push("the token is good".to_owned()),
            Some(_) => words.push("the token is good no more".to_owned()),
            None => {}
        }
        if let Some(scope) = scope {
            words.push(format!("its scope is {}", describe_scope(scope, &InWords)));
        }
        if let Some(manager) = issued_by {
            words.push(format!("it was issued by `{}`", InWords::of(manager)));
        }
        for (name, condition) in json {
            words.push(format!(
                "member {name} {}",
                describe_condition(condition, &InWords)
            ));
        }
        let meaning = Meaning {
            grade: *grade,
            when,
            because: because.as_deref(),
            end: ends(end.as_ref()),
        };
        point(&meaning, &words.join(", "), page);
    }
}

/// How far durations may be apart.
pub(super) fn durations(answers: &[DurationsAnswer], page: &mut Page) {
    for answer in answers {
        let DurationsAnswer {
            between,
            within,
            when,
            grade,
            because,
        } = answer;
        let words = match (between.as_slice(), within) {
            ([one, other], Some(within)) => {
                format!(
                    "`{one}` and `{other}` are not {within} apart, by the interval of the median"
                )
            }
            _ => "whatever the durations are".to_owned(),
        };
        let meaning = Meaning {
            grade: *grade,
            when,
            because: because.as_deref(),
            end: false,
        };
        point(&meaning, &words, page);
    }
}

/// What many values have to be.
pub(super) fn sample(answers: &[SampleAnswer], page: &mut Page) {
    for answer in answers {
        let SampleAnswer {
            room,
            distinct,
            each,
            when,
            grade,
            because,
        } = answer;
        let mut words = Vec::new();
        if let Some(room) = room {
            words.push(format!(
                "room for {} bits that can't be guessed",
                bounds(room)
            ));
        }
        if distinct.is_some() {
            words.push("no value twice".to_owned());
        }
        if let Some(each) = each {
            words.push(format!("each {}", describe_condition(each, &InWords)));
        }
        let meaning = Meaning {
            grade: *grade,
            when,
            because: because.as_deref(),
            end: false,
        };
        point(&meaning, &words.join(", "), page);
    }
}

/// What simultaneous requests may bring.
pub(super) fn together(expect: &TogetherAnswer, page: &mut Page) {
    let TogetherAnswer { successes, others } = expect;
    let text = format!("conforms: {} of them succeed", bounds(successes));
    page.point(1, "-", &text);
    if others.is_empty() {
        page.point(1, "-", "the others bring no token");
    }
    for other in others.iter() {
        let (meaning, words) = of_answer(other);
        page.point(
            1,
            "-",
            &format!("the others, {}: {}", meaning.label(), meaning.words(&words)),
        );
    }
}

fn bounds(bounds: &Bounds) -> String {
    let Bounds { at_least, at_most } = bounds;
    let words = |text: &Text| InWords::of(text);
    match (at_least, at_most) {
        (Some(least), Some(most)) if least.value == most.value => {
            format!("exactly {}", words(least))
        }
        (Some(least), Some(most)) => format!("{} to {}", words(least), words(most)),
        (Some(least), None) => format!("at least {}", words(least)),
        (None, Some(most)) => format!("at most {}", words(most)),
        (None, None) => "any number".to_owned(),
    }
}
