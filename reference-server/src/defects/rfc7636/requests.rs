//! How a token request spells its verifier (RFC 7636 §4.1, §4.5).

use super::well_formed_or;
use crate::checks::CheckId;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Facts, RequestedGrantType};
use crate::grants::authorization_code::INVALID_CODE;
use crate::pkce::is_well_formed;
use crate::vocabulary::{ErrorCode, GrantType};
use crate::wire::raw_request::{Body, RawRequest};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "pkce-verifier-limited-to-127",
        kills: &["rfc7636-verifier-lengths"],
        also: &[],
        seams: &[Seam::Replace(CheckId::VerifierWellFormed, |_, facts| {
            well_formed(facts, |verifier| verifier.len() <= 127)
        })],
    },
    Defect {
        id: "pkce-verifier-without-tilde",
        kills: &["rfc7636-verifier-lengths"],
        also: &[],
        seams: &[Seam::Replace(CheckId::VerifierWellFormed, |_, facts| {
            well_formed(facts, |verifier| !verifier.contains('~'))
        })],
    },
    Defect {
        id: "pkce-tilde-dropped",
        kills: &["rfc7636-verifier-lengths"],
        also: &[],
        seams: &[Seam::Read(|request| respell(request, "~", ""))],
    },
    Defect {
        id: "pkce-encoded-tilde-kept",
        kills: &["rfc7636-verifier-lengths"],
        also: &[],
        seams: &[Seam::Read(|request| respell(request, "%7E", "%257E"))],
    },
    Defect {
        id: "pkce-small-hexadecimal-kept",
        kills: &["rfc7636-verifier-lengths"],
        also: &[],
        seams: &[Seam::Read(|request| respell(request, "%7e", "%257e"))],
    },
    Defect {
        id: "pkce-verifier-syntax-unchecked",
        kills: &["rfc7636-verifier-syntax"],
        also: &[],
        seams: &[Seam::Skip(CheckId::VerifierWellFormed)],
    },
    Defect {
        id: "pkce-odd-verifier-is-500",
        kills: &["rfc7636-verifier-syntax"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            let verifier = facts.parameters.value("code_verifier").unwrap_or_default();
            if facts.is_grant(GrantType::AuthorizationCode) && !verifier.is_ascii() {
                return Response::empty(500);
            }
            response
        })],
    },
    Defect {
        id: "pkce-first-verifier-counts",
        kills: &["rfc7636-verifier-twice"],
        also: &[],
        seams: &[Seam::Read(|request| {
            one_verifier(request, |all| all.first().cloned())
        })],
    },
    Defect {
        id: "pkce-last-verifier-counts",
        kills: &["rfc7636-verifier-twice"],
        also: &[],
        seams: &[Seam::Read(|request| {
            one_verifier(request, |all| all.last().cloned())
        })],
    },
    Defect {
        id: "pkce-equal-verifiers-merged",
        kills: &["rfc7636-verifier-twice"],
        also: &[],
        seams: &[Seam::Read(|request| {
            one_verifier(request, |all| {
                let first = all.first()?;
                all.iter().all(|it| it == first).then(|| first.clone())
            })
        })],
    },
    Defect {
        id: "pkce-verifier-from-query",
        kills: &["rfc7636-verifier-twice"],
        also: &[],
        seams: &[Seam::Read(verifier_from_query)],
    },
    Defect {
        id: "pkce-verifier-demands-code-grant",
        kills: &["rfc7636-other-grants-unaffected"],
        also: &[],
        seams: &[Seam::Replace(CheckId::GrantTypePresent, |_, facts| {
            verifier_elsewhere(facts, |_| true)
        })],
    },
    Defect {
        id: "pkce-verifier-syntax-for-every-grant",
        kills: &["rfc7636-other-grants-unaffected"],
        also: &[],
        seams: &[Seam::Replace(CheckId::GrantTypePresent, |_, facts| {
            verifier_elsewhere(facts, |verifier| !is_well_formed(verifier))
        })],
    },
];

/// The verifier has the right form and satisfies the condition.
fn well_formed(facts: &Facts, fits: fn(&str) -> bool) -> Result<(), Refusal> {
    match facts.parameters.value("code_verifier") {
        Some(verifier) if !fits(verifier) => Err(INVALID_CODE),
        Some(_) | None => well_formed_or(facts, |_| false),
    }
}

/// The encoded verifier with something in its spelling replaced.
fn respell(mut request: RawRequest, from: &str, to: &str) -> RawRequest {
    let Ok(text) = std::str::from_utf8(request.content()) else {
        return request;
    };
    let pairs = text.split('&').map(|pair| {
        if pair.starts_with("code_verifier=") {
            pair.replace(from, to)
        } else {
            pair.to_owned()
        }
    });
    let respelt = pairs.collect::<Vec<_>>().join("&");
    if respelt != text {
        request.body = Body::Complete(respelt.into_bytes());
    }
    request
}

/// Of several verifiers one is kept.
fn one_verifier(request: RawRequest, which: fn(&[String]) -> Option<String>) -> RawRequest {
    let form = request.form();
    let all: Vec<String> = form.values("code_verifier").map(str::to_owned).collect();
    if form.count("code_verifier") < 2 {
        return request;
    }
    match which(&all) {
        Some(verifier) => request.edit_form(|form| form.set("code_verifier", &verifier)),
        None => request,
    }
}

/// Query and body make one map.
fn verifier_from_query(request: RawRequest) -> RawRequest {
    let query = request.query_form();
    match query.value("code_verifier") {
        Some(verifier) if request.form().count("code_verifier") == 0 => {
            request.edit_form(|form| form.push("code_verifier", verifier))
        }
        Some(_) | None => request,
    }
}

/// `grant_type` is there, and no verifier with a grant other than that of a code.
fn verifier_elsewhere(facts: &Facts, refused: fn(&str) -> bool) -> Result<(), Refusal> {
    let verifier = facts.parameters.value("code_verifier");
    let elsewhere = !facts.is_grant(GrantType::AuthorizationCode);
    let refusal = |why| Err(Refusal::new(ErrorCode::InvalidRequest, why));
    if facts.grant_type == RequestedGrantType::Omitted {
        return refusal("grant_type is missing");
    }
    if elsewhere && verifier.is_some_and(refused) {
        return refusal("code_verifier does not belong here");
    }
    Ok(())
}
