//! Servers as processes of their own: this very program, told to be a server.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};
use tempfile::TempDir;
use tokenspec_reference_server::jose::algorithm::Algorithm;
use tokenspec_reference_server::jose::keys::ServerKey;
use tokenspec_reference_server::{Config, Options, serve};

/// The variable that names the database.
pub(crate) const DATABASE: &str = "TOKENSPEC_POSTGRES";

/// The variable that makes this program a server with a configuration file.
const SERVE: &str = "TOKENSPEC_SERVE_FOR_A_TEST";

const READY: &str = "listening at ";

/// What all servers of a test share beside the database: configuration and keys.
pub(crate) struct Folder {
    folder: TempDir,
    /// The key of the client `ec`.
    pub(crate) key: ServerKey,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pair = || KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let client = pair();
        std::fs::write(folder.path().join("server.pem"), pair().serialize_pem()).unwrap();
        std::fs::write(folder.path().join("client.pem"), client.serialize_pem()).unwrap();
        std::fs::write(
            folder.path().join("config.yaml"),
            include_str!("config.yaml"),
        )
        .unwrap();
        let key = ServerKey::new("client-1", Algorithm::Es256, &client).unwrap();
        Self { folder, key }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("config.yaml")
    }

    pub(crate) fn config(&self) -> Config {
        Config::load(&self.file()).unwrap()
    }
}

/// A server in a process of its own. It ends with this value.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    pub(crate) fn start(folder: &Folder) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "process::server", "--nocapture"])
            .env(SERVE, folder.file())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let address = lines.find_map(|line| {
            let (_, address) = line.split_once(READY)?;
            address.parse().ok()
        });
        Self {
            child,
            address: address.expect("the server says where it listens"),
        }
    }

    pub(crate) async fn code(&self) -> String {
        crate::requests::code(self.address).await
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The server of another test, where that asks for one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server() {
    let Ok(file) = std::env::var(SERVE) else {
        return;
    };
    let config = Config::load(file.as_ref()).unwrap();
    let running = serve(config, Options::default()).await.unwrap();
    writeln!(std::io::stdout(), "\n{READY}{}", running.address).unwrap();
    std::future::pending::<()>().await;
}
