//! `tokenspec selftest` for a few rules: nothing passes for a refusal at servers that refuse nothing.

use std::sync::Arc;

use tokenspec::cli::selftest;
use tokenspec::suite::load;
use tokenspec_report::Verdict;

/// Rules about what is refused, about how, and about what is granted.
const RULES: &[&str] = &[
    "form-urlencoded-query-not-merged",
    "pingfederate-atm-id-unknown",
    "pingone-code-private-key-jwt",
    "rfc6749-code-single-use",
    "rfc6749-error-shape",
    "rfc6749-expires-in-is-number",
    "rfc6749-grant-type-unknown",
    "rfc7523-accepted",
    "rfc7523-wrong-key",
    "rfc7636-verifier-wrong",
    "rfc8705-auth-no-certificate",
    "tls-old-versions",
    "tls-plaintext-on-tls-port",
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_passes_for_a_refusal_where_nothing_is_refused() {
    let suite = Arc::new(load::built_in().unwrap());
    let rules: Vec<String> = RULES.iter().map(|rule| (*rule).to_owned()).collect();
    let rows = selftest::rows(&suite, &rules, |_| {}).await.unwrap();
    for row in &rows {
        let name = format!("{} ({})", row.server, row.configuration);
        assert!(row.holds(), "{name}: {:?} {:#?}", row.void, row.wrong);
        let judged = row.count(Verdict::Pass) + row.count(Verdict::Fail);
        if row.server.starts_with("always") || row.server == "nothing listening" {
            assert_eq!(judged, 0, "{name}");
        }
    }
    let token = rows
        .iter()
        .filter(|row| row.server.starts_with("one token"));
    assert!(token.clone().count() > 0);
    for row in token {
        // It speaks no TLS: where the target does, it gives nobody a token.
        let seen = match row.configuration.as_str() {
            "tls" => Verdict::Error,
            _ => Verdict::Fail,
        };
        assert!(row.count(seen) > 0, "{}", row.configuration);
    }
}
