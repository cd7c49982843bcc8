//! The target file that a server writes for itself is one that `run` takes as it is.

use crate::program::{Served, tokenspec};

#[test]
fn written_target_is_accepted_unchanged() {
    for (configuration, rule) in [
        ("oauth2.0", "rfc6749-success-required-members"),
        ("pingfederate", "pingfederate-virtual-host-names"),
        ("pingone", "pingone-assertion-aud-options"),
    ] {
        for flags in [&["--clock-listen", "127.0.0.1:0"][..], &["--tls"][..]] {
            let served = Served::start(&[&["--config", configuration], flags].concat());
            let target = served.target();
            tokenspec(&["check", &target]).with_code(0);
            let ended = tokenspec(&["run", &target, "--rule", rule]).with_code(0);
            assert!(
                ended.stdout.contains("Exit code 0"),
                "{configuration}: {}",
                ended.stdout
            );
            assert_eq!(served.end_with("TERM"), Some(0));
        }
    }
}
