//! The results of the hand-built report, one function a rule.

use super::*;

const GRANTED: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    cache-control: no-store\r\n\r\n\
    {\"access_token\":\"‹access_token#1 43 chars base64url›\",\"token_type\":\"Bearer\",\
    \"expires_in\":3600}";

pub(super) fn all() -> Vec<VariantResult> {
    let lists = [
        code_single_use(),
        malformed_utf8(),
        known_duplicate(),
        no_store(),
        error_description(),
        scope_order(),
        control_failed(),
        broken_exchanges(),
        not_applicable(),
        embedded(),
    ];
    lists.concat()
}

fn redemption(code: u8) -> String {
    format!(
        "POST /as/token.oauth2 HTTP/1.1\r\nhost: as.example.com:9031\r\n\
         authorization: ‹basic credentials of web›\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: 113\r\n\r\n\
         grant_type=authorization_code&code=‹code#{code} 32 chars base64url›\
         &redirect_uri=https%3A%2F%2Fclient.example%2Fcb"
    )
}

/// Failures of two kinds, and a case that passes.
fn code_single_use() -> Vec<VariantResult> {
    let rule = RuleInfo {
        remedy: Some(
            "Take the code out of the store and read it in one atomic step, before the token is \
             made."
                .to_owned(),
        ),
        ..rule_info(
            "rfc6749-code-single-use",
            Level::Must,
            ("RFC 6749", "4.1.2"),
            "A code is redeemed at most once: a second redemption is refused with invalid_grant.",
        )
    };
    let fail =
        |client: &str, method: &str| {
            VariantResult {
        reason: "accepted".to_owned(),
        difference: Some("the code was redeemed before, by the control".to_owned()),
        expected: vec!["status 400 with error `invalid_grant`".to_owned()],
        observed: observed(200, None, Outcome::Accepted),
        exchanges: vec![
            exchange(Role::Setup, "GET /as/authorization.oauth2", "HTTP/1.1 302 Found"),
            Exchange { tls: Some(tls()), ..exchange(Role::Control, redemption(1), GRANTED) },
            Exchange { tls: Some(tls()), ..exchange(Role::Probe, redemption(1), GRANTED) },
            exchange(Role::After, "POST /as/introspect.oauth2", "HTTP/1.1 200 OK"),
        ],
        curl: Some(
            "curl -u \"$WEB_ID:$WEB_SECRET\" -d grant_type=authorization_code -d code=\"$CODE\" \
             -d redirect_uri=https://client.example/cb https://as.example.com:9031/as/token.oauth2"
                .to_owned(),
        ),
        ..variant(
            &rule,
            "second redemption",
            (client, method, "authorization_code"),
            Verdict::Fail,
        )
    }
        };
    let crash = crashed(fail("mobile", "none"));
    let pass = variant(
        &rule,
        "second redemption",
        ("service", "private_key_jwt", "authorization_code"),
        Verdict::Pass,
    );
    vec![
        fail("web", "client_secret_basic"),
        fail("web2", "client_secret_post"),
        crash,
        pass,
    ]
}

/// The server breaks instead of refusing, with a long page and an escape sequence in it.
fn crashed(accepted: VariantResult) -> VariantResult {
    let page = format!(
        "HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/html\r\n\r\n\
         <h1>\x1b[31mOops</h1>\n{}",
        "at com.example.Token.issue(Token.java:7)\n".repeat(40)
    );
    VariantResult {
        reason: "refused, but with 500".to_owned(),
        observed: observed(500, None, Outcome::Refused),
        exchanges: vec![
            exchange(Role::Control, redemption(2), GRANTED),
            exchange(Role::Probe, redemption(2), page),
        ],
        ..accepted
    }
}

/// Bytes that are no text, over a parameter and a position, by a rule without a remedy; the answer
/// was too long to keep.
fn malformed_utf8() -> Vec<VariantResult> {
    let rule = rule_info(
        "form-urlencoded-malformed-utf8",
        Level::Must,
        ("WHATWG URL", "application/x-www-form-urlencoded parsing"),
        "A parameter whose decoded bytes are no UTF-8 is refused.",
    );
    let mut result = variant(
        &rule,
        "bytes that no encoding has",
        ("web", "client_secret_basic", "client_credentials"),
        Verdict::Fail,
    );
    result.variant.id.push_str("/scope/body");
    result.variant.parameter = Some("scope".to_owned());
    result.variant.position = Some("body".to_owned());
    result.reason = "accepted".to_owned();
    result.difference = Some("`scope` is the bytes ff fe".to_owned());
    result.expected = vec![
        "status 400 with error `invalid_request`".to_owned(),
        "status 400 with error `invalid_scope`".to_owned(),
    ];
    result.observed = observed(200, None, Outcome::Accepted);
    let mut sent = b"POST /as/token.oauth2 HTTP/1.1\r\nhost: as.example.com\r\n\r\n".to_vec();
    sent.extend(b"grant_type=client_credentials&scope=\xff\xfe");
    let mut probe = exchange(Role::Probe, sent, "");
    probe.received = Some(Evidence::beginning_of(GRANTED, 1 << 30));
    result.exchanges = vec![
        exchange(Role::Control, "POST /as/token.oauth2", GRANTED),
        probe,
    ];
    vec![result]
}

/// A vendor rule that is known to fail.
fn known_duplicate() -> Vec<VariantResult> {
    let rule = rule_info(
        "pingfederate-atm-repeated-parameter",
        Level::Vendor,
        ("PingFederate 12.2", "Access token management"),
        "access_token_manager_id must not be repeated.",
    );
    let mut result = known(variant(
        &rule,
        "two different values",
        ("web", "client_secret_basic", "client_credentials"),
        Verdict::Fail,
    ));
    result.reason = "accepted".to_owned();
    vec![result]
}

fn no_store() -> Vec<VariantResult> {
    let rule = rule_info(
        "rfc6749-cache-control-no-store",
        Level::Should,
        ("RFC 6749", "5.1"),
        "An answer with a token carries Cache-Control: no-store.",
    );
    let warn = |grant| VariantResult {
        reason: "Cache-Control is absent".to_owned(),
        expected: vec!["Cache-Control with no-store".to_owned()],
        observed: observed(200, None, Outcome::Accepted),
        ..variant(
            &rule,
            "any answer",
            ("web", "client_secret_basic", grant),
            Verdict::Warn,
        )
    };
    vec![warn("client_credentials"), warn("refresh_token")]
}

fn error_description() -> Vec<VariantResult> {
    let rule = rule_info(
        "rfc6749-error-description-characters",
        Level::Must,
        ("RFC 6749", "5.2"),
        "error_description has no characters outside %x20-21 / %x23-5B / %x5D-7E.",
    );
    vec![variant(
        &rule,
        "any refusal",
        ("web", "client_secret_basic", "client_credentials"),
        Verdict::Pass,
    )]
}

fn scope_order() -> Vec<VariantResult> {
    let rule = rule_info(
        "rfc6749-scope-order",
        Level::May,
        ("RFC 6749", "3.3"),
        "The order of scopes in the answer is the server's choice.",
    );
    vec![VariantResult {
        reason: "scopes come back sorted".to_owned(),
        observed: observed(200, None, Outcome::Accepted),
        ..variant(
            &rule,
            "two scopes",
            ("web", "client_secret_basic", "client_credentials"),
            Verdict::Info,
        )
    }]
}

fn control_failed() -> Vec<VariantResult> {
    let rule = rule_info(
        "rfc7636-verifier-wrong",
        Level::Must,
        ("RFC 7636", "4.6"),
        "A code is not redeemed when the verifier does not match the challenge.",
    );
    let refused = "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\n\r\n\
        {\"error\":\"invalid_client\"}";
    let inconclusive = |client| VariantResult {
        reason: "the control was refused: 401 with error `invalid_client`".to_owned(),
        exchanges: vec![exchange(Role::Control, redemption(3), refused)],
        ..variant(
            &rule,
            "verifier of another challenge",
            (client, "client_secret_post", "authorization_code"),
            Verdict::Inconclusive,
        )
    };
    vec![inconclusive("web"), inconclusive("web2")]
}

fn broken_exchanges() -> Vec<VariantResult> {
    let rule = rule_info(
        "rfc6749-unknown-parameter-ignored",
        Level::Must,
        ("RFC 6749", "3.2"),
        "Parameters that the server does not know are ignored.",
    );
    let names = ("web", "client_secret_basic", "client_credentials");
    let reset = VariantResult {
        reason: "connection reset by the server".to_owned(),
        observed: Observed {
            outcome: Some(Outcome::Closed),
            ..Observed::default()
        },
        exchanges: vec![Exchange {
            received: None,
            failure: Some("connection reset by peer".to_owned()),
            ..exchange(Role::Probe, "POST /as/token.oauth2 HTTP/1.1\r\n\r\n", "")
        }],
        ..variant(&rule, "an unknown parameter", names, Verdict::Error)
    };
    let interrupted = |case| VariantResult {
        reason: "interrupted".to_owned(),
        ..variant(&rule, case, names, Verdict::Error)
    };
    vec![
        reset,
        interrupted("a parameter of another grant"),
        interrupted("an empty name"),
    ]
}

/// One that was never expanded, one that is against a limit.
fn not_applicable() -> Vec<VariantResult> {
    let rule = rule_info(
        "rfc6749-refresh-bound-to-client",
        Level::Must,
        ("RFC 6749", "6"),
        "A refresh token is bound to the client that it was issued to.",
    );
    let mut unexpanded = variant(&rule, "another client", ("", "", ""), Verdict::Skipped);
    unexpanded.variant = Variant {
        id: "-".to_owned(),
        ..Variant::default()
    };
    unexpanded.reason = "needs `second_client`: add another client to `clients`".to_owned();
    let mut limited = variant(
        &rule,
        "no authentication",
        ("web", "client_secret_basic", "refresh_token"),
        Verdict::Skipped,
    );
    limited.reason = "limits.requests".to_owned();
    vec![unexpanded, limited]
}

/// The same rules on a second target.
fn embedded() -> Vec<VariantResult> {
    let pass = |mut result: VariantResult| {
        result.verdict = Verdict::Pass;
        result.known = None;
        result.reason = String::new();
        result.target = EMBEDDED.to_owned();
        result
    };
    code_single_use()
        .into_iter()
        .chain(known_duplicate())
        .map(pass)
        .collect()
}
