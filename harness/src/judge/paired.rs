//! How far two paired series are apart: the median of the differences, and an interval for it. Pure.

use std::time::Duration;

/// The chance that the interval of one effect does not cover what it is about. A run takes some hundreds of them at most, so
/// that all together err in less than one run of a million.
const ERROR: f64 = 1e-9;

/// The difference of two paired series, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The median of the differences.
    pub median: i64,
    /// The interval in which the true median is, by the sign test: it holds for any distribution of the differences.
    pub least: i64,
    /// Its other end.
    pub most: i64,
}

impl Effect {
    /// What the differences of pairs show; `None` where they are too few for an interval.
    #[must_use]
    pub fn of(mut differences: Vec<i64>) -> Option<Self> {
        differences.sort_unstable();
        let outside = outside(differences.len())?;
        let last = differences.len().checked_sub(1)?;
        Some(Self {
            median: *differences.get(last / 2)?,
            least: *differences.get(outside)?,
            most: *differences.get(last.checked_sub(outside)?)?,
        })
    }

    /// Whether the true difference may lie between minus this and this.
    #[must_use]
    pub fn may_be_within(&self, bound: Duration) -> bool {
        let bound = i64::try_from(bound.as_nanos()).unwrap_or(i64::MAX);
        self.least <= bound && self.most >= -bound
    }
}

/// How many of so many sorted differences lie outside of the interval at each end: as many as the binomial distribution with
/// one half allows.
fn outside(count: usize) -> Option<usize> {
    let whole = u32::try_from(count).ok().filter(|count| *count <= 1000)?;
    let mut term = 0.5_f64.powi(i32::try_from(whole).ok()?);
    let (mut tail, mut outside) = (0.0, 0);
    for at in 0..whole {
        tail += term;
        if 2.0 * tail > ERROR {
            break;
        }
        outside = at + 1;
        term = term * f64::from(whole - at) / f64::from(at + 1);
    }
    // With nothing outside, the interval from the least to the most covers too rarely.
    usize::try_from(outside).ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_sign_test() {
        // 2 * 0.5^30 is more than 1e-9; 2 * 0.5^31 is less.
        assert_eq!((outside(30), outside(31)), (None, Some(0)));
        // 2 * P(Bin(60, 1/2) <= 7) = 7.8e-10, and with 8 it is 5.2e-9.
        assert_eq!(outside(60), Some(7));
        assert_eq!(outside(0), None);
        assert_eq!(outside(1001), None);
    }

    #[test]
    fn effect_is_seen_through_outliers() {
        let mut differences: Vec<i64> = (0..60).map(|at| 5_000_000 + at % 7).collect();
        for outlier in differences.iter_mut().take(5) {
            *outlier = -90_000_000;
        }
        let effect = Effect::of(differences).unwrap();
        assert!(
            !effect.may_be_within(Duration::from_millis(1)),
            "{effect:?}"
        );
        assert!(effect.may_be_within(Duration::from_millis(6)), "{effect:?}");
        assert!((5_000_000..5_000_007).contains(&effect.median));
    }

    #[test]
    fn noise_around_nothing_is_no_effect() {
        let differences = (0..60).map(|at| if at % 2 == 0 { 9_000_000 } else { -9_000_000 });
        let effect = Effect::of(differences.collect()).unwrap();
        assert!(effect.may_be_within(Duration::from_micros(1)));
        assert_eq!(Effect::of(vec![1; 30]), None);
    }
}
