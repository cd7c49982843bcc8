//! The embedded reference server: started on a free loopback port, then spoken to over its socket. The only file of the
//! harness that names the reference server.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use tokenspec_reference_server as reference;

use super::usage::UsageError;
use crate::target::{self, Surroundings, Target};

/// A reference server that runs, and the target file that it writes for itself.
#[derive(Debug)]
pub struct Embedded {
    running: reference::Running,
}

impl Embedded {
    /// Starts a built-in configuration, with a seeded defect where one is named.
    ///
    /// # Errors
    /// The server can't be started.
    pub async fn start(configuration: &str, defect: Option<&str>) -> Result<Self, UsageError> {
        let unable =
            |why: String| UsageError::Flags(format!("the embedded server can't start: {why}"));
        let config =
            reference::Config::embedded(configuration).map_err(|why| unable(why.to_string()))?;
        let mut options = reference::Options::default().with_clock();
        if let Some(id) = defect {
            let defect = reference::defects::find(id)
                .ok_or_else(|| unable(format!("no defect is called `{id}`")))?;
            options = options.defect(defect);
        }
        let running = reference::serve(config, options)
            .await
            .map_err(|why| unable(why.to_string()))?;
        Ok(Self { running })
    }

    /// The target that it describes.
    ///
    /// # Errors
    /// A target file that the harness does not accept: a defect of this program.
    pub fn target(&self) -> Result<Target, UsageError> {
        let files = reference::target_files(&self.running)
            .into_iter()
            .map(|file| (file.name, file.content))
            .collect();
        let text = reference::target_yaml(&self.running);
        Ok(target::parse(
            &text,
            "embedded reference server",
            &InMemory { files },
        )?)
    }

    /// Stops it.
    pub async fn stop(self) {
        self.running.shutdown().await;
    }
}

/// The configurations that are built in, one for each profile.
pub fn configurations() -> impl Iterator<Item = &'static str> {
    reference::embedded_names()
}

/// Files that a target file names, without a disk.
struct InMemory {
    files: BTreeMap<String, String>,
}

impl Surroundings for InMemory {
    fn read(&self, path: &str) -> io::Result<String> {
        self.files
            .get(path)
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn variable(&self, _name: &str) -> Option<String> {
        None
    }

    fn folder(&self) -> &Path {
        Path::new(".")
    }
}
