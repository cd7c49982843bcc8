//! What steps save, and the values that templates are rendered in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rand::RngExt as _;
use rand::rngs::StdRng;

use super::Runner;
use super::authorization_request::Draft;
use super::parameters::Parameters;
use crate::judge::{Observation, json_text};
use crate::plan::Variant;
use crate::probe::baseline::{self, Credential};
use crate::probe::formats;
use crate::probe::message::Message;
use crate::target::{Client, Target, resolve_atm};
use crate::template::{Rendered, Scope};
use crate::vocabulary::Grant;
use crate::wire::json::Json;
use crate::x509::{NameKind, first_name, thumbprint};

/// What one step saved.
#[derive(Clone, Debug, Default)]
pub(super) struct Saved {
    /// Its values by dotted path below its name.
    pub values: BTreeMap<String, Rendered>,
    /// The parameters that it sent, decoded; `sent.NAME` below its name.
    pub sent: Parameters,
    /// What it saw, where it was a request.
    pub observation: Option<Observation>,
    /// The parameters of the redirect, of an authorization that was not made by a command.
    pub response: Option<Vec<(String, String)>>,
    /// An authorization request that was pushed.
    pub draft: Option<Draft>,
    /// A code or refresh token that a later request may use.
    pub credential: Option<Credential>,
}

impl Saved {
    /// Saves a value.
    pub(super) fn put(&mut self, name: &str, value: Rendered) {
        self.values.insert(name.to_owned(), value);
    }

    /// The value at a path below its name.
    fn value(&self, path: &[&str]) -> Option<&Rendered> {
        match path {
            ["sent", name @ ..] => self.sent.get(&name.join(".")),
            path => self.values.get(&path.join(".")),
        }
    }

    /// Saves a member of an answer, and what is in it under longer names.
    pub(super) fn put_member(&mut self, name: &str, value: &Json) {
        self.put(name, Rendered::plain(json_text(value)));
        if let Json::Object(members) = value {
            for (inner, value) in members {
                self.put_member(&format!("{name}.{inner}"), value);
            }
        }
    }
}

/// The values of one variant: the scope of its templates.
pub(super) struct Values<'a> {
    /// What knows the time of the target.
    pub runner: &'a Runner,
    /// The target.
    pub target: &'a Target,
    /// Its variant.
    pub variant: &'a Variant,
    /// The client.
    pub client: Option<&'a Client>,
    /// The second client.
    pub other: Option<&'a Client>,
    /// What the steps saved.
    pub saved: BTreeMap<String, Saved>,
    /// The parameters of the unchanged request, decoded.
    pub baseline: Parameters,
    /// The parameters of the request that was sent last, decoded.
    pub sent: Parameters,
    /// Whether anybody will read what would have conformed.
    pub is_reported: bool,
    /// Random values, from the seed of the run and the variant's id.
    pub random: Mutex<StdRng>,
}

impl std::fmt::Debug for Values<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Values")
            .field("variant", &self.variant.id)
            .finish_non_exhaustive()
    }
}

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

impl Values<'_> {
    fn grant(&self) -> Option<Grant> {
        self.variant.grant
    }

    fn client_value(client: Option<&Client>, path: &[&str]) -> Option<Rendered> {
        let client = client?;
        match path {
            ["id"] => Some(Rendered::plain(client.id.as_bytes())),
            ["name"] => Some(Rendered::plain(client.name.as_bytes())),
            ["auth"] => Some(Rendered::plain(client.auth.name().as_bytes())),
            ["secret"] => secret(client.secret.as_ref()),
            ["basic"] => client.secret.as_ref().map(|secret| {
                let (id, secret) = (encoded(&client.id), encoded(secret.reveal()));
                Rendered::secret(format!("{id}:{secret}"), "client_secret")
            }),
            ["retired_secret"] => secret(client.retired_secret.as_ref()),
            ["key", form] => key_value(client, form),
            ["certificate", form] => certificate_value(client, form),
            ["jwks_uri"] => plain(client.jwks_uri.as_ref()),
            ["notification_endpoint"] => plain(client.notification_endpoint.as_ref()),
            ["redirect_uri"] => plain(client.redirect_uris.first()),
            ["redirect_uris", index] => {
                plain(client.redirect_uris.get(index.parse::<usize>().ok()?))
            }
            _ => None,
        }
    }

    fn scope_value(&self, which: &str) -> Option<Rendered> {
        let scopes = self
            .client
            .map(|client| baseline::scopes(client, self.grant()))?;
        match which {
            "first" => plain(scopes.first()),
            "second" => plain(scopes.get(1)),
            "last" => plain(scopes.last()),
            "rest" => {
                let rest = scopes
                    .split_last()
                    .map(|(_, rest)| rest.join(" "))
                    .unwrap_or_default();
                Some(Rendered::plain(rest))
            }
            "all" => Some(Rendered::plain(scopes.join(" "))),
            _ => None,
        }
    }

    fn endpoint(&self) -> Message {
        baseline::envelope(&self.target.token_endpoint.to_string())
    }

    fn bound(&self, path: &[&str]) -> Option<Rendered> {
        let (name, members) = path.split_first()?;
        plain(self.variant.bindings.get(*name)?.get(&members.join(".")))
    }
}

