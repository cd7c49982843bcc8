//! Which cases ask for a refusal, and which of them would take a spoilt one. Pure.

use super::proxy::Distortion;
use crate::suite::answer::{Answer, Grade, Silence};
use crate::suite::model::{AuthorizeAnswer, Case, HandshakeAnswer, Send, Step};
use crate::suite::text::{Several, Text};
use crate::suite::wire::LineEnd;

/// Whether a pass of the case means that something was refused: some step has refusals only among what conforms, and no
/// step before may end the case with something else.
#[must_use]
pub(super) fn asks_refusal(case: &Case) -> bool {
    if asks(case.expect.iter()) {
        return true;
    }
    for step in &case.steps {
        match step {
            Step::Send(send) if closes(send) => {}
            Step::Send(send) if asks(send.expect.iter()) => return true,
            Step::Together(together) if asks(together.expect.others.iter()) => return true,
            Step::Push(push) if asks(push.expect.iter()) => return true,
            Step::Register(register) if asks(register.expect.iter()) => return true,
            Step::Push(push) if ends(push.expect.iter()) => return false,
            Step::Register(register) if ends(register.expect.iter()) => return false,
            Step::Authorize(authorize) if all_refused(&authorize.expect) => return true,
            Step::Handshake(handshake) if all_end(&handshake.expect) => return true,
            Step::Fetch(fetch) if ends(fetch.expect.iter()) => return false,
            Step::Send(send) if ends(send.expect.iter()) => return false,
            Step::Approve(_)
            | Step::Authorize(_)
            | Step::Begin(_)
            | Step::Check(_)
            | Step::Deny(_)
            | Step::Durations(_)
            | Step::Elapse(_)
            | Step::Fetch(_)
            | Step::Handshake(_)
            | Step::Inspect(_)
            | Step::Obtain(_)
            | Step::Prepare(_)
            | Step::Publish(_)
            | Step::Push(_)
            | Step::Received(_)
            | Step::Register(_)
            | Step::Revoke(_)
            | Step::Sample(_)
            | Step::Send(_)
            | Step::Together(_) => {}
        }
    }
    false
}

/// Whether an expectation of the case names what the proxy makes of a refusal, so that the case may take it: some rules
/// are about the grant alone and leave the form of the refusal to others (`bare`, `any`, a class of status codes, `like`),
/// some about the form of any message (framing, fields).
#[must_use]
pub(super) fn tolerates(case: &Case, distortion: Distortion) -> bool {
    let named = |answer: &Answer| {
        answer.grade == Grade::Pass && (names(answer, distortion) || is_about_form(answer))
    };
    case.expect.iter().any(named)
        || case.steps.iter().any(|step| match step {
            Step::Begin(begin) => begin.expect.iter().any(named),
            Step::Send(send) => send.expect.iter().any(named),
            Step::Together(together) => together.expect.others.iter().any(named),
            Step::Fetch(fetch) => fetch.expect.iter().any(named),
            Step::Push(push) => push.expect.iter().any(named),
            Step::Register(register) => register.expect.iter().any(named),
            Step::Revoke(revoke) => revoke.expect.iter().any(named),
            Step::Authorize(authorize) => authorize
                .expect
                .iter()
                .any(|it| ends_with_page(it, distortion)),
            Step::Approve(_)
            | Step::Check(_)
            | Step::Deny(_)
            | Step::Durations(_)
            | Step::Elapse(_)
            | Step::Handshake(_)
            | Step::Inspect(_)
            | Step::Obtain(_)
            | Step::Prepare(_)
            | Step::Publish(_)
            | Step::Received(_)
            | Step::Sample(_) => false,
        })
}

fn asks<'a>(answers: impl Iterator<Item = &'a Answer>) -> bool {
    let mut conforming = answers.filter(|it| it.grade == Grade::Pass).peekable();
    conforming.peek().is_some() && conforming.all(refuses)
}

/// Whether the client itself closes the connection, so that silence is no refusal.
fn closes(send: &Send) -> bool {
    let wire = send.change.as_ref().and_then(|it| it.wire.as_ref());
    wire.is_some_and(|it| it.end == Some(LineEnd::Close))
}

/// Whether the case may end with a page of the authorization endpoint, and the proxy makes one of its refusal.
fn ends_with_page(answer: &AuthorizeAnswer, distortion: Distortion) -> bool {
    let page = has(answer.refused.as_ref(), |word| {
        matches!(word, "any" | "page")
    });
    let made = matches!(distortion, Distortion::AnotherCode | Distortion::Html);
    page && answer.end.is_some() && made
}

