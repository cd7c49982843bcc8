//! The step `authorize`: one authorization request (RFC 6749 §4.1.1).

use super::authorize::Authorized;
use super::halt::Halt;
use super::session::Session;
use super::steps::{Course, role_of};
use crate::judge::{Judgement, Value, holds, is_true};
use crate::suite::answer::Grade;
use crate::suite::model::{Authorize, AuthorizeAnswer};
use crate::suite::text::Text;

impl Session<'_> {
    /// Sends an authorization request and judges what comes of it.
    pub(super) async fn authorize_step(
        &mut self,
        step: &Authorize,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let role = role_of(None, &step.expect);
        let request = self.authorize_request(step)?;
        if step.expect.is_empty() {
            let saved = self.authorization(step.client, request).await?;
            self.save(step.name.as_ref(), saved);
            return Ok(());
        }
        let authorized = self.authorize(role, step.client, request).await?;
        if let Authorized::Silent { cause, outcome } = &authorized {
            return Err(Halt::silent(cause, outcome));
        }
        let mut found = None;
        for answer in step.expect.iter() {
            if found.is_none()
                && self.words(&answer.when)
                && authorize_matches(answer, &authorized)
                && self.parameters_hold(answer, &authorized)?
            {
                found = Some(answer);
            }
        }
        let summary = summary_of(&authorized);
        let (grade, because, ends) = match found {
            Some(answer) => (
                answer.grade,
                answer.because.as_deref(),
                answer.end.as_ref().is_some_and(is_true),
            ),
            None => (Grade::Fail, None, true),
        };
        let expected = step.expect.iter().map(describe_authorize).collect();
        let judgement = Judgement::explained(grade, because, &summary, expected);
        course.add(judgement, None);
        match authorized {
            Authorized::Code(saved) => self.save(step.name.as_ref(), *saved),
            // Without a code there is nothing to go on with.
            Authorized::Page(_) | Authorized::Refused(_) | Authorized::Silent { .. } => {
                course.ended = true
            }
        }
        course.ended |= ends || grade == Grade::Fail;
        Ok(())
    }
}

impl Session<'_> {
    /// Whether the parameters of the redirect are as an answer asks. What a command did not show can't be judged.
    fn parameters_hold(
        &self,
        answer: &AuthorizeAnswer,
        authorized: &Authorized,
    ) -> Result<bool, Halt> {
        if answer.parameters.is_empty() {
            return Ok(true);
        }
        let shown = match authorized {
            Authorized::Code(saved) => saved.response.clone(),
            Authorized::Refused(refused) => refused.parameters.clone(),
            Authorized::Page(_) | Authorized::Silent { .. } => return Ok(false),
        };
        let Some(shown) = shown else {
            return Err(Halt::Skipped(
                "needs the redirect of the authorization endpoint: set `authorization_codes: {via: redirect}` in the target file"
                    .to_owned(),
            ));
        };
        let mut all = true;
        for (name, condition) in &answer.parameters {
            let values: Vec<Value<'_>> = shown
                .iter()
                .filter(|(own, _)| own == name)
                .map(|(_, value)| Value::Text(value))
                .collect();
            all &= holds(condition, &values, &self.values)?;
        }
        Ok(all)
    }
}

fn authorize_matches(answer: &AuthorizeAnswer, authorized: &Authorized) -> bool {
    let code = answer.code.as_ref().map(is_true);
    match authorized {
        Authorized::Code(_) => code == Some(true),
        Authorized::Refused(refused) => answer.refused.as_ref().is_some_and(|codes| {
            codes
                .iter()
                .any(|code| code.as_str() == "any" || code.as_str() == refused.error)
        }),
        Authorized::Page(status) => answer.refused.as_ref().is_some_and(|codes| {
            codes
                .iter()
                .any(|code| matches!(code.as_str(), "any" | "page") && (400..500).contains(status))
        }),
        Authorized::Silent { .. } => false,
    }
}

fn summary_of(authorized: &Authorized) -> String {
    match authorized {
        Authorized::Code(_) => "the authorization endpoint gave a code".to_owned(),
        Authorized::Page(status) => {
            format!("the authorization endpoint answered {status} without a redirect to the client")
        }
        Authorized::Refused(refused) => {
            format!("the authorization was refused as `{}`", refused.error)
        }
        Authorized::Silent { cause, .. } => format!("no answer: {cause}"),
    }
}

fn describe_authorize(answer: &AuthorizeAnswer) -> String {
    match (&answer.refused, &answer.code) {
        (Some(codes), _) => {
            let codes: Vec<&str> = codes.iter().map(Text::as_str).collect();
            format!("the authorization refused as {}", codes.join(" or "))
        }
        (None, Some(_)) => "a code".to_owned(),
        (None, None) => "any answer".to_owned(),
    }
}
