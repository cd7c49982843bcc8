//! Client metadata (RFC 7591 §2): what a client says of itself, what is registered of that, and the client that it becomes.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::access_token_manager::ResourceUri;
use crate::registry::{Binding, Client, Pkce, PkceDemand, PkceMethods, Secret};
use crate::vocabulary::{AuthenticationMethod, GrantType, Scope};
use crate::wire::json;
use crate::x509::certificate::CertificateRule;
use crate::x509::name::Name;

/// The members that name the subject of a certificate: a client registers exactly one (RFC 8705 §2.1.2).
pub const SUBJECTS: [&str; 5] = [
    "tls_client_auth_subject_dn",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_uri",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_email",
];

/// The methods that a client may register.
const METHODS: [AuthenticationMethod; 4] = [
    AuthenticationMethod::ClientSecretBasic,
    AuthenticationMethod::ClientSecretPost,
    AuthenticationMethod::None,
    AuthenticationMethod::TlsClientAuth,
];

/// What clients may register themselves for.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The URL of the registration endpoint.
    pub place: String,
    /// Its path.
    pub path: String,
    /// The grants.
    pub grants: Vec<GrantType>,
    /// The scope.
    pub scope: Scope,
    /// For how many seconds.
    pub lifetime: u64,
}

/// The metadata of a client. Members that this server does not understand are ignored; null is as good as nothing.
#[derive(Clone, Debug, Default)]
pub struct ClientMetadata(pub Map<String, Value>);

impl ClientMetadata {
    /// Reads a registration request (RFC 7591 §3.1); none for what is no JSON object, or has a member twice.
    #[must_use]
    pub fn read(content: &[u8]) -> Option<Self> {
        json::read_object(content).map(Self)
    }

    /// A member that is a text, and not an empty one.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let text = self.0.get(name)?.as_str();
        text.filter(|text| !text.is_empty())
    }

    /// A member that is a list of texts; none if it is missing or anything else.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<Vec<&str>> {
        let list = self.0.get(name)?.as_array()?;
        list.iter().map(Value::as_str).collect()
    }

    /// Whether each member that this server understands is of its type.
    #[must_use]
    pub fn is_well_typed(&self) -> bool {
        let of_type = |name: &&str, is: fn(&Value) -> bool| {
            self.0
                .get(*name)
                .is_none_or(|value| value.is_null() || is(value))
        };
        let texts = ["client_name", "scope", "token_endpoint_auth_method"];
        let lists = ["grant_types", "redirect_uris", "response_types"];
        texts
            .iter()
            .chain(&SUBJECTS)
            .all(|name| of_type(name, Value::is_string))
            && lists.iter().all(|name| {
                of_type(name, |value| {
                    let list = value.as_array();
                    list.is_some_and(|list| list.iter().all(Value::is_string))
                })
            })
    }

    /// The authentication method; none for one that is not served.
    #[must_use]
    pub fn method(&self) -> Option<AuthenticationMethod> {
        let Some(named) = self.text("token_endpoint_auth_method") else {
            return Some(AuthenticationMethod::ClientSecretBasic);
        };
        METHODS
            .iter()
            .copied()
            .find(|method| method.as_str() == named)
    }

    /// The grants; none in the place of one that nobody knows.
    #[must_use]
    pub fn grants(&self) -> Vec<Option<GrantType>> {
        match self.list("grant_types") {
            Some(list) => list.into_iter().map(GrantType::parse).collect(),
            None => vec![Some(GrantType::AuthorizationCode)],
        }
    }

    /// Whether the client asks for this grant.
    #[must_use]
    pub fn wants(&self, grant_type: GrantType) -> bool {
        self.grants().contains(&Some(grant_type))
    }

    /// Whether every redirection endpoint is an absolute URI without a fragment (RFC 6749 §3.1.2).
    #[must_use]
    pub fn has_good_redirect_uris(&self) -> bool {
        let uris = self.list("redirect_uris").unwrap_or_default();
        let good = |uri: &&str| !uri.contains('#') && ResourceUri::parse(uri).is_some();
        uris.iter().all(good) && (!uris.is_empty() || !self.wants(GrantType::AuthorizationCode))
    }

    /// The subjects of a certificate that it names, each with its member.
    pub fn subjects(&self) -> impl Iterator<Item = (&'static str, &str)> {
        SUBJECTS
            .into_iter()
            .filter_map(|name| Some((name, self.text(name)?)))
    }

    /// What is registered: what this server understands, as far as the client may have it (RFC 7591 §3.2.1).
    #[must_use]
    pub fn registered(&self, registration: &Registration) -> Self {
        let method = self.method().unwrap_or(METHODS[0]);
        let mut kept = Map::new();
        let mut put = |name: &str, value: Value| drop(kept.insert(name.to_owned(), value));
        for name in ["client_name", "redirect_uris"] {
            if let Some(value) = self.0.get(name).filter(|value| !value.is_null()) {
                put(name, value.clone());
            }
        }
        let grants = self.grants().into_iter().flatten();
        let grants: Vec<&str> = grants.map(GrantType::as_str).collect();
        put("grant_types", grants.into());
        if self.wants(GrantType::AuthorizationCode) {
            put("response_types", vec!["code"].into());
        }
        put("token_endpoint_auth_method", method.as_str().into());
        let asked = self.text("scope").map(Scope::parse);
        let scope = asked.map_or_else(
            || registration.scope.clone(),
            |asked| asked.intersection(&registration.scope),
        );
        put("scope", scope.to_string().into());
        if method == AuthenticationMethod::TlsClientAuth {
            for (name, value) in self.subjects() {
                put(name, value.into());
            }
        }
        Self(kept)
    }

    /// The client with this identifier and secret, of metadata that were registered.
    #[must_use]
    pub fn client(&self, id: &str, secret: Option<Secret>) -> Client {
        let method = self.method().unwrap_or(METHODS[0]);
        let scope = self.text("scope").map(Scope::parse).unwrap_or_default();
        let demand = if method == AuthenticationMethod::None {
            PkceDemand::Required
        } else {
            PkceDemand::Optional
        };
        let uris = self.list("redirect_uris").unwrap_or_default();
        Client {
            id: id.to_owned(),
            name: id.to_owned(),
            methods: vec![method],
            secret,
            certificate: self.subjects().find_map(certificate),
            binding: Binding::None,
            grants: self.grants().into_iter().flatten().collect(),
            default_scope: scope.clone(),
            scope,
            redirect_uris: uris.into_iter().map(str::to_owned).collect(),
            pkce: Pkce {
                demand,
                methods: PkceMethods::S256Only,
            },
            ..Client::nobody()
        }
    }
}

