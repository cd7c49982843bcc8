//! A million tokens that expire: what is remembered, and what the process takes, as it goes on.

use std::error::Error;

use tokenspec_reference_server::wire::basic;
use tokenspec_reference_server::wire::raw_request::RawRequest;

use crate::core::Core;
use crate::print;

const TOKENS: u64 = 1_000_000;

/// Tokens a second of the server's own time: each lives ten minutes.
const RATE: u64 = 50;

/// Prints how many are remembered, and the memory of the process (of Linux), eight times.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let mut core = Core::new()?;
    let credentials = basic::encode("basic", "basic-secret-9Zk3vQ7mW1xT5rB8");
    let request = RawRequest::post("/as/token.oauth2", "grant_type=client_credentials")
        .header("authorization", &credentials);
    let begin = core.now;
    for index in 1..=TOKENS {
        core.now = begin.plus(index / RATE);
        assert_eq!(core.answer(&request), 200);
        if index % (TOKENS / 8) == 0 {
            let kilobytes = resident().map_or_else(String::new, |it| format!(", {it} kB resident"));
            let alive = core.state.len();
            print(&format!(
                "{index:>8} tokens issued, {alive} remembered{kilobytes}"
            ));
        }
    }
    Ok(())
}

fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
