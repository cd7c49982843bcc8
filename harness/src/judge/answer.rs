//! One observation against a list of answers.

use super::condition::{Value, holds, is_true, scope_holds};
use super::describe::describe_answer;
use super::same::{agree, same_class};
use super::wire::{followed, framed};
use super::{HttpAnswer, Observation, RenderText, Reply};
use crate::suite::answer::{Accepted, Answer, BodyCondition, Grade};
use crate::suite::text::Text;
use crate::template::RenderProblem;
use crate::wire::json::Json;

/// What the judge concludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The grade.
    pub grade: Grade,
    /// What happened, in a sentence.
    pub reason: String,
    /// What the suite says of the answer that matched.
    pub because: Option<String>,
    /// What would conform, one text for each answer.
    pub expected: Vec<String>,
    /// No answer came, and no expectation names that: the caller decides (design §2, "Silence").
    pub silent: bool,
    /// The answer that matched ends the sequence.
    pub end: bool,
}

impl Judgement {
    /// A conclusion that no answer of a suite explains.
    #[must_use]
    pub const fn unexplained(grade: Grade, reason: String, expected: Vec<String>) -> Self {
        Self {
            grade,
            reason,
            because: None,
            expected,
            silent: false,
            end: false,
        }
    }

    /// What an answer of a suite that fits makes of what was shown.
    #[must_use]
    pub fn explained(
        grade: Grade,
        because: Option<&str>,
        shown: &str,
        expected: Vec<String>,
    ) -> Self {
        let reason = match because {
            Some(because) => format!("{shown}: {because}"),
            None => shown.to_owned(),
        };
        Self {
            because: because.map(str::to_owned),
            ..Self::unexplained(grade, reason, expected)
        }
    }
}

/// What the judge may ask about the run around the exchange.
pub trait Surroundings: RenderText {
    /// Whether a capability word holds for target and client.
    fn word(&self, word: &str) -> bool;

    /// The observation saved under this name (`control` is the derived control).
    fn saved(&self, name: &str) -> Option<&Observation>;

    /// Whether anybody will read what would have conformed: else it is not put into words.
    fn is_reported(&self) -> bool {
        true
    }
}

/// Holds an observation against the answers; the first that matches decides, none fails.
///
/// # Errors
/// A template that can't be rendered.
pub fn judge(
    answers: &[Answer],
    seen: &Observation,
    around: &dyn Surroundings,
) -> Result<Judgement, RenderProblem> {
    let counted: Vec<&Answer> = answers
        .iter()
        .filter(|answer| answer.when.iter().all(|word| around.word(word.as_str())))
        .collect();
    let expected = counted
        .iter()
        .filter(|answer| matches!(answer.grade, Grade::Pass | Grade::Info))
        .filter(|_| around.is_reported())
        .map(|answer| describe_answer(answer, around))
        .collect();
    if let Reply::Answer(answer) = &seen.reply
        && answer.throttled()
        && !counted
            .iter()
            .any(|wanted| names_status(wanted, answer.status))
    {
        let reason = format!("throttled: {} came back", answer.status);
        return Ok(Judgement::unexplained(
            Grade::Inconclusive,
            reason,
            expected,
        ));
    }
    for answer in &counted {
        if matches(answer, seen, around)? {
            let (because, summary) = (answer.because.as_deref(), seen.summary());
            return Ok(Judgement {
                end: answer.end.as_ref().is_some_and(is_true),
                ..Judgement::explained(answer.grade, because, &summary, expected)
            });
        }
    }
    let (reason, silent) = match &seen.reply {
        Reply::None { cause, .. } => (format!("no answer: {cause}"), true),
        Reply::Answer(_) => (mismatch(&counted, seen), false),
    };
    Ok(Judgement {
        silent,
        ..Judgement::unexplained(Grade::Fail, reason, expected)
    })
}

