//! Names that a framework makes lists, objects or operators of.

use super::raw::{RawPair, contains, crash, edit_pieces, pieces};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::{Facts, RequestedGrantType};
use crate::resolve;
use crate::state::Usage;
use crate::vocabulary::AuthenticationMethod;
use crate::wire::raw_request::RawRequest;
use crate::wire::response::Response;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "form-brackets-make-lists",
        kills: &["form-urlencoded-bracket-names"],
        also: &[],
        seams: &[Seam::Read(brackets_make_lists)],
    },
    Defect {
        id: "form-brackets-replace-plain",
        kills: &["form-urlencoded-bracket-names"],
        also: &[],
        seams: &[Seam::Read(brackets_replace_plain)],
    },
    Defect {
        id: "form-brackets-are-500",
        kills: &["form-urlencoded-bracket-names"],
        also: &[
            ("form-urlencoded-nested-names", "names with brackets again"),
            (
                "form-urlencoded-prototype-names",
                "some of its names have brackets",
            ),
        ],
        seams: &[Seam::Response(brackets_are_500)],
    },
    Defect {
        id: "form-operator-matches-any-client",
        kills: &["form-urlencoded-nested-names"],
        also: &[],
        seams: &[Seam::Facts(operator_matches_any_client)],
    },
    Defect {
        id: "form-operator-matches-any-grant",
        kills: &["form-urlencoded-nested-names"],
        also: &[],
        seams: &[Seam::Facts(operator_matches_any_grant)],
    },
    Defect {
        id: "form-dotted-name-is-500",
        kills: &["form-urlencoded-nested-names"],
        also: &[],
        seams: &[Seam::Response(dotted_name_is_500)],
    },
    Defect {
        id: "form-unbalanced-bracket-is-500",
        kills: &["form-urlencoded-nested-names"],
        also: &[],
        seams: &[Seam::Response(unbalanced_bracket_is_500)],
    },
    Defect {
        id: "form-deep-name-is-500",
        kills: &["form-urlencoded-nested-names"],
        also: &[],
        seams: &[Seam::Response(deep_name_is_500)],
    },
    Defect {
        id: "prototype-name-is-500",
        kills: &["form-urlencoded-prototype-names"],
        also: &[],
        seams: &[Seam::Response(prototype_name_is_500)],
    },
    Defect {
        id: "prototype-grant-type-is-500",
        kills: &["form-urlencoded-prototype-names"],
        also: &[],
        seams: &[Seam::Response(prototype_grant_type_is_500)],
    },
    Defect {
        id: "prototype-client-id-is-500",
        kills: &["form-urlencoded-prototype-names"],
        also: &[],
        seams: &[Seam::Response(prototype_client_id_is_500)],
    },
];

/// A list of one element equals that element.
fn brackets_make_lists(request: RawRequest) -> RawRequest {
    edit_pieces(request, |pieces| {
        for at in 0..pieces.len() {
            let base = pieces.get(at).and_then(list_name);
            let plain = base.filter(|base| !pieces.iter().any(|pair| pair.name() == *base));
            if let (Some(base), Some(pair)) = (plain, pieces.get_mut(at)) {
                pair.name = base;
            }
        }
    })
}

/// The list takes the place of what had its name.
fn brackets_replace_plain(request: RawRequest) -> RawRequest {
    edit_pieces(request, |pieces| {
        let lists: Vec<(Vec<u8>, Vec<u8>)> = pieces
            .iter()
            .filter_map(|pair| Some((list_name(pair)?, pair.value())))
            .collect();
        for (base, value) in lists {
            let plain = pieces.iter_mut().filter(|pair| pair.name() == base);
            for pair in plain {
                *pair = RawPair::new(&base, &value);
            }
        }
    })
}

/// `name` of `name[]` and `name[0]`.
fn list_name(pair: &RawPair) -> Option<Vec<u8>> {
    let name = pair.name();
    let base = name
        .strip_suffix(b"[]")
        .or_else(|| name.strip_suffix(b"[0]"))?;
    Some(base.to_vec())
}

