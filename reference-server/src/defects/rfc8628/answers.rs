//! The device authorization response, the token response, the metadata (RFC 8628 §3.2, §3.5, §4).

use serde_json::Value;

use super::GRANT;
use crate::context::Context;
use crate::defects::{Defect, Seam, metadata, polled};
use crate::facts::{Endpoint, Facts};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "device-answer-is-home-made",
        kills: &["rfc8628-success"],
        also: &[],
        seams: &[Seam::Response(home_made)],
    },
    Defect {
        id: "device-interval-is-text",
        kills: &["rfc8628-device-response-shape"],
        also: &[],
        seams: &[Seam::Response(interval_is_text)],
    },
    Defect {
        id: "device-expires-in-left-out",
        kills: &["rfc8628-device-response-shape"],
        also: &[],
        seams: &[Seam::Response(expires_in_left_out)],
    },
    Defect {
        id: "device-answer-labelled-html",
        kills: &["rfc8628-device-response-shape"],
        also: &[],
        seams: &[Seam::Response(labelled_html)],
    },
    Defect {
        id: "device-answer-may-be-stored",
        kills: &["rfc8628-device-response-shape"],
        also: &[],
        seams: &[Seam::Response(may_be_stored)],
    },
    Defect {
        id: "device-grant-not-published",
        kills: &["rfc8628-metadata"],
        also: &[],
        seams: &[Seam::Response(grant_not_published)],
    },
    Defect {
        id: "device-endpoint-not-published",
        kills: &["rfc8628-metadata"],
        also: &[(
            "rfc8628-client-authentication",
            "it looks the endpoint up in the metadata",
        )],
        seams: &[Seam::Response(endpoint_not_published)],
    },
];

fn home_made(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !facts.is_grant(GRANT) || !response.is_token() {
        return response;
    }
    response
        .without("Cache-Control")
        .without("Pragma")
        .edit(|members| drop(members.remove("token_type")))
}

fn begun(facts: &Facts, response: &Response) -> bool {
    facts.endpoint == Endpoint::DeviceAuthorization && response.status == 200
}

fn interval_is_text(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !begun(facts, &response) {
        return response;
    }
    response.edit(|members| {
        if let Some(interval) = members.get_mut("interval") {
            *interval = Value::String(interval.to_string());
        }
    })
}

fn expires_in_left_out(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !begun(facts, &response) {
        return response;
    }
    response.edit(|members| drop(members.remove("expires_in")))
}

fn labelled_html(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !begun(facts, &response) {
        return response;
    }
    response.replace("Content-Type", "text/html")
}

fn may_be_stored(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if !begun(facts, &response) {
        return response;
    }
    response.without("Cache-Control")
}

fn grant_not_published(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Metadata {
        return response;
    }
    polled::published_without(response, "grant_types_supported", GRANT.as_str())
}

fn endpoint_not_published(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    metadata::edit(facts, response, |members| {
        drop(members.remove("device_authorization_endpoint"));
    })
}
