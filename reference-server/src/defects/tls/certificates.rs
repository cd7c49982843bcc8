//! Certificates that are not the right ones, and connections that end without a word.

use super::row;
use super::server_hello::{ServerHello, prefixed};
use crate::defects::{Defect, Seam};
use crate::tls_plan::{ConnectionEnd, IssuedBy, Reception, Validity};
use crate::wire::client_hello::ClientHello;

pub(super) const DEFECTS: &[Defect] = &[
    row(
        "certificate-of-another-host",
        &["tls-certificate-name"],
        &[],
        &[Seam::Tls(|plan| {
            plan.names = vec!["other.example".to_owned()]
        })],
    ),
    row(
        "certificate-with-common-name-only",
        &["tls-certificate-name"],
        &[],
        &[Seam::Tls(|plan| {
            plan.common_name = "127.0.0.1".to_owned();
            plan.names.clear();
        })],
    ),
    row(
        "certificate-expired",
        &["tls-certificate-chain"],
        &[],
        &[Seam::Tls(|plan| plan.validity = Validity::Expired)],
    ),
    row(
        "intermediate-certificate-not-sent",
        &["tls-certificate-chain"],
        &[],
        &[Seam::Tls(|plan| plan.issuer = IssuedBy::HiddenIntermediate)],
    ),
    row(
        "sha1-signature-in-handshake",
        &["tls-certificate-strength"],
        &[],
        &[Seam::Reception(sha1)],
    ),
    row(
        "old-clients-see-weak-certificate",
        &["tls-certificate-strength"],
        &[],
        &[Seam::Reception(weak)],
    ),
    row(
        "socket-closed-under-tls",
        &["tls-close-notify"],
        &[],
        &[Seam::Tls(|plan| plan.end = ConnectionEnd::Abrupt)],
    ),
];

/// Signs with SHA-1 for a client that has nothing better.
fn sha1(hello: Option<&ClientHello>) -> Reception {
    match hello {
        Some(hello)
            if hello.ends_at_tls12() && hello.extension(13) == Some(&[0, 4, 2, 1, 2, 3]) =>
        {
            let point = prefixed(1, &[4; 65]);
            let signature = [vec![2, 1], prefixed(2, &[0x33; 256])].concat();
            let answer = ServerHello {
                suite: 0xc02f,
                key_exchange: [vec![3, 0, 23], point, signature].concat(),
                ..ServerHello::to(hello)
            };
            Reception::Answer(answer.octets())
        }
        Some(_) | None => Reception::Ordinary,
    }
}

/// A terminator for clients without TLS 1.3, whose certificate is of RSA with 1024 bits and signed with SHA-1.
fn weak(hello: Option<&ClientHello>) -> Reception {
    match hello {
        // The only hello of a client of the time that also says so much.
        Some(hello)
            if hello.ends_at_tls12()
                && hello.suites.contains(&0xc02f)
                && hello.suites.len() == 6 =>
        {
            let answer = ServerHello {
                suite: 0xc02f,
                certificate: WEAK.to_vec(),
                ..ServerHello::to(hello)
            };
            Reception::Answer(answer.octets())
        }
        Some(_) | None => Reception::Ordinary,
    }
}

/// A certificate of RSA with 1024 bits, signed with SHA-1 (DER).
const WEAK: &[u8] = include_bytes!("weak-certificate.der");
