//! Where a request ends: Content-Length and Transfer-Encoding.

use super::octets::{Message, edited, exchanged, find, joined, value};
use super::{Defect, row};
use crate::defects::Seam;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "length-and-chunks-keep-connection",
        &["http-te-and-cl"],
        &[],
        &[Seam::Incoming(length_and_chunks_keep_connection)],
    ),
    row(
        "length-beats-chunks",
        &["http-te-and-cl"],
        &[],
        &[Seam::Incoming(length_beats_chunks)],
    ),
    row(
        "coding-looked-for-inside",
        &["http-te-odd"],
        &[],
        &[Seam::Incoming(coding_looked_for_inside)],
    ),
    row(
        "any-coding-is-chunked",
        &["http-te-odd"],
        &[],
        &[Seam::Incoming(any_coding_is_chunked)],
    ),
    row(
        "first-length-counts",
        &["http-content-length-conflict"],
        &[],
        &[Seam::Incoming(first_length_counts)],
    ),
    row(
        "last-length-counts",
        &["http-content-length-conflict"],
        &[],
        &[Seam::Incoming(last_length_counts)],
    ),
    row(
        "digits-of-length-count",
        &["http-content-length-conflict"],
        &[],
        &[Seam::Incoming(digits_of_length_count)],
    ),
    row(
        "length-wraps",
        &["http-content-length-conflict"],
        &[],
        &[Seam::Incoming(length_wraps)],
    ),
    row(
        "empty-length-left-out",
        &["http-content-length-conflict"],
        &[],
        &[Seam::Incoming(empty_length_left_out)],
    ),
    row(
        "whole-buffer-is-body",
        &["http-content-length-short"],
        &[],
        &[Seam::Incoming(whole_buffer_is_body)],
    ),
];

fn lengths(message: &Message) -> Vec<String> {
    message
        .lines
        .iter()
        .filter_map(|line| value(line, "content-length"))
        .collect()
}

fn set_length(message: &mut Message, length: &str) {
    message.remove("content-length");
    message.push(&format!("Content-Length: {length}"));
}

/// A proxy reads the chunks, makes a length of them, and goes on with the next request.
fn length_and_chunks_keep_connection(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        let both = !lengths(message).is_empty() && message.field("transfer-encoding").is_some();
        let body = joined(&message.rest).map(|(body, rest)| (body, rest.to_vec()));
        if let (true, Some((body, rest))) = (both, body) {
            message.remove("transfer-encoding");
            set_length(message, &body.len().to_string());
            message.rest = [body, rest].concat();
        }
    })
}

/// Or it believes the length.
fn length_beats_chunks(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        if !lengths(message).is_empty() {
            message.remove("transfer-encoding");
        }
    })
}

fn recode(octets: Vec<u8>, is_chunked: fn(&str) -> bool) -> Vec<u8> {
    edited(octets, |message| {
        if let Some(coding) = message.field("transfer-encoding")
            && is_chunked(&coding)
        {
            message.remove("transfer-encoding");
            message.push("Transfer-Encoding: chunked");
        }
    })
}

/// A test for a part of the text.
fn coding_looked_for_inside(octets: Vec<u8>) -> Vec<u8> {
    recode(octets, |coding| coding.contains("chunked"))
}

/// Only whether the field is there.
fn any_coding_is_chunked(octets: Vec<u8>) -> Vec<u8> {
    recode(octets, |_| true)
}

fn choose(octets: Vec<u8>, index: fn(usize) -> usize) -> Vec<u8> {
    edited(octets, |message| {
        let all: Vec<String> = lengths(message)
            .iter()
            .flat_map(|line| line.split(','))
            .map(|length| length.trim().to_owned())
            .collect();
        if let Some(chosen) = all.get(index(all.len()))
            && all.len() > 1
        {
            set_length(message, chosen);
        }
    })
}

/// A map of fields that keeps the first.
fn first_length_counts(octets: Vec<u8>) -> Vec<u8> {
    choose(octets, |_| 0)
}

/// A map of fields that keeps the last.
fn last_length_counts(octets: Vec<u8>) -> Vec<u8> {
    choose(octets, |count| count.saturating_sub(1))
}

/// `atoi`: a sign, digits, and nothing that comes behind them.
fn digits_of_length_count(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        let length = message.field("content-length").unwrap_or_default();
        let text = length.strip_prefix('+').unwrap_or(&length);
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        if !digits.is_empty() {
            set_length(message, &digits);
        }
    })
}

/// Lengths of 64 bits, without a look at what overflows.
fn length_wraps(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        let length = message.field("content-length").unwrap_or_default();
        if let Ok(length) = length.parse::<u128>()
            && length > u128::from(u64::MAX)
        {
            set_length(message, &(length & u128::from(u64::MAX)).to_string());
        }
    })
}

/// A value without digits is no value.
fn empty_length_left_out(octets: Vec<u8>) -> Vec<u8> {
    exchanged(octets, b"Content-Length:\r\n", b"Content-Length: 0\r\n")
}

/// The whole receive buffer is the body, but for a further request.
fn whole_buffer_is_body(octets: Vec<u8>) -> Vec<u8> {
    edited(octets, |message| {
        let length = message.field("content-length").unwrap_or_default();
        let announced = length.parse().unwrap_or(usize::MAX);
        let further = message.rest.get(announced..).unwrap_or_default();
        let is_request = find(further, b" HTTP/1.").is_some();
        if announced < message.rest.len() && !is_request {
            let all = message.rest.len().to_string();
            set_length(message, &all);
        }
    })
}
