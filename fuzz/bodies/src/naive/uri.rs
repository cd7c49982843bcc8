//! Absolute URIs (RFC 3986), and which of them lies below which.

use super::percent;

/// An absolute URI in normal form (§6.2.2, §6.2.3): two of them are the same resource if they are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri {
    /// In lower case.
    pub scheme: String,
    /// User information, host and port; none without `//`.
    pub authority: Option<String>,
    /// The path between its slashes, without dot segments.
    pub segments: Vec<String>,
    /// Behind the question mark.
    pub query: Option<String>,
    /// Behind the number sign.
    pub fragment: Option<String>,
}

/// How specific a configured URI is that a requested one matches; the greater the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It lies below: so many segments, and whether a slash ends them.
    Below(usize, bool),
    /// It is the same.
    Same,
}

impl Uri {
    /// Reads a text; none if it is no absolute URI.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if !text.is_ascii() || !percent::is_sound(text.as_bytes()) {
            return None;
        }
        let (scheme, rest) = split(text, &[':', '/', '?', '#']);
        let rest = rest.strip_prefix(':')?;
        let mut letters = scheme.chars();
        let follows = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        if !letters.next()?.is_ascii_alphabetic() || !letters.all(follows) {
            return None;
        }
        let (before, fragment) = split(rest, &['#']);
        let (before, query) = split(before, &['?']);
        let (authority, path) = match before.strip_prefix("//") {
            Some(rest) => split(rest, &['/']),
            None => ("", before),
        };
        let has_authority = before.starts_with("//");
        let scheme = scheme.to_lowercase();
        let tail = |text: &str| match text.chars().next() {
            Some(_) => component(text.get(1..)?, "/?:@").map(Some),
            None => Some(None),
        };
        let mut segments = Vec::new();
        for segment in path.split('/') {
            segments.push(component(segment, ":@")?);
        }
        if has_authority {
            segments = without_dots(&segments);
        }
        Some(Self {
            authority: match has_authority {
                true => Some(self::authority(&scheme, authority)?),
                false => None,
            },
            scheme,
            segments,
            query: tail(query)?,
            fragment: tail(fragment)?,
        })
    }

    /// How a requested URI fits this configured one.
    #[must_use]
    pub fn fit(&self, requested: &Self) -> Option<Fit> {
        let rooted = requested.fragment.is_none()
            && self.scheme == requested.scheme
            && self.authority == requested.authority;
        if !rooted {
            return None;
        }
        if self.segments == requested.segments && self.query == requested.query {
            return Some(Fit::Same);
        }
        if self.query.is_some() || self.authority.is_none() {
            return None;
        }
        let ends_in_slash = self.segments.last().is_some_and(String::is_empty);
        let depth = self.segments.len() - usize::from(ends_in_slash);
        let below = requested.segments.get(..depth)? == self.segments.get(..depth)?
            && requested.segments.len() >= self.segments.len();
        below.then_some(Fit::Below(depth, ends_in_slash))
    }
}

/// Before the first of some characters, and from there on.
fn split<'t>(text: &'t str, marks: &[char]) -> (&'t str, &'t str) {
    text.split_at(text.find(marks).unwrap_or(text.len()))
}

/// The characters of a component with one spelling for each (§6.2.2.1, §6.2.2.2); none if one may not stand there.
fn component(text: &str, extra: &str) -> Option<String> {
    const UNRESERVED: &str = "-._~";
    const SUB_DELIMS: &str = "!$&'()*+,;=";
    let is_unreserved = |c: char| c.is_ascii_alphanumeric() || UNRESERVED.contains(c);
    let mut out = String::new();
    let mut parts = text.split('%');
    let plain = |part: &str, out: &mut String| {
        out.push_str(part);
        let allowed = |c: char| is_unreserved(c) || SUB_DELIMS.contains(c) || extra.contains(c);
        part.chars().all(allowed)
    };
    let mut sound = plain(parts.next().unwrap_or_default(), &mut out);
    for part in parts {
        let value = u8::from_str_radix(part.get(..2)?, 16).ok()?;
        match char::from(value) {
            c if c.is_ascii() && is_unreserved(c) => out.push(c),
            _ => out.push_str(&format!("%{value:02X}")),
        }
        sound &= plain(part.get(2..)?, &mut out);
    }
    sound.then_some(out)
}

