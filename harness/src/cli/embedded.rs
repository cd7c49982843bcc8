//! The embedded reference server: started on a free loopback port, then spoken to over its socket. The only file of the
//! harness that names the reference server.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use tokenspec_reference_server as reference;

use super::args::ServeArgs;
use super::usage::UsageError;
use crate::diagnostic;
use crate::target::{self, Surroundings, Target};
use crate::transport::{Reserved, reserve};

/// Where an embedded server deviates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deviation<'a> {
    /// Nowhere.
    None,
    /// As a seeded defect has it.
    Defect(&'a str),
    /// It lacks the check of this name.
    WithoutCheck(&'a str),
}

/// A seeded defect: what it is called, and which rules have to notice it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeededDefect {
    /// Its name.
    pub id: String,
    /// The rules that it is there for.
    pub kills: Vec<String>,
    /// The rules that necessarily trip too, each with the reason.
    pub also: Vec<(String, String)>,
    /// Rules of other documents that it trips, too.
    pub elsewhere: Vec<String>,
}

impl SeededDefect {
    /// All rules of its own documents that it names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let also = self.also.iter().map(|(rule, _)| rule);
        self.kills.iter().chain(also).map(String::as_str)
    }
}

/// All seeded defects, in the order of their table.
#[must_use]
pub fn defects() -> Vec<SeededDefect> {
    reference::defects::all()
        .map(|defect| SeededDefect {
            id: defect.id.to_owned(),
            kills: defect.kills.iter().map(|rule| (*rule).to_owned()).collect(),
            also: defect
                .also
                .iter()
                .map(|(rule, why)| ((*rule).to_owned(), (*why).to_owned()))
                .collect(),
            elsewhere: defect.elsewhere().map(str::to_owned).collect(),
        })
        .collect()
}

/// The names of all checks of the server, in order.
#[must_use]
pub fn checks() -> Vec<String> {
    reference::checks::CheckId::ALL
        .iter()
        .map(|check| check.as_str().to_owned())
        .collect()
}

/// Starts the reference server as `tokenspec serve` is told to, and writes a target file for it where one is asked for.
///
/// # Errors
/// An unknown configuration or defect, or a server that can't be started.
pub async fn serve(args: &ServeArgs) -> Result<Embedded, UsageError> {
    let unable = |why: String| UsageError::Flags(why);
    let path = Path::new(&args.config);
    let config = if configurations().any(|name| name == args.config) {
        reference::Config::embedded(&args.config)
    } else if path.exists() {
        reference::Config::load(path)
    } else {
        let known: Vec<&str> = configurations().collect();
        return Err(unable(format!(
            "`--config {}` is neither a file nor a built-in configuration ({})",
            args.config,
            known.join(", ")
        )));
    };
    let mut options = reference::Options {
        listen: args.listen,
        clock_listen: args.clock_listen,
        callback_host: args.callback_host,
        ..reference::Options::default()
    };
    if args.tls {
        options = options.with_tls();
    }
    for id in &args.defect {
        let defect = reference::defects::find(id).ok_or_else(|| unable(unknown_defect(id)))?;
        options = options.defect(defect);
    }
    let config = config.map_err(|why| unable(why.to_string()))?;
    let running = reference::serve(config, options)
        .await
        .map_err(|why| unable(why.to_string()))?;
    if let Some(file) = &args.write_target {
        reference::write_target(&running, file).map_err(|why| {
            unable(format!(
                "the target file {} can't be written: {}",
                file.display(),
                unwritable(&why)
            ))
        })?;
    }
    Ok(Embedded {
        running,
        _callback: None,
    })
}

/// Why a file can't be written, in words that are the same on every system where there are any.
fn unwritable(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::NotFound {
        return "there is no such folder; make it first".to_owned();
    }
    error.kind().to_string()
}

