//! What a client assertion costs beside the signature check that it can't do without.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use tokenspec_reference_server::jose::signature::verify;
use tokenspec_reference_server::wire::basic;
use tokenspec_reference_server::wire::json::Object;
use tokenspec_reference_server::wire::raw_request::RawRequest;

use crate::core::{BASE, Core};
use crate::print;

/// Turns; the fastest of each kind counts, the others were disturbed.
const TURNS: usize = 100;

/// Requests of each kind in a turn.
const REQUESTS: usize = 40;

const FORM: &str = "grant_type=client_credentials&scope=read";

/// Prints the time of a request by each method, of the bare signature check, and their relation.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let mut core = Core::new()?;
    let credentials = basic::encode("basic", "basic-secret-9Zk3vQ7mW1xT5rB8");
    let plain = RawRequest::post("/as/token.oauth2", FORM).header("authorization", &credentials);
    let keys = std::mem::take(&mut core.keys);
    for (client, algorithm, signing, pair) in &keys {
        let (mut basic, mut bare, mut whole) = (Duration::MAX, Duration::MAX, Duration::MAX);
        for turn in 0..TURNS {
            let assertion = |index: usize| {
                let claims = Object::default()
                    .text("iss", client)
                    .text("sub", client)
                    .text("aud", BASE)
                    .number("iat", core.now.0)
                    .number("exp", core.now.0 + 60)
                    .text("jti", &format!("{client}-{turn}-{index}"));
                signing.sign("JWT", claims)
            };
            let assertions: Vec<String> = (0..REQUESTS).map(assertion).collect();
            let requests: Vec<RawRequest> = assertions.iter().map(|it| request_with(it)).collect();
            basic = basic.min(time(&requests, |_| assert_eq!(core.answer(&plain), 200)));
            bare = bare.min(time(&assertions, |assertion| {
                let (input, signature) = assertion.rsplit_once('.').unwrap_or_default();
                assert!(verify(
                    *algorithm,
                    &pair.public,
                    black_box(input.as_bytes()),
                    signature
                ));
            }));
            whole = whole.min(time(&requests, |request| {
                assert_eq!(core.answer(request), 200)
            }));
        }
        let (name, more) = (algorithm.as_str(), micros(whole) - micros(basic));
        print(&format!(
            "{name}: client_secret_basic {:.2} µs, private_key_jwt {:.2} µs, the bare check {:.2} µs",
            micros(basic),
            micros(whole),
            micros(bare)
        ));
        let times = more / micros(bare);
        print(&format!(
            "{name}: an assertion costs {times:.2} times the bare check (wanted: at most 1.2)"
        ));
    }
    Ok(())
}

fn request_with(assertion: &str) -> RawRequest {
    let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    let form = format!("{FORM}&client_assertion_type={kind}&client_assertion={assertion}");
    RawRequest::post("/as/token.oauth2", &form)
}

/// The time that one takes.
fn time<T>(all: &[T], run: impl FnMut(&T)) -> Duration {
    let start = now();
    all.iter().for_each(run);
    start.elapsed() / u32::try_from(all.len()).unwrap_or(1)
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}