/// §3.2, with the default port left out.
fn authority(scheme: &str, text: &str) -> Option<String> {
    let (user, rest) = match text.rfind('@') {
        Some(at) => (Some(component(text.get(..at)?, ":")?), text.get(at + 1..)?),
        None => (None, text),
    };
    let (host, port) = match rest.find(']') {
        Some(end) => rest.split_at(end + 1),
        None => split(rest, &[':']),
    };
    let host = match host.strip_prefix('[') {
        Some(literal) => {
            let inside = literal.strip_suffix(']')?;
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:".contains(c);
            if inside.is_empty() || !inside.chars().all(allowed) {
                return None;
            }
            host.to_owned()
        }
        None => component(host, "")?,
    };
    let port = match port.strip_prefix(':') {
        Some(port) if port.chars().all(|c| c.is_ascii_digit()) => port,
        None if port.is_empty() => "",
        Some(_) | None => return None,
    };
    if host.is_empty() {
        return None;
    }
    let port = match (scheme, port) {
        (_, "") | ("https", "443") | ("http", "80") => String::new(),
        (_, port) => format!(":{port}"),
    };
    let user = user.map(|user| user + "@").unwrap_or_default();
    Some(user + &host.to_lowercase() + &port)
}

/// §5.2.4 on a list. The first element is what is before the first slash: nothing.
fn without_dots(segments: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    let rest = segments.get(1..).unwrap_or_default();
    for segment in rest {
        match segment.as_str() {
            "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment.clone()),
        }
    }
    if rest.last().is_none_or(|last| last == "." || last == "..") {
        kept.push(String::new());
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(configured: &str, requested: &str) -> Option<Fit> {
        Uri::read(configured).unwrap().fit(&Uri::read(requested)?)
    }

    #[test]
    fn spellings_of_one_resource_are_the_same() {
        for requested in [
            "HTTPS://H:443/a/b",
            "https://h/%61/b",
            "https://h:/x/../a/./b",
        ] {
            assert_eq!(
                fit("https://h/a/b", requested),
                Some(Fit::Same),
                "{requested}"
            );
        }
        assert_eq!(fit("https://h", "https://h/"), Some(Fit::Same));
        assert_eq!(
            Uri::read("https://h/..").map(|uri| uri.segments),
            Some(vec![String::new()])
        );
    }

    #[test]
    fn whole_segments_below_fit() {
        assert_eq!(
            fit("https://h/a", "https://h/a/b?c"),
            Some(Fit::Below(1, false))
        );
        assert_eq!(
            fit("https://h/a/", "https://h/a/b"),
            Some(Fit::Below(1, true))
        );
        assert_eq!(fit("https://h", "https://h/a"), Some(Fit::Below(0, true)));
        for requested in [
            "https://h/ab",
            "https://h/a%2Fb",
            "https://x/a",
            "https://h/a#",
            "/a",
        ] {
            assert_eq!(fit("https://h/a", requested), None, "{requested}");
        }
        assert_eq!(fit("https://h/a/", "https://h/a"), None);
    }

    #[test]
    fn what_is_no_absolute_uri_is_not_read() {
        for text in [
            "",
            ":",
            "//h",
            "1a://h",
            "https://",
            "https://[::1",
            "https://a:b",
            "a:%",
            "a: ",
            "a:#é",
        ] {
            assert_eq!(Uri::read(text), None, "{text}");
        }
        assert!(Uri::read("urn:a:b").is_some() && Uri::read("https://[::1]:8/").is_some());
    }
}
