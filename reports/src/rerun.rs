//! The command that runs one rule again, to be pasted into a shell.

use crate::run::TargetInfo;
use crate::variant::RuleInfo;

/// `tokenspec run [--suite FILE] --rule ID [FLAGS] [TARGET]`.
pub(crate) fn rerun_command(target: &TargetInfo, rule: &RuleInfo) -> String {
    let mut words = vec!["tokenspec".to_owned(), "run".to_owned()];
    if let Some(file) = &rule.own_file {
        words.extend(["--suite".to_owned(), quoted(file)]);
    }
    words.extend(["--rule".to_owned(), quoted(&rule.id)]);
    words.extend(target.flags.iter().map(|flag| quoted(flag)));
    words.extend(target.argument.iter().map(|argument| quoted(argument)));
    words.join(" ")
}

/// A word that a POSIX shell reads as `word`.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Level;

    fn named(id: &str) -> RuleInfo {
        RuleInfo {
            id: id.to_owned(),
            ..crate::sample::rule_info(id, Level::Must, ("RFC 6749", "5.2"), "One rule.")
        }
    }

    #[test]
    fn a_rule_of_the_user_is_found_by_its_file() {
        let target = TargetInfo {
            argument: Some("as.yaml".to_owned()),
            ..TargetInfo::default()
        };
        let rule = RuleInfo {
            own_file: Some("my rules/a.yaml".to_owned()),
            ..named("my-a")
        };
        assert_eq!(
            rerun_command(&target, &rule),
            "tokenspec run --suite 'my rules/a.yaml' --rule my-a as.yaml"
        );
    }

    #[test]
    fn a_plain_target_needs_no_quotes() {
        let target = TargetInfo {
            argument: Some("examples/as.yaml".to_owned()),
            ..TargetInfo::default()
        };
        assert_eq!(
            rerun_command(&target, &named("rfc6749-code-single-use")),
            "tokenspec run --rule rfc6749-code-single-use examples/as.yaml"
        );
    }

    #[test]
    fn the_embedded_server_needs_no_target() {
        let target = TargetInfo {
            flags: vec!["--profile".to_owned(), "pingfederate".to_owned()],
            ..TargetInfo::default()
        };
        assert_eq!(
            rerun_command(&target, &named("x-y")),
            "tokenspec run --rule x-y --profile pingfederate"
        );
    }

    #[test]
    fn words_that_a_shell_would_split_or_expand_are_quoted() {
        let target = TargetInfo {
            argument: Some("it's $HOME.yaml".to_owned()),
            ..TargetInfo::default()
        };
        assert_eq!(
            rerun_command(&target, &named("x")),
            r"tokenspec run --rule x 'it'\''s $HOME.yaml'"
        );
    }
}