/// What a certificate with this subject has to be; none if the text is no such subject.
#[must_use]
pub fn certificate((name, value): (&str, &str)) -> Option<CertificateRule> {
    match name {
        "tls_client_auth_subject_dn" => {
            let subject = Name::parse(value).ok()?;
            Some(CertificateRule::Subject {
                subject,
                issuer: None,
            })
        }
        "tls_client_auth_san_dns" => Some(CertificateRule::Dns(value.to_owned())),
        "tls_client_auth_san_uri" => Some(CertificateRule::Uri(value.to_owned())),
        "tls_client_auth_san_ip" => value.parse().ok().map(CertificateRule::Ip),
        "tls_client_auth_san_email" => Some(CertificateRule::Email(value.to_owned())),
        _ => None,
    }
}

/// Whether a client that authenticates so has a secret, which the server makes.
#[must_use]
pub const fn has_secret(method: AuthenticationMethod) -> bool {
    matches!(
        method,
        AuthenticationMethod::ClientSecretBasic | AuthenticationMethod::ClientSecretPost
    )
}

/// A client, shared.
#[must_use]
pub fn shared(metadata: &ClientMetadata, id: &str, secret: Option<&str>) -> Arc<Client> {
    let secret = secret.map(|secret| Secret::new(secret.to_owned()));
    Arc::new(metadata.client(id, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ClientMetadata {
        ClientMetadata::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_omitted_has_the_defaults_of_rfc_7591() {
        let metadata = read(r#"{"redirect_uris":["https://client.example/cb"],"scope":null}"#);
        assert_eq!(
            metadata.method(),
            Some(AuthenticationMethod::ClientSecretBasic)
        );
        assert_eq!(metadata.grants(), [Some(GrantType::AuthorizationCode)]);
        assert!(metadata.is_well_typed() && metadata.has_good_redirect_uris());
    }

    #[test]
    fn empty_and_null_subjects_are_none() {
        let metadata = read(
            r#"{"tls_client_auth_subject_dn":"","tls_client_auth_san_dns":null,"tls_client_auth_san_ip":"::1"}"#,
        );
        let subjects: Vec<_> = metadata.subjects().collect();
        assert_eq!(subjects, [("tls_client_auth_san_ip", "::1")]);
    }

    #[test]
    fn values_of_other_types_are_noticed() {
        for text in [
            r#"{"grant_types":"client_credentials"}"#,
            r#"{"redirect_uris":[1]}"#,
            r#"{"scope":["read"]}"#,
            r#"{"tls_client_auth_san_dns":{}}"#,
        ] {
            assert!(!read(text).is_well_typed(), "{text}");
        }
        assert!(ClientMetadata::read(b"[]").is_none());
    }
}
