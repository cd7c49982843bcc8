//! Sentences that several forms of a report share.

use crate::conclusion::{Allowance, Cause, Conclusion, ExitCode};
use crate::variant::{Known, Outcome, RuleInfo, VariantResult};

impl Conclusion {
    /// What the exit code means in this run.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        let only_stale = matches!(self.causes(), [Cause::StaleBaseline(_)]);
        let exempted = self
            .allowances()
            .iter()
            .any(|allowance| allowance.exempts());
        match self.exit_code() {
            ExitCode::Conforms if exempted => "nothing was found that counts",
            ExitCode::Conforms => "conforms, as far as it was tested",
            ExitCode::Deviates if only_stale => "the baseline is out of date",
            ExitCode::Deviates => "does not conform",
            ExitCode::Undecided => "whether it conforms can't be said",
        }
    }

    /// Why the exit code is what it is: one sentence for each cause and each allowance.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let causes = self.causes().iter().map(|cause| cause.sentence());
        causes
            .chain(
                self.allowances()
                    .iter()
                    .map(|allowance| allowance.sentence()),
            )
            .collect()
    }
}

impl Cause {
    fn sentence(self) -> String {
        match self {
            Self::Failed(n) => {
                format!("{} required behaviour.", breaking(n))
            }
            Self::Interrupted => {
                "The run was interrupted: what it did not reach is an error.".to_owned()
            }
            Self::NothingJudged => "Nothing at all was judged.".to_owned(),
            Self::StaleBaseline(n) => format!(
                "{} nothing any more (`--update-baseline` cleans up).",
                counted(n, "baseline entry explains", "baseline entries explain")
            ),
            Self::Undecided(n) => format!(
                "{} could not be judged (`--allow-inconclusive` accepts that).",
                of_required_rules(n)
            ),
            Self::Warned(n) => format!(
                "{} recommended behaviour, which `--fail-on should` counts.",
                breaking(n)
            ),
        }
    }
}

impl Allowance {
    /// Whether it hides something that a document demands.
    fn exempts(self) -> bool {
        match self {
            Self::Failed(_) | Self::Known(_) | Self::Undecided(_) => true,
            Self::Optional(_) | Self::Warned(_) => false,
        }
    }

    fn sentence(self) -> String {
        match self {
            Self::Failed(n) => format!(
                "Not counted, by `--fail-on never`: {} required behaviour.",
                breaking(n)
            ),
            Self::Known(n) => format!(
                "Not counted: {} the baseline explains.",
                counted(n, "variant deviates as", "variants deviate as")
            ),
            Self::Optional(n) => format!(
                "Not counted: {} could not be judged.",
                counted(
                    n,
                    "variant of an optional rule",
                    "variants of optional rules"
                )
            ),
            Self::Undecided(n) => format!(
                "Not counted, by `--allow-inconclusive`: {} could not be judged.",
                of_required_rules(n)
            ),
            Self::Warned(n) => format!(
                "Not counted: {} recommended behaviour (`--fail-on should` counts that).",
                breaking(n)
            ),
        }
    }
}

impl RuleInfo {
    /// `RFC 6749 §5.2`.
    #[must_use]
    pub fn citation(&self) -> String {
        match (self.source.document.as_str(), self.source.section.as_str()) {
            (document, "") => document.to_owned(),
            (document, section) if section.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("{document} §{section}")
            }
            (document, section) => format!("{document}, {section}"),
        }
    }
}

impl VariantResult {
    /// What came back, in a few words: ``refused: status 400 with error `invalid_grant` ``; nothing
    /// when nothing was observed.
    #[must_use]
    pub fn observation(&self) -> Option<String> {
        let answer = match (self.observed.status, &self.observed.error) {
            (Some(status), Some(error)) => Some(format!("status {status} with error `{error}`")),
            (Some(status), None) => Some(format!("status {status}")),
            (None, Some(error)) => Some(format!("error `{error}`")),
            (None, None) => None,
        };
        match (self.observed.outcome.map(Outcome::sentence), answer) {
            (Some(outcome), Some(answer)) => Some(format!("{outcome}: {answer}")),
            (Some(outcome), None) => Some(outcome.to_owned()),
            (None, answer) => answer,
        }
    }

    /// All answers that conform, in one line; nothing when none is listed.
    #[must_use]
    pub fn expectation(&self) -> Option<String> {
        (!self.expected.is_empty()).then(|| self.expected.join(", or "))
    }
}

impl Known {
    /// Who looks after it, where and until when; empty when the entry says none of it.
    #[must_use]
    pub fn custody(&self) -> String {
        let until = self.until.as_ref().map(|day| format!("until {day}"));
        let parts = [self.owner.clone(), self.link.clone(), until];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

fn breaking(variants: u64) -> String {
    counted(variants, "variant breaks", "variants break")
}

fn of_required_rules(variants: u64) -> String {
    counted(
        variants,
        "variant of a required rule",
        "variants of required rules",
    )
}

/// `1 variant`, `2 variants`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
