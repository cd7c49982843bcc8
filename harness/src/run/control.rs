//! Controls: the request without the fault, which must succeed for a variant to be judged (design §2).

use tokenspec_report::Role;

use super::halt::Halt;
use super::lost::{How, LOST_AFTER, LostCauses};
use super::runner::Runner;
use super::session::{Logged, Session};
use super::steps::needs_token_facts;
use super::token::TokenRequest;
use crate::judge::{Observation, Reply, is_true};
use crate::plan::{Planned, Variant};
use crate::probe::baseline;
use crate::suite::change::{Change, Who};
use crate::suite::model::{Case, Send, Step};
use crate::target::Target;
use crate::vocabulary::Grant;

/// Which control a variant hangs on. Variants of one key may share one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ControlKey {
    /// The probe is its own control, or the steps spell it out.
    Own,
    /// A baseline request of a client and a grant.
    Plain {
        /// Index of the client.
        client: Option<usize>,
        /// The grant.
        grant: Option<Grant>,
    },
    /// The request of a client that the target does not know, refused as RFC 6749 §5.2 has it.
    Stranger,
    /// A baseline request with the case's own change.
    Changed {
        /// Index of the client.
        client: Option<usize>,
        /// Index of the second client.
        other: Option<usize>,
        /// The grant.
        grant: Option<Grant>,
        /// Index of the rule.
        rule: usize,
        /// Index of the case.
        case: usize,
        /// The variant, whose bindings the change may use.
        variant: String,
    },
}

/// The key of a planned variant. What a stranger is told proves something only where somebody gets a token: at a target
/// with clients, its variants hang on a client's request.
pub(super) fn key(planned: &Planned, case: &Case, target: &Target) -> ControlKey {
    let variant = &planned.variant;
    if variant.stranger
        && let Some(known) = any_request(target)
    {
        return known;
    }
    if case.control.is_some() {
        return ControlKey::Changed {
            client: variant.client,
            other: variant.other,
            grant: variant.grant,
            rule: planned.rule.rule,
            case: planned.case,
            variant: variant.id.clone(),
        };
    }
    if variant.stranger {
        return if variant.deviation.is_some() {
            ControlKey::Stranger
        } else {
            ControlKey::Own
        };
    }
    if case.steps.is_empty() {
        return match variant.deviation {
            Some(_) => ControlKey::Plain {
                client: variant.client,
                grant: variant.grant,
            },
            None => ControlKey::Own,
        };
    }
    key_of_steps(variant, case)
}

/// What a sequence hangs on: the request that is judged first, unless a step is its control.
fn key_of_steps(variant: &Variant, case: &Case) -> ControlKey {
    let mut sends = case.steps.iter().filter_map(send_of);
    if case.steps.iter().any(is_control) {
        return ControlKey::Own;
    }
    let probe = sends.find(|send| !send.expect.is_empty() || is_raced(case, send));
    match probe {
        Some(send) => ControlKey::Plain {
            client: match send.client {
                Who::Own => variant.client,
                Who::Other => variant.other,
            },
            grant: send
                .baseline
                .as_ref()
                .and_then(|grant| grant.as_str().parse().ok())
                .or(variant.grant),
        },
        None if case
            .steps
            .iter()
            .any(|step| matches!(step, Step::Authorize(_))) =>
        {
            ControlKey::Plain {
                client: variant.client,
                grant: Some(Grant::AuthorizationCode),
            }
        }
        None => ControlKey::Own,
    }
}

/// The request of the first client that can send one.
fn any_request(target: &Target) -> Option<ControlKey> {
    (0..target.clients.len()).find_map(|client| client_request(target, client))
}

/// The cheapest request of a client.
pub(super) fn client_request(target: &Target, client: usize) -> Option<ControlKey> {
    let able = target.clients.get(client)?.grants.iter().copied();
    let able: Vec<Grant> = able.filter(|grant| baseline::can_send(*grant)).collect();
    let grant = baseline::cheapest(&able)?;
    Some(ControlKey::Plain {
        client: Some(client),
        grant: Some(grant),
    })
}

/// Whether a step is the control of its sequence.
fn is_control(step: &Step) -> bool {
    let own = if let Step::Begin(begin) = step {
        begin.control.as_ref()
    } else {
        send_of(step).and_then(|send| send.control.as_ref())
    };
    own.is_some_and(is_true)
}

fn send_of(step: &Step) -> Option<&Send> {
    match step {
        Step::Send(send) => Some(send),
        Step::Together(together) => Some(&together.send),
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
        | Step::Sample(_) => None,
    }
}

fn is_raced(case: &Case, send: &Send) -> bool {
    case.steps
        .iter()
        .any(|step| matches!(step, Step::Together(together) if std::ptr::eq(&together.send, send)))
}

/// A control that was sent.
#[derive(Clone, Debug)]
pub(super) struct Control {
    /// What it saw.
    pub seen: Observation,
    /// Its exchange, for the report.
    pub log: Vec<Logged>,
}

