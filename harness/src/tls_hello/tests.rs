//! Octets are laid out by hand after the presentation language of the RFCs.

use super::*;

const RANDOMNESS: Randomness = Randomness {
    random: [0x11; 32],
    session: [0x22; 32],
    share: [0x33; 32],
};

fn offer(octets: &Offer) -> Vec<u8> {
    octets.octets(&RANDOMNESS).unwrap()
}

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[kind, 3, 3], &length[..], content].concat()
}

fn server_hello(version: [u8; 2], suite: [u8; 2], extensions: &[u8]) -> Vec<u8> {
    let mut body = version.to_vec();
    body.extend([0x44; 24]);
    body.extend(*b"DOWNGRD\x01");
    body.push(0);
    body.extend(suite);
    body.push(0);
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    message(2, &body)
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[kind], &length[1..], body].concat()
}

fn fact(answer: &Answer, name: &str) -> Option<String> {
    let facts = answer.facts();
    facts
        .into_iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

#[test]
fn every_family_has_suites_and_no_suite_is_in_two() {
    let mut all = Vec::new();
    for family in FAMILIES
        .iter()
        .filter(|family| !["legacy", "ssl2"].contains(family))
    {
        all.extend(codes(family).unwrap());
    }
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
    assert_eq!(codes("TLS_RSA_WITH_RC4_128_SHA"), Some(vec![5]));
    assert_eq!(codes("0x00ff"), Some(vec![255]));
    assert_eq!(codes("rc5"), None);
}

#[test]
fn ssl3_hello_has_no_extensions() {
    let hello = offer(&Offer {
        version: "SSL 3.0".to_owned(),
        suites: vec!["TLS_RSA_WITH_RC4_128_SHA".to_owned()],
        ..Offer::default()
    });
    let mut body = vec![3, 0];
    body.extend([0x11; 32]);
    body.extend([0, 0, 2, 0, 5, 1, 0]);
    let expected = [&[22, 3, 0, 0, 45][..], &message(1, &body)].concat();
    assert_eq!(hello, expected);
}

#[test]
fn ssl2_hello_has_a_header_of_two_octets() {
    let hello = offer(&Offer {
        version: "SSL 2.0".to_owned(),
        ..Offer::default()
    });
    assert_eq!(
        hello.get(..11),
        Some(&[0x80, 46, 1, 0, 2, 0, 21, 0, 0, 0, 16][..])
    );
    assert_eq!(hello.len(), 48);
}

#[test]
fn hello_is_padded_and_cut_over_records() {
    let whole = offer(&Offer {
        octets: 900,
        ..Offer::default()
    });
    assert_eq!(whole.len(), 5 + 900);
    let cut = offer(&Offer {
        octets: 900,
        records: 2,
        ..Offer::default()
    });
    assert_eq!(cut.get(..5), Some(&[22, 3, 1, 1, 194][..]));
    assert_eq!(cut.get(455..460), Some(&[22, 3, 1, 1, 194][..]));
    assert_eq!([&cut[5..455], &cut[460..]].concat(), whole[5..]);
}

#[test]
fn word_that_stands_for_nothing_is_refused() {
    let wrong = Offer {
        suites: vec!["rc5".to_owned()],
        ..Offer::default()
    };
    let error = wrong.octets(&RANDOMNESS).unwrap_err();
    assert_eq!(error.to_string(), "`rc5` is no suite of a ClientHello");
}

#[test]
fn alert_before_a_server_hello_is_a_refusal() {
    let flight = record(21, &[2, 70]);
    assert!(is_complete(&flight));
    assert_eq!(
        read(&flight, Stream::Open),
        Answer::Alert("protocol_version".to_owned())
    );
}

#[test]
fn warning_about_the_name_does_not_end_the_handshake() {
    let hello = record(22, &server_hello([3, 3], [0xc0, 0x2f], &[]));
    let flight = [record(21, &[1, 112]), hello].concat();
    assert_eq!(
        fact(&read(&flight, Stream::Open), "outcome").as_deref(),
        Some("negotiated")
    );
}

#[test]
fn end_without_a_word_is_a_close_and_silence_is_not() {
    assert_eq!(read(&[], Stream::Ended), Answer::Closed);
    assert_eq!(read(&[], Stream::Open), Answer::Silent);
    assert_eq!(read(&[22, 3, 3], Stream::Open), Answer::Silent);
}

#[test]
fn clear_text_is_told_from_tls() {
    assert!(matches!(
        read(b"HTTP/1.1 400 Bad Request\r\n", Stream::Ended),
        Answer::Plain(_)
    ));
}

#[test]
fn version_of_tls13_is_that_of_the_extension() {
    let extensions = [0, 43, 0, 2, 3, 4];
    let flight = record(22, &server_hello([3, 3], [0x13, 1], &extensions));
    assert!(is_complete(&flight));
    let answer = read(&flight, Stream::Open);
    assert_eq!(fact(&answer, "version").as_deref(), Some("TLS 1.3"));
    assert_eq!(
        fact(&answer, "suite").as_deref(),
        Some("TLS_AES_128_GCM_SHA256")
    );
}

#[test]
fn flight_of_tls12_is_read_to_its_end_whatever_the_records() {
    let extensions = [
        0xff, 1, 0, 1, 0, 0, 23, 0, 0, 0, 16, 0, 5, 0, 3, 2, b'h', b'2',
    ];
    let mut flight = server_hello([3, 3], [0x00, 0x9e], &extensions);
    flight.extend(message(11, &[0, 0, 5, 0, 0, 2, 0x30, 0]));
    let prime = [&[0, 128, 0x80][..], &[1; 127]].concat();
    let exchange = [&prime[..], &[0, 1, 2], &[0, 1, 9], &[2, 1, 0, 1, 7]].concat();
    flight.extend(message(12, &exchange));
    let before = record(22, &flight);
    assert!(!is_complete(&before));
    flight.extend(message(14, &[]));
    let cut = flight.len() / 2;
    let octets = [record(22, &flight[..cut]), record(22, &flight[cut..])].concat();
    assert!(is_complete(&octets));
    let answer = read(&octets, Stream::Open);
    let expected = [
        ("version", "TLS 1.2"),
        ("suite", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("compression", "null"),
        ("random_end", "444f574e47524401"),
        (
            "extensions",
            "renegotiation_info extended_master_secret alpn",
        ),
        ("alpn", "h2"),
        ("renegotiation_info", "00"),
        ("prime_bits", "1024"),
        ("signature", "rsa_pkcs1_sha1"),
    ];
    for (name, value) in expected {
        assert_eq!(fact(&answer, name).as_deref(), Some(value), "{name}");
    }
    let Answer::Negotiated(hello) = answer else {
        panic!("a ServerHello was read");
    };
    assert_eq!(hello.certificates, [vec![0x30, 0]]);
}

#[test]
fn ssl2_server_hello_is_a_negotiation() {
    let answer = read(&[0x80, 11, 4, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0], Stream::Open);
    assert_eq!(fact(&answer, "version").as_deref(), Some("SSL 2.0"));
    assert_eq!(
        read(&[0x80, 3, 0, 0, 1], Stream::Open),
        Answer::Alert("ssl2_error".to_owned())
    );
}
