#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tokenspec_fuzz_bodies::http2::fuzz(data));
