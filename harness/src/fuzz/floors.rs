//! What a run reached, and the least that it must reach to say anything (design §9).

use super::fingerprint::Reach;
use super::operator::Effect;

/// What came of the requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answers of the token endpoint, and requests that got none.
    pub token_requests: u64,
    /// Those that brought a token.
    pub accepted: u64,
    /// Those that the grant's own logic decided: a token came, or an error that speaks of the grant.
    pub reached_grant: u64,
    /// Sequences that were judged.
    pub judged: u64,
    /// Of them, those whose effect is known: they must be accepted, or must be refused.
    pub decisive: u64,
    /// Sequences that could not be judged.
    pub unjudged: u64,
}

/// The least that a run must reach, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floors {
    /// Accepted, of the token requests.
    pub accepted: u64,
    /// Decided by the grant's logic, of the token requests.
    pub reached_grant: u64,
    /// With a known effect, of the judged sequences.
    pub decisive: u64,
}

impl Default for Floors {
    /// 10 %, 20 %, 50 %.
    fn default() -> Self {
        Self {
            accepted: 10,
            reached_grant: 20,
            decisive: 50,
        }
    }
}

impl Tally {
    /// Counts an answer.
    pub fn answer(&mut self, reach: Reach) {
        self.token_requests += 1;
        self.accepted += u64::from(reach == Reach::Token);
        self.reached_grant += u64::from(matches!(reach, Reach::Token | Reach::Grant));
    }

    /// Counts a sequence that was judged.
    pub fn judged(&mut self, effect: Effect) {
        self.judged += 1;
        self.decisive += u64::from(effect != Effect::Open);
    }

    /// Adds the counts of another.
    pub fn add(&mut self, other: &Self) {
        self.token_requests += other.token_requests;
        self.accepted += other.accepted;
        self.reached_grant += other.reached_grant;
        self.judged += other.judged;
        self.decisive += other.decisive;
        self.unjudged += other.unjudged;
    }
}

/// `part` of `whole` in percent.
fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100).checked_div(whole).unwrap_or(0)
}

impl Floors {
    /// One line for each floor: what it is, what was reached, and whether that is enough.
    #[must_use]
    pub fn lines(&self, tally: &Tally) -> Vec<(String, bool)> {
        [
            (
                "accepted requests",
                tally.accepted,
                tally.token_requests,
                self.accepted,
            ),
            (
                "requests that reached the grant",
                tally.reached_grant,
                tally.token_requests,
                self.reached_grant,
            ),
            (
                "sequences with a known effect",
                tally.decisive,
                tally.judged,
                self.decisive,
            ),
        ]
        .into_iter()
        .map(|(what, part, whole, floor)| {
            let share = percent(part, whole);
            let held = part > 0 && share >= floor;
            (
                format!("{what}: {share} % ({part} of {whole}; floor {floor} %)"),
                held,
            )
        })
        .collect()
    }

    /// Whether a run reached enough.
    #[must_use]
    pub fn hold(&self, tally: &Tally) -> bool {
        self.lines(tally).iter().all(|(_, held)| *held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_that_reached_nothing_holds_no_floor() {
        assert!(!Floors::default().hold(&Tally::default()));
        let mut refused = Tally::default();
        for _ in 0..100 {
            refused.answer(Reach::Message);
            refused.judged(Effect::Refused);
        }
        assert!(!Floors::default().hold(&refused));
    }

    #[test]
    fn run_that_reached_enough_holds() {
        let mut tally = Tally::default();
        for _ in 0..20 {
            tally.answer(Reach::Token);
            tally.answer(Reach::Grant);
            tally.answer(Reach::Message);
            tally.judged(Effect::Accepted);
        }
        assert!(Floors::default().hold(&tally));
    }
}