/// Whether an answer is about the form of a message alone, whatever its outcome.
fn is_about_form(answer: &Answer) -> bool {
    let form = !answer.header.is_empty() || answer.framing.is_some();
    let outcome = answer.accepted.is_some()
        || answer.refused.is_some()
        || answer.error.is_some()
        || answer.status.is_some()
        || !answer.silence.is_empty();
    form && !outcome && answer.json.is_empty() && answer.body.is_none()
}

fn all_refused(answers: &Several<AuthorizeAnswer>) -> bool {
    let mut conforming = answers
        .iter()
        .filter(|it| it.grade == Grade::Pass)
        .peekable();
    conforming.peek().is_some() && conforming.all(|it| it.refused.is_some())
}

/// Whether only a handshake that the server refuses conforms.
fn all_end(answers: &Several<HandshakeAnswer>) -> bool {
    let passes = answers.iter().filter(|it| it.grade == Grade::Pass);
    let mut passes = passes.peekable();
    passes.peek().is_some() && passes.all(HandshakeAnswer::refuses)
}

fn ends<'a>(mut answers: impl Iterator<Item = &'a Answer>) -> bool {
    answers.any(|it| it.grade == Grade::Pass && it.end.is_some())
}

fn refuses(answer: &Answer) -> bool {
    let by_status = answer
        .status
        .as_ref()
        .is_some_and(|all| all.iter().all(|status| !status.as_str().starts_with('2')));
    answer.accepted.is_none()
        && (answer.refused.is_some()
            || answer.error.is_some()
            || by_status
            || !answer.silence.is_empty())
}

fn names(answer: &Answer, distortion: Distortion) -> bool {
    let refused = |word: &str| has(answer.refused.as_ref(), |code| code == word);
    let status = |class: char| has(answer.status.as_ref(), |code| code.starts_with(class));
    match distortion {
        Distortion::AnotherCode => refused("any") || status('4') || answer.like.is_some(),
        Distortion::Closed => answer.silence.contains(&Silence::Closed),
        Distortion::Hang => false,
        Distortion::Html => refused("bare") || status('4') || answer.like.is_some(),
        Distortion::Ok => answer.error.is_some() || status('2'),
        Distortion::Page => status('2'),
        Distortion::ServerError => status('5'),
    }
}

fn has(words: Option<&Several<Text>>, test: impl Fn(&str) -> bool) -> bool {
    words.is_some_and(|words| words.iter().any(|word| test(word.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::parse_rule;

    fn case(expectation: &str) -> Case {
        let text = format!(
            "source: {{document: RFC 6749, section: '5.2', level: must}}\nrule: One case.\ncases:\n  - name: it\n    \
             baseline: client_credentials\n    deviation: {{remove: [grant_type]}}\n    expect: {expectation}\n"
        );
        let rule = parse_rule(&text, "rfc6749/it.yaml", "rfc6749", "it").unwrap();
        rule.cases.first().unwrap().clone()
    }

    #[test]
    fn case_whose_only_conforming_answers_are_refusals_asks_for_one() {
        assert!(asks_refusal(&case("{refused: invalid_request}")));
        assert!(asks_refusal(&case(
            "[{status: 405}, {accepted: {}, grade: warn}]"
        )));
        assert!(!asks_refusal(&case("[{refused: any}, {accepted: {}}]")));
        assert!(!asks_refusal(&case("{accepted: {}}")));
    }

    #[test]
    fn spoilt_refusal_is_tolerated_only_where_it_is_named() {
        let strict = case("{refused: invalid_request}");
        for distortion in super::super::proxy::ALL {
            assert!(!tolerates(&strict, *distortion), "{distortion:?}");
        }
        let bare = case("{refused: [invalid_request, bare]}");
        assert!(tolerates(&bare, Distortion::Html));
        assert!(!tolerates(&bare, Distortion::AnotherCode));
        assert!(!tolerates(&bare, Distortion::ServerError));
        assert!(tolerates(&case("{refused: any}"), Distortion::AnotherCode));
        assert!(tolerates(
            &case("{status: [4xx, 5xx]}"),
            Distortion::ServerError
        ));
        let graded = case("[{refused: any}, {status: 5xx, grade: inconclusive}]");
        assert!(!tolerates(&graded, Distortion::ServerError));
    }
}
