//! Which access token manager a resource URI leads to: the harness's own reading of what
//! PingFederate documents ("Access token management", "Resource URIs").
//!
//! An exact match beats a partial one. A URI matches partially when scheme and authority are the
//! same and its path lies below the configured path, by whole segments. Of several partial matches
//! the most specific one counts. Scheme and authority are compared as text after lower-casing, the
//! rest as it is: no default ports, no dot segments, no percent-decoding.

use super::AccessTokenManager;

/// The ids of the instances that the URI leads to, in their order: none, one, or several that
/// share the URI that matches best. Who may use them is not asked here.
#[must_use]
pub fn resolve_atm<'a>(managers: &'a [AccessTokenManager], uri: &str) -> Vec<&'a str> {
    let requested = Uri::read(uri);
    let mut best = None;
    let mut ids = Vec::new();
    for manager in managers {
        let found = manager
            .resources
            .iter()
            .filter_map(|configured| requested.fit(&Uri::read(configured)))
            .max();
        let Some(found) = found else { continue };
        if Some(found) > best {
            best = Some(found);
            ids.clear();
        }
        if Some(found) == best {
            ids.push(manager.id.as_str());
        }
    }
    ids
}

/// How well a configured URI fits; the later the better.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Fit {
    /// Partially, with this many segments.
    Below(usize),
    Exact,
}

/// A URI taken apart, but not decoded or normalised beyond letter case of scheme and authority.
struct Uri<'a> {
    /// Scheme and authority in lower case; without `//` the scheme alone.
    root: String,
    hierarchical: bool,
    path: &'a str,
    /// Query and fragment with their marks.
    tail: &'a str,
}

impl<'a> Uri<'a> {
    fn read(text: &'a str) -> Self {
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) => (scheme, rest),
            None => ("", text),
        };
        let (authority, rest) = match rest.strip_prefix("//") {
            Some(rest) => {
                let (authority, rest) = rest.split_at(find(rest, &['/', '?', '#']));
                (Some(authority), rest)
            }
            None => (None, rest),
        };
        let (path, tail) = rest.split_at(find(rest, &['?', '#']));
        let root = format!("{scheme}://{}", authority.unwrap_or_default()).to_lowercase();
        Self {
            root,
            hierarchical: authority.is_some(),
            path,
            tail,
        }
    }

    /// How this URI fits a configured one. `None`: not at all.
    fn fit(&self, configured: &Self) -> Option<Fit> {
        if self.root != configured.root || self.hierarchical != configured.hierarchical {
            return None;
        }
        if (self.path, self.tail) == (configured.path, configured.tail) {
            return Some(Fit::Exact);
        }
        if !self.hierarchical || !configured.tail.is_empty() {
            return None;
        }
        let base = configured.path.strip_suffix('/').unwrap_or(configured.path);
        let below = self.path.strip_prefix(base)?;
        (below.is_empty() || below.starts_with('/')).then(|| Fit::Below(base.matches('/').count()))
    }
}

/// Where the first of these characters is, or the end.
fn find(text: &str, marks: &[char]) -> usize {
    text.find(marks).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn manager(id: &str, resources: &[&str]) -> AccessTokenManager {
        AccessTokenManager {
            id: id.to_owned(),
            default: false,
            resources: resources.iter().map(|uri| (*uri).to_owned()).collect(),
            clients: None,
            openid_clients: Vec::new(),
            recognised_by: None,
        }
    }

    #[test]
    fn documented_cases_lead_to_their_instance() {
        let managers = [
            manager("root", &["https://app.example"]),
            manager("api", &["https://app.example/api", "https://api.example"]),
            manager("deep", &["https://app.example/api/v2"]),
            manager("twin", &["https://app.example/api/v2", "urn:example:a"]),
        ];
        for (uri, ids) in [
            ("https://app.example/api", vec!["api"]),
            ("HTTPS://App.Example/api", vec!["api"]),
            ("https://app.example/api/v1", vec!["api"]),
            (
                "https://app.example/api/v2/orders?page=1",
                vec!["deep", "twin"],
            ),
            ("https://app.example/api/v22", vec!["api"]),
            ("https://app.example/pathology", vec!["root"]),
            ("https://app.example/API", vec!["root"]),
            ("https://app.example", vec!["root"]),
            ("https://app.example/", vec!["root"]),
            ("https://api.example/x", vec!["api"]),
            ("http://app.example/api", vec![]),
            ("https://app.example:443/api", vec![]),
            ("https://app.example.evil/api", vec![]),
            ("https://sub.app.example/api", vec![]),
            ("https://evil.example/?https://app.example/api", vec![]),
            ("https://app.example@evil.example/api", vec![]),
            ("urn:example:a", vec!["twin"]),
            ("urn:example:a/b", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(resolve_atm(&managers, uri), ids, "{uri}");
        }
    }

    #[test]
    fn parent_of_a_configured_path_does_not_match() {
        let managers = [manager("deep", &["https://a.example/api/v2"])];
        assert_eq!(
            resolve_atm(&managers, "https://a.example/api"),
            Vec::<&str>::new()
        );
    }

    /// The same rule, told another way: take segments off the end until something is configured.
    fn by_ancestors(managers: &[AccessTokenManager], uri: &str) -> Vec<String> {
        let ids = |wanted: &str| -> Vec<String> {
            managers
                .iter()
                .filter(|manager| manager.resources.iter().any(|uri| uri == wanted))
                .map(|manager| manager.id.clone())
                .collect()
        };
        let mut candidate = uri.to_owned();
        loop {
            let found = ids(&candidate);
            if !found.is_empty() {
                return found;
            }
            match candidate.rfind('/') {
                Some(end) if end > "https://".len() => candidate.truncate(end),
                Some(_) | None => return Vec::new(),
            }
        }
    }

    fn uris() -> impl Strategy<Value = String> {
        ("[ab]", prop::collection::vec("[xy]{1,2}", 0..4)).prop_map(|(host, segments)| {
            let path: String = segments
                .iter()
                .map(|segment| format!("/{segment}"))
                .collect();
            format!("https://{host}.example{path}")
        })
    }

    fn configurations() -> impl Strategy<Value = Vec<AccessTokenManager>> {
        prop::collection::vec(prop::collection::vec(uris(), 0..4), 0..5).prop_map(|lists| {
            let managers = lists.into_iter().enumerate();
            managers
                .map(|(index, uris)| {
                    let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
                    manager(&index.to_string(), &uris)
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn matching_agrees_with_a_walk_over_the_ancestors(managers in configurations(), uri in uris()) {
            prop_assert_eq!(resolve_atm(&managers, &uri), by_ancestors(&managers, &uri));
        }

        #[test]
        fn configured_uri_leads_to_its_own_instance(managers in configurations()) {
            for manager in &managers {
                for uri in &manager.resources {
                    prop_assert!(resolve_atm(&managers, uri).contains(&manager.id.as_str()));
                }
            }
        }

        #[test]
        fn letters_of_scheme_and_host_do_not_matter(managers in configurations(), uri in uris()) {
            let shouted = uri.replace("https", "HTTPS").replace("example", "EXAMPLE");
            prop_assert_eq!(resolve_atm(&managers, &shouted), resolve_atm(&managers, &uri));
        }

        #[test]
        fn any_text_is_matched_without_a_panic(managers in configurations(), uri in ".{0,40}") {
            let _ids = resolve_atm(&managers, &uri);
        }
    }
}
