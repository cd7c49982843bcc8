//! How many inputs of its corpus each target takes in a second on one core, and how the form decoder compares with the peer's.
//!
//! `cargo bench -p tokenspec-fuzz-bodies --bench speed -- [TARGET]...`; exits with 1 below a floor. Floors hold without coverage
//! instrumentation; a fuzzer pays for that too.
#![forbid(unsafe_code)]

#[path = "../tests/yaml_peer/mod.rs"]
mod yaml_peer;

use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use tokenspec_fuzz_bodies::{Body, TARGETS, form, yaml};
use tokenspec_reference_server::wire::form::Form;

/// Executions a second that are wanted of a parser, and of a loader of files.
const PARSERS: f64 = 50_000.0;
const LOADERS: f64 = 5_000.0;

/// How long each is measured.
const SPAN: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    // `cargo bench` adds `--bench`.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| !it.starts_with('-'))
        .collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|it| it == name);
    let yaml: Body = |input| yaml::fuzz(input, yaml_peer::load);
    let mut code = ExitCode::SUCCESS;
    for (name, body) in TARGETS.iter().copied().chain([("yaml", yaml)]) {
        if !is_wanted(name) {
            continue;
        }
        let inputs = corpus(name);
        let speed = rate(&inputs, body);
        let floor = floor(name);
        let mark = match floor {
            Some(floor) if speed < floor => {
                code = ExitCode::FAILURE;
                "below the floor"
            }
            Some(_) => "ok",
            None => "",
        };
        print(&format!("{name:<14} {speed:>9.0} executions/s  {mark}"));
    }
    if is_wanted("form") && !decoder() {
        code = ExitCode::FAILURE;
    }
    code
}

/// The floor of a target; a sequence of requests, and what the judge makes of an answer, are more than one reading.
fn floor(name: &str) -> Option<f64> {
    match name {
        "endpoint" | "judge" => None,
        "baseline_file" | "suite_file" | "target_file" | "yaml" => Some(LOADERS),
        _ => Some(PARSERS),
    }
}

/// The reference server's decoder against that of `form_urlencoded`, owned pairs against owned pairs, in turns.
fn decoder() -> bool {
    let usual = b"grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=https%3A%2F%2Fclient.example%2Fcb&client_id=s6BhdRkqt3&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_vec();
    let inputs = corpus("form");
    let sound = inputs
        .into_iter()
        .filter(|body| form::is_sound(body))
        .collect();
    let mut is_fast = true;
    for (what, inputs) in [
        ("a token request", vec![usual]),
        ("corpus without flaws", sound),
    ] {
        let (mut ours, mut theirs) = (0.0, 0.0);
        for _ in 0..3 {
            ours += rate(&inputs, |body| drop(black_box(Form::parse(body))));
            theirs += rate(&inputs, |body| drop(black_box(form::peer(body))));
        }
        let ratio = ours / theirs;
        is_fast &= ratio >= 1.0;
        print(&format!(
            "form decoder, {what}: {:.0}/s, form_urlencoded {:.0}/s, ratio {ratio:.2}",
            ours / 3.0,
            theirs / 3.0
        ));
    }
    is_fast
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../corpus")
        .join(name);
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut inputs: Vec<Vec<u8>> = files
        .filter_map(|file| std::fs::read(file.path()).ok())
        .collect();
    inputs.sort();
    inputs
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn rate(inputs: &[Vec<u8>], mut body: impl FnMut(&[u8])) -> f64 {
    inputs.iter().for_each(|input| body(input));
    let (start, mut count) = (Instant::now(), 0_u32);
    while start.elapsed() < SPAN {
        for input in inputs {
            body(black_box(input));
            count += 1;
        }
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

#[expect(clippy::print_stdout, reason = "this is what a benchmark is for")]
fn print(text: &str) {
    println!("{text}");
}
