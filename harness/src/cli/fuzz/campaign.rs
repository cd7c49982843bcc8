//! The campaign: workers that draw, send and look, until the time is over.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use tokio::sync::Notify;

use super::against::{Peer, classes};
use super::budget::Budget;
use super::confirm::{Bench, bare, with_invariant};
use super::ground::Ground;
use super::next::{Next, Origin};
use super::yielded::Yield;
use crate::clock::Stopwatch;
use crate::fuzz::{
    Arsenal, Broken, CasesRead, Cause, Effect, Invariants, Sequence, Walk, answer_class,
    fingerprint, reach,
};
use crate::judge::{Observation, Reply};
use crate::plan::Variant;
use crate::run::{self, Attempt, Halt, Logged, Runner};
use crate::suite::answer::Grade;
use crate::suite::change::Change;
use crate::vocabulary::Grant;

/// How often a walk is drawn instead of a mutation.
const WALKS: f64 = 0.03;

/// The mutation of what every answer is held against.
const ANY: &str = "any";

/// A deviation that was not confirmed so often is not tried again.
const UNCONFIRMED: u32 = 3;

/// A campaign against one target.
pub(super) struct Campaign {
    pub(super) ground: Ground,
    pub(super) arsenal: Arsenal,
    pub(super) walk: Walk,
    /// What is sent first, and the rule of each step where there are several.
    pub(super) corpus: Vec<(Sequence, Vec<String>)>,
    pub(super) budget: Budget,
    pub(super) peer: Option<Peer>,
    bench: Bench,
    runner: Arc<Runner>,
    read: CasesRead,
    invariants: Invariants,
    order: Vec<usize>,
    controls: HashMap<(Option<usize>, Option<Grant>), Observation>,
    watch: Stopwatch,
    /// How long it took, when it is over.
    took: OnceLock<Duration>,
    round: AtomicU64,
    stopped: AtomicBool,
    /// Told of each finding.
    pub(super) news: Notify,
    yielded: Mutex<Yield>,
}

impl Campaign {
    pub(super) fn new(
        ground: Ground,
        arsenal: Arsenal,
        walk: Walk,
        bench: Bench,
        budget: Budget,
    ) -> Result<Self, String> {
        let mut random = StdRng::seed_from_u64(ground.seed);
        let mut order: Vec<usize> = (0..arsenal.len()).collect();
        order.shuffle(&mut random);
        Ok(Self {
            runner: ground.runner(crate::suite::Suite::default()),
            read: CasesRead::default(),
            invariants: Invariants::built_in()?,
            ground,
            arsenal,
            walk,
            corpus: Vec::new(),
            budget,
            peer: None,
            bench,
            order,
            controls: HashMap::new(),
            watch: Stopwatch::start(),
            took: OnceLock::new(),
            round: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            news: Notify::new(),
            yielded: Mutex::default(),
        })
    }

    /// Sends a valid request of each client and grant: what others are compared with.
    pub(super) async fn warm_up(&mut self) {
        let target = Arc::clone(&self.ground.target);
        for (index, client) in target.clients.iter().enumerate() {
            for grant in client
                .grants
                .iter()
                .copied()
                .filter(|grant| crate::probe::baseline::can_send(*grant))
            {
                if self.is_over() {
                    return;
                }
                match run::valid_request(&self.runner, index, grant).await {
                    Ok((seen, log)) => {
                        self.look(&log);
                        if !seen.accepted() {
                            let line = format!(
                                "a valid request of client `{}` by {} is not accepted: {}",
                                client.name,
                                grant.name(),
                                seen.summary()
                            );
                            self.locked().refused.push(line);
                        }
                        self.controls.insert((Some(index), Some(grant)), seen);
                    }
                    Err(Halt::Inconclusive(why) | Halt::Broken { cause: why, .. }) => {
                        let line = format!(
                            "no valid request of client `{}` by {}: {why}",
                            client.name,
                            grant.name()
                        );
                        self.locked().refused.push(line);
                    }
                    Err(Halt::Skipped(_) | Halt::Interrupted) => {}
                }
            }
        }
    }

    /// What was found and reached.
    pub(super) fn locked(&self) -> MutexGuard<'_, Yield> {
        self.yielded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn requests(&self) -> u64 {
        self.runner.requests()
    }

