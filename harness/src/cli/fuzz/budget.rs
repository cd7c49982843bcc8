//! When a campaign ends, and what is made of what it finds.

use std::time::Duration;

/// When a campaign ends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Budget {
    pub(super) time: Option<Duration>,
    pub(super) requests: Option<u64>,
    pub(super) findings: Findings,
    pub(super) shrinking: Shrinking,
}

/// How many findings end a campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Findings {
    #[default]
    Many,
    One,
}

impl Findings {
    /// So many.
    pub(super) fn most(self) -> usize {
        match self {
            // More say nothing new.
            Self::Many => 100,
            Self::One => 1,
        }
    }
}

/// Whether findings are made small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shrinking {
    #[default]
    Shrink,
    Leave,
}

impl Shrinking {
    /// The most tries for one finding.
    pub(super) fn tries(self) -> usize {
        match self {
            Self::Leave => 0,
            Self::Shrink => 40,
        }
    }
}