/// Sends a control, up to three times.
pub(super) async fn control(twin: Twin<'_>, lost: &LostCauses) -> Result<Control, Halt> {
    if twin.runner.unreachable() {
        return Err(twin.runner.unreachable_halt());
    }
    if let Some(why) = lost.control(twin.key) {
        return Err(Halt::Inconclusive(format!("the control fails: {why}")));
    }
    let variant = control_variant(twin.key, twin.planned);
    let mut attempt = 0;
    loop {
        attempt += 1;
        let (why, how) = match once(twin, &variant, attempt).await {
            Ok(control) if holds(&variant, variant.grant, &control.seen) => {
                lost.control_succeeded(twin.key);
                return Ok(control);
            }
            Ok(control) => (control.seen.summary(), How::Answered),
            Err(Halt::Broken {
                cause,
                again: false,
            }) => (cause, How::TimedOut),
            Err(Halt::Inconclusive(why) | Halt::Broken { cause: why, .. }) => (why, How::Answered),
            Err(halt @ (Halt::Skipped(_) | Halt::Interrupted)) => return Err(halt),
        };
        if twin.runner.unreachable() {
            return Err(twin.runner.unreachable_halt());
        }
        // What no connection came about for says nothing of this control, but of the target.
        let is_lost = !twin.runner.fails_to_connect() && lost.control_failed(twin.key, &why, how);
        if is_lost || attempt >= LOST_AFTER {
            return Err(Halt::Inconclusive(format!(
                "the control did not succeed: {why}"
            )));
        }
    }
}

/// What a control is the twin of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Twin<'a> {
    pub runner: &'a Runner,
    pub key: &'a ControlKey,
    /// The first variant that hangs on it.
    pub planned: &'a Planned,
    pub case: &'a Case,
    /// How closely its token is looked at: as closely as any of the variants needs.
    pub look: Look,
}

/// How closely a control is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Its answer says enough.
    Answer,
    /// What its token really is, too: some variant compares itself with that.
    Token,
}

impl Look {
    /// What the variants of these cases need.
    pub(super) fn of<'a>(mut cases: impl Iterator<Item = &'a Case>) -> Self {
        let compares = |case: &Case| {
            needs_token_facts(&case.expect)
                || case
                    .steps
                    .iter()
                    .filter_map(send_of)
                    .any(|send| needs_token_facts(&send.expect))
        };
        if cases.any(compares) {
            Self::Token
        } else {
            Self::Answer
        }
    }
}

/// The variant that a control is sent for: its client and grant, its bindings where its change needs them.
fn control_variant(key: &ControlKey, planned: &Planned) -> Variant {
    match key {
        ControlKey::Plain { client, grant } => Variant {
            id: format!("control/{client:?}/{grant:?}"),
            client: *client,
            grant: *grant,
            ..Variant::default()
        },
        ControlKey::Changed { .. } | ControlKey::Own | ControlKey::Stranger => {
            planned.variant.clone()
        }
    }
}

/// Whether a control or a set-up request for a grant succeeded: a token, which is an object for `validate_bearer` only, or
/// for a stranger the refusal that RFC 6749 §5.2 describes.
pub(super) fn holds(variant: &Variant, grant: Option<Grant>, seen: &Observation) -> bool {
    if !variant.stranger {
        let text = seen
            .answer()
            .is_some_and(|answer| answer.text_member("access_token").is_some());
        return seen.accepted() && (text || grant == Some(Grant::ValidateBearer));
    }
    seen.answer().is_some_and(|answer| {
        matches!(answer.status, 400 | 401)
            && answer
                .text_member("error")
                .is_some_and(|error| !error.is_empty())
    })
}

async fn once(twin: Twin<'_>, variant: &Variant, attempt: u32) -> Result<Control, Halt> {
    let mut session = Session::new(twin.runner, variant, attempt);
    let grant = session.grant(None)?;
    let change: Option<&Change> = match twin.key {
        ControlKey::Changed { .. } => twin.case.control.as_ref(),
        ControlKey::Own | ControlKey::Plain { .. } | ControlKey::Stranger => None,
    };
    let seen = session.control_request(grant, change, twin.look).await?;
    session.log.retain(|logged| logged.role == Role::Control);
    Ok(Control {
        seen,
        log: session.log,
    })
}

impl Session<'_> {
    /// A request that has to succeed, as the client of the variant sends it.
    pub(super) async fn control_request(
        &mut self,
        grant: Grant,
        change: Option<&Change>,
        look: Look,
    ) -> Result<Observation, Halt> {
        let credential = self.credential(Who::Own, grant, None).await?;
        let request = TokenRequest {
            change,
            ..TokenRequest::control(grant, credential)
        };
        let (mut seen, _) = self.token_request(&request).await?;
        if let Reply::None { cause, outcome, .. } = &seen.reply {
            return Err(Halt::silent(cause, outcome));
        }
        let target = &self.runner.target;
        let can_look =
            !target.access_token_managers.is_empty() || target.endpoints.introspection.is_some();
        if seen.accepted() && look == Look::Token && can_look {
            seen.token = self.token_facts(&seen).await?;
        }
        Ok(seen)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::judge::{HttpAnswer, TokenFacts};
    use crate::wire::json::Json;

    fn answer(token: Json) -> Observation {
        Observation {
            reply: Reply::Answer(Arc::new(HttpAnswer {
                status: 200,
                json: Some(Json::Object(vec![("access_token".to_owned(), token)])),
                ..HttpAnswer::default()
            })),
            had_authorization: false,
            asked_scope: None,
            token: TokenFacts::default(),
            aftermath: None,
        }
    }

    #[test]
    fn object_for_a_token_is_a_success_for_validate_bearer_only() {
        let variant = Variant::default();
        let object = answer(Json::Object(Vec::new()));
        assert!(holds(&variant, Some(Grant::ValidateBearer), &object));
        assert!(!holds(&variant, Some(Grant::ClientCredentials), &object));
        assert!(!holds(&variant, None, &object));
        let text = answer(Json::String("token".to_owned()));
        assert!(holds(&variant, Some(Grant::ClientCredentials), &text));
    }
}