fn brackets_are_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    crash_at_name(context, response, |name| {
        name.contains(&b'[') || name.contains(&b']')
    })
}

fn dotted_name_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    crash_at_name(context, response, |name| name.contains(&b'.'))
}

fn unbalanced_bracket_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let count = |name: &[u8], bracket| name.iter().filter(|octet| **octet == bracket).count();
    crash_at_name(context, response, |name| {
        count(name, b'[') != count(name, b']')
    })
}

fn deep_name_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    let depth = |name: &[u8]| name.iter().filter(|octet| **octet == b'[').count();
    crash_at_name(context, response, |name| depth(name) > 100)
}

/// Names of members that every object inherits.
const INHERITED: [&str; 4] = ["__proto__", "constructor", "hasOwnProperty", "toString"];

fn prototype_name_is_500(context: &Context<'_>, _: &Facts, response: Response) -> Response {
    crash_at_name(context, response, |name| {
        INHERITED.iter().any(|word| contains(name, word.as_bytes()))
    })
}

/// The handler of the grant is looked up in an object.
fn prototype_grant_type_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    match &facts.grant_type {
        RequestedGrantType::Unknown(name) if INHERITED.contains(&name.as_str()) => crash(),
        RequestedGrantType::Known(_)
        | RequestedGrantType::Omitted
        | RequestedGrantType::Unknown(_) => response,
    }
}

/// The client is looked up in an object.
fn prototype_client_id_is_500(_: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let named = crate::authentication::client_id(facts.method(), &facts.presented);
    let named = named.or(facts.presented.client_id.as_deref());
    match named {
        Some(id) if INHERITED.contains(&id) => crash(),
        Some(_) | None => response,
    }
}

fn crash_at_name(
    context: &Context<'_>,
    response: Response,
    breaks: impl Fn(&[u8]) -> bool,
) -> Response {
    let mut pieces = pieces(context.request).into_iter();
    if pieces.any(|pair| breaks(&pair.name())) {
        crash()
    } else {
        response
    }
}

/// `client_secret[$ne]=x` becomes a condition of the query that looks for the client.
fn operator_matches_any_client(context: &Context<'_>, facts: &mut Facts) {
    let Some(not) = facts.parameters.value("client_secret[$ne]") else {
        return;
    };
    let post = AuthenticationMethod::ClientSecretPost;
    let id = facts.presented.client_id.as_deref();
    let found = context.find_client(|client| {
        let secret = client.secret.as_ref().map(|secret| secret.expose());
        id.is_none_or(|id| client.id == id)
            && client.methods.contains(&post)
            && secret.is_some_and(|secret| secret != not)
    });
    let Some(client) = found else { return };
    facts.presented.client_id = Some(client.id.clone());
    facts.presented.client_secret = client
        .secret
        .as_ref()
        .map(|secret| secret.expose().to_owned());
    facts.methods = vec![post];
    facts.client = Some(client);
    resolve::assertion(facts);
    resolve::grant(context, facts);
}

/// `code[$ne]=x`, `refresh_token[$ne]=x`.
fn operator_matches_any_grant(context: &Context<'_>, facts: &mut Facts) {
    let Some(id) = facts.client.as_ref().map(|client| client.id.clone()) else {
        return;
    };
    if facts.parameters.count("code[$ne]") > 0 {
        let found = context.find_code(|it| it.client.id == id && it.usage == Usage::Unused);
        if let Some(code) = found {
            facts.parameters.set("code", &code.value);
            facts.code = Some(code);
        }
    }
    if facts.parameters.count("refresh_token[$ne]") > 0 {
        let found =
            context.find_refresh_token(|it| it.client.id == id && it.usage == Usage::Unused);
        if let Some(token) = found {
            facts.parameters.set("refresh_token", &token.value);
            facts.refresh_token = Some(token);
        }
    }
    resolve::grant(context, facts);
}
