//! How client secrets are compared (RFC 6749 §2.3.1).

use aws_lc_rs::digest::{SHA256, digest};

use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::secrets::{compare, is_of_anybody};
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::registry::Secret;
use crate::vocabulary::{AuthenticationMethod, ErrorCode};
use crate::wire::basic;
use crate::wire::raw_request::{Body, RawRequest};

macro_rules! compared {
    ($compare:expr) => {
        &[
            Seam::Replace(CheckId::BasicSecretMatches, $compare),
            Seam::Replace(CheckId::PostSecretMatches, $compare),
        ]
    };
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "basic-secret-ignored",
        kills: &["rfc6749-basic-wrong-secret"],
        also: &[
            ("rfc6749-client-secret-entropy", "any secret passes"),
            ("rfc6749-basic-malformed", "any secret passes"),
            ("rfc6749-client-bruteforce", "any guess passes"),
            ("rfc6749-grant-value-kind", "any secret passes"),
            ("rfc6749-secret-exact", "any secret passes"),
        ],
        seams: &[Seam::Skip(CheckId::BasicSecretMatches)],
    },
    Defect {
        id: "posted-secret-ignored",
        kills: &["rfc6749-post-wrong-secret"],
        also: &[
            ("rfc6749-malformed-is-client-error", "any secret passes"),
            ("rfc6749-secret-exact", "any secret passes"),
        ],
        seams: &[Seam::Skip(CheckId::PostSecretMatches)],
    },
    Defect {
        id: "posted-secret-of-basic-client-unread",
        kills: &["rfc6749-post-wrong-secret"],
        also: &[
            ("rfc6749-malformed-is-client-error", "any secret passes"),
            ("rfc6749-secret-exact", "any secret passes"),
        ],
        seams: &[
            Seam::Replace(
                CheckId::AuthenticationMethodRegistered,
                registered_or_posted,
            ),
            Seam::Replace(CheckId::PostSecretMatches, of_clients_that_post),
        ],
    },
    Defect {
        id: "wrong-posted-secret-is-invalid-grant",
        kills: &["rfc6749-post-wrong-secret"],
        also: &[
            (
                "rfc6749-error-cache-control",
                "what is recorded there shows the error",
            ),
            (
                "rfc6749-secret-exact",
                "a nearly right secret is a wrong one",
            ),
        ],
        seams: &[Seam::Replace(
            CheckId::PostSecretMatches,
            wrong_is_invalid_grant,
        )],
    },
    Defect {
        id: "secret-of-any-client",
        kills: &["rfc6749-basic-wrong-secret", "rfc6749-post-wrong-secret"],
        also: &[(
            "rfc6749-client-secret-entropy",
            "the secret of a client that registered is one, too",
        )],
        seams: compared!(of_any_client),
    },
    Defect {
        id: "retired-secret-still-holds",
        kills: &["rfc6749-basic-wrong-secret", "rfc6749-post-wrong-secret"],
        also: &[],
        seams: compared!(or_retired),
    },
    Defect {
        id: "secret-case-folded",
        kills: &["rfc6749-secret-exact"],
        also: &[],
        seams: compared!(case_folded),
    },
    Defect {
        id: "secret-compared-as-sent-length",
        kills: &["rfc6749-secret-exact"],
        also: &[(
            "rfc6749-client-secret-entropy",
            "a part of the secret passes",
        )],
        seams: compared!(as_long_as_sent),
    },
    Defect {
        id: "secret-compared-as-stored-length",
        kills: &["rfc6749-secret-exact"],
        also: &[],
        seams: compared!(as_long_as_stored),
    },
    Defect {
        id: "secret-first-eight-characters",
        kills: &["rfc6749-secret-exact"],
        also: &[(
            "rfc6749-client-secret-entropy",
            "a part of the secret passes",
        )],
        seams: compared!(first_eight),
    },
    Defect {
        id: "secret-cut-at-72-octets",
        kills: &["rfc6749-secret-exact"],
        also: &[],
        seams: compared!(first_72),
    },
    Defect {
        id: "secret-without-first-character",
        kills: &["rfc6749-secret-exact"],
        also: &[
            (
                "rfc6749-basic-wrong-secret",
                "a secret with another first character is a wrong one",
            ),
            (
                "rfc6749-post-wrong-secret",
                "a secret with another first character is a wrong one",
            ),
        ],
        seams: compared!(without_first),
    },
    Defect {
        id: "secret-trimmed",
        kills: &["rfc6749-secret-exact"],
        also: &[],
        seams: compared!(trimmed),
    },
    Defect {
        id: "secret-as-wildcard",
        kills: &["rfc6749-secret-exact"],
        also: &[],
        seams: compared!(as_wildcard),
    },
    Defect {
        id: "secret-is-a-word-of-scripts",
        kills: &["rfc6749-secret-exact"],
        also: &[],
        seams: compared!(as_word_of_scripts),
    },
    Defect {
        id: "identifier-is-a-secret",
        kills: &["rfc6749-secret-exact"],
        also: &[],
        seams: compared!(|_, facts| {
            let id = facts.client.as_ref().map(|client| client.id.clone());
            compare(facts, |sent, stored| {
                stored.matches(sent) || id.as_deref() == Some(sent)
            })
        }),
    },
    Defect {
        id: "hash-of-secret-passes",
        kills: &["rfc6749-secret-exact"],
        also: &[],
        seams: compared!(or_its_hash),
    },
    Defect {
        id: "empty-secret-passes",
        kills: &["rfc6749-secret-exact"],
        also: &[(
            "rfc6749-basic-malformed",
            "a header without a secret has an empty one",
        )],
        seams: compared!(or_empty),
    },
    Defect {
        id: "secret-cut-at-nul",
        kills: &["rfc6749-secret-exact"],
        also: &[],
        seams: &[Seam::Read(cut_at_nul)],
    },
];

