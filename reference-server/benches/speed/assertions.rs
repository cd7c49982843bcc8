//! What a client assertion costs beside the signature check that it can't do without.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use tokenspec_reference_server::jose::signature::verify;
use tokenspec_reference_server::wire::basic;
use tokenspec_reference_server::wire::json::Object;
use tokenspec_reference_server::wire::raw_request::RawRequest;

use crate::core::{BASE, Core};
use crate::print;

/// Turns; what counts is the middle one, whatever disturbed the others.
const TURNS: usize = 400;

/// Requests of each kind in a turn.
const REQUESTS: usize = 20;

const FORM: &str = "grant_type=client_credentials&scope=read";

/// Prints the time of a request by each method, of the bare signature check, and their relation.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let mut core = Core::new()?;
    let credentials = basic::encode("basic", "basic-secret-9Zk3vQ7mW1xT5rB8");
    let plain = RawRequest::post("/as/token.oauth2", FORM).header("authorization", &credentials);
    let keys = std::mem::take(&mut core.keys);
    for (client, algorithm, signing, pair) in &keys {
        let mut turns = Vec::new();
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
            turns.push(Turn {
                basic: time(&requests, |_| assert_eq!(core.answer(&plain), 200)),
                bare: time(&assertions, |assertion| {
                    let (input, signature) = assertion.rsplit_once('.').unwrap_or_default();
                    assert!(verify(
                        *algorithm,
                        &pair.public,
                        black_box(input.as_bytes()),
                        signature
                    ));
                }),
                whole: time(&requests, |request| assert_eq!(core.answer(request), 200)),
            });
        }
        report(algorithm.as_str(), &turns);
    }
    Ok(())
}

/// Microseconds for one of each kind, one after the other.
struct Turn {
    basic: f64,
    bare: f64,
    whole: f64,
}

fn report(name: &str, turns: &[Turn]) {
    let middle = |time: fn(&Turn) -> f64| quartiles(turns, time)[1];
    let basic = middle(|turn| turn.basic);
    let (bare, whole) = (middle(|turn| turn.bare), middle(|turn| turn.whole));
    print(&format!(
        "{name}: client_secret_basic {basic:.2} µs, private_key_jwt {whole:.2} µs, the bare check {bare:.2} µs"
    ));
    let [low, times, high] = quartiles(turns, |turn| (turn.whole - turn.basic) / turn.bare);
    print(&format!(
        "{name}: an assertion costs {times:.2} times the bare check (wanted: at most 1.2; half of {TURNS} turns: {low:.2} to {high:.2})"
    ));
}

fn quartiles(turns: &[Turn], value: impl Fn(&Turn) -> f64) -> [f64; 3] {
    let mut values: Vec<f64> = turns.iter().map(value).collect();
    values.sort_unstable_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| {
        let found = values.get(values.len() * quarter / 4);
        found.copied().unwrap_or_default()
    })
}

fn request_with(assertion: &str) -> RawRequest {
    let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    let form = format!("{FORM}&client_assertion_type={kind}&client_assertion={assertion}");
    RawRequest::post("/as/token.oauth2", &form)
}

/// The microseconds that one takes.
fn time<T>(all: &[T], run: impl FnMut(&T)) -> f64 {
    let start = now();
    all.iter().for_each(run);
    let each = start.elapsed() / u32::try_from(all.len()).unwrap_or(1);
    each.as_secs_f64() * 1e6
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}
