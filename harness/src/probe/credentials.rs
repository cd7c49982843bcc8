//! How a client names and authenticates itself (RFC 6749 §2.3, RFC 7522 §2.2, RFC 7523 §2.2).

use serde_json::{Map, Value};

use super::message::{Message, Pair};
use crate::target::ClientKey;
use crate::vocabulary::AuthMethod;
use crate::wire::form;
use crate::x509::ClientIdentity;

/// The value of `client_assertion_type` (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The value of `client_assertion_type` (RFC 7522 §2.2).
const SAML2_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";

/// The credentials of one request, before they become parameters or a header field.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The way they are sent.
    pub way: Way,
    /// The client identifier.
    pub id: Vec<u8>,
    /// The secret, where the way needs one.
    pub secret: Vec<u8>,
    /// The assertion, where the way needs one.
    pub assertion: Option<AssertionDraft>,
    /// The certificate of the TLS handshake.
    pub identity: Option<ClientIdentity>,
}

/// How credentials are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a registered method.
    Method(AuthMethod),
    /// `client_id` alone, whatever the method is.
    IdOnly,
    /// Not at all.
    Nothing,
}

/// An assertion before it is signed.
#[derive(Clone, Debug)]
pub struct AssertionDraft {
    /// Its header.
    pub header: Map<String, Value>,
    /// Its claims.
    pub claims: Map<String, Value>,
    /// The key that signs.
    pub key: ClientKey,
    /// A text sent instead of a signed assertion.
    pub text: Option<Vec<u8>>,
}

/// The methods by their names.
#[must_use]
pub fn method_named(name: &str) -> Option<Way> {
    Some(match name {
        "none" => Way::IdOnly,
        "nothing" => Way::Nothing,
        "client_secret_basic" => Way::Method(AuthMethod::ClientSecretBasic),
        "client_secret_post" => Way::Method(AuthMethod::ClientSecretPost),
        "client_secret_jwt" => Way::Method(AuthMethod::ClientSecretJwt),
        "private_key_jwt" => Way::Method(AuthMethod::PrivateKeyJwt),
        "saml2_client_auth" => Way::Method(AuthMethod::Saml2ClientAuth),
        "tls_client_auth" => Way::Method(AuthMethod::TlsClientAuth),
        "self_signed_tls_client_auth" => Way::Method(AuthMethod::SelfSignedTlsClientAuth),
        _ => return None,
    })
}

/// Puts credentials on a request. `signed` is the finished assertion, where there is one.
pub fn put(message: &mut Message, credentials: &Credentials, signed: Option<&[u8]>) {
    message.identity.clone_from(&credentials.identity);
    let id = Pair::new(b"client_id", &credentials.id);
    match credentials.way {
        Way::Nothing => {}
        Way::IdOnly => message.pairs.push(id),
        Way::Method(method) => match method {
            AuthMethod::ClientSecretBasic => {
                let user = form::encode_component(&credentials.id);
                let password = form::encode_component(&credentials.secret);
                message.authorization = Some(super::apply::basic_value(
                    format!("{user}:{password}").as_bytes(),
                ));
            }
            AuthMethod::ClientSecretPost => {
                message.pairs.push(id);
                message
                    .pairs
                    .push(Pair::new(b"client_secret", &credentials.secret));
            }
            AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt => {
                put_assertion(message, JWT_BEARER, signed);
            }
            AuthMethod::Saml2ClientAuth => put_assertion(message, SAML2_BEARER, signed),
            AuthMethod::None | AuthMethod::SelfSignedTlsClientAuth | AuthMethod::TlsClientAuth => {
                message.pairs.push(id)
            }
        },
    }
}

/// The two parameters of an assertion (RFC 7521 §4.2).
fn put_assertion(message: &mut Message, kind: &str, signed: Option<&[u8]>) {
    message.pairs.extend([
        Pair::new(b"client_assertion_type", kind.as_bytes()),
        Pair::new(b"client_assertion", signed.unwrap_or_default()),
    ]);
}
