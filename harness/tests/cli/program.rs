//! The program as a process: run to its end, or left to serve.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }

    /// The same, if it ended with this code.
    #[track_caller]
    pub(crate) fn with_code(self, code: i32) -> Self {
        let Self { stdout, stderr, .. } = &self;
        assert_eq!(self.code, Some(code), "stdout: {stdout}\nstderr: {stderr}");
        self
    }

    /// Its stdout as JSON, up to the first line that is none.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let mut values = serde_json::Deserializer::from_str(&self.stdout).into_iter();
        values
            .next()
            .expect("something on stdout")
            .expect("JSON on stdout")
    }
}

/// The program, told nothing by the environment of the tests.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenspec"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Runs the program to its end.
#[track_caller]
pub(crate) fn tokenspec(arguments: &[&str]) -> Ended {
    Ended::of(command(arguments).output().expect("the program runs"))
}

/// Sends a signal, by its name.
pub(crate) fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-s", name, &pid]).status();
    assert!(
        sent.expect("kill runs").success(),
        "{name} could not be sent"
    );
}

/// A folder with files.
#[derive(Debug)]
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// Writes a file, and tells its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        let folder = Path::new(&path).parent().expect("a folder").to_owned();
        fs::create_dir_all(folder).expect("a folder");
        fs::write(&path, text).expect("a file");
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).expect("a file")
    }

    /// Runs the program in it, so that its messages name files as the arguments do.
    #[track_caller]
    pub(crate) fn tokenspec(&self, arguments: &[&str]) -> Ended {
        let mut command = command(arguments);
        let output = command.current_dir(self.0.path()).output();
        Ended::of(output.expect("the program runs"))
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> String {
        let path = self.0.path().join(name);
        path.to_str().expect("a path of characters").to_owned()
    }

    /// A text without what changes from run to run: this folder and ports.
    pub(crate) fn steady(&self, text: &str) -> String {
        let folder = self.0.path().to_str().expect("a path of characters");
        steady(&text.replace(folder, "FOLDER"))
    }
}

/// What a person sees of several runs, one below the other.
#[derive(Debug, Default)]
pub(crate) struct Seen(pub(crate) String);

impl Seen {
    /// Runs the program in a folder, and notes what it printed.
    #[track_caller]
    pub(crate) fn run(&mut self, folder: &Folder, title: &str, arguments: &[&str]) -> &mut Self {
        let ended = folder.tokenspec(arguments);
        let code = ended.code.expect("no signal ended it");
        let printed = folder.steady(&(ended.stdout + &ended.stderr));
        let shown = arguments.join(" ");
        self.0 += &format!("# {title}\n$ tokenspec {shown}\n{printed}exit code {code}\n\n");
        self
    }
}

/// A text with `PORT` for every port of 127.0.0.1, and `WHEN` for the moment of its start.
pub(crate) fn steady(text: &str) -> String {
    let started = |line: &str| match line.split_once(", started ") {
        Some((before, _)) => format!("{before}, started WHEN\n"),
        None => line.to_owned(),
    };
    let text: String = text.split_inclusive('\n').map(started).collect();
    let text = without_digits_behind(&text, "client_id=tokenspec-unknown-");
    let mut parts = text.split("127.0.0.1:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        out += if rest.len() < part.len() {
            "127.0.0.1:PORT"
        } else {
            "127.0.0.1:"
        };
        out += rest;
    }
    out
}

/// `tokenspec serve` as a process of its own.
#[derive(Debug)]
pub(crate) struct Served {
    child: Child,
    /// The first line that it printed.
    pub(crate) endpoint: String,
    folder: Folder,
}

impl Served {
    /// Starts it with these flags, and a target file.
    pub(crate) fn start(flags: &[&str]) -> Self {
        let folder = Folder::new();
        let target = folder.path("target.yaml");
        let mut child = command(&["serve", "--log", "off", "--write-target", &target])
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server runs");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        Self {
            child,
            endpoint: line.trim_end().to_owned(),
            folder,
        }
    }

    /// The target file that it wrote.
    pub(crate) fn target(&self) -> String {
        self.folder.path("target.yaml")
    }

    /// The text of that file.
    pub(crate) fn target_text(&self) -> String {
        self.folder.read("target.yaml")
    }

    /// A file beside it.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        self.folder.write(name, text)
    }

    /// The path of a file beside it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path(name).into()
    }

    /// A target file of this server with one client, `machine`, and nothing else.
    pub(crate) fn small_target(&self) -> String {
        let text = format!(
            "name: small\ntoken_endpoint: {}\nclients:\n  machine:\n    id: machine\n    auth: client_secret_basic\n    secret: {}\n    grants: [client_credentials]\n    scopes: [read]\n",
            self.endpoint,
            self.secret_of("machine"),
        );
        self.write("small.yaml", &text)
    }

    /// A secret of the target file, as it is written there.
    fn secret_of(&self, client: &str) -> String {
        let text = self.target_text();
        let from = text.find(&format!("\"{client}\":")).expect("the client");
        let line = text[from..]
            .lines()
            .find(|line| line.trim().starts_with("secret:"));
        let line = line.expect("a secret").trim();
        line.trim_start_matches("secret:").trim().to_owned()
    }

    /// Sends it a signal and waits for its end.
    pub(crate) fn end_with(mut self, name: &str) -> Option<i32> {
        signal(&self.child, name);
        self.child.wait().expect("an end").code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A text with `HEX` for the hexadecimal digits behind each mark.
fn without_digits_behind(text: &str, mark: &str) -> String {
    let mut parts = text.split(mark);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        out + mark + "HEX" + rest
    })
}
