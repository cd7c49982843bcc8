//! Secrets, keys and certificates.

use super::Reader;
use crate::{
    diagnostic::Spot,
    jose::SigningKey,
    secret::Secret,
    target::{
        Certificate, ClientKey,
        certificate::certificates,
        file::{KeyFile, KeyPairFile, SecretSource},
        load::unreadable,
    },
    yaml::Located,
};
use rustls::pki_types::CertificateDer;

const RELATIVE: &str = "a path is relative to the target file";

impl Reader<'_> {
    /// The secret, if it can be found.
    pub(super) fn secret(&mut self, written: &Located<SecretSource>) -> Option<Secret> {
        let spot = written.spot;
        let text = match &written.value {
            SecretSource::Literal(secret) => return Some(secret.clone()),
            SecretSource::Env(name) => self.variable(name, spot)?,
            SecretSource::File(path) => {
                let text = self.read(path, spot)?;
                let text = text.strip_suffix('\n').unwrap_or(&text);
                text.strip_suffix('\r').unwrap_or(text).to_owned()
            }
        };
        if text.is_empty() {
            self.problem(
                spot,
                "empty secret",
                "put the secret where the file says it is",
            );
            return None;
        }
        Some(Secret::new(text))
    }

    /// The key, if it can be read and fits its algorithm.
    pub(super) fn key(&mut self, written: &Located<KeyFile>) -> Option<ClientKey> {
        let (text, spot) = self.key_text(written)?;
        let key = match SigningKey::from_text(&text) {
            Ok(key) => key,
            Err(error) => {
                self.problem(
                    spot,
                    format!("this key is unusable: {error}"),
                    "name a private key in PEM or a JWK",
                );
                return None;
            }
        };
        let algorithm = match &written.value.alg {
            Some(algorithm) => {
                if let Err(error) = key.check(algorithm.value) {
                    let usual = key.algorithm();
                    self.problem(
                        algorithm.spot,
                        format!("this key does not fit: {error}"),
                        format!("write `alg: {usual}`, or name another key"),
                    );
                    return None;
                }
                algorithm.value
            }
            None => key.algorithm(),
        };
        let kid = written
            .value
            .kid
            .clone()
            .or_else(|| key.kid().map(str::to_owned));
        Some(ClientKey {
            key,
            algorithm,
            kid,
        })
    }

    fn key_text(&mut self, written: &Located<KeyFile>) -> Option<(String, Spot)> {
        match (&written.value.file, &written.value.env) {
            (Some(path), None) => Some((self.read(&path.value, path.spot)?, path.spot)),
            (None, Some(name)) => Some((self.variable(&name.value, name.spot)?, name.spot)),
            (None, None) => {
                self.problem(
                    written.spot,
                    "a key from nowhere",
                    "add `file: PATH` or `env: NAME`",
                );
                None
            }
            (Some(_), Some(env)) => {
                self.problem(env.spot, "a key from two places", "keep `file` or `env`");
                None
            }
        }
    }

    /// The certificate with its key, if both can be read and belong together.
    pub(super) fn key_pair(&mut self, written: &KeyPairFile) -> Option<Certificate> {
        let chain = self.read(&written.file.value, written.file.spot);
        let key = self.read(&written.key.value, written.key.spot);
        match Certificate::from_pem(&chain?, &key?) {
            Ok(certificate) => Some(certificate),
            Err(error) => {
                self.problem(
                    written.file.spot,
                    format!("this certificate is unusable: {error}"),
                    "name a chain and its key, both in PEM",
                );
                None
            }
        }
    }

    /// The certificates of a file; none, if it can't be read.
    pub(super) fn certificates(&mut self, path: &Located<String>) -> Vec<CertificateDer<'static>> {
        let Some(text) = self.read(&path.value, path.spot) else {
            return Vec::new();
        };
        certificates(&text).unwrap_or_else(|error| {
            self.problem(path.spot, error, "name a file that has one");
            Vec::new()
        })
    }

    fn variable(&mut self, name: &str, spot: Spot) -> Option<String> {
        let value = self.surroundings.variable(name);
        if value.is_none() {
            let message = format!("environment variable `{name}` is not set");
            self.problem(spot, message, "set it before you start tokenspec");
        }
        value
    }

    fn read(&mut self, path: &str, spot: Spot) -> Option<String> {
        match self.surroundings.read(path) {
            Ok(text) => Some(text),
            Err(error) => {
                let message = format!("`{path}` can't be read: {}", unreadable(&error));
                self.problem(spot, message, RELATIVE);
                None
            }
        }
    }
}
