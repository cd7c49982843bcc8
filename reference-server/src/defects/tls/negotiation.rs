//! What is negotiated and must not be. A `ServerHello` by hand stands for a terminator that goes on: clients see no more before
//! they refuse.

use super::row;
use super::server_hello::{ServerHello, prefixed, ssl2};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Endpoint, Facts};
use crate::tls_plan::{EarlyData, Http2, Reception};
use crate::wire::client_hello::ClientHello;
use crate::wire::response::Response;

pub(super) const DEFECTS: &[Defect] = &[
    row(
        "tls-port-serves-clear-text",
        &["tls-plaintext-on-tls-port", "rfc9700-tls-only"],
        &[],
        &[Seam::Reception(clear_text)],
    ),
    row(
        "tls-1-0-negotiated",
        &["tls-old-versions"],
        &[],
        &[Seam::Reception(old_version)],
    ),
    row(
        "ssl-3-0-negotiated",
        &["tls-ssl-refused"],
        &[],
        &[Seam::Reception(ssl3)],
    ),
    row(
        "ssl-2-0-negotiated",
        &["tls-ssl-refused"],
        &[],
        &[Seam::Reception(ssl2_answered)],
    ),
    row(
        "older-tls-version-preferred",
        &["tls-current-version-offered"],
        &[(
            "tls-compression",
            "what is said to compression with TLS 1.3 is not seen",
        )],
        &[Seam::Reception(older_preferred)],
    ),
    row(
        "forbidden-cipher-suites-negotiated",
        &["tls-forbidden-suites"],
        &[],
        &[Seam::Reception(forbidden)],
    ),
    row(
        "dhe-with-1024-bits",
        &["tls-forbidden-suites"],
        &[(
            "tls-weak-suites",
            "DHE is recorded there, whatever its size",
        )],
        &[Seam::Reception(short_prime)],
    ),
    row(
        "client-order-of-suites-decides",
        &["tls-weak-suites"],
        &[],
        &[Seam::Reception(client_order)],
    ),
    row(
        "static-rsa-negotiated",
        &["tls-weak-suites"],
        &[],
        &[Seam::Reception(static_rsa)],
    ),
    row(
        "tls-compression-negotiated",
        &["tls-compression"],
        &[],
        &[Seam::Reception(deflate)],
    ),
    row(
        "downgrade-sentinel-missing",
        &["tls-downgrade-sentinel"],
        &[],
        &[Seam::Reception(no_sentinel)],
    ),
    row(
        "secure-renegotiation-not-confirmed",
        &["tls-renegotiation"],
        &[],
        &[Seam::Reception(unconfirmed)],
    ),
    row(
        "extended-master-secret-not-confirmed",
        &["tls-renegotiation"],
        &[],
        &[Seam::Reception(no_master_secret)],
    ),
    row(
        "grease-breaks-handshake",
        &["tls-tolerance"],
        &[],
        &[Seam::Reception(no_grease)],
    ),
    row(
        "long-client-hello-breaks-handshake",
        &["tls-tolerance"],
        &[],
        &[Seam::Reception(fixed_buffer)],
    ),
    row(
        "http2-announced-and-not-served",
        &["tls-alpn"],
        &[],
        &[Seam::Tls(|plan| {
            plan.alpn.insert(0, "h2".to_owned());
            plan.http2 = Http2::Unknown;
        })],
    ),
    row(
        "alpn-ignored",
        &["tls-alpn"],
        &[],
        &[Seam::Tls(|plan| plan.alpn.clear())],
    ),
    row(
        "early-data-answered",
        &["tls-early-data"],
        &[],
        &[Seam::Tls(|plan| plan.early = EarlyData::Answered)],
    ),
    row(
        "early-data-processed",
        &["tls-early-data"],
        &[],
        &[Seam::Tls(|plan| plan.early = EarlyData::Processed)],
    ),
    row(
        "foreign-host-reaches-first-virtual-host",
        &["tls-unknown-name"],
        &[],
        &[Seam::Response(first_host)],
    ),
    row(
        "hsts-from-proxy-and-server",
        &["tls-hsts"],
        &[],
        &[Seam::Response(two_policies)],
    ),
];

fn clear_text(hello: Option<&ClientHello>) -> Reception {
    if hello.is_none() {
        Reception::Clear
    } else {
        Reception::Ordinary
    }
}

/// Answers those hellos of which a condition holds as a server of today would, but for one thing.
fn answer(
    hello: Option<&ClientHello>,
    applies: impl Fn(&ClientHello) -> bool,
    make: impl Fn(&ClientHello) -> Vec<u8>,
) -> Reception {
    match hello {
        Some(hello) if applies(hello) => Reception::Answer(make(hello)),
        Some(_) | None => Reception::Ordinary,
    }
}

fn accepted(hello: &ClientHello) -> Vec<u8> {
    ServerHello::to(hello).octets()
}

fn old_version(hello: Option<&ClientHello>) -> Reception {
    answer(
        hello,
        |hello| matches!(hello.version, 0x0301 | 0x0302),
        accepted,
    )
}

fn ssl3(hello: Option<&ClientHello>) -> Reception {
    answer(hello, |hello| hello.version == 0x0300, accepted)
}

