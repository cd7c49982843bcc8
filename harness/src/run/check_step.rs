//! The step `check`: captured values compared.

use super::halt::Halt;
use super::session::Session;
use super::steps::Course;
use crate::judge::{Judgement, RenderText, anchored, every_character_in, is_true, scope_set};
use crate::suite::answer::Grade;
use crate::suite::model::Check;
use crate::suite::text::Text;
use crate::template::RenderProblem;

impl Session<'_> {
    /// Compares a captured value; every comparison that is given must hold.
    pub(super) fn check_step(&self, step: &Check, course: &mut Course) -> Result<(), Halt> {
        let value = self.values.render(&step.that)?;
        let misses = misses(step, &value.text(), &self.values)?;
        let shown = match value.secret {
            Some(_) => format!("the value{}", source(&step.that)),
            None => format!("`{}`{}", value.text(), source(&step.that)),
        };
        let (grade, reason) = if misses.is_empty() {
            (Grade::Pass, format!("{shown} is as it must be"))
        } else {
            let grade = step.grade.unwrap_or(Grade::Fail);
            let reason = match (grade, &step.because) {
                (Grade::Info | Grade::Pass, Some(because)) => because.clone(),
                (_, Some(because)) => format!("{shown} is not as it must be: {because}"),
                (_, None) => format!("{shown} is not as it must be"),
            };
            (grade, reason)
        };
        if !misses.is_empty() {
            course.ended |= step.end.as_ref().is_some_and(is_true) || grade == Grade::Fail;
        }
        let judgement = Judgement {
            because: step.because.clone().filter(|_| !misses.is_empty()),
            ..Judgement::unexplained(grade, reason, misses)
        };
        course.add(judgement, None);
        Ok(())
    }
}

/// Where a value comes from, where it is one value of one step; a text around it is shown anyway.
fn source(that: &Text) -> String {
    let inner = that.as_str().trim().strip_prefix("${");
    inner
        .and_then(|inner| inner.strip_suffix('}'))
        .filter(|path| !path.contains("${"))
        .map_or_else(String::new, |path| format!(" of `{path}`"))
}

/// What a value was to be and is not.
fn misses(step: &Check, value: &str, scope: &dyn RenderText) -> Result<Vec<String>, Halt> {
    let mut misses = Vec::new();
    for (label, operand, holds) in comparisons(step) {
        let Some(operand) = operand else { continue };
        let operand = scope.text(operand)?;
        if !holds(value, &operand)? {
            misses.push(format!("{label} `{operand}`"));
        }
    }
    if let Some(choices) = &step.one_of {
        let choices = choices
            .iter()
            .map(|choice| scope.text(choice))
            .collect::<Result<Vec<_>, _>>()?;
        if !choices.iter().any(|choice| choice == value) {
            misses.push(format!("one of `{}`", choices.join("`, `")));
        }
    }
    Ok(misses)
}

type Holds = fn(&str, &str) -> Result<bool, RenderProblem>;

/// The comparisons with one operand, each with its name for people.
fn comparisons(step: &Check) -> [(&'static str, Option<&Text>, Holds); 10] {
    [
        ("equal to", step.equals.as_ref(), |value, operand| {
            Ok(value == operand)
        }),
        ("different from", step.differs.as_ref(), |value, operand| {
            Ok(value != operand)
        }),
        ("within", step.within.as_ref(), |value, operand| {
            Ok(scope_set(value).is_subset(&scope_set(operand)))
        }),
        ("containing", step.contains.as_ref(), |value, operand| {
            Ok(value.contains(operand))
        }),
        ("not containing", step.lacks.as_ref(), |value, operand| {
            Ok(!value.contains(operand))
        }),
        ("at least", step.at_least.as_ref(), |value, operand| {
            Ok(number(value) >= number(operand))
        }),
        ("at most", step.at_most.as_ref(), |value, operand| {
            Ok(number(value) <= number(operand))
        }),
        ("matching", step.matches.as_ref(), |value, operand| {
            Ok(anchored(operand)?.is_match(value))
        }),
        (
            "not matching",
            step.not_matches.as_ref(),
            |value, operand| Ok(!anchored(operand)?.is_match(value)),
        ),
        (
            "of characters in",
            step.charset.as_ref(),
            |value, operand| Ok(every_character_in(operand)?.is_match(value)),
        ),
    ]
}

/// A number; what is none compares with nothing.
fn number(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_of_one_step_is_named_without_its_braces() {
        let named = |that: &str| source(&Text::new(that));
        assert_eq!(named("${keys.kids}"), " of `keys.kids`");
        assert_eq!(named(" ${keys.kids} "), " of `keys.kids`");
        assert_eq!(named("${one.first} ${one.second}"), "");
        assert_eq!(named("text"), "");
    }
}
