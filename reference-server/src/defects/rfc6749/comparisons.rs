//! Comparisons that are not exact: what is presented beside what was issued. Defects of look-up use them.

/// How a presented value is compared with an issued one.
pub(super) type Same = fn(&str, &str) -> bool;

/// How many characters a look-up by part compares.
const PART: usize = 8;

/// Only the first characters count: an index on a part of the column.
pub(super) fn by_prefix(presented: &str, issued: &str) -> bool {
    presented
        .get(..PART)
        .is_some_and(|it| issued.starts_with(it))
}

/// Only the last characters count.
pub(super) fn by_suffix(presented: &str, issued: &str) -> bool {
    let start = presented.len().checked_sub(PART);
    let end = start.and_then(|start| presented.get(start..));
    end.is_some_and(|it| issued.ends_with(it))
}

/// What follows an issued value is ignored.
pub(super) fn longer(presented: &str, issued: &str) -> bool {
    presented.starts_with(issued)
}

/// A value that was cut off is good enough.
pub(super) fn shorter(presented: &str, issued: &str) -> bool {
    presented.len() >= PART && issued.starts_with(presented)
}

/// A collation without letter case.
pub(super) fn case_folded(presented: &str, issued: &str) -> bool {
    presented.eq_ignore_ascii_case(issued)
}

/// SQL LIKE, as far as a percent sign at the end.
pub(super) fn by_pattern(presented: &str, issued: &str) -> bool {
    let start = presented.strip_suffix('%');
    start.is_some_and(|start| !start.is_empty() && issued.starts_with(start))
}

/// Trimmed first.
pub(super) fn trimmed(presented: &str, issued: &str) -> bool {
    presented.trim() == issued
}

/// Decoded as base64url first, with or without padding.
pub(super) fn without_padding(presented: &str, issued: &str) -> bool {
    presented.trim_end_matches('=') == issued
}

/// Characters that no value can hold are dropped first.
pub(super) fn without_odd_characters(presented: &str, issued: &str) -> bool {
    let kept = presented.chars().filter(char::is_ascii_graphic);
    kept.eq(issued.chars())
}

/// The octets of a body with the value of a parameter ended at its first NUL, as a C string would be;
/// none if it has no NUL.
pub(super) fn ended_at_nul(body: &[u8], parameter: &str) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok()?;
    let start = format!("{parameter}=");
    let pairs: Vec<&str> = text
        .split('&')
        .map(|pair| match pair.split_once("%00") {
            Some((kept, _)) if pair.starts_with(&start) => kept,
            Some(_) | None => pair,
        })
        .collect();
    let joined = pairs.join("&");
    (joined != text).then(|| joined.into_bytes())
}
