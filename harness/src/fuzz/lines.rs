//! The sequences of the endpoint target of `fuzz/`, as sequences of the black-box fuzzer, and back: one model serves both.
//!
//! There a sequence is a text with a line for each request (`authorize basic`, `redeem 0 basic auth=wrong`, …); what was issued is
//! counted from 0 on. Here it is a walk. What one of the two can't say is left out: here time does not pass, and two clients take
//! part.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::course::{Course, Refreshes, open, refused};
use super::sequence::Sequence;
use super::walk::WalkFacts;

/// One line.
struct Line<'a> {
    act: &'a str,
    number: usize,
    client: &'a str,
    /// Words with a value.
    words: Vec<(&'a str, &'a str)>,
    /// What follows the body.
    more: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (line, more) = match line.split_once(" more=") {
            Some((line, more)) => (line, Some(more)),
            None => (line, None),
        };
        let mut words = line.split(' ');
        let act = words.next()?;
        let number = match act {
            "authorize" | "issue" => 0,
            "redeem" | "refresh" | "revoke" | "introspect" => words.next()?.parse().ok()?,
            _ => return None,
        };
        let mut read = Self {
            act,
            number,
            client: "",
            words: Vec::new(),
            more,
        };
        for word in words {
            match word.split_once('=') {
                Some(pair) => read.words.push(pair),
                None => read.client = word,
            }
        }
        Some(read)
    }

    /// What makes the request deviate, and how it must be refused; `None`: it does not deviate, or not in a way that can be told.
    fn fault(&self) -> Option<(Value, Value)> {
        if let Some(more) = self.more {
            let body = format!("${{body}}{}", more.replace('$', "$$"));
            return Some((json!({"body": body}), open()));
        }
        let [(key, value)] = self.words.as_slice() else {
            return None;
        };
        let (change, codes) = match (*key, *value) {
            ("auth", "wrong") => (
                json!({"authenticate": {"secret": "${random 32}"}}),
                "invalid_client",
            ),
            ("auth", "none") => (json!({"authenticate": {"by": "nothing"}}), "invalid_client"),
            ("proof", "wrong") => (
                json!({"set": {"code_verifier": "${random 43}"}}),
                "invalid_grant",
            ),
            ("proof", "none") => (json!({"remove": ["code_verifier"]}), "invalid_grant"),
            _ => return None,
        };
        Some((change, refused(codes)))
    }

    fn is_plain(&self) -> bool {
        self.words.is_empty() && self.more.is_none()
    }
}

/// What the lines of an input say here; `None`: they are no such lines, or none of them can be said.
#[must_use]
pub fn from_lines(text: &str, facts: WalkFacts) -> Option<(Sequence, Vec<String>)> {
    let lines: Vec<Line<'_>> = text.lines().filter_map(Line::read).collect();
    let main = lines
        .iter()
        .map(|line| line.client)
        .find(|client| !client.is_empty())?;
    let mut clients = lines.iter().map(|line| line.client);
    let other = clients.find(|client| !client.is_empty() && *client != main);
    let mut course = Course::default();
    let mut codes: Vec<Option<usize>> = Vec::new();
    let mut tokens: Vec<(usize, usize)> = Vec::new();
    for line in &lines {
        let by_main = line.client == main || line.client.is_empty();
        if !by_main && Some(line.client) != other {
            continue;
        }
        let token = line
            .number
            .checked_rem(tokens.len())
            .and_then(|at| tokens.get(at))
            .copied();
        let code = line
            .number
            .checked_rem(codes.len())
            .and_then(|at| codes.get(at))
            .copied();
        match (line.act, by_main) {
            ("authorize", true) if line.is_plain() => {
                codes.push(Some(course.families()));
                course.authorize();
            }
            ("authorize", _) => codes.push(None),
            ("issue", true) => course.issue(line.fault().filter(|_| !line.is_plain())),
            ("redeem", _) => {
                let Some(Some(at)) = code else { continue };
                match (line.fault(), by_main) {
                    (Some(fault), true) => course.redeem_at_fault(at, fault),
                    (None, true) if line.is_plain() => course.redeem(at, Refreshes::Yes),
                    (None, false) if line.is_plain() => course.redeem_by_other(at),
                    (Some(_) | None, _) => {}
                }
                tokens.extend(course.new_tokens(&tokens));
            }
            ("refresh", true) if line.is_plain() => {
                let Some((at, which)) = token else { continue };
                course.refresh(at, which, facts);
                tokens.extend(course.new_tokens(&tokens));
            }
            ("refresh", false) if line.is_plain() => {
                let Some((at, _)) = token else { continue };
                course.refresh_by_other(at);
            }
            ("introspect", _) if facts.inspects && line.is_plain() => {
                let Some((at, which)) = token else { continue };
                course.inspect(at, which);
            }
            _ => {}
        }
    }
    let (sequence, rules) = course.into_sequence(main, other);
    (!rules.is_empty()).then_some((sequence, rules))
}

