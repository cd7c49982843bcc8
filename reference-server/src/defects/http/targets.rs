//! Host and the request target.

use super::octets::{edited, replaced, value};
use super::{Defect, row};
use crate::defects::Seam;
use crate::wire::raw_request::{Body, RawRequest};

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "host-not-needed",
        &["http-host"],
        &[],
        &[Seam::Incoming(host_not_needed)],
    ),
    row(
        "first-host-counts",
        &["http-host"],
        &[],
        &[Seam::Incoming(first_host_counts)],
    ),
    row(
        "last-host-counts",
        &["http-host"],
        &[],
        &[Seam::Incoming(last_host_counts)],
    ),
    row(
        "host-not-read",
        &["http-host"],
        &[],
        &[Seam::Incoming(host_not_read)],
    ),
    row(
        "absolute-target-not-found",
        &["http-absolute-form"],
        &[],
        &[Seam::Incoming(absolute_target_not_found)],
    ),
    row(
        "lenient-path-takes-get",
        &["http-path-variants"],
        &[],
        &[Seam::Read(lenient_path_takes_get)],
    ),
    row(
        "lenient-path-takes-any-method-without-slash",
        &["http-path-variants"],
        &[],
        &[Seam::Read(path_parameter_takes_get)],
    ),
];

fn hosts(lines: &[Vec<u8>]) -> usize {
    let named = |line: &&Vec<u8>| value(line, "host").is_some();
    lines.iter().filter(named).count()
}

/// The application server does not care.
fn host_not_needed(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        if hosts(&message.lines) == 0 {
            message.push("Host: localhost");
        }
    })
}

/// A map of fields that keeps the first.
fn first_host_counts(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        let mut seen = false;
        message.lines.retain(|line| {
            let is_host = value(line, "host").is_some();
            let again = is_host && seen;
            seen |= is_host;
            !again
        });
    })
}

/// A map of fields that keeps the last.
fn last_host_counts(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        let mut left = hosts(&message.lines);
        message.lines.retain(|line| {
            let is_host = value(line, "host").is_some();
            left -= usize::from(is_host);
            !is_host || left == 0
        });
    })
}

/// Whatever it says, it is a host.
fn host_not_read(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        for line in &mut message.lines {
            if let Some(host) = value(line, "host")
                && host.contains([' ', '@', '/', ','])
            {
                *line = b"Host: localhost".to_vec();
            }
        }
    })
}

/// The route is compared with the whole target.
fn absolute_target_not_found(octets: Vec<u8>) -> Vec<u8> {
    if octets.starts_with(b"POST http") {
        replaced(&octets, b"POST http", b"POST /http")
    } else {
        octets
    }
}

fn get_is_post(mut request: RawRequest) -> RawRequest {
    if request.method == "GET"
        && let Some(query) = request.query.take()
    {
        request.method = "POST".to_owned();
        request.body = Body::Complete(query.into_bytes());
        request.set_header("content-type", "application/x-www-form-urlencoded");
    }
    request
}

/// The router is lenient, the filter of methods is not.
fn lenient_path_takes_get(mut request: RawRequest) -> RawRequest {
    match request.path.strip_suffix('/').map(str::to_owned) {
        Some(path) if path.ends_with("oauth2") => {
            request.path = path;
            get_is_post(request)
        }
        Some(_) | None => request,
    }
}

/// Parameters of a path segment are cut off by the one and not by the other.
fn path_parameter_takes_get(mut request: RawRequest) -> RawRequest {
    match request
        .path
        .split_once(';')
        .map(|(path, _)| path.to_owned())
    {
        Some(path) => {
            request.path = path;
            get_is_post(request)
        }
        None => request,
    }
}
