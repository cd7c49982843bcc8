//! What a decision takes from the world: the time and randomness. The core reads neither by itself.

use std::fmt;

/// A point in time, in whole seconds since the Unix epoch (the unit of RFC 7519 NumericDate).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// This time and so many seconds more.
    #[must_use]
    pub const fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to this time; 0 if `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Where the time comes from.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// Where random bytes come from.
pub trait Entropy {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The moment at which a request is decided.
pub struct Moment<'a> {
    /// The time now.
    pub now: Timestamp,
    /// A number that no other request of this server has: 1, 2, 3, … Nothing issued depends on it;
    /// defects that mint predictable values do.
    pub serial: u64,
    /// Randomness for what is issued.
    pub entropy: &'a mut dyn Entropy,
}

impl fmt::Debug for Moment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Moment")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}
