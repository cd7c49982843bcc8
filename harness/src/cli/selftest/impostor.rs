//! Servers that are no token endpoints.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::super::usage::UsageError;
use super::socket::{Canned, Incoming, Listening, deaf, listen, read, send};

/// What a server that is no token endpoint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Impostor {
    /// Nothing listens.
    Absent,
    /// The same status, with a body that reads like a refusal of RFC 6749 §5.2 for 400 and 401.
    Always(u16),
    /// The request's content comes back.
    Echo,
    /// 200 and no content.
    Empty,
    /// The first octets of an answer that never ends.
    Flooding,
    /// Never an answer.
    Hanging,
    /// 200 and a page.
    Html,
    /// The same token, code and refresh token for everybody.
    OneToken,
    /// JSON that means nothing.
    RandomJson,
    /// Octet by octet.
    Slow,
}

/// All of them, as the table has them.
pub(super) const ALL: &[Impostor] = &[
    Impostor::Absent,
    Impostor::Always(200),
    Impostor::Always(400),
    Impostor::Always(401),
    Impostor::Always(404),
    Impostor::Always(500),
    Impostor::Html,
    Impostor::Empty,
    Impostor::Echo,
    Impostor::RandomJson,
    Impostor::OneToken,
    Impostor::Slow,
    Impostor::Hanging,
    Impostor::Flooding,
];

impl Impostor {
    /// What the table calls it.
    pub(super) fn name(self) -> String {
        match self {
            Self::Absent => "nothing listening".to_owned(),
            Self::Always(status) => format!("always {status}"),
            Self::Echo => "echo".to_owned(),
            Self::Empty => "empty".to_owned(),
            Self::Flooding => "flooding".to_owned(),
            Self::Hanging => "hanging".to_owned(),
            Self::Html => "HTML".to_owned(),
            Self::OneToken => "one token for everybody".to_owned(),
            Self::RandomJson => "random JSON".to_owned(),
            Self::Slow => "slow".to_owned(),
        }
    }

    /// Starts it; the second value is its port.
    ///
    /// # Errors
    /// No port is free.
    pub(super) async fn start(self) -> Result<(Listening, u16), UsageError> {
        if self == Self::Absent {
            let nobody = deaf()?;
            let port = nobody.address.port();
            return Ok((nobody, port));
        }
        let serial = Arc::new(AtomicU64::new(0));
        let listening = listen(move |stream| self.serve(stream, Arc::clone(&serial))).await?;
        let port = listening.address.port();
        Ok((listening, port))
    }

    async fn serve(self, mut stream: TcpStream, serial: Arc<AtomicU64>) {
        while let Some(request) = read(&mut stream).await {
            let number = serial.fetch_add(1, Ordering::Relaxed);
            if self.answer(&mut stream, &request, number).await.is_none() {
                return;
            }
        }
    }

    async fn answer(self, stream: &mut TcpStream, request: &Incoming, number: u64) -> Option<()> {
        let canned = match self {
            Self::Absent => return None,
            Self::Always(status) => always(status),
            Self::Echo => Canned::of_type(200, "text/plain", request.body()),
            Self::Empty => Canned::of_type(200, "application/json", ""),
            Self::Flooding => return flood(stream).await,
            Self::Hanging => std::future::pending().await,
            Self::Html => {
                Canned::of_type(200, "text/html", "<!doctype html><title>Welcome</title>")
            }
            Self::OneToken => one_token(request),
            Self::RandomJson => Canned::json(200, random_json(number).to_string()),
            Self::Slow => return slowly(stream).await,
        };
        send(stream, &canned.octets()).await
    }
}

fn always(status: u16) -> Canned {
    match status {
        400 => Canned::json(400, r#"{"error":"invalid_request"}"#),
        401 => Canned::json(401, r#"{"error":"invalid_client"}"#)
            .field("WWW-Authenticate", "Basic realm=\"selftest\""),
        200 => Canned::json(200, "{}"),
        _ => Canned::of_type(status, "text/plain", "no\n"),
    }
}

const FLOOD: [u8; 16_384] = [b' '; 16_384];

async fn flood(stream: &mut TcpStream) -> Option<()> {
    send(
        stream,
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n",
    )
    .await?;
    loop {
        send(stream, &FLOOD).await?;
    }
}

async fn slowly(stream: &mut TcpStream) -> Option<()> {
    let canned = Canned::json(200, TOKENS).octets();
    for octet in canned {
        send(stream, &[octet]).await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Some(())
}

const TOKENS: &str = r#"{"access_token":"the-only-token-there-is","token_type":"Bearer","expires_in":3600,"refresh_token":"the-only-refresh-token-there-is"}"#;

/// Says yes to everything: tokens, codes, introspection.
fn one_token(request: &Incoming) -> Canned {
    let line = request.line();
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let url = url::Url::parse("http://localhost").and_then(|base| base.join(target));
    if let ("GET", Ok(url)) = (method, &url) {
        let wanted = |name: &str| {
            let mut pairs = url.query_pairs();
            pairs.find(|(key, _)| key == name).map(|(_, value)| value)
        };
        let back = wanted("redirect_uri").and_then(|uri| url::Url::parse(&uri).ok());
        if let Some(mut back) = back {
            back.query_pairs_mut()
                .append_pair("code", "the-only-code-there-is");
            if let Some(state) = wanted("state") {
                back.query_pairs_mut().append_pair("state", &state);
            }
            return Canned::of_type(302, "text/html", "").field("Location", back.to_string());
        }
    }
    if target.contains("introspect") {
        return Canned::json(200, r#"{"active":true}"#);
    }
    Canned::json(200, TOKENS)
}

/// JSON with the names of OAuth and no meaning: never a token, never an error code.
fn random_json(number: u64) -> Value {
    let values = [
        json!(null),
        json!(number),
        json!(""),
        json!([]),
        json!({"a": number}),
        json!(true),
        json!([["x"], {}]),
        json!(-0.5),
    ];
    let pick = |salt: u64| {
        let place = mixed(number.wrapping_add(salt)) % 8;
        let place = usize::try_from(place).unwrap_or(0);
        values.get(place).cloned().unwrap_or_default()
    };
    match mixed(number) % 5 {
        0 => pick(1),
        1 => json!([pick(1), pick(2)]),
        _ => {
            json!({"access_token": pick(1), "error": pick(2), "token_type": pick(3), "active": pick(4)})
        }
    }
}

/// SplitMix64: the same numbers in every run.
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
