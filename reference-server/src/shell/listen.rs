//! Connections: accepted within a limit, served by hyper, ended gently.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::early::Hasty;
use super::http2_fields::Rewritten;
use super::octets::Octets;
use super::opening::{Edged, receive};
use super::patience::Impatient;
use super::tls::Acceptor;
use super::{Shared, http};
use crate::config::LimitConfig;
use crate::tls_plan::{EarlyData, Http2, Reception};
use crate::wire::raw_request::Protocol;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

/// What a listener needs.
pub(super) struct Listening {
    pub(super) listener: TcpListener,
    pub(super) acceptor: Option<Acceptor>,
    pub(super) limits: LimitConfig,
    pub(super) stopped: watch::Receiver<()>,
}

/// How long an ending server waits for requests that have begun.
const GRACE: Duration = Duration::from_secs(5);

/// Octets that lie between a TLS session and HTTP.
const BUFFER: usize = 64 * 1024;

/// Accepts until the server is stopped, then waits for the connections.
pub(super) async fn run(listening: Listening, shared: Arc<Shared>) {
    let Listening {
        listener,
        acceptor,
        limits,
        mut stopped,
    } = listening;
    let places = Arc::new(Semaphore::new(limits.connections));
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            _ = stopped.changed() => break,
        };
        let Some((stream, place)) = accepted else {
            continue;
        };
        let connection = Connection {
            shared: Arc::clone(&shared),
            limits,
            stopped: stopped.clone(),
        };
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            connection.run(stream, acceptor).await;
            drop(place);
        });
    }
    drop(listener);
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    drop(tokio::time::timeout(GRACE, places.acquire_many(all)).await);
}

/// The next connection, and its place among those that are served at the same time.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(error) => {
            // Out of file descriptors, most likely: others have to close first.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(10)).await;
            None
        }
    }
}

/// Sends octets, and lets the client have them before the end.
async fn say(mut stream: TcpStream, octets: &[u8]) {
    let mut rest = [0; 512];
    if stream.write_all(octets).await.is_ok() && stream.shutdown().await.is_ok() {
        // The client goes when it has seen enough.
        while stream.read(&mut rest).await.is_ok_and(|count| count > 0) {}
    }
}

struct Connection {
    shared: Arc<Shared>,
    limits: LimitConfig,
    stopped: watch::Receiver<()>,
}

impl Connection {
    async fn run(self, mut stream: TcpStream, acceptor: Option<Acceptor>) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection is gone");
            return;
        }
        let Some(acceptor) = acceptor else {
            return self.speak(stream, Vec::new()).await;
        };
        let seams = &self.shared.server.seams.reception;
        let opening = tokio::time::timeout(self.patience(), receive(&mut stream, seams)).await;
        let Ok(Ok((octets, reception))) = opening else {
            tracing::debug!("a connection began with nothing");
            return;
        };
        let tls = match reception {
            Reception::Answer(answer) => return say(stream, &answer).await,
            Reception::Clear => {
                return self
                    .speak(Edged::beginning(octets, stream), Vec::new())
                    .await;
            }
            Reception::Close => return,
            Reception::OldOnly => &acceptor.old,
            Reception::Ordinary => &acceptor.all,
        };
        let stream = Edged::beginning(octets, stream);
        if acceptor.early != EarlyData::Refused {
            return self.hurry(stream, tls, acceptor.http2).await;
        }
        let handshake = tls.accept(stream);
        match tokio::time::timeout(self.patience(), handshake).await {
            Ok(Ok(stream)) => {
                let presented = stream.get_ref().1.peer_certificates().unwrap_or_default();
                let presented = presented.iter().map(|der| der.to_vec()).collect();
                let protocol = acceptor.http2.spoken(stream.get_ref().1.alpn_protocol());
                let stream = Edged::ending(stream, acceptor.end);
                match protocol {
                    Protocol::Http1 => self.speak(stream, presented).await,
                    Protocol::Http2 => self.speak_http2(stream, presented).await,
                }
            }
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    /// HTTP on what is read, be the handshake complete or not.
    async fn hurry(self, stream: Edged<TcpStream>, tls: &TlsAcceptor, http2: Http2) {
        let handshake = Hasty::accept(stream, Arc::clone(tls.config()));
        let Ok(Ok(hasty)) = tokio::time::timeout(self.patience(), handshake).await else {
            tracing::debug!("a TLS handshake failed or took too long");
            return;
        };
        let presented = hasty.presented();
        let (speaker, heard) = tokio::io::duplex(BUFFER);
        let protocol = http2.spoken(hasty.alpn_protocol());
        let spoken = async {
            match protocol {
                Protocol::Http1 => self.speak(heard, presented).await,
                Protocol::Http2 => self.speak_http2(heard, presented).await,
            }
        };
        let (carried, ()) = tokio::join!(hasty.run(speaker), spoken);
        if let Err(error) = carried {
            tracing::debug!(%error, "a connection ended early");
        }
    }

    async fn speak(
        mut self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        certificates: Vec<Vec<u8>>,
    ) {
        let shared = Arc::clone(&self.shared);
        let service = service_fn(move |request| {
            http::answer(Arc::clone(&shared), request, certificates.clone())
        });
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(self.patience())
            .max_header_size(self.limits.headers)
            .title_case_headers(true)
            .half_close(true);
        let stream = Impatient::new(stream, self.patience());
        let stream = Octets::new(stream, &self.shared.server.seams);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        self.serve(connection, |it| it.graceful_shutdown()).await;
    }

    async fn speak_http2(
        mut self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        certificates: Vec<Vec<u8>>,
    ) {
        let shared = Arc::clone(&self.shared);
        let service = service_fn(move |request| {
            http::answer(Arc::clone(&shared), request, certificates.clone())
        });
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_header_list_size(u32::try_from(self.limits.headers).unwrap_or(u32::MAX))
            .keep_alive_interval(self.patience())
            .keep_alive_timeout(self.patience());
        let stream = Impatient::new(stream, self.patience());
        let stream = Rewritten::new(stream, &self.shared.server.seams.fields);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        self.serve(connection, |it| it.graceful_shutdown()).await;
    }

    /// Serves until the end, which `wind_down` brings about where the server is stopped.
    async fn serve<C: Future<Output = hyper::Result<()>>>(
        &mut self,
        connection: C,
        wind_down: impl FnOnce(Pin<&mut C>),
    ) {
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            _ = self.stopped.changed() => {
                wind_down(connection.as_mut());
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.limits.seconds.into())
    }
}
