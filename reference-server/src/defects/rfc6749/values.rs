//! Issued values that can be guessed, or that clients can't carry (RFC 6749 §10.10, Appendix A).

use serde_json::Value;

use super::answers::granted;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::issue::{Kind, Mint};
use crate::state::{AccessRecord, RefreshRecord, StateChange};
use crate::vocabulary::GrantType;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "access-token-is-counter",
        kills: &["rfc6749-access-token-entropy-128"],
        also: &[(
            "rfc6749-access-token-entropy-160",
            "a counter has no 160 bits either",
        )],
        seams: &[Seam::Mint(access_token_is_counter)],
    },
    Defect {
        id: "access-token-of-ten-characters",
        kills: &["rfc6749-access-token-entropy-128"],
        also: &[(
            "rfc6749-access-token-entropy-160",
            "ten characters have no 160 bits either",
        )],
        seams: &[Seam::Mint(access_token_of_ten_characters)],
    },
    Defect {
        id: "access-token-of-128-bits",
        kills: &["rfc6749-access-token-entropy-160"],
        also: &[],
        seams: &[Seam::Mint(access_token_of_128_bits)],
    },
    Defect {
        id: "access-token-with-line-break",
        kills: &["rfc6749-issued-values-charset"],
        also: &[],
        seams: &[Seam::Mint(access_token_with_line_break)],
    },
    Defect {
        id: "access-token-outside-ascii",
        kills: &["rfc6749-issued-values-charset"],
        also: &[],
        seams: &[Seam::Mint(access_token_outside_ascii)],
    },
    Defect {
        id: "access-token-with-space",
        kills: &["rfc6749-issued-values-charset"],
        also: &[],
        seams: &[Seam::Mint(access_token_with_space)],
    },
    Defect {
        id: "access-token-in-quotes",
        kills: &["rfc6749-issued-values-charset"],
        also: &[],
        seams: &[Seam::Mint(access_token_in_quotes)],
    },
    Defect {
        id: "refresh-token-outside-ascii",
        kills: &["rfc6749-issued-values-charset"],
        also: &[
            (
                "rfc6749-refresh-token-entropy",
                "the alphabet is not one that randomness is counted in",
            ),
            (
                "rfc6749-refresh-unknown",
                "what is cut off such a token is no text",
            ),
        ],
        seams: &[Seam::Mint(refresh_token_outside_ascii)],
    },
    Defect {
        id: "code-with-control-character",
        kills: &["rfc6749-issued-values-charset"],
        also: &[],
        seams: &[Seam::Mint(code_with_control_character)],
    },
    Defect {
        id: "refresh-token-is-row-number",
        kills: &["rfc6749-refresh-token-entropy"],
        also: &[(
            "rfc6749-refresh-unknown",
            "an invented number may be that of another row",
        )],
        seams: &[Seam::Mint(refresh_token_is_row_number)],
    },
    Defect {
        id: "refresh-token-of-128-bits",
        kills: &["rfc6749-refresh-token-entropy"],
        also: &[],
        seams: &[Seam::Mint(refresh_token_of_128_bits)],
    },
    Defect {
        id: "rotated-refresh-token-is-counter",
        kills: &["rfc6749-refresh-token-entropy"],
        also: &[],
        seams: &[
            Seam::Changes(rotated_is_remembered),
            Seam::Response(rotated_is_sent),
        ],
    },
    Defect {
        id: "refresh-token-holds-access-token",
        kills: &["rfc6749-refresh-token-entropy"],
        also: &[],
        seams: &[
            Seam::Changes(refresh_of_access_is_remembered),
            Seam::Response(refresh_of_access_is_sent),
        ],
    },
    Defect {
        id: "code-of-six-digits",
        kills: &["rfc6749-code-entropy"],
        also: &[],
        seams: &[Seam::Mint(code_of_six_digits)],
    },
    Defect {
        id: "code-of-128-bits",
        kills: &["rfc6749-code-entropy"],
        also: &[],
        seams: &[Seam::Mint(code_of_128_bits)],
    },
];

