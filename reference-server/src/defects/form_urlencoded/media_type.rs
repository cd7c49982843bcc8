//! What is taken for a form, in which character set, and no content at all.

use super::raw::{RawPair, TOO_STRICT, crash, edit_pieces, encoded, with_body};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Delivery, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::wire::media_type::MediaType;
use crate::wire::raw_request::{Body, RawRequest};
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "media-type-compared-exactly",
        kills: &["form-urlencoded-media-type-case"],
        also: &[],
        seams: &[Seam::Read(media_type_compared_exactly)],
    },
    Defect {
        id: "media-type-parameters-refused",
        kills: &["form-urlencoded-media-type-parameters"],
        also: &[],
        seams: &[Seam::Read(media_type_parameters_refused)],
    },
    Defect {
        id: "media-type-quotes-refused",
        kills: &["form-urlencoded-media-type-parameters"],
        also: &[],
        seams: &[Seam::Read(media_type_quotes_refused)],
    },
    Defect {
        id: "media-type-space-before-semicolon-refused",
        kills: &["form-urlencoded-media-type-parameters"],
        also: &[],
        seams: &[Seam::Read(space_before_semicolon_refused)],
    },
    Defect {
        id: "media-type-unknown-parameter-is-500",
        kills: &["form-urlencoded-media-type-parameters"],
        also: &[],
        seams: &[Seam::Response(unknown_parameter_is_500)],
    },
    Defect {
        id: "body-transcoded-by-label",
        kills: &["form-urlencoded-charset-not-utf8"],
        also: &[],
        seams: &[Seam::Read(body_transcoded_by_label)],
    },
    Defect {
        id: "charset-field-obeyed",
        kills: &["form-urlencoded-charset-not-utf8"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::ParameterCountWithinLimit,
            charset_field_obeyed,
        )],
    },
    Defect {
        id: "unknown-charset-is-500",
        kills: &["form-urlencoded-charset-not-utf8"],
        also: &[],
        seams: &[Seam::Response(unknown_charset_is_500)],
    },
    Defect {
        id: "json-body-served",
        kills: &["form-urlencoded-other-media-types"],
        also: &[],
        seams: &[Seam::Read(json_body_served)],
    },
    Defect {
        id: "multipart-body-served",
        kills: &["form-urlencoded-other-media-types"],
        also: &[],
        seams: &[Seam::Read(multipart_body_served)],
    },
    Defect {
        id: "xml-body-served",
        kills: &["form-urlencoded-other-media-types"],
        also: &[],
        seams: &[Seam::Read(xml_body_served)],
    },
    Defect {
        id: "media-type-ignored",
        kills: &["form-urlencoded-other-media-types"],
        also: &[],
        seams: &[Seam::Replace(CheckId::MediaTypeIsForm, media_type_ignored)],
    },
    Defect {
        id: "media-type-matched-by-prefix",
        kills: &["form-urlencoded-other-media-types"],
        also: &[],
        seams: &[Seam::Read(matched_by_prefix)],
    },
    Defect {
        id: "media-type-matched-by-suffix",
        kills: &["form-urlencoded-other-media-types"],
        also: &[],
        seams: &[Seam::Read(matched_by_suffix)],
    },
    Defect {
        id: "missing-media-type-served",
        kills: &["form-urlencoded-no-media-type"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::MediaTypeIsForm,
            missing_media_type_served,
        )],
    },
    Defect {
        id: "missing-media-type-is-500",
        kills: &["form-urlencoded-no-media-type"],
        also: &[],
        seams: &[Seam::Response(missing_media_type_is_500)],
    },
    Defect {
        id: "empty-body-is-500",
        kills: &["form-urlencoded-empty-body"],
        also: &[(
            "form-urlencoded-query-not-merged",
            "where all is in the query, the body is empty",
        )],
        seams: &[Seam::Response(empty_body_is_500)],
    },
    Defect {
        id: "missing-length-closes",
        kills: &["form-urlencoded-empty-body"],
        also: &[],
        seams: &[Seam::Connection(missing_length_closes)],
    },
];

const FORM: &str = "application/x-www-form-urlencoded";

fn labelled(request: &RawRequest) -> String {
    request.field("content-type").unwrap_or_default().to_owned()
}

/// The request labelled as something that this server does not serve.
fn unread(mut request: RawRequest) -> RawRequest {
    request.set_header("content-type", "application/octet-stream");
    request
}

/// The request with this form, labelled as one.
fn form(mut request: RawRequest, pairs: &[(String, String)]) -> RawRequest {
    request.set_header("content-type", FORM);
    edit_pieces(request, |pieces| {
        *pieces = pairs
            .iter()
            .map(|(name, value)| {
                RawPair::new(&encoded(name.as_bytes()), &encoded(value.as_bytes()))
            })
            .collect();
    })
}

fn media_type_compared_exactly(request: RawRequest) -> RawRequest {
    if labelled(&request).starts_with(FORM) {
        request
    } else {
        unread(request)
    }
}

