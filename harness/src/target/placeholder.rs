//! Placeholders of commands and URLs: `{client_id}`.

/// A placeholder that has no value where it stands.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{{{0}}}` has no value here")]
pub struct MissingValue(String);

/// The names of the placeholders of a text: lower-case letters and `_` in braces.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name)
        .filter(|name| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|octet| octet.is_ascii_lowercase() || octet == b'_')
        })
}

/// The text with each placeholder replaced by its value. What a value contains is left alone.
pub(super) fn substitute(
    text: &str,
    value: impl Fn(&str) -> Option<String>,
) -> Result<String, MissingValue> {
    let mut expanded = String::new();
    let mut rest = text;
    for name in placeholders(text) {
        let placeholder = format!("{{{name}}}");
        let Some((before, after)) = rest.split_once(&placeholder) else {
            break;
        };
        expanded.push_str(before);
        expanded.push_str(&value(name).ok_or_else(|| MissingValue(name.to_owned()))?);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// The text with all but RFC 3986's unreserved characters percent-encoded.
pub(super) fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|octet| match octet {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(octet).to_string()
            }
            _ => format!("%{octet:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_around_anything_else_are_text() {
        let text = r#"{"a": {scope}} {} {A} {x"#;
        assert_eq!(placeholders(text).collect::<Vec<_>>(), ["scope"]);
        assert_eq!(
            substitute(text, |_| Some("s".to_owned())).unwrap(),
            r#"{"a": s} {} {A} {x"#
        );
    }

    #[test]
    fn placeholder_may_be_there_twice() {
        assert_eq!(
            substitute("{a}{b}{a}", |name| Some(format!("<{name}>"))).unwrap(),
            "<a><b><a>"
        );
    }
}