fn is_of_basic(facts: &Facts) -> bool {
    let methods = facts.client.as_ref().map(|client| &client.methods);
    methods.is_some_and(|methods| methods.contains(&AuthenticationMethod::ClientSecretBasic))
}

/// Whoever may use Basic may post.
fn registered_or_posted(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    let is_registered = client.is_none_or(|client| client.methods.contains(&facts.method()));
    let is_posted = facts.method() == AuthenticationMethod::ClientSecretPost;
    if is_registered || (is_posted && is_of_basic(facts)) {
        Ok(())
    } else {
        Err(INVALID_CLIENT)
    }
}

/// The secrets of the others are looked up where the header is read.
fn of_clients_that_post(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let unread = is_of_basic(facts);
    compare(facts, |sent, stored| unread || stored.matches(sent))
}

fn wrong_is_invalid_grant(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let description = "The credentials are not valid";
    compare(facts, |sent, stored| stored.matches(sent))
        .map_err(|_| Refusal::new(ErrorCode::InvalidGrant, description))
}

/// Secrets are looked up, and not whose they are.
fn of_any_client(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    compare(facts, |sent, _| is_of_anybody(context, sent))
}

fn or_retired(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let client = facts.client.as_ref();
    let retired = client.and_then(|client| client.retired_secret.as_ref());
    compare(facts, |sent, stored| {
        stored.matches(sent) || retired.is_some_and(|retired| retired.matches(sent))
    })
}

/// The collation of the database knows no case.
fn case_folded(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    compare(facts, |sent, stored| {
        stored.expose().eq_ignore_ascii_case(sent)
    })
}

/// `strncmp(stored, sent, strlen(sent))`.
fn as_long_as_sent(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    compare(facts, |sent, stored| {
        !sent.is_empty() && stored.expose().starts_with(sent)
    })
}

/// `strncmp(stored, sent, strlen(stored))`.
fn as_long_as_stored(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    compare(facts, |sent, stored| sent.starts_with(stored.expose()))
}

fn same_up_to(length: usize, sent: &str, stored: &Secret) -> bool {
    let cut = |text: &str| text.bytes().take(length).collect::<Vec<_>>();
    cut(sent) == cut(stored.expose())
}

/// `crypt(3)` of old.
fn first_eight(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    compare(facts, |sent, stored| same_up_to(8, sent, stored))
}

/// bcrypt.
fn first_72(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    compare(facts, |sent, stored| same_up_to(72, sent, stored))
}

/// Off by one.
fn without_first(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    compare(facts, |sent, stored| {
        sent.get(1..) == stored.expose().get(1..)
    })
}

fn trimmed(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    compare(facts, |sent, stored| stored.matches(sent.trim()))
}

/// `WHERE secret LIKE ?`.
fn as_wildcard(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    compare(facts, |sent, stored| stored.matches(sent) || sent == "%")
}

/// Whatever made the value of text had none.
fn as_word_of_scripts(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    compare(facts, |sent, stored| {
        stored.matches(sent) || ["null", "undefined", "*"].contains(&sent)
    })
}

/// The stored form is taken for the secret.
fn or_its_hash(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    compare(facts, |sent, stored| {
        let hash = digest(&SHA256, stored.expose().as_bytes());
        let hash: String = hash
            .as_ref()
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect();
        stored.matches(sent) || hash == sent
    })
}

/// `!secret || matches(secret)`.
fn or_empty(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    compare(facts, |sent, stored| {
        sent.is_empty() || stored.matches(sent)
    })
}

/// The comparison is that of C, which ends at a NUL.
fn cut_at_nul(mut request: RawRequest) -> RawRequest {
    let header = request.field("authorization").unwrap_or_default();
    if let Some((id, secret)) = basic::undecoded(header)
        && let Some((cut, _)) = secret.split_once("%00")
    {
        request.set_header("authorization", &basic::from_halves(&id, cut));
    }
    let content = String::from_utf8_lossy(request.content()).into_owned();
    let is_cut = |pair: &&str| pair.starts_with("client_secret=") && pair.contains("%00");
    if let Some(pair) = content.split('&').find(is_cut)
        && let Some((cut, _)) = pair.split_once("%00")
    {
        request.body = Body::Complete(content.replace(pair, cut).into_bytes());
    }
    request
}
