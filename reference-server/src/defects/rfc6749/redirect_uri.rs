//! The redirect URI of a code (RFC 6749 §4.1.3).

use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::grants::authorization_code::INVALID_CODE;
use crate::state::CodeRecord;
use crate::vocabulary::ErrorCode;
use crate::wire::form;

/// A comparison of the URI in the request with the one of the authorization.
macro_rules! compared {
    ($id:literal, $same:expr) => {
        compared!($id, $same, also: &[])
    };
    ($id:literal, $same:expr, also: $also:expr) => {
        Defect {
            id: $id,
            kills: &["rfc6749-redirect-uri-identical"],
            also: $also,
            seams: &[Seam::Replace(CheckId::CodeRedirectUriIdentical, |_, facts| {
                compare(facts, |named, used, _| $same(named, used))
            })],
        }
    };
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "redirect-uri-optional",
        kills: &["rfc6749-redirect-uri-required"],
        also: &[],
        seams: &[Seam::Skip(CheckId::CodeRedirectUriPresent)],
    },
    Defect {
        id: "redirect-uri-free-without-challenge",
        kills: &["rfc6749-redirect-uri-identical"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::CodeRedirectUriIdentical,
            |_, facts| {
                compare(facts, |named, used, code| {
                    named == used || code.challenge.is_none()
                })
            },
        )],
    },
    Defect {
        id: "redirect-uri-empty-is-enough",
        kills: &["rfc6749-redirect-uri-required"],
        also: &[(
            "rfc6749-empty-param-omitted",
            "it leaves redirect_uri empty too",
        )],
        seams: &[Seam::Replace(CheckId::CodeRedirectUriPresent, named)],
    },
    Defect {
        id: "redirect-uri-ignored",
        kills: &["rfc6749-redirect-uri-identical"],
        also: &[
            (
                "rfc6749-malformed-is-client-error",
                "a damaged redirect_uri is passed over, which it records",
            ),
            (
                "rfc6749-redirect-uri-other-registered",
                "every URI counts, a registered one too",
            ),
        ],
        seams: &[Seam::Skip(CheckId::CodeRedirectUriIdentical)],
    },
    Defect {
        id: "redirect-uri-mismatch-is-invalid-request",
        kills: &["rfc6749-redirect-uri-identical"],
        also: &[(
            "rfc6749-redirect-uri-other-registered",
            "another registered URI is a mismatch",
        )],
        seams: &[Seam::Replace(
            CheckId::CodeRedirectUriIdentical,
            mismatch_is_invalid_request,
        )],
    },
    compared!(
        "redirect-uri-by-prefix",
        |named: &str, used: &str| named.starts_with(used),
        also: &[(
            "rfc6749-redirect-uri-other-registered",
            "the second URI of a client begins with its first",
        )]
    ),
    compared!("redirect-uri-below-counts", |named: &str, used: &str| {
        named == used
            || named
                .strip_prefix(used)
                .is_some_and(|rest| rest.starts_with('/'))
    }),
    compared!(
        "redirect-uri-cut-off-counts",
        |named: &str, used: &str| used.starts_with(named),
        also: &[(
            "rfc6749-redirect-uri-other-registered",
            "the second URI of a client begins with its first",
        )]
    ),
    compared!("redirect-uri-case-folded", |named: &str, used: &str| {
        named.eq_ignore_ascii_case(used)
    }),
    compared!("redirect-uri-trimmed-of-dots", |named: &str, used: &str| {
        let normal = |uri: &str| uri.trim_end_matches('?').replace("/./", "/");
        normal(named) == normal(used)
    }),
    compared!("redirect-uri-query-ignored", |named: &str, used: &str| {
        before(named, '?') == before(used, '?')
    }),
    compared!(
        "redirect-uri-slash-at-end-ignored",
        |named: &str, used: &str| { named.trim_end_matches('/') == used.trim_end_matches('/') }
    ),
    compared!(
        "redirect-uri-user-information-ignored",
        |named: &str, used: &str| {
            let (scheme, rest) = named.split_once("://").unwrap_or(("", named));
            let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
            format!("{scheme}://{rest}") == used
        }
    ),
    compared!("redirect-uri-host-by-prefix", |named: &str, used: &str| {
        let (one, other) = (split(named), split(used));
        one.0 == other.0 && one.1.starts_with(other.1) && one.2 == other.2
    }),
    compared!("redirect-uri-normalised", |named: &str, used: &str| {
        normalised(named) == normalised(used)
    }),
    compared!("redirect-uri-scheme-ignored", |named: &str, used: &str| {
        let behind = |uri: &str| uri.split_once(':').map(|(_, rest)| rest.to_owned());
        behind(named) == behind(used)
    }),
    compared!("redirect-uri-decoded-again", |named: &str, used: &str| {
        form::decode(named.as_bytes(), &mut Vec::new()) == used
    }),
    compared!(
        "redirect-uri-fragment-ignored",
        |named: &str, used: &str| { before(named, '#') == used }
    ),
    compared!("redirect-uri-trimmed", |named: &str, used: &str| named
        .trim()
        == used),
    compared!(
        "redirect-uri-relative-resolved",
        |named: &str, used: &str| {
            let (scheme, host, path) = split(used);
            named == used || (named == path && !scheme.is_empty() && !host.is_empty())
        }
    ),
    Defect {
        id: "redirect-uri-any-registered",
        kills: &["rfc6749-redirect-uri-other-registered"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::CodeRedirectUriIdentical,
            |_, facts| {
                compare(facts, |named, used, code| {
                    let mut registered = code.client.redirect_uris.iter();
                    named == used || registered.any(|uri| uri == named)
                })
            },
        )],
    },
    Defect {
        id: "redirect-uri-first-registered-counts",
        kills: &["rfc6749-redirect-uri-other-registered"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::CodeRedirectUriIdentical,
            |_, facts| {
                compare(facts, |named, used, code| {
                    let first = code.client.redirect_uris.first();
                    named == used || first.is_some_and(|uri| uri == named)
                })
            },
        )],
    },
];

