//! Where URLs lead, once it was found out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::run::halt::Halt;
use crate::transport::Destination;

/// The destinations that were asked for, by all of a URL that stands before its path.
#[derive(Debug, Default)]
pub(super) struct Destinations(Mutex<HashMap<String, Arc<Destination>>>);

impl Destinations {
    /// The destination of a URL, which is read where its scheme and authority are new.
    pub(super) fn find(
        &self,
        url: &str,
        read: impl FnOnce() -> Result<Destination, Halt>,
    ) -> Result<Arc<Destination>, Halt> {
        let origin = origin(url);
        if let Some(known) = self.locked().get(origin) {
            return Ok(Arc::clone(known));
        }
        let found = Arc::new(read()?);
        let _before = self.locked().insert(origin.to_owned(), Arc::clone(&found));
        Ok(found)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Destination>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The scheme and authority; all of the text where it has no such form.
fn origin(url: &str) -> &str {
    let authority = url.find("://").map_or(url.len(), |at| at + 3);
    let rest = url.get(authority..).unwrap_or_default();
    let path = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    url.get(..authority + path).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn scheme_and_authority_are_what_stands_before_the_path() {
        for (url, expected) in [
            ("http://a:1/b?c", "http://a:1"),
            ("http://a?b/c", "http://a"),
            ("https://[::1]:2", "https://[::1]:2"),
            ("http:/a/b", "http:/a/b"),
            ("", ""),
        ] {
            assert_eq!(origin(url), expected);
        }
    }
}
