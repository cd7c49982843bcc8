//! What arrives at the callback host, of a scripted server that calls back.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::runner;
use super::scripted::{Act, Quiet, TOKEN, serve};
use crate::plan::tests::{plan_all, suite};
use crate::run::{Halt, Progress, run};
use crate::suite::answer::Grade;
use crate::target::load_text;
use crate::transport::{CallbackHost, reserve};

/// One request to the callback host.
async fn call(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("POST {path} HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n{{id}}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// What comes of a case at a server that, before it answers, calls back so often at a path. The host keeps two arrivals.
async fn outcome(steps: &str, times: usize, path: &'static str) -> Result<Grade, Halt> {
    let reserved = reserve().unwrap();
    let address = reserved.address();
    let host = CallbackHost::keeping(address, 2).unwrap();
    let server = serve(move |_| {
        Act::Later(Box::pin(async move {
            for _ in 0..times {
                drop(call(address, path).await);
            }
            TOKEN
        }))
    })
    .await;
    let target = format!(
        "token_endpoint: {}\ncallback_host: {{listen: \"{address}\", url: \"http://{address}\"}}\nclients:\n  web:\n    \
         id: web\n    auth: client_secret_post\n    secret: a-secret-of-the-tests\n    grants: [client_credentials]\n",
        server.url
    );
    let target = load_text(&target, "scripted.yaml", std::path::Path::new(".")).unwrap();
    let case =
        format!("cases:\n  - name: c\n    client: [client_secret_post]\n    steps:\n{steps}");
    let suite = suite(&[("r", &case)]);
    let plan = Arc::new(plan_all(&suite, &target));
    let runner = runner(suite, target).with_callback(Some(Arc::new(host)));
    let progress: Arc<dyn Progress> = Arc::new(Quiet);
    let finished = run(&Arc::new(runner), &plan, &progress).await;
    let [Some(one)] = finished.as_slice() else {
        panic!("{} variants", finished.len());
    };
    one.result.clone().map(|judgement| judgement.grade)
}

const SILENCE: &str = "      - publish: {as: bait}
      - send: {baseline: client_credentials, control: true}
      - received: {at: \"${bait.url}\", expect: {count: {at_most: 0}}}\n";

#[tokio::test]
async fn silence_passes_while_the_host_keeps_all_that_came() {
    assert_eq!(outcome(SILENCE, 2, "/noise").await.unwrap(), Grade::Pass);
}

#[tokio::test]
async fn silence_is_inconclusive_once_the_host_has_forgotten_something() {
    let halt = outcome(SILENCE, 3, "/noise").await.unwrap_err();
    assert!(matches!(halt, Halt::Inconclusive(_)), "{halt:?}");
}

#[tokio::test]
async fn arrival_is_found_by_its_text() {
    for (with, grade) in [("{id}", Grade::Pass), ("other", Grade::Fail)] {
        let steps = format!(
            "      - send: {{baseline: client_credentials, control: true}}
      - received: {{at: \"{{host}}/told\", with: \"{with}\", expect: {{count: {{at_least: 1}}}}}}\n"
        );
        // The host is not known before it listens; a fresh URL tells it.
        let steps = steps.replace("{host}/told", "${fresh.url|uri origin}/told");
        let steps = format!("      - publish: {{as: fresh}}\n{steps}");
        assert_eq!(outcome(&steps, 1, "/told").await.unwrap(), grade, "{with}");
    }
}