fn media_type_parameters_refused(request: RawRequest) -> RawRequest {
    if labelled(&request).contains(';') {
        unread(request)
    } else {
        request
    }
}

/// Parameters are read without the grammar of HTTP.
fn media_type_quotes_refused(request: RawRequest) -> RawRequest {
    if labelled(&request).contains('"') {
        unread(request)
    } else {
        request
    }
}

fn space_before_semicolon_refused(request: RawRequest) -> RawRequest {
    if labelled(&request).contains(" ;") {
        unread(request)
    } else {
        request
    }
}

fn unknown_parameter_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let label = labelled(context.request).to_ascii_lowercase();
    match label.split_once(';') {
        Some((FORM, parameters)) if !parameters.trim().starts_with("charset") => crash(),
        Some(_) | None => response,
    }
}

/// The container transcodes what the label says.
fn body_transcoded_by_label(request: RawRequest) -> RawRequest {
    let label = labelled(&request).to_ascii_lowercase();
    if !label.ends_with("charset=utf-16le") && !label.ends_with("charset=utf-16") {
        return request;
    }
    let units: Vec<u16> = request
        .content()
        .chunks(2)
        .map(|pair| match pair {
            [low, high] => u16::from_le_bytes([*low, *high]),
            _ => 0xFFFD,
        })
        .collect();
    with_body(request, String::from_utf16_lossy(&units).into_bytes())
}

/// The field by which HTML forms tell their character set.
fn charset_field_obeyed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match facts.parameters.value("_charset_") {
        Some(charset) if !charset.eq_ignore_ascii_case("utf-8") => Err(TOO_STRICT),
        Some(_) | None => Ok(()),
    }
}

fn unknown_charset_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let label = labelled(context.request).to_ascii_lowercase();
    if label.contains("charset=ibm037") {
        crash()
    } else {
        response
    }
}

pub(in crate::defects) fn json_body_served(request: RawRequest) -> RawRequest {
    let is_json = labelled(&request) == "application/json";
    match serde_json::from_slice::<std::collections::BTreeMap<String, String>>(request.content()) {
        Ok(members) if is_json => {
            let pairs: Vec<(String, String)> = members.into_iter().collect();
            form(request, &pairs)
        }
        Ok(_) | Err(_) => request,
    }
}

pub(in crate::defects) fn multipart_body_served(request: RawRequest) -> RawRequest {
    let label = labelled(&request);
    let Some(boundary) = label.strip_prefix("multipart/form-data; boundary=") else {
        return request;
    };
    let body = String::from_utf8_lossy(request.content()).into_owned();
    let pairs: Vec<(String, String)> = body
        .split(&format!("--{boundary}\r\n"))
        .filter_map(|part| {
            let (head, value) = part.split_once("\r\n\r\n")?;
            let (_, name) = head.split_once("name=\"")?;
            let (value, _) = value.split_once("\r\n")?;
            Some((name.trim_end_matches('"').to_owned(), value.to_owned()))
        })
        .collect();
    form(request, &pairs)
}

fn xml_body_served(request: RawRequest) -> RawRequest {
    if labelled(&request) != "application/xml" {
        return request;
    }
    let body = String::from_utf8_lossy(request.content()).into_owned();
    let pairs: Vec<(String, String)> = body
        .split("</")
        .filter_map(|element| {
            let (before, value) = element.rsplit_once('>')?;
            let (_, name) = before.rsplit_once('<')?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect();
    form(request, &pairs)
}

/// The body is read whatever its label is, as long as it has one.
fn media_type_ignored(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match facts.media_type {
        MediaType::Absent if context.request.method == "POST" => Err(TOO_STRICT),
        MediaType::Absent | MediaType::Form | MediaType::Json | MediaType::Other => Ok(()),
    }
}

fn matched_by_prefix(mut request: RawRequest) -> RawRequest {
    if labelled(&request).starts_with(FORM) {
        request.set_header("content-type", FORM);
    }
    request
}

fn matched_by_suffix(mut request: RawRequest) -> RawRequest {
    if labelled(&request).ends_with("x-www-form-urlencoded") {
        request.set_header("content-type", FORM);
    }
    request
}

fn missing_media_type_served(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    match facts.media_type {
        MediaType::Json | MediaType::Other if context.request.method == "POST" => Err(TOO_STRICT),
        MediaType::Absent | MediaType::Form | MediaType::Json | MediaType::Other => Ok(()),
    }
}

fn missing_media_type_is_500(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    if facts.media_type == MediaType::Absent && context.request.method == "POST" {
        crash()
    } else {
        response
    }
}

/// The map of parameters is null where no parameter came.
fn empty_body_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let empty = context.request.body == Body::default();
    if empty && context.request.method == "POST" {
        crash()
    } else {
        response
    }
}

/// The connection's end is taken for the end of the content.
fn missing_length_closes(request: &RawRequest, _: &Response) -> Delivery {
    let framed = ["content-length", "transfer-encoding"]
        .iter()
        .any(|name| request.field(name).is_some());
    if framed || request.method != "POST" {
        Delivery::Ordinary
    } else {
        Delivery::Close
    }
}
