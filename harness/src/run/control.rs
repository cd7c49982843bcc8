//! Controls: the request without the fault, which must succeed for a variant to be judged (design §2).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokenspec_report::Role;

use super::halt::Halt;
use super::runner::Runner;
use super::session::{Logged, Session};
use super::steps::needs_token_facts;
use super::token::TokenRequest;
use crate::judge::{Observation, Reply, is_true};
use crate::plan::{Planned, Variant};
use crate::suite::change::{Change, Who};
use crate::suite::model::{Case, Send, Step};
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

/// The key of a planned variant.
pub(super) fn key(planned: &Planned, case: &Case) -> ControlKey {
    let variant = &planned.variant;
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
    let mut sends = case.steps.iter().filter_map(send_of);
    if sends
        .clone()
        .any(|send| send.control.as_ref().is_some_and(is_true))
    {
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

fn send_of(step: &Step) -> Option<&Send> {
    match step {
        Step::Send(send) => Some(send),
        Step::Together(together) => Some(&together.send),
        Step::Authorize(_)
        | Step::Check(_)
        | Step::Elapse(_)
        | Step::Fetch(_)
        | Step::Inspect(_)
        | Step::Obtain(_)
        | Step::Prepare(_)
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

/// Controls that failed, so that a dead one is not tried for every variant.
#[derive(Debug, Default)]
pub(super) struct FailedControls(Mutex<BTreeMap<ControlKey, (String, u32)>>);

/// A control that failed so often in the same way is not tried again.
const DEAD_AFTER: u32 = 3;

impl FailedControls {
    /// Why the control is not worth another try, if so.
    pub(super) fn dead(&self, key: &ControlKey) -> Option<String> {
        let failed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failed
            .get(key)
            .filter(|(_, times)| *times >= DEAD_AFTER)
            .map(|(why, _)| why.clone())
    }

    fn note(&self, key: &ControlKey, why: &str) -> u32 {
        let mut failed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = failed
            .entry(key.clone())
            .or_insert_with(|| (why.to_owned(), 0));
        entry.1 = if entry.0 == why { entry.1 + 1 } else { 1 };
        entry.0 = why.to_owned();
        entry.1
    }

    fn clear(&self, key: &ControlKey) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }
}

/// Sends a control, up to three times.
pub(super) async fn control(
    runner: &Runner,
    key: &ControlKey,
    planned: &Planned,
    case: &Case,
    failed: &FailedControls,
) -> Result<Control, Halt> {
    if let Some(why) = failed.dead(key) {
        return Err(Halt::Inconclusive(format!("the control fails: {why}")));
    }
    let variant = control_variant(key, planned);
    let mut attempt = 0;
    loop {
        attempt += 1;
        let why = match once(runner, &variant, case, key, attempt).await {
            Ok(control) if holds(&variant, &control.seen) => {
                failed.clear(key);
                return Ok(control);
            }
            Ok(control) => control.seen.summary(),
            Err(Halt::Inconclusive(why) | Halt::Broken { cause: why, .. }) => why,
            Err(halt @ (Halt::Skipped(_) | Halt::Interrupted)) => return Err(halt),
        };
        if failed.note(key, &why) >= DEAD_AFTER || attempt >= DEAD_AFTER {
            return Err(Halt::Inconclusive(format!(
                "the control did not succeed: {why}"
            )));
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

/// Whether a control succeeded: a token, or for a stranger the refusal that RFC 6749 §5.2 describes.
pub(super) fn holds(variant: &Variant, seen: &Observation) -> bool {
    if !variant.stranger {
        return seen.accepted();
    }
    seen.answer().is_some_and(|answer| {
        matches!(answer.status, 400 | 401)
            && answer
                .text_member("error")
                .is_some_and(|error| !error.is_empty())
    })
}

async fn once(
    runner: &Runner,
    variant: &Variant,
    case: &Case,
    key: &ControlKey,
    attempt: u32,
) -> Result<Control, Halt> {
    let mut session = Session::new(runner, variant, attempt);
    let grant = session.grant(None)?;
    let change: Option<&Change> = match key {
        ControlKey::Changed { .. } => case.control.as_ref(),
        ControlKey::Own | ControlKey::Plain { .. } | ControlKey::Stranger => None,
    };
    let credential = session.credential(Who::Own, grant, None).await?;
    let request = TokenRequest {
        role: Role::Control,
        client: Who::Own,
        grant,
        credential,
        change,
    };
    let (mut seen, _) = session.token_request(&request).await?;
    if let Reply::None { cause, outcome, .. } = &seen.reply {
        return Err(Halt::Broken {
            cause: cause.clone(),
            again: *outcome != "timeout",
        });
    }
    let compared = needs_token_facts(&case.expect)
        || case
            .steps
            .iter()
            .filter_map(send_of)
            .any(|send| needs_token_facts(&send.expect));
    let can_look = !runner.target.access_token_managers.is_empty()
        || runner.target.endpoints.introspection.is_some();
    if seen.accepted() && compared && can_look {
        seen.token = session.token_facts(&seen).await?;
    }
    session.log.retain(|logged| logged.role == Role::Control);
    Ok(Control {
        seen,
        log: session.log,
    })
}