/// Whether the answers speak of this one though it brought no token: one that does not ask for a token matches.
///
/// # Errors
/// A template that can't be rendered.
pub fn speaks_of(
    answers: &[Answer],
    seen: &Observation,
    around: &dyn Surroundings,
) -> Result<bool, RenderProblem> {
    for answer in answers.iter().filter(|answer| answer.accepted.is_none()) {
        let counts = answer.when.iter().all(|word| around.word(word.as_str()));
        if counts && matches(answer, seen, around)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an answer names this very status, so that it is no throttling but what the rule is about.
fn names_status(answer: &Answer, status: u16) -> bool {
    answer
        .status
        .as_ref()
        .is_some_and(|codes| codes.iter().any(|code| code.as_str().parse() == Ok(status)))
}

/// Says how the answer misses: accepted, refused otherwise, or the right class with a flaw.
fn mismatch(answers: &[&Answer], seen: &Observation) -> String {
    let summary = seen.summary();
    let wants_token = answers
        .iter()
        .any(|answer| answer.accepted.is_some() && answer.grade == Grade::Pass);
    match (wants_token, seen.accepted()) {
        (false, true) => summary,
        (true, true) => format!("{summary}, but not as it must be"),
        (true, false) => format!("not accepted: {summary}"),
        (false, false) => format!("{summary}, which is none of the answers that conform"),
    }
}

fn matches(
    answer: &Answer,
    seen: &Observation,
    around: &dyn Surroundings,
) -> Result<bool, RenderProblem> {
    let http = match &seen.reply {
        Reply::None { silence, .. } => {
            return Ok(silence.is_some_and(|silence| answer.silence.contains(&silence)));
        }
        Reply::Answer(_) if !answer.silence.is_empty() && only_silence(answer) => return Ok(false),
        Reply::Answer(http) => http,
    };
    let mut all = true;
    if let Some(codes) = &answer.refused {
        all &= codes
            .iter()
            .any(|code| refused_as(code.as_str(), http, seen));
    }
    if let Some(accepted) = &answer.accepted {
        all &= accepted_as(accepted, http, seen, around)?;
    }
    if let Some(codes) = &answer.status {
        all &= !http.has_token() && codes.iter().any(|code| status_is(code, http.status));
    }
    if let Some(errors) = &answer.error {
        all &= errors
            .iter()
            .any(|error| http.text_member("error") == Some(error.as_str()));
    }
    if let Some(name) = &answer.like {
        all &= around
            .saved(name.as_str())
            .is_some_and(|other| same_class(seen, other));
    }
    if let Some(name) = &answer.agrees {
        all &= around
            .saved(name.as_str())
            .is_some_and(|other| agree(seen, other));
    }
    for (name, condition) in &answer.header {
        let lines: Vec<String> = match name.as_str() {
            "*" => http.field_lines().collect(),
            name => http.header(name).collect(),
        };
        let values: Vec<Value<'_>> = lines.iter().map(|line| Value::Text(line)).collect();
        all &= holds(condition, &values, around_text(around))?;
    }
    for (name, condition) in &answer.json {
        let name = around_text(around).text(&Text::new(name.clone()))?;
        let values: Vec<Value<'_>> = http.member(&name).map(Value::Json).into_iter().collect();
        all &= holds(condition, &values, around_text(around))?;
    }
    if let Some(body) = &answer.body {
        all &= body_is(body, http, around)?;
    }
    if let Some(ways) = &answer.framing {
        all &= framed(ways, http);
    }
    if let Some(then) = &answer.then {
        all = all && followed(then, seen, |answer, seen| matches(answer, seen, around))?;
    }
    Ok(all)
}

fn only_silence(answer: &Answer) -> bool {
    answer.refused.is_none()
        && answer.accepted.is_none()
        && answer.status.is_none()
        && answer.error.is_none()
        && answer.like.is_none()
        && answer.header.is_empty()
        && answer.json.is_empty()
        && answer.body.is_none()
        && answer.framing.is_none()
        && answer.then.is_none()
}

fn around_text(around: &dyn Surroundings) -> &dyn RenderText {
    around
}

/// RFC 6749 §5.2: 400 with the error; `invalid_client` also 401, and only 401 after an Authorization field.
fn refused_as(code: &str, http: &HttpAnswer, seen: &Observation) -> bool {
    let error = http.text_member("error").filter(|error| !error.is_empty());
    if http.has_token() {
        return false;
    }
    match code {
        "bare" => http.status == 400 && error.is_none(),
        "any" => match error {
            Some("invalid_client") => refused_as("invalid_client", http, seen),
            Some(_) => http.status == 400,
            None => false,
        },
        "invalid_client" if seen.had_authorization => error == Some(code) && http.status == 401,
        "invalid_client" => error == Some(code) && (http.status == 400 || http.status == 401),
        _ => error == Some(code) && http.status == 400,
    }
}

fn status_is(wanted: &Text, status: u16) -> bool {
    match wanted.as_str().strip_suffix("xx") {
        Some(class) => class.parse() == Ok(status / 100),
        None => wanted.as_str().parse() == Ok(status),
    }
}

/// A claim; or, where there is none of that name, a member of one: `act.sub`.
fn claim_at<'c>(claims: &'c [(String, Json)], name: &str) -> Option<&'c Json> {
    let found = claims.iter().find(|(claim, _)| claim == name);
    if let Some((_, value)) = found {
        return Some(value);
    }
    let (outer, inner) = name.split_once('.')?;
    match claims.iter().find(|(claim, _)| claim == outer) {
        Some((_, Json::Object(members))) => claim_at(members, inner),
        Some(_) | None => None,
    }
}