/// A value of one kind made in a poor way, the others as they should be.
fn poor(
    mint: &mut Mint<'_>,
    (kind, wanted): (Kind, Kind),
    make: impl FnOnce(&mut Mint<'_>) -> String,
) -> String {
    if kind == wanted {
        make(mint)
    } else {
        mint.random(32)
    }
}

/// The rows of a table, numbered in an order that is not the plainest.
fn number(serial: u64) -> String {
    format!("{:06}", serial.wrapping_mul(7919) % 1_000_000)
}

fn access_token_is_counter(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::AccessToken), |mint| {
        format!("{:08}", mint.serial)
    })
}

fn access_token_of_ten_characters(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::AccessToken), |mint| {
        mint.random(32).chars().take(10).collect()
    })
}

fn access_token_of_128_bits(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::AccessToken), |mint| mint.random(16))
}

/// The base64 of MIME ends its last line, too.
fn access_token_with_line_break(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::AccessToken), |mint| {
        format!("{}\r\n", mint.random(32))
    })
}

/// What the token is for stands in front of it, in words.
fn access_token_outside_ascii(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::AccessToken), |mint| {
        format!("schl\u{fc}ssel.{}", mint.random(32))
    })
}

fn access_token_with_space(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::AccessToken), |mint| {
        format!("token {}", mint.random(32))
    })
}

/// A JSON text that was made JSON again.
fn access_token_in_quotes(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::AccessToken), |mint| {
        format!("\"{}\"", mint.random(32))
    })
}

/// Random octets read as Latin-1.
fn refresh_token_outside_ascii(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::RefreshToken), |mint| {
        mint.octets(32)
            .into_iter()
            .map(|octet| char::from(octet | 0x80))
            .collect()
    })
}

fn code_with_control_character(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::AuthorizationCode), |mint| {
        format!("{}\u{7f}", mint.random(32))
    })
}

fn refresh_token_is_row_number(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::RefreshToken), |mint| {
        mint.serial.to_string()
    })
}

fn refresh_token_of_128_bits(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::RefreshToken), |mint| mint.random(16))
}

fn code_of_six_digits(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::AuthorizationCode), |mint| {
        number(mint.serial)
    })
}

fn code_of_128_bits(mint: &mut Mint<'_>, kind: Kind) -> String {
    poor(mint, (kind, Kind::AuthorizationCode), |mint| {
        mint.random(16)
    })
}

fn rotated(context: &Context<'_>, facts: &Facts) -> Option<String> {
    let old = facts.refresh_token.as_ref()?;
    facts.is_grant(GrantType::RefreshToken).then(|| {
        format!(
            "{}{}",
            old.grant.get(..4).unwrap_or_default(),
            number(context.serial)
        )
    })
}

fn rotated_is_remembered(
    context: &Context<'_>,
    facts: &Facts,
    changes: Vec<StateChange>,
) -> Vec<StateChange> {
    match rotated(context, facts) {
        Some(value) => with_refresh_token(changes, |_| value.clone()),
        None => changes,
    }
}

fn rotated_is_sent(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    match rotated(context, facts) {
        Some(value) => granted(facts, response, |response| sent(response, value)),
        None => response,
    }
}

/// Whoever sees the access token knows the refresh token.
fn of_access(access: &str) -> String {
    format!("r.{access}")
}

fn refresh_of_access_is_remembered(
    _: &Context<'_>,
    _: &Facts,
    changes: Vec<StateChange>,
) -> Vec<StateChange> {
    let access = changes
        .iter()
        .find_map(access_record)
        .map(|record| record.value.clone());
    match access {
        Some(access) => with_refresh_token(changes, |_| of_access(&access)),
        None => changes,
    }
}

fn refresh_of_access_is_sent(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    granted(facts, response, |response| {
        let access = response.member("access_token");
        match access.as_ref().and_then(Value::as_str) {
            Some(access) => sent(response, of_access(access)),
            None => response,
        }
    })
}

fn access_record(change: &StateChange) -> Option<&AccessRecord> {
    if let StateChange::AddAccessToken(record) = change {
        Some(record)
    } else {
        None
    }
}

fn with_refresh_token(
    mut changes: Vec<StateChange>,
    value: impl Fn(&RefreshRecord) -> String,
) -> Vec<StateChange> {
    for change in &mut changes {
        if let StateChange::AddRefreshToken(record) = change {
            record.value = value(record);
        }
    }
    changes
}

fn sent(response: Response, refresh_token: String) -> Response {
    response.edit(|members| {
        if members.contains_key("refresh_token") {
            members.insert("refresh_token".to_owned(), refresh_token.into());
        }
    })
}
