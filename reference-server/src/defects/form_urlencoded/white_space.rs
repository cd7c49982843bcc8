//! White space around names and values.

use super::raw::{edit_pieces, edit_values, encoded, octets};
use crate::defects::{Defect, Seam};
use crate::wire::raw_request::RawRequest;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "form-names-trimmed",
        kills: &["form-urlencoded-whitespace"],
        also: &[],
        seams: &[Seam::Read(names_trimmed)],
    },
    Defect {
        id: "grants-trimmed",
        kills: &["form-urlencoded-whitespace"],
        also: &[],
        seams: &[Seam::Read(grants_trimmed)],
    },
    Defect {
        id: "client-id-trimmed",
        kills: &["form-urlencoded-whitespace"],
        also: &[],
        seams: &[Seam::Read(client_id_trimmed)],
    },
    Defect {
        id: "values-trimmed",
        kills: &["form-urlencoded-whitespace"],
        also: &[
            (
                "rfc6749-secret-exact",
                "a posted secret with white space is trimmed",
            ),
            ("rfc6749-code-unknown", "a code with white space is trimmed"),
            (
                "rfc6749-ropc-bad-credentials",
                "a password with white space is trimmed",
            ),
            (
                "rfc6749-refresh-unknown",
                "a refresh token with white space is trimmed",
            ),
            (
                "rfc6749-redirect-uri-identical",
                "a redirect URI with white space is trimmed",
            ),
            (
                "rfc6749-scope-malformed",
                "a scope with spaces around it is trimmed",
            ),
            (
                "rfc6749-unknown-client",
                "a posted identifier with white space is trimmed",
            ),
        ],
        seams: &[Seam::Read(values_trimmed)],
    },
];

fn names_trimmed(request: RawRequest) -> RawRequest {
    edit_pieces(request, |pieces| {
        for pair in pieces {
            pair.name = trimmed(&pair.name);
        }
    })
}

fn values_trimmed(request: RawRequest) -> RawRequest {
    edit_values(request, |_| true, trimmed)
}

fn grants_trimmed(request: RawRequest) -> RawRequest {
    let meant = |name: &[u8]| name == b"code" || name == b"refresh_token";
    edit_values(request, meant, trimmed)
}

fn client_id_trimmed(request: RawRequest) -> RawRequest {
    let request = edit_values(request, |name| name == b"client_id", trimmed);
    super::basic::edit_pair(request, |pair| match pair.split_once(':') {
        Some((id, secret)) => {
            [&trimmed(id.as_bytes()), b":".as_slice(), secret.as_bytes()].concat()
        }
        None => pair.as_bytes().to_vec(),
    })
}

/// Only what has white space around it is written anew.
fn trimmed(raw: &[u8]) -> Vec<u8> {
    let text = octets(raw);
    if text.trim_ascii() == text {
        raw.to_vec()
    } else {
        encoded(text.trim_ascii())
    }
}
