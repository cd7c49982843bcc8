#![no_main]

#[path = "../bodies/tests/yaml_peer/mod.rs"]
mod yaml_peer;

libfuzzer_sys::fuzz_target!(|data: &[u8]| tokenspec_fuzz_bodies::yaml::fuzz(data, yaml_peer::load));
