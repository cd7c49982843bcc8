//! HTTP Basic (RFC 6749 §2.3.1, §5.2).

use serde_json::Value;

use super::errors::refused;
use super::grant_types::server_error;
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::vocabulary::AuthenticationMethod;
use crate::wire::basic::{self, Authorization, BasicFault};
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

const BASIC: AuthenticationMethod = AuthenticationMethod::ClientSecretBasic;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "basic-for-clients-that-ask-for-it",
        kills: &["rfc6749-basic-supported"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            registered_first,
        )],
    },
    Defect {
        id: "basic-left-out-of-metadata",
        kills: &["rfc6749-basic-supported"],
        also: &[],
        seams: &[Seam::Response(left_out_of_metadata)],
    },
    Defect {
        id: "failed-basic-with-400",
        kills: &["rfc6749-basic-wrong-secret"],
        also: &[
            (
                "rfc6749-client-secret-entropy",
                "a failed header is answered with 401 wherever it fails",
            ),
            (
                "rfc6749-basic-malformed",
                "a failed header is answered with 401 wherever it fails",
            ),
            (
                "rfc6749-basic-supported",
                "a failed header is answered with 401 wherever it fails",
            ),
            (
                "rfc6749-cc-public-client",
                "a failed header is answered with 401 wherever it fails",
            ),
            (
                "rfc6749-grant-value-kind",
                "a failed header is answered with 401 wherever it fails",
            ),
            (
                "rfc6749-included-credentials-verified",
                "a failed header is answered with 401 wherever it fails",
            ),
            (
                "rfc6749-secret-exact",
                "a failed header is answered with 401 wherever it fails",
            ),
            (
                "rfc6749-unknown-client",
                "a failed header is answered with 401 wherever it fails",
            ),
        ],
        seams: &[Seam::Response(failed_with_400)],
    },
    Defect {
        id: "failed-basic-without-challenge",
        kills: &["rfc6749-basic-wrong-secret"],
        also: &[],
        seams: &[Seam::Response(failed_without_challenge)],
    },
    Defect {
        id: "failed-basic-with-bearer-challenge",
        kills: &["rfc6749-basic-wrong-secret"],
        also: &[],
        seams: &[Seam::Response(failed_with_bearer_challenge)],
    },
    Defect {
        id: "basic-not-form-decoded",
        kills: &["rfc6749-basic-form-decoding"],
        also: &[],
        seams: &[Seam::Read(not_form_decoded)],
    },
    Defect {
        id: "basic-secret-not-form-decoded",
        kills: &["rfc6749-basic-form-decoding"],
        also: &[],
        seams: &[Seam::Read(secret_not_form_decoded)],
    },
    Defect {
        id: "basic-decoded-in-capitals-only",
        kills: &["rfc6749-basic-form-decoding"],
        also: &[],
        seams: &[Seam::Read(decoded_in_capitals_only)],
    },
    Defect {
        id: "broken-basic-is-server-error",
        kills: &["rfc6749-basic-malformed"],
        also: &[],
        seams: &[Seam::Response(broken_is_server_error)],
    },
    Defect {
        id: "basic-without-colon-is-server-error",
        kills: &["rfc6749-basic-malformed"],
        also: &[],
        seams: &[Seam::Response(no_colon_is_server_error)],
    },
    Defect {
        id: "broken-basic-with-400",
        kills: &["rfc6749-basic-malformed"],
        also: &[],
        seams: &[Seam::Response(broken_with_400)],
    },
    Defect {
        id: "basic-cleaned-before-decoding",
        kills: &["rfc6749-basic-malformed"],
        also: &[],
        seams: &[Seam::Read(cleaned_before_decoding)],
    },
    Defect {
        id: "basic-without-space",
        kills: &["rfc6749-basic-malformed"],
        also: &[],
        seams: &[Seam::Read(without_space)],
    },
];

/// The registration pins one method.
fn registered_first(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    let first = client.and_then(|client| client.methods.first());
    if first.is_some_and(|first| *first != facts.method()) {
        return Err(INVALID_CLIENT);
    }
    Ok(())
}

/// The secret in the body is what the documentation recommends.
fn left_out_of_metadata(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Metadata {
        return response;
    }
    response.edit(|members| {
        let methods = members.get_mut("token_endpoint_auth_methods_supported");
        if let Some(methods) = methods.and_then(Value::as_array_mut) {
            methods.retain(|method| method != BASIC.as_str());
        }
    })
}

