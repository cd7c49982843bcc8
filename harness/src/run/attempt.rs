//! One try at one variant, its control taken for granted: for a fuzzer, which draws a new variant each time and sends a
//! control of its own only where something deviates.

use std::sync::Arc;

use tokenspec_report::Role;

use super::control::Look;
use super::halt::Halt;
use super::observe;
use super::runner::Runner;
use super::session::{Logged, Session};
use super::steps::{Course, finish, needs_token_facts};
use super::token::{TokenRequest, Unchanged};
use crate::judge::{Judgement, Observation, Reply};
use crate::plan::Variant;
use crate::suite::change::{Change, Who};
use crate::suite::model::Case;
use crate::vocabulary::Grant;

/// What came of a try.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The judgement, or why there is none. What would have conformed is not in it.
    pub result: Result<Judgement, Halt>,
    /// What the judged request saw.
    pub observation: Option<Observation>,
    /// The step that decided, from 0; a case without steps has one.
    pub step: usize,
    /// The exchanges in order.
    pub log: Vec<Logged>,
}

/// Tries a case once. `number` sets the random values apart from those of other tries.
pub async fn attempt(
    runner: &Runner,
    variant: &Variant,
    case: &Case,
    control: Option<&Observation>,
    number: u32,
) -> Attempt {
    let mut session = Session::new(runner, variant, number);
    session.control_change = case.control.as_ref();
    session.values.is_reported = false;
    let mut course = Course::default();
    let mut decided = 0;
    let result = if case.steps.is_empty() {
        let change = variant.deviation.as_ref().map(|(_, change)| &**change);
        one_request(&mut session, case, change, control, &mut course).await
    } else {
        let mut result = Ok(());
        for (at, step) in case.steps.iter().enumerate() {
            let before = course.judgement.as_ref().map(|judgement| judgement.grade);
            result = session.step(step, control, &mut course).await;
            if course.judgement.as_ref().map(|judgement| judgement.grade) > before
                || result.is_err()
            {
                decided = at;
            }
            if result.is_err() || course.ended {
                break;
            }
        }
        result
    };
    let (result, observation) = course.conclude(result);
    Attempt {
        result,
        observation,
        step: decided,
        log: session.log,
    }
}

async fn one_request(
    session: &mut Session<'_>,
    case: &Case,
    change: Option<&Change>,
    control: Option<&Observation>,
    course: &mut Course,
) -> Result<(), Halt> {
    let grant = session.grant(None)?;
    let credential = session.credential(Who::Own, grant, None).await?;
    let request = TokenRequest {
        role: Role::Probe,
        client: Who::Own,
        grant,
        credential,
        change,
        unchanged: Unchanged::of_probe(&case.expect, session.values.variant),
    };
    let mut seen = session.send_token_request(&request).await?;
    if needs_token_facts(&case.expect) && seen.accepted() {
        seen.token = session.token_facts(&seen).await?;
    }
    let judgement = session.judge(&case.expect, &seen, control)?;
    if judgement.silent {
        course.add(judgement, Some(seen));
        return Ok(());
    }
    finish(judgement, seen, course)
}

/// A valid request of a client, by one of its grants.
///
/// # Errors
/// Why it could not be sent, or that no answer came.
pub async fn valid_request(
    runner: &Runner,
    client: usize,
    grant: Grant,
) -> Result<(Observation, Vec<Logged>), Halt> {
    let variant = Variant {
        id: format!("valid request/{client}/{}", grant.name()),
        client: Some(client),
        grant: Some(grant),
        ..Variant::default()
    };
    let mut session = Session::new(runner, &variant, 0);
    let seen = session.control_request(grant, None, Look::Token).await?;
    Ok((seen, session.log))
}

/// What an exchange with the token endpoint saw; `None` for one with another endpoint.
#[must_use]
pub fn token_answer(runner: &Runner, logged: &Logged) -> Option<Observation> {
    let message = logged.message.as_ref()?;
    let target = &runner.target;
    let is_endpoint = |url: &str| {
        let mutual = target.endpoints.token_mtls.as_ref();
        url == target.token_endpoint.as_str() || mutual.is_some_and(|mutual| url == mutual.as_str())
    };
    if !is_endpoint(&message.url) || message.method != "POST" {
        return None;
    }
    let reply = match &logged.answer {
        Some(answer) => Reply::Answer(Arc::clone(answer)),
        None => observe::reply(&logged.exchange),
    };
    Some(observe::read(&logged.exchange, message, reply, None))
}
