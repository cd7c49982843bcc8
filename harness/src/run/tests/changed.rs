//! The requests of a case that are changed.

use crate::plan::Planned;
use crate::suite::change::Change;
use crate::suite::model::{Case, Send, Step};

/// A request of a case that has a change.
pub(super) struct Probe<'a> {
    pub send: Send,
    pub change: &'a Change,
}

/// The changed requests of a variant, each with its place.
pub(super) fn probes<'a>(planned: &'a Planned, case: &'a Case) -> Vec<(String, Probe<'a>)> {
    if let Some((label, change)) = &planned.variant.deviation {
        let send = Send::default();
        return vec![(label.clone(), Probe { send, change })];
    }
    let mut probes = Vec::new();
    for (at, step) in case.steps.iter().enumerate() {
        let (send, change) = match step {
            Step::Send(send) => (send.clone(), &send.change),
            Step::Together(together) => (together.send.clone(), &together.send.change),
            Step::Sample(sample) => match sample.send.as_deref() {
                Some(send) => (send.clone(), &send.change),
                None => continue,
            },
            Step::Durations(durations) => {
                for (name, send) in &durations.of {
                    let change = send.change.iter();
                    let send = || send.clone();
                    probes.extend(change.map(|change| {
                        (
                            format!("step {at}, {name}"),
                            Probe {
                                send: send(),
                                change,
                            },
                        )
                    }));
                }
                continue;
            }
            Step::Prepare(prepare) => {
                let send = Send {
                    baseline: prepare.baseline.clone(),
                    client: prepare.client,
                    ..Send::default()
                };
                (send, &prepare.change)
            }
            Step::Approve(_)
            | Step::Authorize(_)
            | Step::Begin(_)
            | Step::Check(_)
            | Step::Deny(_)
            | Step::Elapse(_)
            | Step::Fetch(_)
            | Step::Handshake(_)
            | Step::Inspect(_)
            | Step::Obtain(_)
            | Step::Publish(_)
            | Step::Push(_)
            | Step::Received(_)
            | Step::Register(_)
            | Step::Revoke(_) => continue,
        };
        if let Some(change) = change {
            probes.push((format!("step {at}"), Probe { send, change }));
        }
    }
    probes
}
