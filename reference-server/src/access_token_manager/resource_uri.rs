//! Resource URIs, compared by RFC 3986 §6.2.2 and §6.2.3: letter case of scheme and host, the default
//! port, dot segments and the percent-encoding of unreserved characters make no difference.

use crate::wire::form::hexadecimal;

/// A parsed and normalised absolute URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceUri {
    scheme: String,
    /// None for a URI without `//`.
    authority: Option<String>,
    path: String,
    query: Option<String>,
    fragment: Option<String>,
}

/// How well a requested URI fits a configured one; later is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// The requested path lies below the configured one, which has this many characters.
    Partial(usize),
    /// They are the same resource.
    Exact,
}

impl ResourceUri {
    /// Reads an absolute URI; none for a relative reference or text that is no URI.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        if !is_scheme(scheme) {
            return None;
        }
        let scheme = scheme.to_ascii_lowercase();
        let (rest, fragment) = split_off(rest, '#');
        let (rest, query) = split_off(rest, '?');
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let slash = rest.find('/').unwrap_or(rest.len());
                let (authority, path) = rest.split_at(slash);
                (Some(normalise_authority(&scheme, authority)?), path)
            }
            None => (None, rest),
        };
        let path = normalise(path, |octet| matches!(octet, b'/' | b':' | b'@'))?;
        let extra = |octet| matches!(octet, b'/' | b'?' | b':' | b'@');
        let query = query
            .map(|query| normalise(query, extra).ok_or(()))
            .transpose()
            .ok()?;
        let fragment = fragment
            .map(|fragment| normalise(fragment, extra).ok_or(()))
            .transpose()
            .ok()?;
        let path = if authority.is_some() {
            remove_dot_segments(&path)
        } else {
            path
        };
        Some(Self {
            scheme,
            authority,
            path,
            query,
            fragment,
        })
    }

    /// How well `requested` fits this configured URI.
    #[must_use]
    pub fn matches(&self, requested: &Self) -> Option<Match> {
        if requested.fragment.is_some()
            || self.scheme != requested.scheme
            || self.authority != requested.authority
        {
            return None;
        }
        if self.path == requested.path && self.query == requested.query {
            return Some(Match::Exact);
        }
        let contains = self.query.is_none()
            && self.authority.is_some()
            && contains_path(&self.path, &requested.path);
        contains.then_some(Match::Partial(self.path.len()))
    }
}

/// Whether a path is the other or lies below it, whole segments only.
fn contains_path(outer: &str, inner: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || outer.ends_with('/') || rest.starts_with('/'))
}

fn split_off(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// RFC 3986 §3.1.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// RFC 3986 §3.2: host in lower case, without the default port. User information stays as it is.
fn normalise_authority(scheme: &str, text: &str) -> Option<String> {
    let (user, host_and_port) = match text.rsplit_once('@') {
        Some((user, rest)) => (Some(normalise(user, |octet| octet == b':')?), rest),
        None => (None, text),
    };
    let end = match host_and_port.find(']') {
        Some(bracket) => bracket + 1,
        None => host_and_port.find(':').unwrap_or(host_and_port.len()),
    };
    let (host, port) = host_and_port.split_at(end);
    let port = match port.strip_prefix(':') {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits,
        None if port.is_empty() => "",
        Some(_) | None => return None,
    };
    let host = normalise_host(host)?;
    let mut authority = user.map(|user| format!("{user}@")).unwrap_or_default();
    authority.push_str(&host);
    if !port.is_empty() && !matches!((scheme, port), ("https", "443") | ("http", "80")) {
        authority.push(':');
        authority.push_str(port);
    }
    Some(authority)
}

/// RFC 3986 §3.2.2: a name that may be percent-encoded, or an address between brackets, which may not.
fn normalise_host(text: &str) -> Option<String> {
    let Some(literal) = text.strip_prefix('[') else {
        let name = normalise(text, |_| false)?;
        return (!name.is_empty()).then(|| name.to_ascii_lowercase());
    };
    let address = literal.strip_suffix(']')?.as_bytes();
    let allowed = |octet: &u8| is_unreserved(*octet) || is_sub_delim(*octet) || *octet == b':';
    let is_address = !address.is_empty() && address.iter().all(allowed);
    is_address.then(|| text.to_ascii_lowercase())
}

/// Checks the characters of a component and normalises its percent-encoding (RFC 3986 §6.2.2).
fn normalise(text: &str, extra: impl Fn(u8) -> bool) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet == b'%' {
            let value = hexadecimal(rest.next()?)? << 4 | hexadecimal(rest.next()?)?;
            if is_unreserved(value) {
                out.push(char::from(value));
            } else {
                out.push_str(&format!("%{value:02X}"));
            }
        } else if is_unreserved(octet) || is_sub_delim(octet) || extra(octet) {
            out.push(char::from(octet));
        } else {
            return None;
        }
    }
    Some(out)
}

fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')
}

fn is_sub_delim(octet: u8) -> bool {
    b"!$&'()*+,;=".contains(&octet)
}

/// RFC 3986 §5.2.4 for a path that is empty or begins with a slash; the empty path becomes `/`.
fn remove_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            other => {
                kept.push(other);
                continue;
            }
        }
        if is_last {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(configured: &str, requested: &str, expect: Option<Match>) {
        let configured = ResourceUri::parse(configured).unwrap();
        let found = ResourceUri::parse(requested).and_then(|uri| configured.matches(&uri));
        assert_eq!(found, expect, "{requested}");
    }

    #[test]
    fn examples_of_the_token_endpoint_page_match_partially() {
        let configured = "https://app.example.local";
        for path in ["/file1.ext", "/path/file2.ext", "/path/more"] {
            check(
                configured,
                &format!("{configured}{path}"),
                Some(Match::Partial(1)),
            );
        }
    }

    #[test]
    fn equivalent_spellings_are_one_resource() {
        let exact = Some(Match::Exact);
        check(
            "https://app.example.local",
            "HTTPS://APP.example.LOCAL:443/",
            exact,
        );
        check("https://h/path", "https://h/p%61th", exact);
        check("https://h/path", "https://h/./path", exact);
        check("https://h/path", "https://h/x/%2e%2E/path", exact);
        check("https://h/a%2fb", "https://h/a%2Fb", exact);
        check("urn:example:a", "URN:example:a", exact);
        check("https://[::a]", "https://[::A]:443/", exact);
    }

    #[test]
    fn other_authorities_do_not_match() {
        for requested in [
            "http://h/path",
            "https://h:8443/path",
            "https://x.h/path",
            "https://h.evil.test/path",
            "https://h@evil.test/path",
            "https://user@h/path",
            "https://h./path",
            "https://evil.test/https://h/path",
            "https://evil.test/?https://h/path",
            "//h/path",
            "/path",
            "h/path",
            "https://h/path#x",
            "https://h/path#",
            "https:///path",
            "https://[::1",
            "https://[1:2",
            "https://::1]/path",
            "https://[::1]x/path",
            "https://[]/path",
            "https://h:port/path",
            "https://h/pa th",
            "https://h/%zz",
            "",
        ] {
            check("https://h/path", requested, None);
        }
    }

    #[test]
    fn only_whole_segments_below_match() {
        let below = Some(Match::Partial(5));
        check("https://h/path", "https://h/path/more", below);
        check("https://h/path", "https://h/path/", below);
        check("https://h/path", "https://h/path?x=y", below);
        check("https://h/path", "https://h/path/more?x=y", below);
        check(
            "https://h/path/",
            "https://h/path/more",
            Some(Match::Partial(6)),
        );
        for requested in [
            "https://h/pathology",
            "https://h/path.ext",
            "https://h/path;x",
            "https://h/pat",
            "https://h",
            "https://h/Path",
            "https://h/path/../other",
            "https://h/path/%2e%2e/other",
            "https://h/path%2Fmore",
            "https://h/%2Fpath/more",
            "https://h/z?/path/more",
        ] {
            check("https://h/path", requested, None);
        }
        check("https://h/path/", "https://h/path", None);
    }
}
