//! The values that a request issues.

use std::fmt;

use crate::context::Context;
use crate::defects::MintFn;
use crate::moment::{Entropy, Timestamp};
use crate::wire::base64url;

/// A kind of value that the server makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An opaque access token.
    AccessToken,
    /// An `auth_req_id` (CIBA Core §7.3).
    AuthReqId,
    /// An authorization code.
    AuthorizationCode,
    /// A `device_code` (RFC 8628 §3.2).
    DeviceCode,
    /// The identifier of a client that registered itself (RFC 7591 §3.2.1).
    ClientId,
    /// Its secret.
    ClientSecret,
    /// The identifier of a JWT access token.
    Jti,
    /// A refresh token.
    RefreshToken,
    /// A registration access token (RFC 7592 §3).
    RegistrationToken,
    /// The random part of a `request_uri` (RFC 9126 §2.2).
    RequestUri,
    /// A `user_code` (RFC 8628 §6.1).
    UserCode,
}

const CONSONANTS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// Makes the values that a request issues.
pub struct Mint<'a> {
    /// The time.
    pub now: Timestamp,
    /// The number of the request: 1, 2, 3, …
    pub serial: u64,
    /// The identifier of the client; empty if there is none.
    pub client: &'a str,
    entropy: &'a mut dyn Entropy,
    seam: Option<MintFn>,
}

impl fmt::Debug for Mint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mint")
            .field("serial", &self.serial)
            .finish_non_exhaustive()
    }
}

impl<'a> Mint<'a> {
    /// A mint for one request.
    pub fn new(context: &Context<'_>, client: &'a str, entropy: &'a mut dyn Entropy) -> Self {
        let seam = context.server.seams.mint;
        Self {
            now: context.now,
            serial: context.serial,
            client,
            entropy,
            seam,
        }
    }

    /// A new value of this kind: 256 random bits (RFC 6749 §10.10), unless a defect makes it.
    pub fn value(&mut self, kind: Kind) -> String {
        match self.seam {
            Some(seam) => seam(self, kind),
            None => self.usual(kind),
        }
    }

    /// A new value of this kind as a server without defects makes it.
    pub fn usual(&mut self, kind: Kind) -> String {
        if kind == Kind::UserCode {
            self.user_code()
        } else {
            self.random(32)
        }
    }

    /// Two times four of the twenty consonants that can't be confused or make words (RFC 8628 §6.1).
    pub fn user_code(&mut self) -> String {
        let mut code = String::new();
        while code.len() < 9 {
            for octet in self.octets(16) {
                // 240 is the greatest multiple of 20: no letter is more likely than another.
                let letter = CONSONANTS
                    .get(usize::from(octet % 20))
                    .filter(|_| octet < 240);
                match letter {
                    Some(_) if code.len() == 9 => {}
                    Some(letter) => {
                        code.push(char::from(*letter));
                        if code.len() == 4 {
                            code.push('-');
                        }
                    }
                    None => {}
                }
            }
        }
        code
    }

    /// So many random octets as base64url.
    pub fn random(&mut self, octets: usize) -> String {
        base64url::encode(&self.octets(octets))
    }

    /// So many random octets.
    pub fn octets(&mut self, octets: usize) -> Vec<u8> {
        let mut buffer = vec![0; octets];
        self.entropy.fill(&mut buffer);
        buffer
    }
}
