//! Lost causes: what failed so often that trying it again would only cost time (design §2, "Control").

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::control::ControlKey;
use crate::plan::Planned;
use crate::vocabulary::Grant;

/// So many failures of one kind in a row, and nothing more of the kind is tried.
pub(super) const LOST_AFTER: u32 = 3;

/// What failed in this run. A control is lost after three failures of one kind; variants of a rule, and variants that
/// are their own control, after three in a row that ran into the timeout: a server that hangs costs seconds, not the
/// number of variants times the timeout.
#[derive(Debug, Default)]
pub(super) struct LostCauses {
    controls: Mutex<BTreeMap<ControlKey, Failures>>,
    silent: Mutex<BTreeMap<Kind, u32>>,
}

/// Failures of one control in a row.
#[derive(Debug)]
struct Failures {
    why: String,
    how: How,
    times: u32,
}

/// How a control failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Something came back soon.
    Answered,
    /// Nothing came back in time.
    TimedOut,
}

/// Variants that would all hang alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Undisturbed requests of a client and a grant.
    Plain(Option<usize>, Option<Grant>),
    /// The probes of a rule.
    Rule(usize),
}

impl Kind {
    /// The kind of a variant that hangs on this control.
    pub(super) fn of(key: &ControlKey, planned: &Planned) -> Self {
        match key {
            ControlKey::Own => Self::Plain(planned.variant.client, planned.variant.grant),
            ControlKey::Plain { .. } | ControlKey::Stranger | ControlKey::Changed { .. } => {
                Self::Rule(planned.rule.rule)
            }
        }
    }
}

impl LostCauses {
    /// Why a control is not worth another try, if so. Where the undisturbed request hangs, the control that a case
    /// changes would only hang, too; a request that is refused may well be accepted with the change.
    pub(super) fn control(&self, key: &ControlKey) -> Option<String> {
        let controls = self.controls.lock().unwrap_or_else(PoisonError::into_inner);
        let lost = |key: &ControlKey| {
            let failures = controls.get(key);
            failures.filter(|failures| failures.times >= LOST_AFTER)
        };
        let undisturbed = match key {
            ControlKey::Changed { client, grant, .. } => lost(&ControlKey::Plain {
                client: *client,
                grant: *grant,
            }),
            ControlKey::Own | ControlKey::Plain { .. } | ControlKey::Stranger => None,
        };
        let hangs = undisturbed.filter(|failures| failures.how == How::TimedOut);
        lost(key).or(hangs).map(|failures| failures.why.clone())
    }

    /// Notes a failure; whether it was one too many.
    pub(super) fn control_failed(&self, key: &ControlKey, why: &str, how: How) -> bool {
        let mut controls = self.controls.lock().unwrap_or_else(PoisonError::into_inner);
        let before = controls.get(key).filter(|before| before.why == why);
        let times = before.map_or(0, |before| before.times) + 1;
        let failures = Failures {
            why: why.to_owned(),
            how,
            times,
        };
        controls.insert(key.clone(), failures);
        times >= LOST_AFTER
    }

    /// Notes a success.
    pub(super) fn control_succeeded(&self, key: &ControlKey) {
        self.controls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }

    /// Whether variants of this kind are not worth another try.
    pub(super) fn is_silent(&self, kind: Kind) -> bool {
        let silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        silent.get(&kind).is_some_and(|times| *times >= LOST_AFTER)
    }

    /// Notes that a variant of this kind ran into the timeout.
    pub(super) fn timed_out(&self, kind: Kind) {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        *silent.entry(kind).or_default() += 1;
    }

    /// Notes that a variant of this kind got an answer.
    pub(super) fn answered(&self, kind: Kind) {
        self.silent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&kind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_is_lost_after_three_failures_of_one_kind() {
        let lost = LostCauses::default();
        let key = ControlKey::Stranger;
        assert!(!lost.control_failed(&key, "refused", How::Answered));
        assert!(!lost.control_failed(&key, "refused", How::Answered));
        assert_eq!(lost.control(&key), None);
        assert!(lost.control_failed(&key, "refused", How::Answered));
        assert_eq!(lost.control(&key).as_deref(), Some("refused"));
        assert_eq!(lost.control(&ControlKey::Own), None);
    }

    #[test]
    fn failures_of_different_kinds_and_successes_start_anew() {
        let lost = LostCauses::default();
        let key = ControlKey::Stranger;
        lost.control_failed(&key, "refused", How::Answered);
        lost.control_failed(&key, "refused", How::Answered);
        lost.control_failed(&key, "closed", How::Answered);
        assert_eq!(lost.control(&key), None);
        lost.control_failed(&key, "closed", How::Answered);
        lost.control_succeeded(&key);
        lost.control_failed(&key, "closed", How::Answered);
        assert_eq!(lost.control(&key), None);
    }

    #[test]
    fn changed_control_is_lost_where_the_undisturbed_request_hangs() {
        for (how, hangs) in [(How::TimedOut, true), (How::Answered, false)] {
            let lost = LostCauses::default();
            let (client, grant) = (Some(0), Some(Grant::ClientCredentials));
            let plain = ControlKey::Plain { client, grant };
            let changed = ControlKey::Changed {
                client,
                other: None,
                grant,
                rule: 1,
                case: 2,
                variant: "it".to_owned(),
            };
            for _ in 0..LOST_AFTER {
                lost.control_failed(&plain, "nothing came", how);
            }
            assert_eq!(lost.control(&changed).is_some(), hangs);
        }
    }

    #[test]
    fn kind_is_silent_after_three_timeouts_in_a_row() {
        let lost = LostCauses::default();
        lost.timed_out(Kind::Rule(1));
        lost.timed_out(Kind::Rule(1));
        lost.answered(Kind::Rule(1));
        lost.timed_out(Kind::Rule(1));
        lost.timed_out(Kind::Rule(1));
        assert!(!lost.is_silent(Kind::Rule(1)));
        lost.timed_out(Kind::Rule(1));
        assert!(lost.is_silent(Kind::Rule(1)));
        assert!(!lost.is_silent(Kind::Rule(2)));
    }
}