    pub(super) fn elapsed(&self) -> Duration {
        let took = self.took.get().copied();
        took.unwrap_or_else(|| self.watch.elapsed())
    }

    /// Its workers are done.
    pub(super) fn ended(&self) {
        let _again = self.took.set(self.watch.elapsed());
    }

    /// Ends it: what is under way is finished.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
            || self.bench.interruption.has_come()
            || self.runner.unreachable()
            || self.budget.time.is_some_and(|time| self.elapsed() >= time)
            || self
                .budget
                .requests
                .is_some_and(|most| self.requests() >= most)
    }

    /// One of the workers.
    pub(super) async fn work(self: Arc<Self>) {
        while !self.is_over() {
            let round = self.round.fetch_add(1, Ordering::Relaxed);
            let mut random =
                StdRng::seed_from_u64(self.ground.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ round);
            if let Some(next) = self.next(round, &mut random) {
                self.one(&next, u32::try_from(round & 0xFFFF_FFFF).unwrap_or(0))
                    .await;
            }
            tokio::task::consume_budget().await;
        }
    }

    fn next(&self, round: u64, random: &mut StdRng) -> Option<Next> {
        if let Some(entry) = usize::try_from(round)
            .ok()
            .and_then(|at| self.corpus.get(at))
        {
            let (sequence, rules) = entry.clone();
            return self.next_of(sequence, rules);
        }
        let round = round - u64::try_from(self.corpus.len()).unwrap_or(0);
        let walks = !self.walk.is_empty() && (self.arsenal.is_empty() || random.random_bool(WALKS));
        if walks
            && (self.arsenal.is_empty() || round >= u64::try_from(self.order.len()).unwrap_or(0))
        {
            let (sequence, rules) = self.walk.draw(random)?;
            return self.next_of(sequence, rules);
        }
        let drawn = self.arsenal.draw(&self.order, round, random)?;
        Some(Next {
            case: drawn.shared_case(),
            mutation: drawn.operators().first().cloned().unwrap_or_default(),
            rules: vec![drawn.rule.clone()],
            effect: drawn.effect,
            origin: Origin::Drawn(Box::new(drawn)),
        })
    }

    fn next_of(&self, sequence: Sequence, rules: Vec<String>) -> Option<Next> {
        let case = self.read.case(&sequence).ok()?;
        let variant = sequence.variant(&self.ground.target, &case).ok()?;
        let rules = if rules.is_empty() {
            vec![sequence.rule.clone()]
        } else {
            rules
        };
        Some(Next {
            case: Arc::new(case),
            mutation: sequence.operators.first().cloned().unwrap_or_default(),
            rules,
            effect: Effect::Refused,
            origin: Origin::Kept(Box::new((sequence, variant))),
        })
    }

    async fn one(&self, next: &Next, number: u32) {
        let variant = next.variant();
        let control = self.controls.get(&(variant.client, variant.grant));
        let attempt = run::attempt(&self.runner, variant, &next.case, control, number).await;
        // Nobody revokes them at the end: there are too many.
        drop(self.runner.take_obtained());
        let mut broken = self.look(&attempt.log);
        if !is_http(variant) {
            broken.clear();
        }
        self.count(next, &attempt);
        self.compare(next, &attempt, number).await;
        if let Some((cause, sequence)) = self.deviation(next, &attempt) {
            self.try_confirm(cause, sequence).await;
        }
        for (broken, seen) in broken {
            let cause = Cause {
                rule: broken.rule.clone(),
                mutation: ANY.to_owned(),
                answer: answer_class(Some(&seen)),
            };
            let sequence = with_invariant(next.sequence(&self.ground.target), &broken);
            self.try_confirm(cause, sequence).await;
        }
    }

    async fn compare(&self, next: &Next, attempt: &Attempt, number: u32) {
        let (Some(peer), Ok(_)) = (&self.peer, &attempt.result) else {
            return;
        };
        let target = &self.ground.target;
        let theirs = peer
            .classes(target, next.variant(), &next.case, number)
            .await;
        let ours = classes(&self.runner, attempt);
        let mut pairs = ours.into_iter().zip(theirs.unwrap_or_default());
        if let Some((ours, theirs)) = pairs.find(|(ours, theirs)| ours != theirs) {
            let key = (next.mutation.clone(), ours, theirs);
            *self.locked().differences.entry(key).or_default() += 1;
        }
    }

    fn count(&self, next: &Next, attempt: &Attempt) {
        let mut yielded = self.locked();
        match &attempt.result {
            Ok(judgement) if judgement.grade != Grade::Inconclusive => {
                yielded.tally.judged(next.effect);
                match yielded.judged.get_mut(&next.mutation) {
                    Some(count) => *count += 1,
                    None => drop(yielded.judged.insert(next.mutation.clone(), 1)),
                }
            }
            Ok(_) | Err(_) => yielded.tally.unjudged += 1,
        }
    }

    /// Looks at every answer of the token endpoint: counts it, and holds new kinds against the invariants.
    fn look(&self, log: &[Logged]) -> Vec<(Broken, Observation)> {
        let mut found = Vec::new();
        for logged in log {
            let Some(seen) = run::token_answer(&self.runner, logged) else {
                continue;
            };
            let mut yielded = self.locked();
            yielded.tally.answer(reach(&seen));
            let Reply::Answer(answer) = &seen.reply else {
                continue;
            };
            if yielded.distinct.insert(fingerprint(answer)) {
                drop(yielded);
                found.extend(
                    self.invariants
                        .broken(&seen)
                        .into_iter()
                        .map(|broken| (broken, seen.clone())),
                );
            }
        }
        found
    }

    /// What deviates from the effect.
    fn deviation(&self, next: &Next, attempt: &Attempt) -> Option<(Cause, Sequence)> {
        let deviates = match &attempt.result {
            Ok(judgement) => matches!(judgement.grade, Grade::Fail | Grade::Warn),
            Err(Halt::Broken { .. }) => true,
            Err(Halt::Inconclusive(_) | Halt::Skipped(_) | Halt::Interrupted) => false,
        };
        if !deviates {
            return None;
        }
        let rule = next
            .rules
            .get(attempt.step)
            .or_else(|| next.rules.first())?;
        let mut sequence = next.sequence(&self.ground.target);
        sequence.rule.clone_from(rule);
        if let Some(serde_json::Value::Array(steps)) = sequence.case.get_mut("steps") {
            steps.truncate(attempt.step + 1);
        }
        let cause = Cause {
            rule: rule.clone(),
            mutation: bare(&next.mutation).to_owned(),
            answer: answer_class(attempt.observation.as_ref()),
        };
        Some((cause, sequence))
    }

    async fn try_confirm(&self, cause: Cause, sequence: Sequence) {
        {
            let form = sequence.operators.first().cloned().unwrap_or_default();
            let mut yielded = self.locked();
            let mut known = yielded.findings.iter_mut();
            if let Some(known) = known.find(|finding| finding.cause == cause) {
                if cause.mutation != ANY && form != known.mutation() {
                    known.also.insert(form);
                }
                return;
            }
            let tried = yielded.tried.entry((cause.clone(), form)).or_default();
            *tried += 1;
            if *tried > UNCONFIRMED {
                return;
            }
        }
        let confirmed = self
            .bench
            .confirm(&self.ground, self.arsenal.operators(), &cause, &sequence)
            .await;
        if let Some(finding) = confirmed {
            let mut yielded = self.locked();
            if !yielded
                .findings
                .iter()
                .any(|other| other.cause == finding.cause)
            {
                let requests = self.requests();
                yielded.first.get_or_insert(requests);
                yielded.findings.push(finding);
                self.news.notify_one();
                if yielded.findings.len() >= self.budget.findings.most() {
                    self.stop();
                }
            }
        }
    }
}

/// Whether what is sent is a message of HTTP at all: what is none may be refused by whatever reads HTTP, in its own way.
fn is_http(variant: &Variant) -> bool {
    let change = variant.deviation.as_ref().map(|(_, change)| change);
    let raw = |change: &Change| {
        change
            .headers
            .as_ref()
            .is_some_and(|fields| !fields.raw.is_empty())
    };
    change.is_none_or(|change| change.framing.is_none() && change.wire.is_none() && !raw(change))
}