fn ssl2_answered(hello: Option<&ClientHello>) -> Reception {
    answer(hello, |hello| hello.version == 2, |_| ssl2())
}

/// Both sides have TLS 1.3, and TLS 1.2 is taken.
fn older_preferred(hello: Option<&ClientHello>) -> Reception {
    match hello {
        Some(hello) if hello.versions().contains(&0x0303) => Reception::OldOnly,
        Some(_) | None => Reception::Ordinary,
    }
}

/// NULL, anonymous, export, DES and RC4, as a cipher string that begins with ALL has them.
const FORBIDDEN: &[u16] = &[
    0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0008, 0x0009, 0x0011, 0x0012, 0x0014, 0x0015,
    0x0017, 0x0019, 0x001a, 0x001b, 0x0034, 0x003a, 0x003b, 0x006c, 0x00a6, 0x00a7, 0xc001, 0xc002,
    0xc006, 0xc007, 0xc00b, 0xc00c, 0xc010, 0xc011, 0xc018, 0xc019,
];

fn forbidden(hello: Option<&ClientHello>) -> Reception {
    answer(hello, |hello| hello.only_offers(FORBIDDEN), accepted)
}

const DHE: &[u16] = &[0x009e, 0x009f, 0xccaa, 0x0033, 0x0039, 0x0067, 0x006b];

/// Parameters that were generated long ago.
fn short_prime(hello: Option<&ClientHello>) -> Reception {
    answer(
        hello,
        |hello| hello.only_offers(DHE),
        |hello| {
            let prime = prefixed(2, &[0xf1; 128]);
            let parameters = [prime, prefixed(2, &[2]), prefixed(2, &[0x77; 128])].concat();
            let signature = [vec![4, 1], prefixed(2, &[0x33; 256])].concat();
            ServerHello {
                key_exchange: [parameters, signature].concat(),
                ..ServerHello::to(hello)
            }
            .octets()
        },
    )
}

/// Weak suites are there, and the first one that the client offers is taken.
fn client_order(hello: Option<&ClientHello>) -> Reception {
    let weak_first = |hello: &ClientHello| {
        hello.ends_at_tls12()
            && hello.suites.first() == Some(&0xc008)
            && hello.suites.contains(&0xc02f)
    };
    answer(hello, weak_first, accepted)
}

const STATIC_RSA: &[u16] = &[0x002f, 0x0035, 0x003c, 0x003d, 0x009c, 0x009d];

fn static_rsa(hello: Option<&ClientHello>) -> Reception {
    answer(
        hello,
        |hello| hello.version == 0x0303 && hello.only_offers(STATIC_RSA),
        accepted,
    )
}

/// A library built with zlib.
fn deflate(hello: Option<&ClientHello>) -> Reception {
    answer(
        hello,
        |hello| hello.ends_at_tls12() && hello.compression.contains(&1),
        |hello| {
            ServerHello {
                compression: 1,
                ..ServerHello::to(hello)
            }
            .octets()
        },
    )
}

/// A terminator of its own for clients that don't have TLS 1.3.
fn no_sentinel(hello: Option<&ClientHello>) -> Reception {
    match hello {
        Some(hello) if hello.ends_at_tls12() => Reception::OldOnly,
        Some(_) | None => Reception::Ordinary,
    }
}

fn unconfirmed(hello: Option<&ClientHello>) -> Reception {
    let asks = |hello: &ClientHello| {
        hello.ends_at_tls12()
            && hello.suites.first() == Some(&0xc02b)
            && (hello.suites.contains(&0x00ff) || hello.extension(0xff01).is_some())
    };
    answer(hello, asks, |hello| {
        ServerHello::to(hello).without(0xff01).octets()
    })
}

fn no_master_secret(hello: Option<&ClientHello>) -> Reception {
    let asks = |hello: &ClientHello| hello.ends_at_tls12() && hello.extension(23).is_some();
    answer(hello, asks, |hello| {
        ServerHello::to(hello).without(23).octets()
    })
}

/// An enumeration without a branch for the unknown (RFC 8701 §3).
fn no_grease(hello: Option<&ClientHello>) -> Reception {
    let greased = |suite: &u16| suite & 0x0f0f == 0x0a0a;
    match hello {
        Some(hello) if hello.suites.iter().any(greased) => Reception::Close,
        Some(_) | None => Reception::Ordinary,
    }
}

/// A buffer of 512 octets.
fn fixed_buffer(hello: Option<&ClientHello>) -> Reception {
    match hello {
        Some(hello) if hello.octets > 512 => Reception::Close,
        Some(_) | None => Reception::Ordinary,
    }
}

/// Whatever the Host, something answers: here the page of another site.
fn first_host(ctx: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let host = ctx.request.field("host").unwrap_or_default();
    let foreign = host.starts_with("tokenspec-unknown.");
    if facts.endpoint == Endpoint::Token && foreign {
        let page = Response {
            status: 200,
            ..response
        };
        return page
            .replace("Content-Type", "text/html")
            .with_body("<h1>It works!</h1>");
    }
    response
}

/// One field from the proxy, one from the server.
fn two_policies(_: &Context<'_>, _: &Facts, response: Response) -> Response {
    response
        .with("Strict-Transport-Security", "max-age=31536000")
        .with(
            "Strict-Transport-Security",
            "max-age=63072000; includeSubDomains",
        )
}