fn unknown_defect(id: &str) -> String {
    let near = diagnostic::nearest(id, reference::defects::all().map(|defect| defect.id));
    let advice = near.map_or_else(
        || "`tokenspec serve --list-defects` lists them".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    format!("no defect is called `{id}`: {advice}")
}

/// A reference server that runs, and the target file that it writes for itself.
#[derive(Debug)]
pub struct Embedded {
    running: reference::Running,
    /// Where its clients' keys are shown.
    _callback: Option<Reserved>,
}

impl Embedded {
    /// Starts a built-in configuration, with a deviation where one is named.
    ///
    /// # Errors
    /// The server can't be started, or nothing is called so.
    pub async fn start(configuration: &str, deviation: Deviation<'_>) -> Result<Self, UsageError> {
        let unable =
            |why: String| UsageError::Flags(format!("the embedded server can't start: {why}"));
        let config =
            reference::Config::embedded(configuration).map_err(|why| unable(why.to_string()))?;
        let callback = reserve().map_err(|why| unable(why.to_string()))?;
        let mut options = reference::Options {
            callback_host: Some(callback.address()),
            ..reference::Options::default().with_clock()
        };
        match deviation {
            Deviation::None => {}
            Deviation::Defect(id) => {
                let defect = reference::defects::find(id)
                    .ok_or_else(|| unable(format!("no defect is called `{id}`")))?;
                options = options.defect(defect);
            }
            Deviation::WithoutCheck(name) => {
                let mut all = reference::checks::CheckId::ALL.iter();
                let check = all
                    .find(|check| check.as_str() == name)
                    .ok_or_else(|| unable(format!("no check is called `{name}`")))?;
                options = options.skip(*check);
            }
        }
        let running = reference::serve(config, options)
            .await
            .map_err(|why| unable(why.to_string()))?;
        Ok(Self {
            running,
            _callback: Some(callback),
        })
    }

    /// The target that it describes.
    ///
    /// # Errors
    /// A target file that the harness does not accept: a defect of this program.
    pub fn target(&self) -> Result<Target, UsageError> {
        self.parsed(&reference::target_yaml(&self.running))
    }

    fn parsed(&self, text: &str) -> Result<Target, UsageError> {
        let files = reference::target_files(&self.running)
            .into_iter()
            .map(|file| (file.name, file.content))
            .collect();
        Ok(target::parse(
            text,
            "embedded reference server",
            &InMemory { files },
        )?)
    }

    /// The URL of its token endpoint.
    #[must_use]
    pub fn token_endpoint(&self) -> &str {
        &self.running.token_endpoint
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// The target that it describes, at another port: that of a server that stands in for it or before it. What it calls
    /// itself stays, so that assertions reach their audience.
    ///
    /// # Errors
    /// As [`Self::target`].
    pub fn target_at(&self, port: u16) -> Result<Target, UsageError> {
        let mut text = reference::target_yaml(&self.running);
        // What stands before the server does not stand before its listener for mutual TLS.
        if let Some(mutual) = &self.running.mutual_tls {
            let token = format!("  token_mtls: \"{mutual}");
            let lines = text.lines().filter(|line| !line.starts_with(&token));
            text = lines.map(|line| format!("{line}\n")).collect();
            text = text.replace(mutual, &self.running.base);
        }
        let own = format!(":{}", self.running.address.port());
        let moved = |line: &str| {
            if names_server(line) {
                format!("{line}\n")
            } else {
                format!("{}\n", line.replace(&own, &format!(":{port}")))
            }
        };
        let text: String = text.lines().map(moved).collect();
        self.parsed(&text)
    }

    /// Stops it.
    pub async fn stop(self) {
        self.running.shutdown().await;
    }
}

/// Whether a line of a target file says what the server calls itself, in assertions too, wherever it is found.
fn names_server(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("issuer: ") || line.contains("audience: ")
}

/// The configurations that are built in, one for each profile.
pub fn configurations() -> impl Iterator<Item = &'static str> {
    reference::embedded_names()
}

/// Whether a built-in configuration is shown over TLS alone: it is served so, or all of its clients present certificates.
#[must_use]
pub fn is_over_tls(configuration: &str) -> bool {
    let config = reference::Config::embedded(configuration);
    config.is_ok_and(|config| {
        let mut clients = config.clients.values().filter(|it| !it.grants.is_empty());
        config.scheme == reference::config::Scheme::Https
            || clients.all(|it| it.certificate.is_some())
    })
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
