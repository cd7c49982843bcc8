//! `tokenspec doctor`: one control for each client, grant and endpoint of a target file. What works, what does not, what came
//! back, what to change.

mod advice;
mod grants;
mod json;
mod text;

use tokenspec_report::Exchange;

use super::args::{DoctorArgs, OutputFormat};
use super::engine;
use super::exit_code::ExitCode;
use super::output::print;
use super::targets::load_target;
use super::usage::UsageError;
use crate::report::{Redactor, evidence};
use crate::run::{self, Examination, Outcome, Subject};
use crate::target::Target;

/// Runs the command.
///
/// # Errors
/// The target file has a mistake.
pub async fn run(args: &DoctorArgs) -> Result<ExitCode, UsageError> {
    let target = load_target(&args.target)?;
    let runner = engine::without_rules(target, args.timeout)?;
    let examined = run::examine(&runner).await;
    // What the examination obtained, nobody needs any more. What can't be revoked runs out.
    let _left = run::wind_down(&runner).await;
    let findings = findings(&runner.target, &examined);
    let detail = if args.verbose > 0 {
        Detail::Everything
    } else {
        Detail::Failures
    };
    print(&match args.format {
        OutputFormat::Json => json::render(&runner.target, &findings),
        OutputFormat::Text => text::render(&runner.target, &findings, detail),
    });
    Ok(code(&findings))
}

/// Which exchanges are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// The last one of each failure.
    Failures,
    /// All.
    Everything,
}

/// Something that was tried, as it is shown: no secret is in it.
#[derive(Clone, Debug)]
struct Finding<'a> {
    place: Place<'a>,
    state: State,
    /// What came back, or why it was not tried.
    words: String,
    /// What to change.
    advice: Option<String>,
    exchanges: Vec<Exchange>,
}

/// How it went, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Works,
    Fails,
    Untried,
}

/// What was tried, in the words of the target file.
#[derive(Clone, Debug, Default)]
struct Place<'a> {
    client: Option<&'a str>,
    method: Option<&'static str>,
    grant: Option<&'static str>,
    /// `token_endpoint`, or the key below `endpoints`.
    endpoint: &'static str,
    url: Option<String>,
}

/// 0 if everything that was tried works, and anything was.
fn code(findings: &[Finding<'_>]) -> ExitCode {
    let any = |state: State| findings.iter().any(|finding| finding.state == state);
    if any(State::Fails) || !any(State::Works) {
        ExitCode::Deviation
    } else {
        ExitCode::Success
    }
}

/// The findings, redacted: what one exchange shows to be a secret is one everywhere.
fn findings<'t>(target: &'t Target, examined: &[Examination]) -> Vec<Finding<'t>> {
    let mut redactor = Redactor::default();
    redactor.add_target(target);
    for logged in examined.iter().flat_map(|examined| &examined.log) {
        redactor.meet(&logged.exchange.sent);
        redactor.meet(&logged.exchange.received);
    }
    let mut mask = redactor.mask();
    for logged in examined.iter().flat_map(|examined| &examined.log) {
        mask.learn(&logged.exchange.sent);
        mask.learn(&logged.exchange.received);
    }
    let mut findings = Vec::new();
    for examined in examined {
        let (state, words) = match &examined.outcome {
            Outcome::Works(words) => (State::Works, words),
            Outcome::Fails(trouble) => (State::Fails, &trouble.came_back),
            Outcome::Untried(why) => (State::Untried, why),
        };
        let advice = match &examined.outcome {
            Outcome::Fails(trouble) => advice::advice(target, &examined.subject, trouble),
            Outcome::Works(_) | Outcome::Untried(_) => None,
        };
        findings.push(Finding {
            place: place(target, &examined.subject),
            state,
            words: mask.text(words),
            advice: advice.map(|advice| mask.text(&advice)),
            exchanges: evidence(&examined.log, &mask),
        });
    }
    findings
}

fn place<'t>(target: &'t Target, subject: &Subject) -> Place<'t> {
    let endpoints = &target.endpoints;
    let of_client = |index: &usize, endpoint: &'static str, url: Option<String>| {
        let client = target.clients.get(*index);
        Place {
            client: client.map(|client| client.name.as_str()),
            method: client.map(|client| client.auth.name()),
            grant: None,
            endpoint,
            url,
        }
    };
    let at = |endpoint: &'static str, url: Option<String>| Place {
        endpoint,
        url,
        ..Place::default()
    };
    match subject {
        Subject::TokenEndpoint(url) => at("token_endpoint", Some(url.clone())),
        Subject::Metadata => at(
            "metadata",
            target.metadata.as_ref().map(ToString::to_string),
        ),
        Subject::Authorization(client) => of_client(
            client,
            "authorization",
            endpoints.authorization.as_ref().map(ToString::to_string),
        ),
        Subject::Grant { client, grant } => Place {
            grant: Some(grant.name()),
            ..of_client(
                client,
                "token_endpoint",
                Some(target.token_endpoint.to_string()),
            )
        },
        Subject::AccessTokenManager(client) => of_client(client, "access_token_managers", None),
        Subject::Introspection => at(
            "introspection",
            endpoints
                .introspection
                .as_ref()
                .map(|it| it.url.to_string()),
        ),
        Subject::ProtectedResource => at(
            "protected_resource",
            endpoints
                .protected_resource
                .as_ref()
                .map(ToString::to_string),
        ),
        Subject::Revocation => at(
            "revocation",
            endpoints.revocation.as_ref().map(|it| it.url.to_string()),
        ),
        Subject::Clock => at(
            "clock",
            target.clock.as_ref().map(|it| it.as_str().to_owned()),
        ),
        Subject::Endpoint(key) => at(key, None),
    }
}
