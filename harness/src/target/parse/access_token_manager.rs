//! Access token managers.

use url::Url;

use super::Reader;
use crate::{
    target::{
        AccessTokenManager, RecognisedBy,
        file::{AccessTokenManagerFile, ClientFile, RecognisedByFile},
    },
    yaml::{Entries, Located},
};

impl Reader<'_> {
    pub(super) fn managers(
        &mut self,
        written: Vec<AccessTokenManagerFile>,
        clients: &Entries<Located<ClientFile>>,
    ) -> Vec<AccessTokenManager> {
        self.check_unique(
            "access token manager",
            written.iter().map(|manager| &manager.id),
        );
        self.check_defaults(&written);
        let of_policies = written.iter().flat_map(|manager| &manager.openid_clients);
        self.check_unique("OpenID Connect client", of_policies);
        for (_, client) in clients {
            if let Some(id) = &client.value.default_access_token_manager {
                let ids = written.iter().map(|manager| manager.id.value.as_str());
                self.check_name(id, "access token manager", ids);
            }
        }
        for manager in &written {
            for name in manager
                .clients
                .iter()
                .flatten()
                .chain(&manager.openid_clients)
            {
                self.check_name(name, "client", clients.keys());
            }
            for uri in &manager.resources {
                if Url::parse(&uri.value).is_err() {
                    self.problem(
                        uri.spot,
                        "this is not an absolute URI",
                        "write its scheme too",
                    );
                }
            }
        }
        written
            .into_iter()
            .map(|manager| self.manager(manager))
            .collect()
    }

    fn check_defaults(&mut self, written: &[AccessTokenManagerFile]) {
        for second in written.iter().filter(|manager| manager.default).skip(1) {
            let advice = "the installation has one; remove `default: true` here or there";
            self.problem(
                second.id.spot,
                "a second default access token manager",
                advice,
            );
        }
    }

    fn manager(&mut self, written: AccessTokenManagerFile) -> AccessTokenManager {
        let names =
            |names: Vec<Located<String>>| names.into_iter().map(|name| name.value).collect();
        AccessTokenManager {
            id: written.id.value,
            default: written.default,
            resources: names(written.resources),
            clients: written.clients.map(names),
            openid_clients: names(written.openid_clients),
            recognised_by: written
                .recognised_by
                .and_then(|recognised| self.recognised(recognised)),
        }
    }

    fn recognised(&mut self, written: Located<RecognisedByFile>) -> Option<RecognisedBy> {
        let pairs = |entries: Entries<String>| -> Vec<(String, String)> {
            entries
                .into_iter()
                .map(|(name, text)| (name.value, text))
                .collect()
        };
        let recognised = RecognisedBy {
            introspection: pairs(written.value.introspection),
            jwt: pairs(written.value.jwt),
            format: written.value.format,
        };
        if recognised == RecognisedBy::default() {
            let advice = "add `introspection`, `jwt` or `format`";
            self.problem(
                written.spot,
                "every token would be recognised by this",
                advice,
            );
            return None;
        }
        Some(recognised)
    }
}
