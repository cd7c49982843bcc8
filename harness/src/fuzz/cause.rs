//! Causes: findings that have one in common are one finding.

use crate::judge::{Observation, Reply};

/// What a finding is told apart by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause {
    /// The rule.
    pub rule: String,
    /// The mutation that decides, by the name of its operator: its forms are one cause.
    pub mutation: String,
    /// The class of the answer.
    pub answer: String,
}

impl Cause {
    /// A name for files and rules: small letters, digits and hyphens.
    #[must_use]
    pub fn slug(&self) -> String {
        let mut slug = String::new();
        for part in [&self.rule, &self.mutation, &self.answer] {
            for letter in part.chars() {
                match letter {
                    'a'..='z' | '0'..='9' => slug.push(letter),
                    'A'..='Z' => slug.push(letter.to_ascii_lowercase()),
                    _ if !slug.ends_with('-') => slug.push('-'),
                    _ => {}
                }
            }
            if !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.trim_matches('-').to_owned()
    }
}

/// The class of an answer: accepted, the status and error of a refusal, or how no answer came.
#[must_use]
pub fn answer_class(seen: Option<&Observation>) -> String {
    match seen.map(|seen| &seen.reply) {
        None => "state".to_owned(),
        Some(Reply::None { outcome, .. }) => (*outcome).to_owned(),
        Some(Reply::Answer(answer)) if answer.accepted() => "accepted".to_owned(),
        Some(Reply::Answer(answer)) => match answer.text_member("error") {
            // What a server makes up is no class of its own each time.
            Some(error) if error.len() <= 40 => format!("{} {error}", answer.status),
            Some(_) | None => answer.status.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slug_is_good_for_a_file_and_for_a_rule() {
        let cause = Cause {
            rule: "rfc6749-code-single-use".to_owned(),
            mutation: "code: used  Again".to_owned(),
            answer: "500 server_error".to_owned(),
        };
        assert_eq!(
            cause.slug(),
            "rfc6749-code-single-use-code-used-again-500-server-error"
        );
    }
}
