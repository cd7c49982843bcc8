//! The scheme before Basic credentials (RFC 9110 §11).

use crate::defects::{Defect, Seam};
use crate::wire::raw_request::RawRequest;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "basic-scheme-compared-exactly",
        kills: &["form-urlencoded-basic-scheme-case"],
        also: &[],
        seams: &[Seam::Read(scheme_compared_exactly)],
    },
    Defect {
        id: "basic-scheme-in-two-spellings",
        kills: &["form-urlencoded-basic-scheme-case"],
        also: &[],
        seams: &[Seam::Read(scheme_in_two_spellings)],
    },
    Defect {
        id: "authorization-scheme-ignored",
        kills: &["form-urlencoded-basic-scheme-checked"],
        also: &[],
        seams: &[Seam::Read(scheme_ignored)],
    },
    Defect {
        id: "authorization-scheme-by-prefix",
        kills: &["form-urlencoded-basic-scheme-checked"],
        also: &[],
        seams: &[Seam::Read(scheme_by_prefix)],
    },
    Defect {
        id: "authorization-scheme-by-suffix",
        kills: &["form-urlencoded-basic-scheme-checked"],
        also: &[],
        seams: &[Seam::Read(scheme_by_suffix)],
    },
    Defect {
        id: "authorization-scheme-beyond-first-word",
        kills: &["form-urlencoded-basic-scheme-checked"],
        also: &[],
        seams: &[Seam::Read(scheme_beyond_first_word)],
    },
    Defect {
        id: "authorization-without-scheme-served",
        kills: &["form-urlencoded-basic-scheme-checked"],
        also: &[],
        seams: &[Seam::Read(without_scheme_served)],
    },
    Defect {
        id: "authorization-scheme-of-five-octets-cut",
        kills: &["form-urlencoded-basic-scheme-checked"],
        also: &[],
        seams: &[Seam::Read(scheme_of_five_octets_cut)],
    },
    Defect {
        id: "basic-two-spaces-refused",
        kills: &["form-urlencoded-basic-spaces"],
        also: &[],
        seams: &[Seam::Read(two_spaces_refused)],
    },
];

fn edit_field(mut request: RawRequest, edit: impl FnOnce(&str) -> Option<String>) -> RawRequest {
    if let Some(edited) = request.field("authorization").and_then(edit) {
        request.set_header("authorization", &edited);
    }
    request
}

/// The request with this instead of its scheme, where `is_read` does not know it.
fn scheme_known(request: RawRequest, is_read: impl FnOnce(&str) -> bool) -> RawRequest {
    edit_field(request, |field| {
        let (scheme, text) = field.split_once(' ')?;
        let basic = scheme.eq_ignore_ascii_case("basic");
        (basic && !is_read(scheme)).then(|| format!("Unknown {text}"))
    })
}

fn scheme_compared_exactly(request: RawRequest) -> RawRequest {
    scheme_known(request, |scheme| scheme == "Basic")
}

fn scheme_in_two_spellings(request: RawRequest) -> RawRequest {
    scheme_known(request, |scheme| scheme == "Basic" || scheme == "basic")
}

/// The request with the scheme Basic, where the one that it has will do.
fn scheme_will_do(request: RawRequest, will_do: impl FnOnce(&str) -> bool) -> RawRequest {
    edit_field(request, |field| {
        let (scheme, text) = field.split_once(' ')?;
        will_do(scheme).then(|| format!("Basic {text}"))
    })
}

/// The credentials are whatever follows the first space. A token of the Bearer kind has no colon inside.
fn scheme_ignored(request: RawRequest) -> RawRequest {
    if request.path.ends_with("/me") {
        return request;
    }
    scheme_will_do(request, |_| true)
}

fn scheme_by_prefix(request: RawRequest) -> RawRequest {
    scheme_will_do(request, |scheme| scheme.starts_with("Basi"))
}

fn scheme_by_suffix(request: RawRequest) -> RawRequest {
    scheme_will_do(request, |scheme| scheme.ends_with("Basic"))
}

/// `Basic` is sought anywhere in the field.
fn scheme_beyond_first_word(request: RawRequest) -> RawRequest {
    edit_field(request, |field| {
        let (_, text) = field.split_once(" Basic ")?;
        Some(format!("Basic {text}"))
    })
}

fn without_scheme_served(request: RawRequest) -> RawRequest {
    edit_field(request, |field| {
        (!field.contains(' ')).then(|| format!("Basic {field}"))
    })
}

/// The scheme is cut off by its length, and the rest trimmed.
fn scheme_of_five_octets_cut(request: RawRequest) -> RawRequest {
    edit_field(request, |field| {
        let text = field.strip_prefix("Basic")?;
        Some(format!("Basic {}", text.trim_start()))
    })
}

/// The second of the pieces between spaces is empty then.
fn two_spaces_refused(request: RawRequest) -> RawRequest {
    edit_field(request, |field| {
        let (scheme, _) = field.split_once("  ")?;
        Some(scheme.to_owned())
    })
}
