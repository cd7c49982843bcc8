use proptest::prelude::*;

use super::{End, Malformed, Progress, ReadError, ReadLimits, ResponseReader};
use crate::wire::chunked::ChunkError;
use crate::wire::response::{AnswerTo, BodyFraming, Oddity, Response, Version};

const LIMITS: ReadLimits = ReadLimits {
    head: 4096,
    body: 1000,
};

/// Reads `bytes` in pieces of `size`, then the end of the connection.
fn read(bytes: &[u8], size: usize, to: AnswerTo) -> Result<(Response, End), ReadError> {
    let mut reader = ResponseReader::new(to, LIMITS);
    for part in bytes.chunks(size) {
        if reader.feed(part)? == Progress::Done {
            break;
        }
    }
    let end = reader.end();
    Ok((reader.into_response().expect("an answer"), end))
}

fn complete(bytes: &[u8]) -> Response {
    let (whole, end) = read(bytes, bytes.len(), AnswerTo::Other).expect("readable");
    assert_eq!(end, End::Complete);
    // However the bytes are cut, the answer is the same.
    for size in 1..8 {
        let (mut cut, end) = read(bytes, size, AnswerTo::Other).expect("readable");
        assert_eq!(end, End::Complete);
        let after = |oddity: &Oddity| matches!(oddity, Oddity::BytesAfterEnd { .. });
        cut.oddities.retain(|oddity| !after(oddity));
        let mut whole = whole.clone();
        whole.oddities.retain(|oddity| !after(oddity));
        assert!(
            cut == whole,
            "in pieces of {size}: {cut:?} instead of {whole:?}"
        );
    }
    whole
}

fn malformed(bytes: &[u8]) -> Malformed {
    let mut last = None;
    for size in [1, 7, bytes.len()] {
        match read(bytes, size, AnswerTo::Other) {
            Err(ReadError::Malformed(cause)) => last = Some(cause),
            other => panic!("in pieces of {size}: {other:?}"),
        }
    }
    last.expect("an error")
}

fn oddities(bytes: &[u8]) -> Vec<Oddity> {
    complete(bytes).oddities
}

#[test]
fn length_delimited_answer_is_read_whole() {
    let answer = complete(
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nX:\r\nset-cookie:\tb \r\nContent-Length: 3\r\n\r\nabc",
    );
    assert_eq!((answer.version, answer.status), (Version::Http11, 200));
    assert_eq!(answer.reason, b"OK");
    let names: Vec<&str> = answer
        .headers
        .iter()
        .map(|header| header.name.as_str())
        .collect();
    assert_eq!(names, ["Set-Cookie", "X", "set-cookie", "Content-Length"]);
    assert_eq!(
        answer.values("SET-COOKIE").collect::<Vec<_>>(),
        [b"a", b"b"]
    );
    assert_eq!(answer.body, b"abc");
    assert_eq!(answer.framing, BodyFraming::Length(3));
    assert!(answer.oddities.is_empty() && answer.keeps_alive());
}

