//! The control listener: `POST /clock?seconds=N` moves the server's clock forward, and tells the time.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::ServerClock;
use crate::moment::Clock;

/// Answers until the server is stopped.
pub(super) async fn run(
    listener: TcpListener,
    clock: Arc<ServerClock>,
    mut stopped: watch::Receiver<()>,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        let Ok((stream, _)) = accepted else { continue };
        let clock = Arc::clone(&clock);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let answer = answer(&clock, &request);
                async move { Ok::<_, Infallible>(answer) }
            });
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a control connection ended early");
            }
        });
    }
}

fn answer(clock: &ServerClock, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let (status, text) = if request.uri().path() != "/clock" {
        (404, "only /clock is here\n".to_owned())
    } else if request.method() != Method::POST {
        (405, "only POST moves the clock\n".to_owned())
    } else {
        let seconds = request
            .uri()
            .query()
            .and_then(|query| query.strip_prefix("seconds="));
        match seconds.and_then(|seconds| seconds.parse::<u32>().ok()) {
            Some(seconds) => {
                clock.advance(seconds);
                (200, format!("{{\"now\": {}}}\n", clock.now().0))
            }
            None => {
                let advice = "seconds= has to be a whole number, not negative\n";
                (400, advice.to_owned())
            }
        }
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status_code(status);
    response
}

fn status_code(status: u16) -> hyper::StatusCode {
    hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR)
}