/// A sequence as lines of the endpoint target; `None`: they can't say it.
#[must_use]
pub fn to_lines(sequence: &Sequence) -> Option<String> {
    let client = sequence.client.as_deref()?;
    let Some(Value::Array(steps)) = sequence.case.get("steps") else {
        return one_request(sequence, client);
    };
    let mut text = String::new();
    // What each step brought: its code, or its tokens.
    let mut codes: HashMap<&str, usize> = HashMap::new();
    let mut tokens: HashMap<&str, usize> = HashMap::new();
    for step in steps {
        let (kind, body) = step.as_object()?.iter().next()?;
        let named = |key: &str| body.get(key).and_then(Value::as_str);
        let by = match named("client") {
            Some("other") => sequence.other.as_deref()?,
            Some(_) | None => client,
        };
        match (kind.as_str(), named("baseline")) {
            ("authorize", None) => {
                text.push_str(&format!("authorize {by}\n"));
                let next = codes.len();
                codes.insert(named("as")?, next);
            }
            ("send", Some("authorization_code")) => {
                let flaw = flaw(body.get("change"))?;
                text.push_str(&format!(
                    "redeem {} {by}{flaw}\n",
                    codes.get(named("with")?)?
                ));
            }
            ("send", Some("refresh_token")) => {
                let flaw = flaw(body.get("change"))?;
                text.push_str(&format!(
                    "refresh {} {by}{flaw}\n",
                    tokens.get(named("with")?)?
                ));
            }
            ("send", Some("client_credentials")) => {
                text.push_str(&format!("issue {by}{}\n", flaw(body.get("change"))?));
            }
            ("revoke", None) => {
                let name = member(named("token")?, "refresh_token")?;
                text.push_str(&format!("revoke {} {by}\n", tokens.get(name)?));
            }
            ("inspect", None) => {
                let name = member(named("token")?, "access_token")?;
                text.push_str(&format!("introspect {}\n", tokens.get(name)?));
            }
            _ => return None,
        }
        if kind == "send" && is_accepted(body) {
            let next = tokens.len();
            tokens.insert(named("as")?, next);
        }
    }
    Some(text)
}

/// A request of its own, with what it needs before it.
fn one_request(sequence: &Sequence, client: &str) -> Option<String> {
    let flaw = flaw(sequence.case.get("deviation"))?;
    match sequence.grant.as_deref()? {
        "client_credentials" => Some(format!("issue {client}{flaw}\n")),
        "authorization_code" => Some(format!("authorize {client}\nredeem 0 {client}{flaw}\n")),
        "refresh_token" => Some(format!(
            "authorize {client}\nredeem 0 {client}\nrefresh 0 {client}{flaw}\n"
        )),
        _ => None,
    }
}

