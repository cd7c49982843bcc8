//! Clients.

use url::Url;

use super::{Reader, value};
use crate::{
    diagnostic::Spot,
    target::{
        CallbackHost, Client, Scopes,
        file::{ClientFile, ScopesFile},
    },
    vocabulary::{AuthMethod, DeliveryMode, Grant},
    yaml::{Entries, Located},
};

impl Reader<'_> {
    pub(super) fn clients(
        &mut self,
        written: Entries<Located<ClientFile>>,
        host: Option<&CallbackHost>,
    ) -> Vec<Client> {
        let ids: Vec<&Located<String>> =
            written.iter().map(|(_, client)| &client.value.id).collect();
        self.check_unique("client id", ids.into_iter());
        written
            .into_iter()
            .map(|(name, client)| self.client(&name, client, host))
            .collect()
    }

    fn client(
        &mut self,
        name: &Located<String>,
        located: Located<ClientFile>,
        host: Option<&CallbackHost>,
    ) -> Client {
        let written = located.value;
        self.check_jwks_uri(&written, host);
        self.check_delivery(&written, host);
        self.check_credentials(&written, located.spot);
        self.check_redirect_uris(&written.redirect_uris);
        let grants = self.grants(&written.grants);
        if written.id.value.is_empty() {
            self.problem(
                written.id.spot,
                "empty client id",
                "write the client's `client_id`",
            );
        }
        Client {
            name: name.value.clone(),
            auth: written.auth.value,
            secret: written.secret.and_then(|secret| self.secret(&secret)),
            retired_secret: written
                .retired_secret
                .and_then(|secret| self.secret(&secret)),
            key: written.key.and_then(|key| self.key(&key)),
            certificate: written
                .certificate
                .and_then(|pair| self.key_pair(&pair.value)),
            jwks_uri: value(written.jwks_uri),
            delivery_mode: value(written.backchannel_token_delivery_mode).unwrap_or_default(),
            notification_endpoint: value(written.backchannel_client_notification_endpoint),
            audience: value(written.audience),
            pinned_assertion_algorithm: value(written.pinned_assertion_algorithm)
                .unwrap_or_default(),
            scopes: self.scopes(written.scopes, &grants),
            grants,
            redirect_uris: written
                .redirect_uris
                .into_iter()
                .map(|uri| uri.value)
                .collect(),
            default_access_token_manager: value(written.default_access_token_manager),
            restricted: value(written.restricted).unwrap_or_default(),
            line: name.spot.line(),
            id: written.id.value,
        }
    }

    /// Complains of clients whose assertions an issuer signs (RFC 7522 section 3 item 1), where the file has none.
    pub(super) fn lacks_saml_issuer(&mut self, clients: &Entries<Located<ClientFile>>) {
        for (_, client) in clients.iter() {
            let auth = client.value.auth.value;
            if auth == AuthMethod::Saml2ClientAuth {
                self.problem(
                    client.value.auth.spot,
                    format!("`auth: {auth}` needs an issuer of SAML assertions"),
                    "add `assertions: {saml2_bearer: {issuer: URL, subject: NAME, audience: URL, key: {file: PATH}, certificate: {file: PATH}}}` to the file",
                );
            }
        }
    }

    /// Complains of what the authentication method lacks, and of what it has no use for.
    fn check_credentials(&mut self, client: &ClientFile, spot: Spot) {
        let auth = client.auth.value;
        let secret = client.secret.as_ref().map(|secret| secret.spot);
        let key = client.key.as_ref().map(|key| key.spot);
        // A secret beside a key is one that must not do instead of it.
        if auth != AuthMethod::PrivateKeyJwt {
            self.check_credential(client, "secret", (auth.uses_secret(), secret));
        }
        self.check_credential(client, "key", (auth == AuthMethod::PrivateKeyJwt, key));
        if auth.uses_certificate() && client.certificate.is_none() {
            self.lacks(client, "certificate");
        }
        if let Some(audience) = &client.audience
            && auth == AuthMethod::Saml2ClientAuth
        {
            // The issuer's audience is that of all its assertions.
            self.useless(client, "audience", audience.spot);
        }
        if let Some(retired) = &client.retired_secret
            && !auth.uses_secret()
        {
            self.useless(client, "retired_secret", retired.spot);
        }
        if let Some(pinned) = &client.pinned_assertion_algorithm
            && !matches!(
                auth,
                AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt
            )
        {
            self.useless(client, "pinned_assertion_algorithm", pinned.spot);
        }
        if let Some(restricted) = &client.restricted
            && restricted.value
            && client.default_access_token_manager.is_none()
        {
            let advice = "name it: `default_access_token_manager: ID`";
            self.problem(
                spot,
                "a client restricted to its default, and no default",
                advice,
            );
        }
    }

    /// A key set that this program is to show has its place where it listens.
    fn check_jwks_uri(&mut self, client: &ClientFile, host: Option<&CallbackHost>) {
        let Some(uri) = &client.jwks_uri else { return };
        let fits = matches!(
            client.auth.value,
            AuthMethod::PrivateKeyJwt | AuthMethod::SelfSignedTlsClientAuth
        );
        if !fits {
            return self.useless(client, "jwks_uri", uri.spot);
        }
        self.check_place(uri, "jwks_uri", host);
    }

    /// What a client of ping or push is (CIBA Core 1.0 section 4): one that uses the grant, or one that may not.
    fn check_delivery(&mut self, client: &ClientFile, host: Option<&CallbackHost>) {
        let mode = client.backchannel_token_delivery_mode.as_ref();
        let mode_is = |wanted| mode.is_some_and(|mode| mode.value == wanted);
        let ciba = client
            .grants
            .iter()
            .find(|grant| grant.value == Grant::Ciba);
        if let (None, Some(mode), true) = (ciba, mode, mode_is(DeliveryMode::Ping)) {
            let message = "a client of ping that may not use the grant `ciba`";
            self.problem(mode.spot, message, "add ciba to its `grants`");
        }
        if let (Some(ciba), true) = (ciba, mode_is(DeliveryMode::Push)) {
            self.problem(
                ciba.spot,
                "a client of push may not use this grant at the token endpoint (CIBA Core 1.0 section 11)",
                "take it out of `grants`: the delivery mode says enough",
            );
        }
        let Some(endpoint) = &client.backchannel_client_notification_endpoint else {
            return;
        };
        if mode.is_none_or(|mode| !mode.value.is_notified()) {
            self.problem(
                endpoint.spot,
                "nothing is sent to a client that polls",
                "add `backchannel_token_delivery_mode: ping` or push, or remove the endpoint",
            );
        }
        let name = "backchannel_client_notification_endpoint";
        self.check_place(endpoint, name, host);
    }

    /// What this program answers at has its place where it listens.
    fn check_place(&mut self, uri: &Located<String>, name: &str, host: Option<&CallbackHost>) {
        if host.is_none_or(|host| host.path_of(&uri.value).is_none()) {
            self.problem(
                uri.spot,
                "this is not below `callback_host.url`",
                format!("set `callback_host: {{listen: 127.0.0.1:9200, url: \"http://127.0.0.1:9200\"}}`, and register this client with a {name} there"),
            );
        }
    }

    fn check_credential(
        &mut self,
        client: &ClientFile,
        key: &str,
        (needed, there): (bool, Option<Spot>),
    ) {
        match (needed, there) {
            (true, None) => self.lacks(client, key),
            (false, Some(spot)) => self.useless(client, key, spot),
            (true, Some(_)) | (false, None) => {}
        }
    }

    fn lacks(&mut self, client: &ClientFile, key: &str) {
        let auth = client.auth.value;
        let form = match key {
            "key" => "`key: {file: PATH}`",
            "certificate" => "`certificate: {file: PATH, key: PATH}`",
            _ => "`secret: {env: NAME}`",
        };
        self.problem(
            client.auth.spot,
            format!("`auth: {auth}` needs `{key}`"),
            format!("add {form} to this client"),
        );
    }

    fn useless(&mut self, client: &ClientFile, key: &str, spot: Spot) {
        let auth = client.auth.value;
        self.problem(
            spot,
            format!("`auth: {auth}` has no use for `{key}`"),
            "remove it, or change `auth`",
        );
    }

    fn grants(&mut self, written: &[Located<Grant>]) -> Vec<Grant> {
        let mut grants = Vec::new();
        for grant in written {
            if grants.contains(&grant.value) {
                let message = format!("repeated grant `{}`", grant.value);
                self.problem(grant.spot, message, "each may be there once");
            } else {
                grants.push(grant.value);
            }
        }
        grants
    }

    fn scopes(&mut self, written: Option<ScopesFile>, grants: &[Grant]) -> Scopes {
        match written {
            None => Scopes::default(),
            Some(ScopesFile::All(scopes)) => Scopes::All(self.scope_list(scopes)),
            Some(ScopesFile::ByGrant(entries)) => {
                let mut all = Vec::new();
                for (grant, scopes) in entries {
                    if !grants.contains(&grant.value) {
                        self.problem(
                            grant.spot,
                            format!("scopes for `{}`, which the client may not use", grant.value),
                            "add it to the client's `grants`, or remove its scopes",
                        );
                    }
                    all.push((grant.value, self.scope_list(scopes)));
                }
                Scopes::ByGrant(all)
            }
        }
    }

    fn scope_list(&mut self, scopes: Vec<Located<String>>) -> Vec<String> {
        self.check_unique("scope", scopes.iter());
        for scope in &scopes {
            if !is_scope_token(&scope.value) {
                self.problem(
                    scope.spot,
                    "this is not one scope",
                    "list each by itself: no blanks, quotation marks or backslashes (RFC 6749 \
                     section 3.3)",
                );
            }
        }
        scopes.into_iter().map(|scope| scope.value).collect()
    }

    fn check_redirect_uris(&mut self, uris: &[Located<String>]) {
        self.check_unique("redirect URI", uris.iter());
        for uri in uris {
            let reason = match Url::parse(&uri.value) {
                Err(_) => "this is not an absolute URI",
                Ok(url) if url.fragment().is_some() => "this URI has a fragment",
                Ok(_) => continue,
            };
            self.problem(
                uri.spot,
                reason,
                "RFC 6749 section 3.1.2 says what is allowed",
            );
        }
    }
}

/// Whether the text is a scope-token of RFC 6749 section 3.3.
fn is_scope_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|octet| matches!(octet, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