/// Changes the refusal of a client that authenticates by header.
fn failed(facts: &Facts, response: Response, change: fn(Response) -> Response) -> Response {
    if facts.presented.authorization == Authorization::Absent {
        return response;
    }
    refused(facts, response, "invalid_client", change)
}

fn failed_with_400(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    failed(facts, response, |response| {
        response.with_status(400).without("WWW-Authenticate")
    })
}

fn failed_without_challenge(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    failed(facts, response, |response| {
        response.without("WWW-Authenticate")
    })
}

fn failed_with_bearer_challenge(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    failed(facts, response, |response| {
        response.replace("WWW-Authenticate", "Bearer realm=\"as\"")
    })
}

/// Reads the halves of Basic credentials otherwise: gets them as they stand, returns them as they
/// should stand.
fn reread(
    mut request: RawRequest,
    read: impl FnOnce(String, String) -> Option<(String, String)>,
) -> RawRequest {
    let header = request.field("authorization").unwrap_or_default();
    let is_basic = header.to_ascii_lowercase().starts_with("basic ");
    let halves = basic::undecoded(header).filter(|_| is_basic);
    if let Some((id, secret)) = halves.and_then(|(id, secret)| read(id, secret)) {
        request.set_header("authorization", &basic::from_halves(&id, &secret));
    }
    request
}

/// What stands there literally, in a spelling that decodes to it.
fn literally(half: &str) -> String {
    half.replace('%', "%25").replace('+', "%2B")
}

fn not_form_decoded(request: RawRequest) -> RawRequest {
    reread(request, |id, secret| {
        let is_encoded = id.contains(['%', '+']) || secret.contains(['%', '+']);
        is_encoded.then(|| (literally(&id), literally(&secret)))
    })
}

fn secret_not_form_decoded(request: RawRequest) -> RawRequest {
    reread(request, |id, secret| {
        let is_encoded = secret.contains(['%', '+']);
        is_encoded.then(|| (id, literally(&secret)))
    })
}

/// The table of the decoder has capital digits only.
fn decoded_in_capitals_only(request: RawRequest) -> RawRequest {
    reread(request, |id, secret| {
        let (own_id, own_secret) = (without_small_escapes(&id), without_small_escapes(&secret));
        (own_id != id || own_secret != secret).then_some((own_id, own_secret))
    })
}

fn without_small_escapes(half: &str) -> String {
    let mut parts = half.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_small = part.bytes().take(2).any(|octet| octet.is_ascii_lowercase());
        out.push_str(if is_small { "%25" } else { "%" });
        out.push_str(part);
    }
    out
}

pub(super) fn broken(facts: &Facts) -> Option<BasicFault> {
    match facts.presented.authorization {
        Authorization::Broken(fault) => Some(fault),
        Authorization::Absent
        | Authorization::Basic(_)
        | Authorization::Bearer(_)
        | Authorization::OtherScheme
        | Authorization::Repeated => None,
    }
}

fn is_unreadable(facts: &Facts) -> bool {
    broken(facts).is_some_and(|fault| fault != BasicFault::NotFormEncoded)
}

fn broken_is_server_error(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !is_unreadable(facts) {
        return response;
    }
    refused(facts, response, "", server_error)
}

fn no_colon_is_server_error(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if broken(facts) != Some(BasicFault::NoColon) {
        return response;
    }
    refused(facts, response, "", server_error)
}

fn broken_with_400(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !is_unreadable(facts) {
        return response;
    }
    failed(facts, response, |response| {
        response.with_status(400).without("WWW-Authenticate")
    })
}

/// The decoder of MIME leaves out what is not of its alphabet, and stops at the padding.
fn cleaned_before_decoding(mut request: RawRequest) -> RawRequest {
    let header = request.field("authorization").unwrap_or_default();
    let Some(credentials) = header.strip_prefix("Basic ") else {
        return request;
    };
    let is_base64 =
        |character: &char| character.is_ascii_alphanumeric() || "+/=".contains(*character);
    let clean: String = credentials.chars().filter(is_base64).collect();
    if clean != credentials {
        request.set_header("authorization", &format!("Basic {clean}"));
    }
    request
}

/// `header.substring(5).trim()`.
fn without_space(mut request: RawRequest) -> RawRequest {
    let header = request.field("authorization").unwrap_or_default();
    if let Some(rest) = header.strip_prefix("Basic")
        && !rest.is_empty()
        && !rest.starts_with(' ')
    {
        let header = format!("Basic {rest}");
        request.set_header("authorization", &header);
    }
    request
}