/// The words of a line that stand for a change.
fn flaw(change: Option<&Value>) -> Option<String> {
    let Some(Value::Object(members)) = change else {
        return Some(String::new());
    };
    let mut members = members.iter();
    let (Some((key, value)), None) = (members.next(), members.next()) else {
        return None;
    };
    match key.as_str() {
        "authenticate" => authentication(value.as_object()?).map(str::to_owned),
        "remove" if *value == json!(["code_verifier"]) => Some(" proof=none".to_owned()),
        "remove" if *value == json!(["redirect_uri"]) => Some(" redirect=none".to_owned()),
        "set" if value.as_object()?.keys().eq(["code_verifier"]) => Some(" proof=wrong".to_owned()),
        "append" => {
            let mut more = " more=".to_owned();
            for pair in value.as_array()? {
                let (name, value) = pair.as_object()?.iter().next()?;
                let pair = format!("&{name}={}", value.as_str()?);
                if pair.contains(|letter: char| letter == '$' || !letter.is_ascii_graphic()) {
                    return None;
                }
                more.push_str(&pair);
            }
            Some(more)
        }
        _ => None,
    }
}

fn authentication(members: &Map<String, Value>) -> Option<&'static str> {
    let mut members = members.iter();
    match (members.next(), members.next()) {
        (Some((key, _)), None) if key == "secret" => Some(" auth=wrong"),
        (Some((key, value)), None) if key == "by" && value == "nothing" => Some(" auth=none"),
        (Some((key, value)), None) if key == "by" && value == "none" => Some(" auth=named"),
        _ => None,
    }
}

/// The step whose member a template asks for.
fn member<'t>(template: &'t str, member: &str) -> Option<&'t str> {
    let inner = template.strip_prefix("${")?.strip_suffix('}')?;
    inner.strip_suffix(member)?.strip_suffix('.')
}

/// Whether a step has to bring tokens.
fn is_accepted(step: &Value) -> bool {
    let first = step.get("expect").and_then(|expect| expect.get(0));
    first.is_none_or(|answer| answer.get("accepted").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: WalkFacts = WalkFacts {
        inspects: true,
        revokes: true,
        rotates: true,
        grace: false,
    };

    #[test]
    fn walk_of_lines_is_the_same_lines_again() {
        for text in [
            "authorize basic\nredeem 0 basic\nrefresh 0 basic\nrefresh 1 basic\n",
            "authorize basic\nredeem 0 post\n",
            "authorize basic\nredeem 0 basic auth=wrong\nredeem 0 basic\nintrospect 0\n",
            "issue basic auth=none\n",
        ] {
            let (sequence, rules) = from_lines(text, FACTS).expect("a walk");
            assert!(!rules.is_empty());
            assert!(sequence.parsed_case().is_ok(), "{text}");
            assert_eq!(to_lines(&sequence).as_deref(), Some(text));
        }
    }

    #[test]
    fn replayed_code_must_be_refused_and_ends_what_it_brought() {
        let (sequence, _) =
            from_lines("authorize basic\nredeem 0 basic\nredeem 0 basic\n", FACTS).expect("a walk");
        let steps = sequence.case["steps"].as_array().expect("steps");
        assert_eq!(
            steps[2]["send"]["expect"][0],
            json!({"refused": "invalid_grant"})
        );
        assert!(steps[3].get("inspect").is_some());
    }

    #[test]
    fn octets_that_are_no_lines_are_no_walk() {
        assert!(from_lines("0Uz", FACTS).is_none());
        assert!(from_lines("elapse 5\n", FACTS).is_none());
    }

    #[test]
    fn mutation_that_lines_can_say_becomes_a_line() {
        let mut sequence = Sequence {
            client: Some("basic".to_owned()),
            grant: Some("authorization_code".to_owned()),
            ..Sequence::default()
        };
        sequence
            .case
            .insert("deviation".to_owned(), json!({"append": [{"code": "x"}]}));
        assert_eq!(
            to_lines(&sequence).as_deref(),
            Some("authorize basic\nredeem 0 basic more=&code=x\n")
        );
        sequence
            .case
            .insert("deviation".to_owned(), json!({"path": "/x"}));
        assert_eq!(to_lines(&sequence), None);
    }
}
