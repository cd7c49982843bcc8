//! Client assertions (RFC 7523 §2.2, §3; RFC 7515): the reference server's decision against a naive one, and against jsonwebtoken.
//!
//! An input has three lines: header, claims, and what signs them: `HS256` (the secret of the client `hmac`), `HS256 other`
//! (another secret), `HS256 public` (the public key of the client `ec`, as PEM), `ES256` (the key of `ec`), or the third segment as
//! it is. With fewer lines an input is a token as it is.

mod peer;
mod rules;

use std::sync::OnceLock;

use tokenspec::jose::{Algorithm, SigningKey, encode_segment, mint_octets};
use tokenspec_reference_server::defects::Seams;
use tokenspec_reference_server::jose::assertion::JWT_BEARER;
use tokenspec_reference_server::wire::form;
use tokenspec_reference_server::wire::raw_request::RawRequest;
use tokenspec_reference_server::{Config, Server};

pub use peer::{CLAIM_DIFFERENCES, DIFFERENCES, peer};
pub use rules::{Fault, verdict};

use crate::server::{self, BASE, Conversation, EC_KEY, TOKEN};

/// The secret of the client `hmac`.
pub const SECRET: &str = "aG1hY0FuZE5vdGhpbmdCdXRIbWFjT2ZUaGVTZWNyZXRPZlRoaXNDbGllbnQx4Rk7";

/// The values of `aud` that are the server.
pub const AUDIENCES: [&str; 2] = [BASE, "https://as.example/as/token.oauth2"];

const CONFIG: &str = "
name: fuzzing
clients:
  hmac: {auth: client_secret_jwt, assertion_algorithms: [HS256], secret: SECRET, grants: [client_credentials], scopes: [read]}
  ec: {auth: private_key_jwt, key: {alg: ES256, kid: ec-1}, grants: [client_credentials], scopes: [read]}
";

/// One input of the fuzzer.
///
/// # Panics
/// When something does not hold.
pub fn fuzz(input: &[u8]) {
    let Some(token) = token(input) else { return };
    let expected = verdict(&token);
    hold(&token, expected, ours);
    peer::check(&token, expected);
}

/// Holds a validation against the naive one: whether the token authenticates a client at [`server::NOW`].
///
/// # Panics
/// When it accepts what must be refused, or refuses what must be accepted.
pub fn check(token: &str, accepts: impl Fn(&str) -> bool) {
    hold(token, verdict(token), accepts);
}

fn hold(token: &str, expected: Result<(), Fault>, accepts: impl Fn(&str) -> bool) {
    assert_eq!(accepts(token), expected.is_ok(), "{expected:?}: {token}");
}

/// The token that an input means; none if it is no text.
#[must_use]
pub fn token(input: &[u8]) -> Option<String> {
    let mut lines = input.splitn(3, |octet| *octet == b'\n');
    let (Some(header), Some(claims), Some(signer)) = (lines.next(), lines.next(), lines.next())
    else {
        return String::from_utf8(input.to_vec()).ok();
    };
    let (key, algorithm) = match signer {
        b"HS256" => (SigningKey::from_octets(SECRET.as_bytes()), Algorithm::Hs256),
        b"HS256 other" => (
            SigningKey::from_octets(b"another-secret-of-32-octets-or-more"),
            Algorithm::Hs256,
        ),
        b"HS256 public" => (
            SigningKey::from_octets(public_pem().as_bytes()),
            Algorithm::Hs256,
        ),
        b"ES256" => (ec_key()?.clone(), Algorithm::Es256),
        segment => {
            let segment = std::str::from_utf8(segment).ok()?;
            return Some(format!(
                "{}.{}.{segment}",
                encode_segment(header),
                encode_segment(claims)
            ));
        }
    };
    mint_octets(header, claims, &key, algorithm).ok()
}

fn ec_key() -> Option<&'static SigningKey> {
    static KEY: OnceLock<Option<SigningKey>> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::from_text(EC_KEY).ok())
        .as_ref()
}

fn public_pem() -> &'static str {
    static PEM: OnceLock<String> = OnceLock::new();
    PEM.get_or_init(|| {
        ec_key()
            .and_then(SigningKey::public_pem)
            .unwrap_or_default()
    })
}

/// As the reference server decides: whether a request with the token gets tokens.
///
/// # Panics
/// When it gets them twice.
#[must_use]
pub fn ours(token: &str) -> bool {
    let mut body = String::from("grant_type=client_credentials&client_assertion_type=");
    body.push_str(&form::encode(JWT_BEARER));
    body.push_str("&client_assertion=");
    body.push_str(&form::encode(token));
    let mut conversation = Conversation::with(server());
    let request = RawRequest::post(TOKEN, &body);
    if !conversation.send(&request).is_token() {
        return false;
    }
    let again = conversation.send(&request);
    assert!(!again.is_token(), "an assertion was good twice: {token}");
    true
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let config = Config::parse(&CONFIG.replace("SECRET", SECRET), "fuzzing");
        let server = config
            .map_err(Into::into)
            .and_then(|config| server::build(&config, Seams::default()));
        match server {
            Ok(server) => server,
            Err(why) => unreachable!("the configuration above is good: {why}"),
        }
    })
}

#[cfg(test)]
mod tests;
