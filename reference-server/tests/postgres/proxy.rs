//! A TCP address in front of the database's socket, which can be cut and mended.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;

use crate::process::DATABASE;

pub(crate) struct Proxy {
    address: SocketAddr,
    open: Arc<watch::Sender<bool>>,
}

/// The database, and the word of its address that names the folder of the socket.
fn database() -> (String, String) {
    let all = std::env::var(DATABASE).expect("the variable names a database");
    let host = all
        .split(' ')
        .find_map(|word| word.strip_prefix("host="))
        .expect("it has host=FOLDER")
        .to_owned();
    (all, host)
}

impl Proxy {
    pub(crate) async fn start() -> Self {
        let (_, folder) = database();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let open = Arc::new(watch::channel(true).0);
        let state = Arc::clone(&open);
        tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let mut open = state.subscribe();
                let socket = format!("{folder}/.s.PGSQL.5432");
                tokio::spawn(async move {
                    if !*open.borrow() {
                        return;
                    }
                    let mut to = UnixStream::connect(socket).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut from, &mut to) => {}
                        _ = open.wait_for(|open| !open) => {}
                    }
                });
            }
        });
        Self { address, open }
    }

    /// The address of the database behind this one.
    pub(crate) fn database(&self) -> String {
        let (all, folder) = database();
        let here = format!("host={} port={}", self.address.ip(), self.address.port());
        all.replace(&format!("host={folder}"), &here)
    }

    /// Ends all connections, and takes no more.
    pub(crate) fn cut(&self) {
        self.open.send_replace(false);
    }

    pub(crate) fn mend(&self) {
        self.open.send_replace(true);
    }
}
