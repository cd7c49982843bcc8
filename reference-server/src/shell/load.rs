//! Configuration files.

use std::path::Path;

use crate::config::{Config, ConfigError};

impl Config {
    /// Reads a configuration file. Relative paths in it are relative to it.
    ///
    /// # Errors
    /// When the file can't be read, or the first thing that is wrong with it.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let source = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::unreadable(&source, &error))?;
        let mut config = Self::parse(&text, &source)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for client in config.clients.values_mut() {
            if let Some(file) = client.key.as_mut().and_then(|key| key.file.as_mut()) {
                *file = folder.join(&*file);
            }
            if let Some(file) = client.certificate.as_mut().and_then(|it| it.file.as_mut()) {
                *file = folder.join(&*file);
            }
            if let Some(file) = &mut client.jwks {
                file.value = folder.join(&file.value);
            }
        }
        let jwt = config.trusted_issuers.iter_mut().map(|it| &mut it.key.file);
        let saml = config.saml_issuers.iter_mut().map(|it| &mut it.key.file);
        for file in jwt.chain(saml).flatten() {
            *file = folder.join(&*file);
        }
        if let Some(file) = &mut config.client_ca {
            *file = folder.join(&*file);
        }
        let managers = config.access_token_managers.iter_mut();
        let keys = managers.map(|manager| &mut manager.signing_key);
        for key in keys.chain([&mut config.signing_key]).flatten() {
            if let Some(file) = &mut key.file {
                *file = folder.join(&*file);
            }
        }
        Ok(config)
    }
}