#[test]
fn header_values_keep_their_raw_bytes() {
    let answer = complete(b"HTTP/1.1 200 \xe9\r\nX: \xff\xfe\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(answer.values("x").next(), Some(b"\xff\xfe".as_slice()));
    assert_eq!(answer.reason, b"\xe9");
}

#[test]
fn chunked_answer_is_read_with_its_trailers() {
    let answer = complete(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nab\r\n1;q\r\nc\r\n0\r\nT: u\r\n\r\n",
    );
    assert_eq!(answer.body, b"abc");
    assert_eq!(
        answer.trailers.first().map(|field| field.value.as_slice()),
        Some(&b"u"[..])
    );
    assert!(answer.keeps_alive());
}

#[test]
fn body_without_framing_ends_with_the_connection() {
    let answer = complete(b"HTTP/1.0 200 OK\r\n\r\nabc");
    assert_eq!(
        (answer.body.as_slice(), answer.framing),
        (&b"abc"[..], BodyFraming::UntilClose)
    );
    assert!(!answer.keeps_alive());
}

#[test]
fn answers_without_body_end_with_the_head() {
    for status in ["204 No Content", "304 Not Modified"] {
        let answer = complete(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes());
        assert_eq!(answer.framing, BodyFraming::None);
    }
    let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    let (answer, end) = read(bytes, 5, AnswerTo::Head).unwrap();
    assert_eq!((answer.framing, end), (BodyFraming::None, End::Complete));
}

#[test]
fn interim_responses_are_skipped_and_noted() {
    let answer = complete(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
    );
    assert_eq!((answer.interim, answer.status), (vec![100, 103], 200));
    let endless = b"HTTP/1.1 100 C\r\n\r\n".repeat(40);
    assert_eq!(malformed(&endless), Malformed::TooManyInterim);
}

#[test]
fn end_inside_an_answer_is_told_from_no_answer() {
    let mut reader = ResponseReader::new(AnswerTo::Other, LIMITS);
    assert_eq!(reader.end(), End::Nothing);
    let (answer, end) = read(
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        4,
        AnswerTo::Other,
    )
    .unwrap();
    assert_eq!(end, End::Midway);
    assert_eq!(
        answer.oddities,
        [Oddity::BodyCut {
            announced: 9,
            received: 3
        }]
    );
    reader.feed(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
    assert_eq!(reader.end(), End::Nothing);
    reader.feed(b"HTTP/1.1 200").unwrap();
    assert_eq!(reader.end(), End::Midway);
}

#[test]
fn oddities_are_noted_without_losing_the_answer() {
    use Oddity as O;
    let gzip = [O::UnknownTransferCoding {
        codings: "gzip, chunked".to_owned(),
    }];
    let cases: &[(&[u8], &[Oddity])] = &[
        (b"HTTP/1.1 200 OK\nContent-Length: 0\n\n", &[O::BareLf]),
        (
            b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
            &[O::MissingReason],
        ),
        (b"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", &[]),
        (
            b"HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n",
            &[O::StatusLineSpaces],
        ),
        (
            b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            &[O::LeadingEmptyLines],
        ),
        (
            b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
            &[O::ObsoleteFolding],
        ),
        (
            b"HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 0\r\n\r\n",
            &[O::SpaceBeforeColon],
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 0, 0\r\n\r\n",
            &[O::RepeatedContentLength],
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
            &[O::RepeatedContentLength],
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            &[O::BothFramings],
        ),
        (
            b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            &[O::TransferEncodingInHttp10],
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            &gzip,
        ),
        (
            b"HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n",
            &[O::ContentLengthWithoutBody],
        ),
        (b"HTTP/1.1 101 Up\r\n\r\n", &[O::UnaskedUpgrade]),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nab",
            &[O::BytesAfterEnd { count: 2 }],
        ),
    ];
    for (bytes, expect) in cases {
        assert_eq!(&oddities(bytes), expect, "{}", bytes.escape_ascii());
    }
}

#[test]
fn what_is_no_http_says_what_it_is() {
    assert_eq!(
        malformed(b"SSH-2.0-x\r\n").to_string(),
        "not HTTP: the first bytes are `SSH-2.0-x\\r\\n`"
    );
    assert_eq!(malformed(b"\x15\x03\x03\x00\x02\x02\x32"), Malformed::Tls);
    assert_eq!(
        malformed(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00"),
        Malformed::Http2
    );
    assert!(matches!(
        malformed(b"HTTP/2 200 OK\r\n\r\n"),
        Malformed::NotHttp { .. }
    ));
    assert!(matches!(
        malformed(b"HTTP/1.7 200 OK\r\n\r\n"),
        Malformed::StatusLine { .. }
    ));
    assert!(matches!(
        malformed(b"HTTP/1.1 20 OK\r\n\r\n"),
        Malformed::StatusLine { .. }
    ));
    assert!(matches!(
        malformed(b"HTTP/1.1 2000 OK\r\n\r\n"),
        Malformed::StatusLine { .. }
    ));
}

#[test]
fn broken_answers_say_where() {
    assert_eq!(
        malformed(b"HTTP/1.1 200 OK\r\nA: b\r\nno field\r\n\r\n").to_string(),
        "not a header field: `no field`"
    );
    assert_eq!(
        malformed(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc")
            .to_string(),
        "a Content-Length that gives no length: `3, 4`"
    );
    for length in ["-1", "3x", "", "99999999999999999999"] {
        let bytes = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nabc");
        assert!(
            matches!(malformed(bytes.as_bytes()), Malformed::ContentLength { .. }),
            "{length}"
        );
    }
    assert_eq!(
        malformed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        Malformed::Chunks(ChunkError::Size)
    );
    let long = [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &[b'a'; 5000]].concat();
    assert_eq!(malformed(&long), Malformed::HeadTooLarge { limit: 4096 });
}

#[test]
fn body_beyond_its_limit_is_cut() {
    let bytes = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &[b'a'; 1001]].concat();
    let mut reader = ResponseReader::new(AnswerTo::Other, LIMITS);
    assert_eq!(
        reader.feed(&bytes),
        Err(ReadError::BodyTooLarge { limit: 1000 })
    );
    assert_eq!(reader.into_response().unwrap().body.len(), 1000);
}

#[test]
fn many_short_header_lines_are_read_in_one_pass() {
    let mut bytes = b"HTTP/1.1 200 OK\r\n".to_vec();
    bytes.extend(b"a:\r\n".repeat(900));
    bytes.extend(b"Content-Length: 0\r\n\r\n");
    assert_eq!(complete(&bytes).headers.len(), 901);
}

#[test]
fn http10_keeps_alive_only_when_it_says_so() {
    let keeps = |line: &str| {
        complete(format!("HTTP/1.0 200 OK\r\n{line}Content-Length: 0\r\n\r\n").as_bytes())
            .keeps_alive()
    };
    assert!(!keeps(""));
    assert!(keeps("Connection: Keep-Alive\r\n"));
    assert!(!keeps("Connection: keep-alive, close\r\n"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, size in 1_usize..40) {
        let mut reader = ResponseReader::new(AnswerTo::Other, LIMITS);
        for part in bytes.chunks(size) {
            if reader.feed(part).is_err() {
                break;
            }
        }
        reader.end();
    }

    #[test]
    fn any_body_survives_any_cut(body in proptest::collection::vec(any::<u8>(), 0..900), size in 1_usize..200) {
        let mut chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        chunked.extend(crate::wire::chunked::encode(&body));
        let (answer, end) = read(&chunked, size, AnswerTo::Other).unwrap();
        prop_assert_eq!((answer.body, end), (body.clone(), End::Complete));
        let mut counted = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
        counted.extend(&body);
        let (answer, end) = read(&counted, size, AnswerTo::Other).unwrap();
        prop_assert_eq!((answer.body, end), (body, End::Complete));
    }
}
