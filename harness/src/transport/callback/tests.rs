//! The host, asked over loopback.

use super::*;

fn at(path: &str, with: Option<&str>) -> Place {
    Place {
        path: path.to_owned(),
        with: with.map(str::to_owned),
    }
}

fn shown(body: &str) -> Published {
    Published {
        status: 200,
        headers: vec![("Content-Type".to_owned(), "text/plain".to_owned())],
        body: body.as_bytes().to_vec(),
        ..Published::default()
    }
}

async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn host_answers_with_what_is_published_at_the_time_and_keeps_what_arrived() {
    let reserved = reserve().unwrap();
    let host = CallbackHost::open(reserved.address()).unwrap();
    assert_eq!(host.publish(at("/keys", None), Some(shown("one"))), None);
    let get = "GET /keys?a=b HTTP/1.1\r\nHost: h\r\n\r\n";
    assert!(ask(reserved.address(), get).await.ends_with("\r\n\r\none"));
    assert_eq!(
        host.publish(at("/keys", None), Some(shown("two"))),
        Some(shown("one"))
    );
    assert!(ask(reserved.address(), get).await.ends_with("\r\n\r\ntwo"));
    let post = "POST /note HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\nContent-Length: 4\r\n\r\n{}  ";
    assert!(
        ask(reserved.address(), post)
            .await
            .starts_with("HTTP/1.1 404 ")
    );
    let seen = host.arrivals("/note", 0).unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].method.as_str(), seen[0].number), ("POST", 2));
    assert_eq!(seen[0].body, b"{}  ");
    assert!(
        seen[0]
            .headers
            .contains(&("authorization".to_owned(), "Bearer t".to_owned()))
    );
    assert_eq!(host.arrivals("/keys", 1).unwrap().len(), 1);
    assert_eq!(host.arrivals("/keys", host.next_number()), Ok(Vec::new()));
}

#[test]
fn body_in_chunks_is_read_to_its_end() {
    let head = "POST /n HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    let whole = format!("{head}2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
    let cut = whole.len() - 3;
    assert_eq!(read(&whole.as_bytes()[..cut]), None);
    assert_eq!(read(whole.as_bytes()).unwrap().body, b"abc");
}

fn note(content: &str) -> String {
    let length = content.len();
    format!("POST /note HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n{content}")
}

#[tokio::test]
async fn request_with_a_text_is_answered_by_what_is_published_for_it() {
    let reserved = reserve().unwrap();
    let host = CallbackHost::open(reserved.address()).unwrap();
    let _nothing = host.publish(at("/note", None), Some(shown("all")));
    let _nothing = host.publish(at("/note", Some("id-1")), Some(shown("one")));
    let answer = ask(reserved.address(), &note("{id-2}")).await;
    assert!(answer.ends_with("\r\n\r\nall"));
    let answer = ask(reserved.address(), &note("{id-1}")).await;
    assert!(answer.ends_with("\r\n\r\none"));
    let before = host.publish(at("/note", Some("id-1")), None);
    assert_eq!(before, Some(shown("one")));
    let answer = ask(reserved.address(), &note("{id-1}")).await;
    assert!(answer.ends_with("\r\n\r\nall"));
}

/// Nobody may take what is left for all that came.
#[tokio::test]
async fn host_that_has_forgotten_arrivals_says_so() {
    let reserved = reserve().unwrap();
    let host = CallbackHost::keeping(reserved.address(), 2).unwrap();
    for _ in 0..2 {
        drop(ask(reserved.address(), &note("{}")).await);
    }
    assert_eq!(host.arrivals("/note", 0).unwrap().len(), 2);
    drop(ask(reserved.address(), &note("{}")).await);
    assert_eq!(host.arrivals("/note", 0), Err(Forgotten));
    assert_eq!(host.arrivals("/elsewhere", 0), Err(Forgotten));
    let later = host.arrivals("/note", 1).unwrap();
    let numbers: Vec<usize> = later.iter().map(|arrival| arrival.number).collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(host.next_number(), 3);
}

#[tokio::test]
async fn arrival_wakes_who_waits_for_it() {
    let reserved = reserve().unwrap();
    let host = CallbackHost::open(reserved.address()).unwrap();
    let next = host.arrived();
    drop(ask(reserved.address(), &note("{}")).await);
    next.await;
}