/// The public half of the client's key in one of its forms, or its identifier.
fn key_value(client: &Client, form: &str) -> Option<Rendered> {
    let key = client.key.as_ref()?;
    match form {
        "der" => key.key.public_der().map(Rendered::plain),
        "jwk" => {
            let jwk = serde_json::Value::Object(key.key.public_jwk()?);
            Some(Rendered::plain(jwk.to_string()))
        }
        "kid" => plain(key.kid.as_ref()),
        "modulus" => key.key.modulus().map(Rendered::plain),
        "pem" => key.key.public_pem().map(Rendered::plain),
        "pkcs1" => key.key.public_pkcs1().map(Rendered::plain),
        _ => None,
    }
}

/// The client's certificate, the hash of it, or the first of its alternative names of a kind.
fn certificate_value(client: &Client, form: &str) -> Option<Rendered> {
    let certificate = client.certificate.as_ref()?;
    let leaf: &[u8] = certificate.chain().first()?.as_ref();
    let name = |kind| plain(first_name(leaf, kind).as_ref());
    match form {
        "der" => Some(Rendered::plain(leaf)),
        "thumbprint" => Some(Rendered::plain(thumbprint(leaf))),
        "dns" => name(NameKind::Dns),
        "email" => name(NameKind::Email),
        "ip" => name(NameKind::Ip),
        "uri" => name(NameKind::Uri),
        _ => None,
    }
}

/// The instance that the client's OpenID Connect policy names.
fn policy_manager<'a>(target: &'a Target, client: &Client) -> Option<&'a String> {
    let managers = &target.access_token_managers;
    managers
        .iter()
        .find(|manager| manager.openid_clients.contains(&client.name))
        .map(|manager| &manager.id)
}

fn encoded(text: &str) -> String {
    crate::wire::form::encode_component(text.as_bytes())
}

fn plain(text: Option<&String>) -> Option<Rendered> {
    text.map(|text| Rendered::plain(text.as_bytes()))
}

fn secret(secret: Option<&crate::secret::Secret>) -> Option<Rendered> {
    secret.map(|secret| Rendered::secret(secret.reveal().as_bytes(), "client_secret"))
}

impl Values<'_> {
    /// The instance that an omitted `access_token_manager_id` stands for.
    fn default_manager(&self, client: Option<&Client>) -> Option<Rendered> {
        plain(
            self.target
                .default_manager(client?)
                .map(|manager| &manager.id),
        )
    }

    /// The issuer of SAML assertions that the target trusts.
    fn saml_issuer(&self) -> Option<&crate::target::SamlIssuer> {
        self.target.assertions.saml2_bearer.as_ref()
    }

    /// What the test user signs in with.
    fn user_value(&self, which: &str) -> Option<Rendered> {
        let user = self.target.user()?;
        match which {
            "username" => Some(Rendered::plain(user.username.as_bytes())),
            "password" => Some(Rendered::secret(
                user.password.reveal().as_bytes(),
                "password",
            )),
            _ => None,
        }
    }
}

