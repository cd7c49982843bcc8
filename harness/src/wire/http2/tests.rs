//! The client against servers that keep to RFC 9113, and against hostile ones.

use proptest::prelude::*;

use super::client::Client;
use super::frame::{self, ACK, END_HEADERS, END_STREAM, Frame, Kind};
use super::hpack_tests::hex;
use super::{Failure, Request};
use crate::wire::http1::{Progress, ReadLimits};
use crate::wire::response::{AnswerTo, BodyFraming, Version};

const LIMITS: ReadLimits = ReadLimits {
    head: 4096,
    body: 100_000,
};

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";

/// `:status: 200`.
const OK: &[u8] = b"\x88";

fn request(data: &[u8]) -> Request {
    Request {
        fields: vec![(b":method".to_vec(), b"POST".to_vec())],
        data: data.to_vec(),
    }
}

fn client(data: &[u8]) -> Client {
    let mut client = Client::new(request(data), AnswerTo::Other, LIMITS);
    drop(client.take_outgoing());
    client
}

fn one(kind: Kind, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    frame::write(&mut octets, kind, flags, stream, payload);
    octets
}

/// What comes of these octets behind SETTINGS.
fn fed(octets: &[u8]) -> Result<Progress, Failure> {
    client(b"a=b").feed(&[SETTINGS, octets].concat())
}

fn malformed(octets: &[u8], part: &str) {
    match fed(octets) {
        Err(Failure::Malformed { cause }) => assert!(cause.contains(part), "{cause}"),
        other => panic!("{part}: {other:?}"),
    }
}

fn frames(mut octets: Vec<u8>) -> Vec<Frame> {
    let mut all = Vec::new();
    while let Some(frame) = Frame::take(&mut octets).unwrap() {
        all.push(frame);
    }
    assert!(octets.is_empty());
    all
}

