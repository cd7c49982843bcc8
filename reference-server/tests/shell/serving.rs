//! Serving: answers, limits, races, time, TLS, the end.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokenspec_reference_server::defects::{Commit, Delivery};
use tokenspec_reference_server::{Config, Options, Seam, ServeError, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::client::{CC, code, exchange, get, json, over, post, redemption, start, status};

fn with(seam: Seam) -> Options {
    Options {
        seams: vec![seam],
        ..Options::default()
    }
}

#[tokio::test]
async fn token_is_issued_over_a_socket() {
    let running = start("oauth2.0", Options::default()).await;
    let answer = exchange(running.address, &post(CC)).await;
    assert_eq!(status(&answer), 200);
    assert!(answer.contains("\r\nCache-Control: no-store\r\n"));
    assert!(answer.contains("\r\nContent-Type: application/json\r\n"));
    assert_eq!(json(&answer)["token_type"], "Bearer");
    assert_eq!(
        running.token_endpoint,
        format!("http://{}/as/token.oauth2", running.address)
    );
    running.shutdown().await;
}

#[tokio::test]
async fn chunks_and_absolute_form_are_read() {
    let running = start("oauth2.0", Options::default()).await;
    let request = post(CC).replace("Content-Length: 29", "Transfer-Encoding: chunked");
    let request = request.replace(
        &format!("\r\n\r\n{CC}"),
        &format!("\r\n\r\n1d\r\n{CC}\r\n0\r\n\r\n"),
    );
    assert_eq!(status(&exchange(running.address, &request).await), 200);
    let absolute = post(CC).replace("POST /", "POST http://elsewhere.example/");
    assert_eq!(status(&exchange(running.address, &absolute).await), 200);
}

#[tokio::test]
async fn head_has_no_content_and_get_is_not_allowed() {
    let running = start("oauth2.0", Options::default()).await;
    let answer = exchange(
        running.address,
        &get("/as/token.oauth2").replace("GET", "HEAD"),
    )
    .await;
    assert_eq!(status(&answer), 405);
    assert!(answer.contains("\r\nAllow: POST\r\n") && answer.ends_with("\r\n\r\n"));
    let answer = exchange(running.address, &get("/as/token.oauth2")).await;
    assert_eq!(
        (status(&answer), &json(&answer)["error"]),
        (405, &"invalid_request".into())
    );
}

#[tokio::test]
async fn large_content_is_413_and_large_headers_are_431() {
    let running = start("oauth2.0", Options::default()).await;
    let answer = exchange(running.address, &post(&"x".repeat(300 * 1024))).await;
    assert_eq!(
        (status(&answer), &json(&answer)["error"]),
        (413, &"invalid_request".into())
    );
    let answer = exchange(
        running.address,
        &post(&format!("{CC}&x={}", "x".repeat(100_000))),
    )
    .await;
    assert_eq!(status(&answer), 200);
    let request = post(CC).replace("Host: x", &format!("Host: x\r\nX: {}", "x".repeat(80_000)));
    assert_eq!(status(&exchange(running.address, &request).await), 431);
}

#[tokio::test]
async fn content_that_breaks_off_is_not_taken_for_a_request() {
    let running = start("oauth2.0", Options::default()).await;
    let request = post(CC).replace("Content-Length: 29", "Content-Length: 30");
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let answer = over(stream, "").await;
    assert!(!answer.contains("access_token"), "{answer}");
    assert!(matches!(status(&answer), 0 | 400), "{answer}");
}

#[tokio::test]
async fn octets_that_are_no_http_are_400() {
    let running = start("oauth2.0", Options::default()).await;
    let answer = exchange(running.address, "nonsense\r\n\r\n").await;
    assert_eq!(status(&answer), 400);
    assert_eq!(status(&exchange(running.address, &post(CC)).await), 200);
}

#[tokio::test]
async fn slow_client_is_cut_off() {
    let text = "name: x\nlimits: {seconds: 1}\nclients: {}\n";
    let config = Config::parse(text, "x").unwrap();
    let running = serve(config, Options::default()).await.unwrap();
    let unfinished = "POST /as/token.oauth2 HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx=";
    let answer = exchange(running.address, unfinished).await;
    assert_eq!(status(&answer), 408);
    let answer = exchange(running.address, "POST /as/token.oauth2 HTTP/1.1\r\nHost: ").await;
    assert!(matches!(status(&answer), 0 | 408));
}

#[tokio::test]
async fn client_that_takes_no_answers_is_cut_off() {
    let text = "name: x\nlimits: {seconds: 1}\nclients: {}\n";
    let config = Config::parse(text, "x").unwrap();
    let running = serve(config, Options::default()).await.unwrap();
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let request = get("/.well-known/openid-configuration").replace("Connection: close\r\n", "");
    let requests = request.repeat(100);
    // Nothing is read: when all buffers are full, the server waits for a second and ends the connection.
    let cut_off = loop {
        if let Err(error) = stream.write_all(requests.as_bytes()).await {
            break error.kind();
        }
    };
    let endings = [
        std::io::ErrorKind::BrokenPipe,
        std::io::ErrorKind::ConnectionReset,
    ];
    assert!(endings.contains(&cut_off), "{cut_off}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_is_redeemed_once_by_many_at_the_same_time() {
    let running = start("oauth2.0", Options::default()).await;
    assert_eq!(successes(running.address, 20).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seeded_race_lets_several_through() {
    let window = std::time::Duration::from_millis(200);
    let running = start("oauth2.0", with(Seam::Commit(Commit::Window(window)))).await;
    assert!(successes(running.address, 4).await > 1);
    // One after the other it is as it should be.
    let request = redemption(&code(running.address).await);
    assert_eq!(status(&exchange(running.address, &request).await), 200);
    assert_eq!(status(&exchange(running.address, &request).await), 400);
}

async fn successes(address: std::net::SocketAddr, times: usize) -> usize {
    let request = Arc::new(redemption(&code(address).await));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..times {
        let request = Arc::clone(&request);
        tasks.spawn(async move { status(&exchange(address, &request).await) });
    }
    tasks
        .join_all()
        .await
        .into_iter()
        .filter(|status| *status == 200)
        .count()
}

#[tokio::test]
async fn defect_of_the_connection_closes_or_breaks_off() {
    let closing = start("oauth2.0", with(Seam::Connection(|_, _| Delivery::Close))).await;
    assert_eq!(exchange(closing.address, &post(CC)).await, "");
    let truncating = start(
        "oauth2.0",
        with(Seam::Connection(|_, _| Delivery::Truncated(5))),
    )
    .await;
    let answer = exchange(truncating.address, &post(CC)).await;
    assert_eq!(status(&answer), 200);
    assert!(answer.ends_with("\r\n\r\n{\"acc"), "{answer}");
}

#[tokio::test]
async fn clock_moves_forward_on_demand() {
    let running = start("oauth2.0", Options::default().with_clock()).await;
    let url = running.clock_url.clone().unwrap();
    let address = url["http://".len()..]
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let advance = |query: &str| {
        get(&format!("/clock?{query}"))
            .replace("GET", "POST")
            .replace("\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n")
    };
    let code = code(running.address).await;
    for bad in ["seconds=-1", "seconds=x", "seconds=", ""] {
        assert_eq!(status(&exchange(address, &advance(bad)).await), 400);
    }
    assert_eq!(
        status(&exchange(address, &get("/clock?seconds=60")).await),
        405
    );
    assert_eq!(
        status(&exchange(address, &advance("seconds=61")).await),
        200
    );
    let answer = exchange(running.address, &redemption(&code)).await;
    assert_eq!(
        (status(&answer), &json(&answer)["error"]),
        (400, &"invalid_grant".into())
    );
}

#[tokio::test]
async fn clock_is_not_offered_beyond_loopback() {
    let options = Options {
        clock_listen: Some("192.0.2.1:0".parse().unwrap()),
        ..Options::default()
    };
    let refused = serve(Config::embedded("oauth2.0").unwrap(), options).await;
    assert!(matches!(refused, Err(ServeError::ClockNotLoopback(_))));
}

#[tokio::test]
async fn connection_beyond_the_limit_waits_for_its_turn() {
    let text = "name: x\nlimits: {connections: 1}\nclients: {}\n";
    let config = Config::parse(text, "x").unwrap();
    let running = serve(config, Options::default()).await.unwrap();
    // It has the only place while it is open.
    let mut first = TcpStream::connect(running.address).await.unwrap();
    let kept = get("/pf/JWKS").replace("Connection: close\r\n", "");
    first.write_all(kept.as_bytes()).await.unwrap();
    tokio::io::AsyncReadExt::read_u8(&mut first).await.unwrap();
    let address = running.address;
    let second = tokio::spawn(async move { exchange(address, &get("/pf/JWKS")).await });
    tokio::task::yield_now().await;
    assert!(!second.is_finished());
    drop(first);
    assert_eq!(status(&second.await.unwrap()), 200);
}

#[tokio::test]
async fn port_in_use_is_a_clear_error() {
    let running = start("oauth2.0", Options::default()).await;
    let options = Options {
        listen: running.address,
        ..Options::default()
    };
    let error = serve(Config::embedded("oauth2.0").unwrap(), options)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with(&format!("can't listen at {}: ", running.address))
    );
}

#[tokio::test]
async fn certificate_is_good_for_every_name_of_the_endpoint() {
    let running = start("pingfederate", Options::default().with_tls()).await;
    let mut roots = RootCertStore::empty();
    let ca = running.ca_pem.as_deref().unwrap();
    roots
        .add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    for name in [
        "127.0.0.1",
        "localhost",
        "as.example.local",
        "token.example.local",
    ] {
        let tcp = TcpStream::connect(running.address).await.unwrap();
        let stream = connector
            .connect(ServerName::try_from(name).unwrap(), tcp)
            .await
            .unwrap();
        assert_eq!(status(&over(stream, &post(CC)).await), 200, "{name}");
    }
    assert!(running.token_endpoint.starts_with("https://"));
}

#[tokio::test]
async fn hundreds_of_servers_run_side_by_side() {
    let mut servers = Vec::new();
    for _ in 0..300 {
        servers.push(start("pingfederate", Options::default().with_clock()).await);
    }
    for running in &servers {
        assert_eq!(status(&exchange(running.address, &post(CC)).await), 200);
    }
    for running in servers {
        running.shutdown().await;
    }
}

#[tokio::test]
async fn ending_server_lets_a_request_finish() {
    let late = Seam::Connection(|_, _| Delivery::Late(std::time::Duration::from_millis(100)));
    let running = start("oauth2.0", with(late)).await;
    let address = running.address;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = post(CC);
    let (head, rest) = request.split_at(10);
    stream.write_all(head.as_bytes()).await.unwrap();
    // That another request was answered shows that this connection was accepted before.
    assert_eq!(status(&exchange(address, &post(CC)).await), 200);
    let ending = running.shutdown();
    let (answer, ()) = tokio::join!(over(stream, rest), ending);
    assert_eq!(status(&answer), 200);
    assert!(TcpStream::connect(address).await.is_err());
}
