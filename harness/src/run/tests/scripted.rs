//! The engine against servers on loopback that answer by a script.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::runner;
use crate::plan::tests::{built_in, plan_all, suite};
use crate::plan::{Planned, Variant};
use crate::run::{Finished, Halt, Progress, Runner, run};
use crate::suite::Suite;
use crate::suite::answer::Grade;
use crate::target::{Target, load_text};

/// What a script does with a request.
pub(super) enum Act {
    Answer(u16, &'static str),
    Close,
    Hang,
    /// Half of an answer, then the end.
    Midway,
    /// Whatever comes when this is known.
    Later(Pin<Box<dyn Future<Output = Self> + Send>>),
}

pub(super) const TOKEN: Act = Act::Answer(
    200,
    r#"{"access_token":"2YotnFZFEjr1","token_type":"Bearer"}"#,
);
pub(super) const REFUSAL: Act = Act::Answer(400, r#"{"error":"invalid_request"}"#);

/// A server and how many requests it has read.
pub(super) struct Scripted {
    pub(super) url: String,
    pub(super) requests: Arc<AtomicUsize>,
}

pub(super) async fn serve(script: impl Fn(&str) -> Act + Send + Sync + 'static) -> Scripted {
    serve_until(usize::MAX, script).await
}

/// A server that is gone after so many connections.
async fn serve_until(
    last: usize,
    script: impl Fn(&str) -> Act + Send + Sync + 'static,
) -> Scripted {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let (counter, script) = (Arc::clone(&requests), Arc::new(script));
    tokio::spawn(async move {
        for _ in 0..last {
            let Ok((stream, _)) = listener.accept().await else {
                return;
            };
            let (counter, script) = (Arc::clone(&counter), Arc::clone(&script));
            tokio::spawn(async move { connection(stream, &counter, script.as_ref()).await });
        }
    });
    Scripted { url, requests }
}

async fn connection(
    mut stream: TcpStream,
    counter: &AtomicUsize,
    script: &(impl Fn(&str) -> Act + Sync),
) {
    let mut request = Vec::new();
    while !is_whole(&request) {
        match stream.read_buf(&mut request).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
    counter.fetch_add(1, Ordering::SeqCst);
    let mut act = script(&String::from_utf8_lossy(&request));
    while let Act::Later(later) = act {
        act = later.await;
    }
    let answer = match act {
        Act::Answer(status, body) => format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
        Act::Midway => "HTTP/1.1 400 X\r\nContent-Length: 100\r\n\r\n{\"error\"".to_owned(),
        Act::Hang => return std::future::pending().await,
        Act::Close | Act::Later(_) => return,
    };
    drop(stream.write_all(answer.as_bytes()).await);
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// A target with one client.
fn target(url: &str) -> Target {
    let text = format!(
        "name: scripted\ntoken_endpoint: {url}\nclients:\n  web:\n    id: web\n    auth: client_secret_post\n    \
         secret: a-secret-of-the-tests\n    grants: [client_credentials]\n    scopes: [read]\n"
    );
    load_text(&text, "scripted.yaml", std::path::Path::new(".")).unwrap()
}

pub(super) struct Quiet;

impl Progress for Quiet {
    fn finished(&self, _: usize, _: &Finished) {}
}

/// Every variant of these rules, and what came of it.
async fn outcomes(suite: Suite, target: Target, timeout: Duration) -> Vec<(Variant, Finished)> {
    let plan: Vec<Planned> = plan_all(&suite, &target)
        .into_iter()
        .filter(|planned| planned.skip.is_none())
        .collect();
    let mut runner = runner(suite, target);
    runner.limits.timeout = timeout;
    let (runner, plan): (Arc<Runner>, _) = (Arc::new(runner), Arc::new(plan));
    let progress: Arc<dyn Progress> = Arc::new(Quiet);
    let finished = run(&runner, &plan, &progress).await;
    let variants = plan.iter().map(|planned| planned.variant.clone());
    variants
        .zip(finished.into_iter().map(Option::unwrap))
        .collect()
}

/// What came of the one variant of a case.
pub(super) async fn outcome(case: &str, server: &Scripted) -> Result<(Grade, String), Halt> {
    let suite = suite(&[("r", &format!("cases:\n  - {case}"))]);
    let all = outcomes(suite, target(&server.url), Duration::from_secs(20)).await;
    let [(_, one)] = all.as_slice() else {
        panic!("{} variants", all.len());
    };
    let judged = one.result.clone();
    judged.map(|judgement| (judgement.grade, judgement.reason))
}

pub(super) const PROBE: &str = "{name: c, baseline: client_credentials, deviation: {set: {probe: x}}, expect: {refused: invalid_request}}";

pub(super) fn is_probe(request: &str) -> bool {
    request.contains("probe=x")
}

#[tokio::test]
async fn probe_between_controls_that_succeed_is_judged() {
    let server = serve(|request| if is_probe(request) { REFUSAL } else { TOKEN }).await;
    assert_eq!(outcome(PROBE, &server).await.unwrap().0, Grade::Pass);
}

#[tokio::test]
async fn nothing_passes_where_everything_is_refused() {
    let refusals = [REFUSAL, Act::Answer(401, r#"{"error":"invalid_client"}"#)];
    for refusal in refusals {
        let Act::Answer(status, body) = refusal else {
            unreachable!()
        };
        let server = serve(move |_| Act::Answer(status, body)).await;
        let all = outcomes(built_in(), target(&server.url), Duration::from_secs(20)).await;
        assert!(all.iter().any(|(variant, _)| variant.stranger));
        for (variant, finished) in all {
            let passed =
                matches!(&finished.result, Ok(judgement) if judgement.grade == Grade::Pass);
            assert!(!passed, "{status}: {}", variant.id);
        }
    }
}

#[tokio::test]
async fn hanging_server_is_asked_a_few_times_only() {
    let server = serve(|_| Act::Hang).await;
    let all = outcomes(built_in(), target(&server.url), Duration::from_millis(20)).await;
    assert!(all.len() > 300, "{}", all.len());
    assert!(all.iter().all(|(_, finished)| finished.result.is_err()));
    let requests = server.requests.load(Ordering::SeqCst);
    assert!(
        requests < all.len() / 4,
        "{requests} requests for {} variants",
        all.len()
    );
}

#[tokio::test]
async fn target_where_nothing_listens_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    drop(listener);
    let all = outcomes(built_in(), target(&url), Duration::from_secs(20)).await;
    let told = all.iter().filter(|(_, finished)| {
        matches!(&finished.result, Err(Halt::Broken { cause, .. }) if cause.starts_with("target unreachable: connection refused"))
    });
    // Those that hang on the controls before the tenth failure say what failed.
    assert!(told.count() > all.len() * 3 / 4);
    assert!(all.iter().all(|(_, finished)| finished.result.is_err()));
}

#[tokio::test]
async fn what_was_learnt_of_a_server_that_dies_is_kept() {
    let server = serve_until(200, |request| {
        if request.contains("grant_type=client_credentials&") {
            TOKEN
        } else {
            REFUSAL
        }
    })
    .await;
    let all = outcomes(built_in(), target(&server.url), Duration::from_secs(20)).await;
    let judged = all.iter().filter(|(_, finished)| finished.result.is_ok());
    let judged = judged.count();
    assert!((20..200).contains(&judged), "{judged}");
    let unreachable = all.iter().filter(|(_, finished)| {
        matches!(&finished.result, Err(Halt::Broken { cause, .. }) if cause.starts_with("target unreachable"))
    });
    assert!(unreachable.count() > all.len() / 2);
    assert_eq!(server.requests.load(Ordering::SeqCst), 200);
}

/// The first request of an instant waits for a second one for 2 ms and no longer; then the door is shut.
#[tokio::test]
async fn race_finds_a_window_of_two_milliseconds() {
    let seen = Arc::new(AtomicUsize::new(0));
    let second = Arc::new(tokio::sync::Notify::new());
    let server = serve(move |request| {
        if !is_probe(request) {
            seen.store(0, Ordering::SeqCst);
            return TOKEN;
        }
        match seen.fetch_add(1, Ordering::SeqCst) {
            0 => {
                let (seen, second) = (Arc::clone(&seen), Arc::clone(&second));
                Act::Later(Box::pin(async move {
                    let window = Duration::from_millis(2);
                    drop(tokio::time::timeout(window, second.notified()).await);
                    seen.store(100, Ordering::SeqCst);
                    TOKEN
                }))
            }
            1 => {
                second.notify_one();
                TOKEN
            }
            _ => REFUSAL,
        }
    })
    .await;
    let case = "name: c\n    client: [client_secret_post]\n    steps:\n      - together: {times: 10, \
        send: {baseline: client_credentials, change: {set: {probe: x}}}, \
        expect: {successes: {at_most: 1}, others: [{refused: invalid_request}]}}";
    let mut found = false;
    for _ in 0..5 {
        let (grade, _) = outcome(case, &server).await.unwrap();
        found |= grade == Grade::Fail;
    }
    assert!(found);
}

/// What came of a case at a target with these keys beside its token endpoint.
async fn graded(case: &str, server: &Scripted, rest: &str) -> Grade {
    let url = &server.url;
    let text = format!(
        "name: scripted\ntoken_endpoint: {url}\n{}",
        rest.replace("URL", url)
    );
    let target = load_text(&text, "scripted.yaml", std::path::Path::new(".")).unwrap();
    let suite = suite(&[("r", &format!("cases:\n  - {case}"))]);
    let all = outcomes(suite, target, Duration::from_secs(20)).await;
    let [(_, one)] = all.as_slice() else {
        panic!("{} variants", all.len());
    };
    one.result.clone().unwrap().grade
}

#[tokio::test]
async fn refresh_token_of_a_password_covers_all_scopes_of_the_client() {
    let server = serve(|request| match request.contains("grant_type=password") {
        true if request.contains("scope=read+write") => Act::Answer(
            200,
            r#"{"access_token":"2YotnFZFEjr1","token_type":"Bearer","refresh_token":"tGzv3JOkF0XG5Qx2"}"#,
        ),
        true => REFUSAL,
        false => TOKEN,
    })
    .await;
    let rest = "clients: {web: {id: web, auth: client_secret_post, secret: a-secret-of-the-tests, \
        grants: [password, refresh_token], scopes: [read, write]}}\n\
        users: {alice: {username: alice, password: wonderland}}\n";
    let case =
        "{name: c, baseline: refresh_token, deviation: {set: {probe: x}}, expect: {accepted: {}}}";
    assert_eq!(graded(case, &server, rest).await, Grade::Pass);
}

#[tokio::test]
async fn token_of_a_public_client_is_looked_up_by_one_that_authenticates() {
    let server = serve(|request| match request.contains("token=2YotnFZFEjr1") {
        true if request.contains("Authorization: Basic ") => Act::Answer(200, r#"{"active":true}"#),
        true => Act::Answer(401, r#"{"error":"invalid_client"}"#),
        false => TOKEN,
    })
    .await;
    let rest = "endpoints: {introspection: {url: \"URL\"}}\n\
        clients:\n  tv: {id: tv, auth: none, grants: [password]}\n  \
        rs: {id: rs, auth: client_secret_basic, secret: a-secret-of-the-tests}\n\
        users: {alice: {username: alice, password: wonderland}}\n";
    let case = "{name: c, client: public_client, steps: [{send: {as: s, baseline: password, control: true}}, \
        {inspect: {token: \"$${s.access_token}\", expect: {active: true}}}]}".replace("$$", "$");
    assert_eq!(graded(&case, &server, rest).await, Grade::Pass);
}
