//! Reads target files, the files that they name, and the environment.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{Target, parse};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// What a target file may refer to outside of itself.
pub trait Surroundings {
    /// The text of a file; the path is relative to the target file.
    ///
    /// # Errors
    ///
    /// Returns why the file can't be read as UTF-8.
    fn read(&self, path: &str) -> io::Result<String>;

    /// The value of an environment variable. `None`: it is not set, or is not UTF-8.
    fn variable(&self, name: &str) -> Option<String>;

    /// The folder of the target file.
    fn folder(&self) -> &Path;
}

/// Reads a target file, and what it refers to.
///
/// # Errors
///
/// Returns every problem that was found.
pub fn load(path: &Path) -> Result<Target, Diagnostics> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| {
        Diagnostic::of_file(
            &name,
            format!("the target file can't be read: {}", unreadable(&error)),
            "name a target file, or the URL of a token endpoint with http:// or https:// before it",
        )
    })?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    load_text(&text, &name, folder.unwrap_or(Path::new(".")))
}

/// Reads the text of a target file as if it stood in a folder, and what it refers to. `file` is
/// the name to show.
///
/// # Errors
///
/// Returns every problem that was found.
pub fn load_text(text: &str, file: &str, folder: &Path) -> Result<Target, Diagnostics> {
    parse(
        text,
        file,
        &System {
            folder: folder.to_owned(),
        },
    )
}

/// Why a file can't be read, in words that are the same on every system.
#[must_use]
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the standard library's enum is open"
)]
pub fn unreadable(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::InvalidData => "it is not UTF-8",
        io::ErrorKind::IsADirectory => "it is a folder",
        _ => "input/output error",
    }
}

/// The file system and the environment of this process.
struct System {
    folder: PathBuf,
}

impl Surroundings for System {
    fn read(&self, path: &str) -> io::Result<String> {
        fs::read_to_string(self.folder.join(path))
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn folder(&self) -> &Path {
        &self.folder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_beside_the_target_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret.txt"), "from a file\n").unwrap();
        let path = folder.path().join("target.yaml");
        fs::write(
            &path,
            "token_endpoint: http://127.0.0.1/t\n\
             clients: {a: {id: a, auth: client_secret_post, secret: {file: secret.txt}}}\n",
        )
        .unwrap();
        let target = load(&path).unwrap();
        let secret = target
            .client("a")
            .and_then(|client| client.secret.clone())
            .unwrap();
        assert_eq!(secret.reveal(), "from a file");
    }

    #[test]
    fn file_that_is_missing_or_no_text_is_a_problem_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("target.yaml");
        for (octets, reason) in [
            (None, "the target file can't be read: there is no such file"),
            (
                Some(b"name: \xff".as_slice()),
                "the target file can't be read: it is not UTF-8",
            ),
        ] {
            if let Some(octets) = octets {
                fs::write(&path, octets).unwrap();
            }
            let problems = load(&path).unwrap_err();
            assert_eq!(problems.iter().next().unwrap().message(), reason);
        }
    }
}