#[test]
fn request_leaves_as_preface_settings_fields_and_data() {
    let mut client = Client::new(request(b"a=b"), AnswerTo::Other, LIMITS);
    let octets = client.take_outgoing();
    let rest = octets
        .strip_prefix(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .unwrap();
    let kinds: Vec<_> = frames(rest.to_vec())
        .into_iter()
        .map(|frame| (frame.kind, frame.flags, frame.stream, frame.payload))
        .collect();
    assert_eq!(
        kinds,
        [
            (Kind::Settings, 0, 0, hex("0001 00000000 0002 00000000")),
            (
                Kind::Headers,
                END_HEADERS,
                1,
                b"\0\x07:method\x04POST".to_vec()
            ),
            (Kind::Data, END_STREAM, 1, b"a=b".to_vec()),
        ]
    );
    assert_eq!(client.framed(), 3);
}

#[test]
fn long_fields_go_on_in_continuations() {
    let long = Request {
        fields: vec![(b"a".to_vec(), vec![b'x'; 40_000])],
        data: Vec::new(),
    };
    let mut client = Client::new(long, AnswerTo::Other, LIMITS);
    let octets = client.take_outgoing();
    let shapes: Vec<_> = frames(octets[24..].to_vec())
        .iter()
        .map(|frame| (frame.kind, frame.flags, frame.payload.len()))
        .collect();
    assert_eq!(
        shapes[1..],
        [
            (Kind::Headers, END_STREAM, 16_384),
            (Kind::Continuation, 0, 16_384),
            (Kind::Continuation, END_HEADERS, 40_007 - 2 * 16_384),
        ]
    );
}

#[test]
fn data_waits_for_the_windows() {
    let mut client = client(&[b'x'; 70_000]);
    assert_eq!(client.framed(), 65_535);
    client.feed(SETTINGS).unwrap();
    let more = 10_000_u32.to_be_bytes();
    client.feed(&one(Kind::WindowUpdate, 0, 0, &more)).unwrap();
    assert_eq!(client.framed(), 65_535);
    client.feed(&one(Kind::WindowUpdate, 0, 1, &more)).unwrap();
    assert_eq!(client.framed(), 70_000);
    let last = frames(client.take_outgoing()).pop().unwrap();
    assert_eq!((last.flags, last.payload.len()), (END_STREAM, 4465));
}

#[test]
fn settings_move_the_window_of_the_stream() {
    let mut client = client(&[b'x'; 100_000]);
    let wider = hex("0004 00020000");
    client.feed(&one(Kind::Settings, 0, 0, &wider)).unwrap();
    let more = 100_000_u32.to_be_bytes();
    client.feed(&one(Kind::WindowUpdate, 0, 0, &more)).unwrap();
    assert_eq!(client.framed(), 100_000);
}

#[test]
fn answer_is_read_with_padding_continuation_interim_and_trailers() {
    let mut client = client(b"a=b");
    let octets = [
        SETTINGS.to_vec(),
        one(Kind::Headers, END_HEADERS, 1, b"\x08\x03103"),
        one(Kind::Unknown(0xfa), 0xff, 7, b"grease"),
        // PADDED and PRIORITY, the fields in two pieces.
        one(
            Kind::Headers,
            0x28,
            1,
            &[b"\x02\0\0\0\0\0", OK, b"\0\0"].concat(),
        ),
        one(Kind::Continuation, END_HEADERS, 1, b"\0\x01a\x01b"),
        one(Kind::Ping, 0, 0, b"12345678"),
        one(Kind::Data, 0x8, 1, b"\x03{}...".as_slice()),
        one(Kind::Headers, END_HEADERS | END_STREAM, 1, b"\0\x01t\x011"),
    ]
    .concat();
    for octet in &octets[..octets.len() - 1] {
        assert_eq!(client.feed(&[*octet]), Ok(Progress::More));
    }
    assert_eq!(client.feed(&octets[octets.len() - 1..]), Ok(Progress::Done));
    let replies: Vec<_> = frames(client.take_outgoing())
        .into_iter()
        .map(|frame| (frame.kind, frame.flags, frame.payload))
        .collect();
    let window = 6_u32.to_be_bytes().to_vec();
    assert_eq!(
        replies,
        [
            (Kind::Settings, ACK, Vec::new()),
            (Kind::Ping, ACK, b"12345678".to_vec()),
            (Kind::WindowUpdate, 0, window.clone()),
            (Kind::WindowUpdate, 0, window),
        ]
    );
    let (response, text) = client.into_parts();
    let response = response.unwrap();
    assert_eq!((response.version, response.status), (Version::Http2, 200));
    assert_eq!(
        (response.framing, response.interim),
        (BodyFraming::Stream, vec![103])
    );
    assert_eq!(response.body, b"{}");
    assert_eq!(response.headers[0].name, "a");
    assert_eq!(response.trailers[0].name, "t");
    assert_eq!(
        text,
        b":status: 103\r\n\r\n:status: 200\r\na: b\r\n\r\n{}t: 1\r\n\r\n"
    );
}

#[test]
fn ends_without_an_answer_are_told_apart() {
    let reset = one(Kind::RstStream, 0, 1, &1_u32.to_be_bytes());
    assert_eq!(fed(&reset), Err(Failure::StreamReset { code: 1 }));
    let begun = one(Kind::Headers, END_HEADERS, 1, OK);
    assert_eq!(
        fed(&[begun.clone(), reset].concat()),
        Err(Failure::StreamResetMidway { code: 1 })
    );
    let away = |last: u32, code: u32| {
        let payload = [last.to_be_bytes(), code.to_be_bytes()].concat();
        one(Kind::GoAway, 0, 0, &payload)
    };
    assert_eq!(fed(&away(0, 11)), Err(Failure::GoneAway { code: 11 }));
    assert_eq!(fed(&away(1, 1)), Err(Failure::GoneAway { code: 1 }));
    // The stream is finished before the connection ends.
    assert_eq!(fed(&away(0x7fff_ffff, 0)), Ok(Progress::More));
    assert_eq!(fed(&[begun, away(1, 1)].concat()), Ok(Progress::More));
    assert_eq!(
        Failure::StreamReset { code: 1 }.to_string(),
        "the server reset the HTTP/2 stream, PROTOCOL_ERROR"
    );
}

#[test]
fn answers_that_no_client_accepts_are_malformed() {
    let fields = |block: &[u8]| one(Kind::Headers, END_HEADERS | END_STREAM, 1, block);
    malformed(&fields(b""), "without a :status");
    malformed(&fields(b"\0\x01a\x01b\x88"), "without a :status");
    malformed(&fields(b"\x08\x0220"), "without a :status");
    malformed(&fields(b"\x88\0\x01A\x01b"), "the field `A`");
    malformed(&fields(b"\x88\x88"), "the field `:status`");
    malformed(
        &fields(b"\x88\0\x0aconnection\x05close"),
        "the field `connection`",
    );
    malformed(&fields(b"\x88\0\x01a\x02\r\n"), "the field `a`");
    malformed(&fields(b"\x88\0\x0econtent-length\x015"), "content-length");
    malformed(&fields(b"\x08\x03100"), "interim");
    malformed(&one(Kind::Data, 0, 1, b"x"), "DATA before");
    let begun = one(Kind::Headers, END_HEADERS, 1, OK);
    malformed(&[begun.clone(), begun].concat(), "second answer");
}

#[test]
fn frames_that_break_the_rules_are_malformed() {
    malformed(b"\x01\0\0\0\0\0\0\0\x01", "65536 bytes");
    malformed(
        &one(Kind::Continuation, END_HEADERS, 1, OK),
        "without HEADERS",
    );
    malformed(&one(Kind::Headers, END_HEADERS, 3, OK), "not the request's");
    malformed(
        &one(Kind::PushPromise, END_HEADERS, 1, b"\0\0\0\x02"),
        "PUSH_PROMISE",
    );
    malformed(
        &one(Kind::Settings, 0, 0, b"12345"),
        "SETTINGS that break off",
    );
    malformed(&one(Kind::Settings, 0, 0, &hex("0004 ffffffff")), "window");
    malformed(&one(Kind::WindowUpdate, 0, 0, &[0; 4]), "by nothing");
    malformed(&one(Kind::WindowUpdate, 0, 0, &hex("7fffffff")), "window");
    malformed(&one(Kind::Ping, 0, 0, b"1"), "PING");
    malformed(&one(Kind::GoAway, 0, 0, b"1"), "GOAWAY");
    malformed(&one(Kind::RstStream, 0, 1, b"1"), "RST_STREAM");
    let padded = one(Kind::Headers, 0x8 | END_HEADERS, 1, b"\x09\x88");
    malformed(&padded, "more padding");
    let begun = one(Kind::Headers, 0, 1, OK);
    let cut = [begun.clone(), one(Kind::Ping, 0, 0, b"12345678")].concat();
    malformed(&cut, "another frame cuts");
    let endless = [begun, one(Kind::Continuation, 0, 1, &[0x88; 8000])].concat();
    malformed(&endless, "more than 4096 bytes");
    malformed(&one(Kind::Ping, ACK, 0, b"").repeat(20_001), "frames");
    let interim = one(Kind::Headers, END_HEADERS, 1, b"\x08\x03100");
    malformed(&interim.repeat(33), "interim");
}

#[test]
fn body_ends_at_its_limit() {
    let mut octets = one(Kind::Headers, END_HEADERS, 1, OK);
    octets.extend(one(Kind::Data, 0, 1, &[b'x'; 16_000]).repeat(7));
    assert_eq!(fed(&octets), Err(Failure::TooLarge { limit: 100_000 }));
}

#[test]
fn another_protocol_is_no_http2() {
    for (octets, part) in [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(), "HTTP/1.1"),
        (b"\0\0\x08\x06\0\0\0\0\x0012345678", "no SETTINGS"),
    ] {
        match client(b"").feed(octets) {
            Err(Failure::Malformed { cause }) => assert!(cause.contains(part), "{cause}"),
            other => panic!("{other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn nothing_that_comes_makes_it_panic(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut client = client(b"a=b");
        let _whatever = client.feed(SETTINGS).and_then(|_| client.feed(&octets));
    }
}
