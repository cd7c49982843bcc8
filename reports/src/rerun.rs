//! The command that runs one rule again, to be pasted into a shell.

use crate::run::TargetInfo;

/// `tokenspec run --rule ID [FLAGS] [TARGET]`.
pub(crate) fn rerun_command(target: &TargetInfo, rule: &str) -> String {
    let mut words = vec![
        "tokenspec".to_owned(),
        "run".to_owned(),
        "--rule".to_owned(),
    ];
    words.push(quoted(rule));
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

    #[test]
    fn a_plain_target_needs_no_quotes() {
        let target = TargetInfo {
            argument: Some("examples/as.yaml".to_owned()),
            ..TargetInfo::default()
        };
        assert_eq!(
            rerun_command(&target, "rfc6749-code-single-use"),
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
            rerun_command(&target, "x-y"),
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
            rerun_command(&target, "x"),
            r"tokenspec run --rule x 'it'\''s $HOME.yaml'"
        );
    }
}