/// A name without a value counts as a redirect URI.
fn named(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let code = facts.code.as_ref();
    let owed = code.is_some_and(|code| code.redirect_uri.is_some());
    if owed && facts.parameters.count("redirect_uri") == 0 {
        return Err(INVALID_CODE);
    }
    Ok(())
}

fn compare(facts: &Facts, same: fn(&str, &str, &CodeRecord) -> bool) -> Result<(), Refusal> {
    let (Some(code), Some(named)) = (&facts.code, facts.parameters.value("redirect_uri")) else {
        return Ok(());
    };
    let only = || code.client.redirect_uris.first();
    match code.redirect_uri.as_ref().or_else(only) {
        Some(used) if same(named, used, code) => Ok(()),
        Some(_) | None => Err(INVALID_CODE),
    }
}

fn mismatch_is_invalid_request(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let refusal = Refusal::new(ErrorCode::InvalidRequest, "redirect_uri differs");
    compare(facts, |named, used, _| named == used).map_err(|_| refusal)
}

fn before(uri: &str, end: char) -> &str {
    uri.split_once(end).map_or(uri, |(start, _)| start)
}

/// Scheme, authority, and the rest.
fn split(uri: &str) -> (&str, &str, &str) {
    let (scheme, rest) = uri.split_once("://").unwrap_or(("", uri));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    (scheme, authority, rest)
}

/// As a URL library writes it (RFC 3986 §6.2.2): letter case of scheme and host, the default port, dot
/// segments, percent-encoded letters.
fn normalised(uri: &str) -> String {
    let (scheme, authority, rest) = split(uri);
    let authority = authority.to_ascii_lowercase();
    let authority = authority.strip_suffix(":443").unwrap_or(&authority);
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (path, rest) = rest.split_at(end);
    let mut kept: Vec<String> = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            other => kept.push(form::decode(other.as_bytes(), &mut Vec::new())),
        }
    }
    let path = kept.join("/");
    format!("{}://{authority}/{path}{rest}", scheme.to_ascii_lowercase())
}