impl Scope for Values<'_> {
    fn lookup(&self, path: &[String]) -> Option<Rendered> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["client", "default_atm"] => self.default_manager(self.client),
            ["other", "default_atm"] => self.default_manager(self.other),
            ["client", "policy_atm"] => plain(policy_manager(self.target, self.client?)),
            ["client", rest @ ..] => Self::client_value(self.client, rest),
            ["other", rest @ ..] => Self::client_value(self.other, rest),
            ["value", "parameter"] => {
                let name = self.bound(&["parameter"])?.text();
                self.baseline.get(&name).cloned()
            }
            ["value", name] => self.baseline.get(name).cloned(),
            ["sent", name] => self.sent.get(name).cloned(),
            ["scope", which] => self.scope_value(which),
            ["token_mtls"] => {
                let mutual = self.target.endpoints.token_mtls.as_ref();
                mutual.map(|url| Rendered::plain(url.to_string()))
            }
            ["now"] => Some(Rendered::plain(self.runner.now().to_string())),
            ["assertion_issuer"] => {
                let issuer = self.target.assertions.jwt_bearer.as_ref();
                plain(issuer.map(|issuer| &issuer.issuer))
            }
            ["saml_issuer"] => plain(self.saml_issuer().map(|issuer| &issuer.issuer)),
            ["saml_subject"] => plain(self.saml_issuer().map(|issuer| &issuer.subject)),
            ["issuer"] => plain(self.target.issuer.as_ref()),
            ["metadata"] => {
                let metadata = self.target.metadata.as_ref();
                plain(metadata.map(ToString::to_string).as_ref())
            }
            ["token_endpoint" | "url"] => {
                Some(Rendered::plain(self.target.token_endpoint.to_string()))
            }
            // Where there is no request yet, these are the endpoint's.
            ["path"] => Some(Rendered::plain(self.endpoint().path)),
            ["query"] => Some(Rendered::plain(self.endpoint().query.unwrap_or_default())),
            ["user", which] => self.user_value(which),
            path => self.bound(path).or_else(|| {
                let (name, members) = path.split_first()?;
                self.saved.get(*name)?.value(members).cloned()
            }),
        }
    }

    fn random(&self, length: usize) -> String {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        (0..length)
            .map(|_| {
                let at = random.random_range(0..ALPHANUMERIC.len());
                char::from(ALPHANUMERIC.get(at).copied().unwrap_or(b'A'))
            })
            .collect()
    }

    fn atm_match(&self, uri: &str) -> String {
        let Some(client) = self.client else {
            return String::new();
        };
        let eligible: Vec<_> = self.target.eligible_managers(client).cloned().collect();
        match resolve_atm(&eligible, uri).as_slice() {
            [one] => (*one).to_owned(),
            _ => String::new(),
        }
    }
}

/// The values, with a request as `body`, `path`, `query`, `url`.
pub(super) struct AtMessage<'a> {
    values: &'a Values<'a>,
    message: Cow<'a, Message>,
    /// Parts of an assertion, under their names.
    made: Vec<(String, Vec<u8>)>,
}

impl<'a> AtMessage<'a> {
    /// The values around this request.
    #[must_use]
    pub(super) fn new(values: &'a Values<'a>, message: &'a Message) -> Self {
        Self {
            values,
            message: Cow::Borrowed(message),
            made: Vec::new(),
        }
    }

    /// The values around this assertion, or a part of it, under its name.
    #[must_use]
    pub(super) fn of_assertion(values: &'a Values<'a>, name: &str, part: Vec<u8>) -> Self {
        Self {
            values,
            message: Cow::Owned(Message::default()),
            made: vec![(name.to_owned(), part)],
        }
    }

    /// The values around the parts of a SAML assertion.
    #[must_use]
    pub(super) fn of_parts(values: &'a Values<'a>, parts: &[(&'static str, String)]) -> Self {
        let parts = parts.iter();
        Self {
            values,
            message: Cow::Owned(Message::default()),
            made: parts
                .map(|(name, xml)| ((*name).to_owned(), xml.clone().into_bytes()))
                .collect(),
        }
    }
}

impl std::fmt::Debug for AtMessage<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("AtMessage").finish_non_exhaustive()
    }
}

impl Scope for AtMessage<'_> {
    fn lookup(&self, path: &[String]) -> Option<Rendered> {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let found = match names.as_slice() {
            // The body holds the code, the token or the secret of the request.
            ["body"] => Some(Rendered::secret(self.message.body(), "request body")),
            ["body", "json"] => Some(Rendered::secret(
                formats::json(&self.message),
                "request body",
            )),
            ["body", "multipart"] => Some(Rendered::secret(
                formats::multipart(&self.message),
                "request body",
            )),
            ["body", "xml"] => Some(Rendered::secret(
                formats::xml(&self.message),
                "request body",
            )),
            ["request"] => Some(Rendered::secret(self.message.own_bytes(), "request body")),
            ["path"] => Some(Rendered::plain(self.message.path.clone())),
            ["query"] => Some(Rendered::plain(
                self.message.query.clone().unwrap_or_default(),
            )),
            ["url"] => Some(Rendered::plain(self.message.url.as_bytes())),
            [name] => {
                let mut made = self.made.iter();
                let found = made.find(|(made, _)| made == name);
                found.map(|(_, part)| Rendered::secret(part.clone(), "client_assertion"))
            }
            _ => None,
        };
        found.or_else(|| self.values.lookup(path))
    }

    fn random(&self, length: usize) -> String {
        self.values.random(length)
    }

    fn atm_match(&self, uri: &str) -> String {
        self.values.atm_match(uri)
    }
}