fn accepted_as(
    wanted: &Accepted,
    http: &HttpAnswer,
    seen: &Observation,
    around: &dyn Surroundings,
) -> Result<bool, RenderProblem> {
    if !http.accepted() {
        return Ok(false);
    }
    let told = seen.told_scope().unwrap_or_default();
    let mut all = true;
    if let Some(codes) = &wanted.status {
        all &= codes.iter().any(|code| status_is(code, http.status));
    }
    for (name, condition) in &wanted.claims {
        let claim = claim_at(&seen.token.claims, name);
        let values: Vec<Value<'_>> = claim.map(Value::Json).into_iter().collect();
        all &= holds(condition, &values, around_text(around))?;
    }
    if let Some(condition) = &wanted.scope {
        all &= scope_holds(condition, &told, around)?;
    }
    if let Some(condition) = &wanted.real_scope {
        let real = seen.token.scope.as_deref().unwrap_or(&told);
        all &= scope_holds(condition, real, around)?;
    }
    if let Some(manager) = &wanted.issued_by {
        let manager = around.text(manager)?;
        let wanted: Vec<&str> = manager.split(' ').filter(|id| !id.is_empty()).collect();
        all &= seen
            .token
            .managers
            .as_ref()
            .is_some_and(|marks| marks.iter().any(|mark| wanted.contains(&mark.as_str())));
    }
    if let Some(client) = &wanted.of_client {
        let client = around.text(client)?;
        all &= seen.token.client_id.as_ref() == Some(&client);
    }
    all &= wanted
        .has
        .iter()
        .all(|name| http.member(name.as_str()).is_some());
    all &= wanted
        .lacks
        .iter()
        .all(|name| http.member(name.as_str()).is_none());
    Ok(all)
}

fn body_is(
    wanted: &BodyCondition,
    http: &HttpAnswer,
    around: &dyn Surroundings,
) -> Result<bool, RenderProblem> {
    let mut all = true;
    if let Some(switch) = &wanted.json_object {
        let is = http.strict_json && matches!(http.json, Some(Json::Object(_)));
        all &= is == is_true(switch);
    }
    if let Some(switch) = &wanted.unique_members {
        all &= repeated(http).is_empty() == is_true(switch);
    }
    if let Some(names) = &wanted.unique {
        let repeated = repeated(http);
        all &= !names.iter().any(|name| repeated.contains(&name.as_str()));
    }
    if let Some(switch) = &wanted.utf8 {
        all &= std::str::from_utf8(&http.body).is_ok() == is_true(switch);
    }
    let text = String::from_utf8_lossy(&http.body);
    if let Some(part) = &wanted.lacks {
        all &= !text.contains(&around.text(part)?);
    }
    if let Some(part) = &wanted.contains {
        all &= text.contains(&around.text(part)?);
    }
    if let Some(bound) = &wanted.at_most {
        all &= around
            .text(bound)?
            .parse::<usize>()
            .is_ok_and(|bound| http.body.len() <= bound);
    }
    Ok(all)
}

fn repeated(http: &HttpAnswer) -> Vec<&str> {
    let names: Vec<&str> = http
        .members()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let mut repeated = Vec::new();
    for (at, name) in names.iter().enumerate() {
        if names.iter().take(at).any(|earlier| earlier == name) {
            repeated.push(*name);
        }
    }
    repeated
}
