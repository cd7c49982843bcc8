//! Clients as they are written.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};

use super::SecretSource;
use crate::{
    jose::Algorithm,
    vocabulary::{AuthMethod, DeliveryMode, Grant},
    yaml::Located,
};

/// A registered client.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Client")]
pub(in crate::target) struct ClientFile {
    /// The `client_id`.
    pub(in crate::target) id: Located<String>,
    /// How it authenticates. `saml2_client_auth` takes the issuer of `assertions.saml2_bearer`, which speaks for this client too
    /// (RFC 7522 section 2.2): the subject of its assertions is then the `id`.
    pub(in crate::target) auth: Located<AuthMethod>,
    /// Its secret; beside a `key` one that it has, too, and that must not do instead.
    pub(in crate::target) secret: Option<Located<SecretSource>>,
    /// A secret that no longer holds.
    pub(in crate::target) retired_secret: Option<Located<SecretSource>>,
    /// Its key, for `private_key_jwt`.
    pub(in crate::target) key: Option<Located<KeyFile>>,
    /// Its certificate, for mutual TLS.
    pub(in crate::target) certificate: Option<Located<KeyPairFile>>,
    /// Where the server fetches its keys: below `callback_host.url`, where this program shows them.
    pub(in crate::target) jwks_uri: Option<Located<String>>,
    /// How it gets the tokens of a backchannel authentication, where it does not poll for them (CIBA Core 1.0 section 4).
    pub(in crate::target) backchannel_token_delivery_mode: Option<Located<DeliveryMode>>,
    /// Where the server notifies it: below `callback_host.url`, where this program takes what comes.
    pub(in crate::target) backchannel_client_notification_endpoint: Option<Located<String>>,
    /// The audience of its assertions (JWTs), where it is not the issuer.
    pub(in crate::target) audience: Option<Located<String>>,
    /// Whether it may sign its assertions with the algorithm of its key only.
    pub(in crate::target) pinned_assertion_algorithm: Option<Located<bool>>,
    /// The grants that it may use.
    #[serde(default)]
    pub(in crate::target) grants: Vec<Located<Grant>>,
    /// The scopes that it may ask for: a list, or a list for each grant. A control asks for the
    /// first, an authorization for all.
    pub(in crate::target) scopes: Option<ScopesFile>,
    /// Its redirection endpoints.
    #[serde(default)]
    pub(in crate::target) redirect_uris: Vec<Located<String>>,
    /// The id of its default access token manager.
    pub(in crate::target) default_access_token_manager: Option<Located<String>>,
    /// Whether it may use no access token manager but its default.
    pub(in crate::target) restricted: Option<Located<bool>>,
}

/// A private key: PEM or JWK, from a file or the environment.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Key")]
pub(in crate::target) struct KeyFile {
    /// A path, relative to the target file.
    pub(in crate::target) file: Option<Located<String>>,
    /// The name of an environment variable.
    pub(in crate::target) env: Option<Located<String>>,
    /// The algorithm to sign with. Absent: the JWK's, or the usual one for the key.
    pub(in crate::target) alg: Option<Located<Algorithm>>,
    /// The key's name, for the header. Absent: the JWK's, or none.
    pub(in crate::target) kid: Option<String>,
}

/// A certificate and its key, in PEM.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "KeyPair")]
pub(in crate::target) struct KeyPairFile {
    /// The certificate or chain: a path, relative to the target file.
    pub(in crate::target) file: Located<String>,
    /// The private key: a path, relative to the target file.
    pub(in crate::target) key: Located<String>,
}

/// Scopes: a list, or a list for each grant.
pub(in crate::target) enum ScopesFile {
    All(Vec<Located<String>>),
    ByGrant(Vec<(Located<Grant>, Vec<Located<String>>)>),
}

impl<'de> Deserialize<'de> for ScopesFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScopesVisitor)
    }
}

struct ScopesVisitor;

impl<'de> Visitor<'de> for ScopesVisitor {
    type Value = ScopesFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of scopes, or a mapping from grants to such lists")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut scopes = Vec::new();
        while let Some(scope) = sequence.next_element()? {
            scopes.push(scope);
        }
        Ok(ScopesFile::All(scopes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut scopes = Vec::new();
        while let Some(entry) = map.next_entry()? {
            scopes.push(entry);
        }
        Ok(ScopesFile::ByGrant(scopes))
    }
}

impl JsonSchema for ScopesFile {
    fn schema_name() -> Cow<'static, str> {
        "Scopes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let list = json_schema!({
            "type": "array",
            "items": {"type": "string", "pattern": "^[!#-\\[\\]-~]+$"}
        });
        let names: Vec<&str> = Grant::ALL.iter().map(|grant| grant.name()).collect();
        json_schema!({
            "description": "Scopes of a client: a list, or a list for each grant.",
            "oneOf": [
                list,
                {"type": "object", "propertyNames": {"enum": names}, "additionalProperties": list}
            ]
        })
    }
}
