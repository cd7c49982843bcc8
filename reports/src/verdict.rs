//! The words of judgement: verdicts and levels (design: "Verdicts").

/// What came of one variant, and in the end of one rule.
///
/// Ordered from the best to the worst: the verdict of a rule is the greatest of its variants'.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Verdict {
    /// The target lacks what the case needs.
    Skipped,
    /// The control succeeded and the answer conforms.
    Pass,
    /// A choice that the document leaves open, recorded.
    Info,
    /// The control succeeded and the answer breaks a `should`.
    Warn,
    /// The control failed, or the answer can't be told from an unrelated failure.
    Inconclusive,
    /// The exchange itself broke.
    Error,
    /// The control succeeded and the answer breaks a `must` or a `vendor` rule.
    Fail,
}

impl Verdict {
    /// All verdicts, worst first.
    pub const ALL: [Self; 7] = [
        Self::Fail,
        Self::Error,
        Self::Inconclusive,
        Self::Warn,
        Self::Info,
        Self::Pass,
        Self::Skipped,
    ];

    /// The word for it in every form of report.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Info => "info",
            Self::Pass => "pass",
            Self::Skipped => "skipped",
            Self::Warn => "warn",
        }
    }

    /// Whether something was learnt about the target.
    #[must_use]
    pub fn is_judgement(self) -> bool {
        match self {
            Self::Fail | Self::Info | Self::Pass | Self::Warn => true,
            Self::Error | Self::Inconclusive | Self::Skipped => false,
        }
    }

    /// Whether a baseline may explain it.
    #[must_use]
    pub fn is_deviation(self) -> bool {
        match self {
            Self::Error | Self::Fail | Self::Inconclusive | Self::Warn => true,
            Self::Info | Self::Pass | Self::Skipped => false,
        }
    }
}

/// How much a rule demands, under the chosen profiles.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// MUST, MUST NOT, REQUIRED, SHALL.
    Must,
    /// SHOULD, SHOULD NOT, RECOMMENDED.
    Should,
    /// MAY, OPTIONAL, and what a document leaves open.
    May,
    /// Documented behaviour of one product.
    Vendor,
}

impl Level {
    /// The word for it in every form of report.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::May => "may",
            Self::Must => "must",
            Self::Should => "should",
            Self::Vendor => "vendor",
        }
    }

    /// The verdict on an answer that breaks a rule of this level.
    #[must_use]
    pub fn broken(self) -> Verdict {
        match self {
            Self::May => Verdict::Info,
            Self::Must | Self::Vendor => Verdict::Fail,
            Self::Should => Verdict::Warn,
        }
    }
}
