//! A server with its state and a clock that tests move.

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonwebtoken::EncodingKey;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};
use serde_json::Value;
use tokenspec_reference_server::config::Keys;
use tokenspec_reference_server::defects::{Seam, Seams};
use tokenspec_reference_server::jose::algorithm::Algorithm;
use tokenspec_reference_server::jose::keys::{ClientKeyPair, ServerKey};
use tokenspec_reference_server::moment::{Entropy, Moment, Timestamp};
use tokenspec_reference_server::state::State;
use tokenspec_reference_server::wire::base64url;
use tokenspec_reference_server::wire::basic;
use tokenspec_reference_server::wire::form::Form;
use tokenspec_reference_server::wire::raw_request::RawRequest;
use tokenspec_reference_server::wire::response::Response;
use tokenspec_reference_server::{Config, Outcome, Server, respond};

pub(crate) const BASE: &str = "https://as.example:9031";
pub(crate) const TOKEN: &str = "/as/token.oauth2";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const CB: &str = "https://client.example/cb";

pub(crate) struct Fixture {
    pub(crate) server: Server,
    pub(crate) state: State,
    pub(crate) now: Timestamp,
    pub(crate) keys: BTreeMap<String, ClientKeyPair>,
    pub(crate) issuers: BTreeMap<String, ClientKeyPair>,
    serial: u64,
}

/// 0, 1, 2, … in every octet: no value repeats.
struct Counting<'a>(&'a mut u64);

impl Entropy for Counting<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            *self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let length = chunk.len();
            chunk.copy_from_slice(&self.0.to_le_bytes()[..length]);
        }
    }
}

thread_local! {
    static SEED: std::cell::Cell<u64> = const { std::cell::Cell::new(1) };
}

impl Fixture {
    pub(crate) fn new(config: &str) -> Self {
        Self::with(config, &[])
    }

    pub(crate) fn with(config: &str, seams: &[Seam]) -> Self {
        Self::of(&Config::embedded(config).unwrap(), seams)
    }

    pub(crate) fn of(config: &Config, seams: &[Seam]) -> Self {
        let pair = || KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let pem = pair().serialize_pem();
        let key = ClientKeyPair::from_pem(&pem, Algorithm::Es256).unwrap();
        let clients = BTreeMap::from([("ec".to_owned(), key)]);
        let trusted = config.trusted_issuers.iter().map(|it| it.issuer.clone());
        let saml = config.saml_issuers.iter();
        let saml = saml.map(|it| format!("SAML issuer {}", it.issuer));
        let issuers = trusted.chain(saml).map(|name| {
            let pem = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
            let key = ClientKeyPair::from_pem(&pem.serialize_pem(), Algorithm::Es256).unwrap();
            (name, key)
        });
        let keys = Keys {
            server: Arc::new(ServerKey::new("k", Algorithm::Es256, &pair()).unwrap()),
            managers: BTreeMap::new(),
            clients,
            registered: BTreeMap::new(),
            certificates: Default::default(),
            issuers: issuers.collect(),
        };
        Self::with_keys(config, keys, seams)
    }

    pub(crate) fn with_keys(config: &Config, keys: Keys, seams: &[Seam]) -> Self {
        let (pairs, issuers) = (keys.clients.clone(), keys.issuers.clone());
        let server = config.build(BASE, keys, Seams::of(seams));
        let now = Timestamp(1_800_000_000);
        Self {
            server,
            state: State::default(),
            now,
            keys: pairs,
            issuers,
            serial: 0,
        }
    }

    /// From here on the same values are minted again.
    pub(crate) fn reseed() {
        SEED.set(1);
    }

    pub(crate) fn send(&mut self, request: &RawRequest) -> Response {
        self.outcome(request).response
    }

    /// What a request leads to; its changes are applied.
    pub(crate) fn outcome(&mut self, request: &RawRequest) -> Outcome {
        self.serial += 1;
        let mut seed = SEED.get();
        let moment = Moment {
            now: self.now,
            serial: self.serial,
            entropy: &mut Counting(&mut seed),
        };
        let outcome = respond(&self.server, &self.state, request, moment);
        SEED.set(seed);
        self.state.apply(self.now, outcome.changes.clone());
        outcome
    }

    pub(crate) fn elapse(&mut self, seconds: u64) {
        self.now = self.now.plus(seconds);
    }

    /// The secret of a client by its name.
    pub(crate) fn secret(&self, client: &str) -> String {
        let mut clients = self.server.registry.clients();
        let client = clients.find(|it| it.name == client).unwrap();
        client.secret.as_ref().unwrap().expose().to_owned()
    }

    /// A token request with Basic credentials.
    pub(crate) fn basic(&mut self, client: &str, form: &str) -> Response {
        let request = self.basic_request(client, TOKEN, form);
        self.send(&request)
    }

