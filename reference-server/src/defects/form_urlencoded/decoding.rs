//! How often, where and in which order names and values are decoded (RFC 6749 Appendix B).

use super::raw::{
    contains, edit_body, edit_names, edit_pieces, edit_values, escapes, lower_case_escape_kept,
    replaced,
};
use crate::defects::{Defect, Seam};
use crate::wire::raw_request::RawRequest;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "form-plus-kept",
        kills: &["form-urlencoded-space-and-plus"],
        also: &[],
        seams: &[Seam::Read(plus_kept)],
    },
    Defect {
        id: "form-percent-20-kept",
        kills: &["form-urlencoded-space-and-plus"],
        also: &[],
        seams: &[Seam::Read(percent_20_kept)],
    },
    Defect {
        id: "form-percent-2b-is-space",
        kills: &["form-urlencoded-space-and-plus"],
        also: &[],
        seams: &[Seam::Read(percent_2b_is_space)],
    },
    Defect {
        id: "form-names-not-decoded",
        kills: &["form-urlencoded-percent-equivalence"],
        also: &[(
            "form-urlencoded-malformed-percent",
            "a broken escape in a name is not looked at",
        )],
        seams: &[Seam::Read(names_not_decoded)],
    },
    Defect {
        id: "form-lower-case-hex-unread",
        kills: &["form-urlencoded-percent-equivalence"],
        also: &[],
        seams: &[Seam::Read(lower_case_hex_unread)],
    },
    Defect {
        id: "form-grant-type-value-not-decoded",
        kills: &["form-urlencoded-percent-equivalence"],
        also: &[],
        seams: &[Seam::Read(grant_type_value_not_decoded)],
    },
    Defect {
        id: "form-grant-type-sought-in-raw-body",
        kills: &["form-urlencoded-percent-equivalence"],
        also: &[],
        seams: &[Seam::Read(grant_type_sought_in_raw_body)],
    },
    Defect {
        id: "form-decoded-before-split",
        kills: &["form-urlencoded-separators-as-data"],
        also: &[],
        seams: &[Seam::Read(decoded_before_split)],
    },
    Defect {
        id: "form-names-decoded-before-split",
        kills: &["form-urlencoded-separators-as-data"],
        also: &[],
        seams: &[Seam::Read(names_decoded_before_split)],
    },
    Defect {
        id: "form-names-decoded-twice",
        kills: &["form-urlencoded-decoded-once"],
        also: &[],
        seams: &[Seam::Read(names_decoded_twice)],
    },
    Defect {
        id: "form-grant-type-decoded-twice",
        kills: &["form-urlencoded-decoded-once"],
        also: &[],
        seams: &[Seam::Read(grant_type_decoded_twice)],
    },
    Defect {
        id: "form-credentials-decoded-twice",
        kills: &["form-urlencoded-decoded-once"],
        also: &[],
        seams: &[Seam::Read(credentials_decoded_twice)],
    },
    Defect {
        id: "form-grants-decoded-twice",
        kills: &["form-urlencoded-decoded-once"],
        also: &[],
        seams: &[Seam::Read(grants_decoded_twice)],
    },
];

/// A decoder of URIs: a plus sign is itself.
fn plus_kept(request: RawRequest) -> RawRequest {
    edit_body(request, |body| replaced(body, b"+", b"%2B"))
}

/// A decoder that knows the plus sign only.
fn percent_20_kept(request: RawRequest) -> RawRequest {
    edit_body(request, |body| replaced(body, b"%20", b"%2520"))
}

/// Percent-encoding is undone first, then each plus sign becomes a space.
fn percent_2b_is_space(request: RawRequest) -> RawRequest {
    edit_body(request, |body| {
        replaced(&replaced(body, b"%2B", b"+"), b"%2b", b"+")
    })
}

fn names_not_decoded(request: RawRequest) -> RawRequest {
    edit_names(request, as_it_stands)
}

/// A table of hexadecimal digits without a to f.
fn lower_case_hex_unread(request: RawRequest) -> RawRequest {
    edit_body(request, |body| escapes(body, lower_case_escape_kept))
}

fn grant_type_value_not_decoded(request: RawRequest) -> RawRequest {
    edit_values(request, |name| name == b"grant_type", as_it_stands)
}

/// A dispatcher looks for `grant_type=` before anything is decoded.
fn grant_type_sought_in_raw_body(request: RawRequest) -> RawRequest {
    if contains(request.content(), b"grant_type=") {
        return request;
    }
    edit_pieces(request, |pieces| {
        pieces.retain(|pair| pair.name() != b"grant_type");
    })
}

fn decoded_before_split(request: RawRequest) -> RawRequest {
    edit_body(request, |body| {
        replaced(&replaced(body, b"%26", b"&"), b"%3D", b"=")
    })
}

fn names_decoded_before_split(request: RawRequest) -> RawRequest {
    edit_names(request, |name| {
        replaced(&replaced(name, b"%26", b"&"), b"%3D", b"=")
    })
}

fn names_decoded_twice(request: RawRequest) -> RawRequest {
    edit_names(request, twice)
}

fn grant_type_decoded_twice(request: RawRequest) -> RawRequest {
    edit_values(request, |name| name == b"grant_type", twice)
}

/// A gateway that authenticates clients decodes before the server does.
fn credentials_decoded_twice(request: RawRequest) -> RawRequest {
    let meant = |name: &[u8]| name.starts_with(b"client_");
    edit_values(request, meant, twice)
}

fn grants_decoded_twice(request: RawRequest) -> RawRequest {
    let meant = |name: &[u8]| name == b"code" || name == b"refresh_token";
    edit_values(request, meant, twice)
}

fn as_it_stands(text: &[u8]) -> Vec<u8> {
    replaced(&replaced(text, b"%", b"%25"), b"+", b"%2B")
}

fn twice(text: &[u8]) -> Vec<u8> {
    replaced(text, b"%25", b"%")
}
