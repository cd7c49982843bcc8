//! What the log says, and that no secret is in it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokenspec_reference_server::Options;
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use super::client::{CC, code, exchange, get, json, post, redemption, start};

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Logs everything, as JSON, on this thread; the server of a test runs on it, too.
fn listen() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .json()
        .with_writer(log.clone())
        .finish();
    (log, tracing::subscriber::set_default(subscriber))
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test]
async fn request_is_one_event_with_client_grant_and_outcome() {
    let (log, _guard) = listen();
    let running = start("oauth2.0", Options::default()).await;
    exchange(running.address, &post(CC)).await;
    exchange(running.address, &post("grant_type=nonsense")).await;
    let text = log.text();
    let events: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|event: &serde_json::Value| event["fields"]["message"] == "answered")
        .collect();
    let good = &events[0]["fields"];
    assert_eq!(
        (&good["request"], &good["status"]),
        (&1.into(), &200.into()),
        "{good}"
    );
    assert_eq!(
        (&good["endpoint"], &good["client"]),
        (&"Token".into(), &"basic".into())
    );
    assert_eq!(good["grant_type"], "client_credentials");
    let bad = &events[1]["fields"];
    assert_eq!(
        (&bad["status"], &bad["error"]),
        (&400.into(), &"unsupported_grant_type".into())
    );
    assert_eq!(bad["grant_type"], "unknown");
}

/// Requests with secrets wherever one can stand.
fn requests(canary: &str, code: &str, refresh: &str) -> Vec<String> {
    vec![
        redemption(code),
        post(&format!("grant_type=refresh_token&refresh_token={refresh}")),
        post(&format!("grant_type=refresh_token&refresh_token={canary}")),
        post(&format!("grant_type={canary}&{canary}=x")),
        post(&format!("{CC}&scope={canary}&resource={canary}")),
        post(CC).replace(
            "/as/token.oauth2",
            &format!("/as/token.oauth2?client_secret={canary}"),
        ),
        post(CC).replace("/as/token.oauth2", &format!("/{canary}")),
        post(CC).replace(
            "Host: x",
            &format!("Host: {canary}\r\nX-{canary}: {canary}"),
        ),
        post(CC).replace("POST", canary),
        post(CC).replace(
            "Basic ",
            &format!("Basic {}", STANDARD.encode(format!("x:{canary}"))),
        ),
        post(&format!("{CC}&client_id={canary}&client_secret={canary}"))
            .replace("Authorization", "X"),
        post(&format!(
            "{CC}&client_assertion_type={canary}&client_assertion=e30.{canary}.x"
        )),
        get(&format!(
            "/as/authorization.oauth2?response_type=code&client_id={canary}&state={canary}"
        )),
        get("/me").replace(
            "Host: x",
            &format!("Host: x\r\nAuthorization: Bearer {canary}"),
        ),
        format!("{canary}\r\n\r\n"),
        format!("POST /as/token.oauth2 HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{canary}"),
    ]
}

#[tokio::test]
async fn no_secret_is_logged_wherever_it_stands() {
    let (log, _guard) = listen();
    let running = start("oauth2.0", Options::default()).await;
    let canary = "canary-4Kq8Zt1Xw7Bn3Vm6";
    let mut secrets = vec![canary.to_owned(), STANDARD.encode(format!("x:{canary}"))];
    let code = code(running.address).await;
    let granted = json(&exchange(running.address, &redemption(&code)).await);
    for member in ["access_token", "refresh_token"] {
        secrets.push(granted[member].as_str().unwrap().to_owned());
    }
    secrets.push(code.clone());
    let refresh = granted["refresh_token"].as_str().unwrap();
    for request in requests(canary, &code, refresh) {
        // The last of them never ends by itself: it is enough that it was sent.
        let unfinished = request.contains("Content-Length: 99");
        if unfinished {
            let mut stream = tokio::net::TcpStream::connect(running.address)
                .await
                .unwrap();
            tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
                .await
                .unwrap();
            tokio::io::AsyncWriteExt::shutdown(&mut stream)
                .await
                .unwrap();
            super::client::over(stream, "").await;
        } else {
            exchange(running.address, &request).await;
        }
    }
    running.shutdown().await;
    let text = log.text();
    assert!(text.lines().count() > 10, "{text}");
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in {text}");
    }
    assert!(!text.contains("basic-secret"), "{text}");
}
