//! Parts of URIs, taken or changed without normalising the rest (RFC 3986 §3).

use std::ops::Range;

/// Where the parts of a URI stand.
struct Parts {
    scheme: Range<usize>,
    /// With user information and port.
    authority: Range<usize>,
    host: Range<usize>,
    path: Range<usize>,
}

fn parts(uri: &str) -> Option<Parts> {
    let scheme_end = uri.find("://")?;
    let start = scheme_end + 3;
    let end = uri
        .get(start..)?
        .find(['/', '?', '#'])
        .map_or(uri.len(), |at| start + at);
    let authority = uri.get(start..end)?;
    let host_start = start + authority.rfind('@').map_or(0, |at| at + 1);
    let host = uri.get(host_start..end)?;
    let port = if host.starts_with('[') {
        host.find("]:").map(|at| at + 1)
    } else {
        host.rfind(':')
    };
    let path_end = uri
        .get(end..)?
        .find(['?', '#'])
        .map_or(uri.len(), |at| end + at);
    Some(Parts {
        scheme: 0..scheme_end,
        authority: start..end,
        host: host_start..port.map_or(end, |at| host_start + at),
        path: end..path_end,
    })
}

/// A part of a URI: `scheme`, `authority`, `host`, `path`, `origin`, `parent` (the last path segment off), `parent_host`
/// (the first label off). `None`: it has no such part.
pub(super) fn part(uri: &str, name: &str) -> Option<String> {
    let parts = parts(uri)?;
    let path = uri.get(parts.path.clone())?;
    let origin = uri.get(..parts.authority.end)?;
    match name {
        "scheme" => uri.get(parts.scheme).map(str::to_owned),
        "authority" => uri.get(parts.authority).map(str::to_owned),
        "host" => uri.get(parts.host).map(str::to_owned),
        "path" => Some(path.to_owned()),
        "origin" => Some(origin.to_owned()),
        "parent" => {
            let kept = path
                .trim_end_matches('/')
                .rfind('/')
                .and_then(|at| path.get(..at))
                .unwrap_or_default();
            Some(format!("{origin}{kept}"))
        }
        "parent_host" => {
            let (_, parent) = uri.get(parts.host)?.split_once('.')?;
            Some(parent.to_owned())
        }
        _ => None,
    }
}

/// The URI with one part changed; unchanged where it has no such part.
pub(super) fn with_part(
    uri: &str,
    name: &str,
    change: impl FnOnce(&str) -> Option<String>,
) -> Option<String> {
    let Some(parts) = parts(uri) else {
        return Some(uri.to_owned());
    };
    let range = match name {
        "scheme" => parts.scheme,
        "host" => parts.host,
        "path" => parts.path,
        _ => return None,
    };
    let changed = change(uri.get(range.clone())?)?;
    Some(format!(
        "{}{changed}{}",
        uri.get(..range.start)?,
        uri.get(range.end..)?
    ))
}

/// The URI with its scheme's default port written out, or taken off where it is written.
pub(super) fn default_port(uri: &str) -> String {
    let Some(parts) = parts(uri) else {
        return uri.to_owned();
    };
    let scheme = uri.get(parts.scheme).unwrap_or_default();
    let port = if scheme.eq_ignore_ascii_case("http") {
        ":80"
    } else {
        ":443"
    };
    let (before, behind) = (
        uri.get(..parts.host.end).unwrap_or_default(),
        uri.get(parts.authority.end..).unwrap_or_default(),
    );
    match uri.get(parts.host.end..parts.authority.end) {
        Some("") => format!("{before}{port}{behind}"),
        Some(written) if written == port => format!("{before}{behind}"),
        Some(_) | None => uri.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_taken() {
        let uri = "https://api.example.com:8443/a/b?x#y";
        for (name, expect) in [
            ("scheme", Some("https")),
            ("authority", Some("api.example.com:8443")),
            ("host", Some("api.example.com")),
            ("path", Some("/a/b")),
            ("origin", Some("https://api.example.com:8443")),
            ("parent", Some("https://api.example.com:8443/a")),
            ("parent_host", Some("example.com")),
            ("nothing", None),
        ] {
            assert_eq!(part(uri, name).as_deref(), expect, "{name}");
        }
        assert_eq!(
            part("https://a.b", "parent").as_deref(),
            Some("https://a.b")
        );
        assert_eq!(part("urn:x:y", "host"), None);
    }

    #[test]
    fn parts_are_changed() {
        let upper = |text: &str| Some(text.to_uppercase());
        assert_eq!(
            with_part("https://a.b/c", "host", upper).as_deref(),
            Some("https://A.B/c")
        );
        assert_eq!(with_part("urn:x", "host", upper).as_deref(), Some("urn:x"));
        assert_eq!(default_port("https://a.b/c"), "https://a.b:443/c");
        assert_eq!(default_port("https://a.b:443/c"), "https://a.b/c");
        assert_eq!(default_port("http://a.b:8080/c"), "http://a.b:8080/c");
    }
}