    pub(crate) fn basic_request(&self, client: &str, path: &str, form: &str) -> RawRequest {
        let id = self
            .server
            .registry
            .clients()
            .find(|it| it.name == client)
            .unwrap()
            .id
            .clone();
        let credentials = basic::encode(&id, &self.secret(client));
        RawRequest::post(path, form).header("authorization", &credentials)
    }

    /// A token request without credentials in the header.
    pub(crate) fn post(&mut self, form: &str) -> Response {
        self.send(&RawRequest::post(TOKEN, form))
    }

    /// The answer to an authorization request.
    pub(crate) fn authorize(&mut self, query: &str) -> Response {
        self.send(&RawRequest::get(&format!(
            "/as/authorization.oauth2?{query}"
        )))
    }

    /// A code for a client, with a challenge and the usual redirect URI.
    pub(crate) fn code(&mut self, client: &str, more: &str) -> String {
        let query = format!(
            "response_type=code&client_id={client}&redirect_uri={CB}&code_challenge={CHALLENGE}\
             &code_challenge_method=S256&{more}"
        );
        let response = self.authorize(&query);
        redirected(&response, "code").unwrap_or_else(|| panic!("no code: {response:?}"))
    }

    /// A whole code grant of a client with Basic credentials.
    pub(crate) fn code_grant(&mut self, client: &str, more: &str) -> Response {
        let code = self.code(client, more);
        self.basic(client, &redemption(&code))
    }

    /// A JWS of an issuer that the server trusts by a key of ES256, with this header and these claims.
    pub(crate) fn issuer_signed(&self, issuer: &str, header: &Value, claims: &Value) -> String {
        let pem = &self.issuers[issuer].private_pem;
        let key = EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
        let encode = |part: &Value| base64url::encode(part.to_string().as_bytes());
        let input = format!("{}.{}", encode(header), encode(claims));
        let sign =
            jsonwebtoken::crypto::sign(input.as_bytes(), &key, jsonwebtoken::Algorithm::ES256);
        format!("{input}.{}", sign.unwrap())
    }

    /// What the introspection endpoint says about a token.
    pub(crate) fn introspect(&mut self, token: &str) -> Response {
        let form = format!("token={token}");
        let request = self.basic_request("rs", "/as/introspect.oauth2", &form);
        self.send(&request)
    }

    /// The token is about that subject, and was issued to that client.
    #[track_caller]
    pub(crate) fn introspects_as(&mut self, token: &str, subject: &str, client: &str) {
        let seen = self.introspect(token);
        assert_eq!(
            (
                text(&seen, "sub").as_str(),
                text(&seen, "client_id").as_str()
            ),
            (subject, client)
        );
    }

    pub(crate) fn is_active(&mut self, token: &str) -> bool {
        self.introspect(token).member("active") == Some(Value::Bool(true))
    }
}

pub(crate) fn redemption(code: &str) -> String {
    format!("grant_type=authorization_code&code={code}&redirect_uri={CB}&code_verifier={VERIFIER}")
}

/// A parameter of a redirect.
pub(crate) fn redirected(response: &Response, name: &str) -> Option<String> {
    let location = response.field("location")?;
    let (_, query) = location.split_once('?')?;
    Form::parse(query.as_bytes()).value(name).map(str::to_owned)
}

pub(crate) fn text(response: &Response, member: &str) -> String {
    let value = response
        .member(member)
        .unwrap_or_else(|| panic!("no {member}: {response:?}"));
    value.as_str().unwrap().to_owned()
}

/// The invariants of a refusal of the token endpoint (RFC 6749 §5.2).
#[track_caller]
pub(crate) fn refused(response: &Response, status: u16, error: &str) {
    let found = response.error().unwrap_or_default();
    assert_eq!((response.status, found.as_str()), (status, error));
    assert_eq!(response.field("content-type"), Some("application/json"));
    assert_eq!(response.field("cache-control"), Some("no-store"));
    assert_eq!(response.field("pragma"), Some("no-cache"));
    assert_eq!(response.field("www-authenticate").is_some(), status == 401);
    assert!(response.member("access_token").is_none());
    let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
    assert!(text(response, "error_description").chars().all(allowed));
}

/// The invariants of a token response (RFC 6749 §5.1).
#[track_caller]
pub(crate) fn granted(response: &Response, scope: &str) -> String {
    assert_eq!((response.status, response.error()), (200, None));
    assert_eq!(response.field("content-type"), Some("application/json"));
    assert_eq!(response.field("cache-control"), Some("no-store"));
    assert_eq!(response.field("pragma"), Some("no-cache"));
    assert_eq!(text(response, "token_type"), "Bearer");
    assert!(
        response
            .member("expires_in")
            .unwrap()
            .as_u64()
            .is_some_and(|it| it <= 3600)
    );
    assert_eq!(text(response, "scope"), scope);
    let token = text(response, "access_token");
    assert!(token.len() >= 43, "{} characters", token.len());
    token
}
