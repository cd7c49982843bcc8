//! Assertions as grants (RFC 7523 §2.1, §3.1).

use serde_json::Value;

use super::dates::now;
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::grants::assertion_grant::require;
use crate::jose::assertion::Signature;
use crate::jose::grant_assertion::GrantAssertion;
use crate::resolve;
use crate::vocabulary::GrantType;

const INVALID: &[&str] = &["rfc7523-grant-invalid-grant"];

const fn invalid(id: &'static str, seams: &'static [Seam]) -> Defect {
    Defect {
        id,
        kills: INVALID,
        also: &[],
        seams,
    }
}

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "grant-assertion-for-one-audience-only",
        kills: &["rfc7523-grant-accepted"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::GrantAssertionAudienceIsServer,
            |context, facts| {
                refuse_unless(facts, |it| {
                    it.text("aud").is_some() && it.audience_is_server(context)
                })
            },
        )],
    },
    Defect {
        id: "grant-assertion-without-typ-only",
        kills: &["rfc7523-grant-accepted"],
        also: &[],
        seams: &[Seam::Replace(
            CheckId::GrantAssertionHeaderUnderstood,
            |_, facts| {
                refuse_unless(facts, |it| {
                    let typed = it.jws().is_some_and(|jws| jws.header.contains_key("typ"));
                    it.header_is_understood() && !typed
                })
            },
        )],
    },
    Defect {
        id: "grant-without-assertion",
        kills: &["rfc7523-grant-missing-assertion"],
        also: &[],
        seams: &[Seam::Skip(CheckId::GrantAssertionPresent)],
    },
    Defect {
        id: "grant-without-assertion-is-500",
        kills: &["rfc7523-grant-missing-assertion"],
        also: &[],
        seams: &[Seam::Response(|_, facts, response| {
            if is_grant(facts) && facts.grant_assertion.is_none() && response.status == 400 {
                return response.with_status(500);
            }
            response
        })],
    },
    Defect {
        id: "last-of-several-grant-assertions",
        kills: &["rfc7523-grant-missing-assertion"],
        also: &[],
        seams: &[Seam::Read(|request| {
            let form = request.form();
            let last = form.values("assertion").last().map(str::to_owned);
            match last {
                Some(last) if form.count("assertion") > 1 => {
                    request.edit_form(|form| form.set("assertion", &last))
                }
                Some(_) | None => request,
            }
        })],
    },
    Defect {
        id: "grant-assertion-error-of-client",
        kills: INVALID,
        also: &[
            (
                "rfc7523-grant-client-assertion-apart",
                "a bad assertion is reported as a bad client",
            ),
            (
                "rfc7523-grant-untrusted-issuer",
                "so is one of an unknown issuer",
            ),
            (
                "rfc7523-grant-own-tokens-are-no-assertions",
                "so is a token of one's own",
            ),
            ("rfc7523-grant-replay", "so is one that was used"),
        ],
        seams: &[Seam::Response(|_, facts, response| {
            if is_grant(facts) && response.error().as_deref() == Some("invalid_grant") {
                return response.with_status(401).edit(|members| {
                    members.insert("error".to_owned(), "invalid_client".into());
                });
            }
            response
        })],
    },
    Defect {
        id: "grant-assertion-signature-not-checked",
        kills: INVALID,
        also: &[
            (
                "rfc7523-grant-client-assertion-apart",
                "its bad assertion is one with another signature",
            ),
            (
                "rfc7523-grant-untrusted-issuer",
                "the signature is what tells who made it",
            ),
        ],
        seams: &[Seam::Skip(CheckId::GrantAssertionSignatureValid)],
    },
    Defect {
        id: "grant-assertion-none-accepted",
        kills: INVALID,
        also: &[],
        seams: &[Seam::Facts(|_, facts| {
            if let Some(own) = &mut facts.grant_assertion {
                let alg = own.jws().and_then(|jws| jws.header_text("alg"));
                if alg.is_some_and(|alg| alg.eq_ignore_ascii_case("none")) {
                    own.assertion.signature = Signature::Valid;
                }
            }
        })],
    },
    Defect {
        id: "grant-assertion-kid-ignored",
        kills: &["rfc7523-grant-invalid-grant"],
        also: &[(
            "rfc7523-grant-untrusted-issuer",
            "the key of a client is one that nobody knows here",
        )],
        seams: &[Seam::Skip(CheckId::GrantAssertionKeyKnown)],
    },
    invalid(
        "grant-assertion-crit-ignored",
        &[Seam::Skip(CheckId::GrantAssertionHeaderUnderstood)],
    ),
    invalid(
        "grant-assertion-without-subject",
        &[Seam::Skip(CheckId::GrantAssertionSubjectKnown)],
    ),
    invalid(
        "grant-assertion-for-anybody",
        &[Seam::Skip(CheckId::GrantAssertionAudienceIsServer)],
    ),
    invalid(
        "grant-assertion-audience-by-prefix",
        &[Seam::Replace(
            CheckId::GrantAssertionAudienceIsServer,
            |context, facts| {
                refuse_unless_audience(context, facts, |audiences, own| {
                    let begins = |audience: &&str| own.iter().any(|own| audience.starts_with(own));
                    audiences.iter().any(begins)
                })
            },
        )],
    ),
    invalid(
        "grant-assertion-audience-of-array-unread",
        &[Seam::Replace(
            CheckId::GrantAssertionAudienceIsServer,
            |context, facts| {
                refuse_unless_audience(context, facts, |audiences, own| {
                    audiences.len() > 1 || own.iter().any(|own| audiences.contains(&own.as_str()))
                })
            },
        )],
    ),
    invalid(
        "grant-assertion-two-hours-late",
        &[Seam::Replace(
            CheckId::GrantAssertionNotExpired,
            |context, facts| {
                refuse_unless(facts, |it| {
                    let jws = it.assertion.jws.as_ref();
                    let exp = jws.and_then(|jws| jws.date("exp"));
                    exp.is_some_and(|exp| exp > now(context) - 7200.0)
                })
            },
        )],
    ),
    invalid(
        "grant-assertion-expiry-missing-is-never",
        &[Seam::Skip(CheckId::GrantAssertionDatesAreNumbers)],
    ),
    invalid(
        "grant-assertion-expired",
        &[Seam::Skip(CheckId::GrantAssertionNotExpired)],
    ),
    invalid(
        "grant-assertion-before-its-time",
        &[Seam::Skip(CheckId::GrantAssertionNotBeforeReached)],
    ),
    invalid(
        "grant-assertion-issued-in-the-future",
        &[Seam::Skip(CheckId::GrantAssertionIssuedInThePast)],
    ),
    invalid(
        "grant-assertion-for-ever",
        &[Seam::Skip(CheckId::GrantAssertionLifetimeWithinLimit)],
    ),
    Defect {
        id: "grant-assertion-key-of-any-issuer",
        kills: &["rfc7523-grant-untrusted-issuer"],
        also: &[(
            "rfc7523-grant-invalid-grant",
            "an issuer that is missing is any issuer",
        )],
        seams: &[Seam::Facts(key_of_any_issuer)],
    },
    Defect {
        id: "grant-assertion-key-of-the-client",
        kills: &["rfc7523-grant-untrusted-issuer"],
        also: &[],
        seams: &[Seam::Facts(|_, facts| {
            if let (Some(client), Some(own)) = (&facts.client, &mut facts.grant_assertion)
                && own.issuer.is_some()
                && own.assertion.signature != Signature::Valid
            {
                own.assertion.try_each(&client.keys);
            }
        })],
    },
    Defect {
        id: "grant-assertion-issuer-without-case",
        kills: &["rfc7523-grant-untrusted-issuer"],
        also: &[],
        seams: &[Seam::Facts(|context, facts| {
            let named = facts.grant_assertion.as_ref().and_then(|it| it.text("iss"));
            let mut issuers = context.server.issuers.iter();
            let known = issuers.any(|issuer| {
                named.is_some_and(|named| {
                    named != issuer.issuer && named.eq_ignore_ascii_case(&issuer.issuer)
                })
            });
            if known {
                key_of_any_issuer(context, facts);
            }
        })],
    },
    Defect {
        id: "own-token-is-grant-assertion",
        kills: &["rfc7523-grant-own-tokens-are-no-assertions"],
        also: &[],
        seams: &[Seam::Facts(own_token)],
    },
    Defect {
        id: "grant-assertion-authenticates-client",
        kills: &["rfc7523-grant-client-assertion-apart"],
        also: &[],
        seams: &[
            Seam::Replace(CheckId::BasicSecretMatches, secret_or_assertion),
            Seam::Replace(CheckId::PostSecretMatches, secret_or_assertion),
        ],
    },
    Defect {
        id: "grant-assertion-good-again",
        kills: &["rfc7523-grant-replay"],
        also: &[],
        seams: &[Seam::Skip(CheckId::GrantAssertionNotReplayed)],
    },
    Defect {
        id: "grant-assertion-prolonged",
        kills: &["rfc7523-grant-lifetime"],
        also: &[],
        seams: &[Seam::Response(|context, facts, response| {
            if is_grant(facts) && response.is_token() {
                let token = format!("refresh-{}-{}", context.now.0, context.serial);
                return response.edit(|members| {
                    members.insert("refresh_token".to_owned(), Value::from(token));
                });
            }
            response
        })],
    },
    Defect {
        id: "grant-assertion-scope-not-checked",
        kills: &["rfc7523-grant-scope"],
        also: &[],
        seams: &[Seam::Skip(CheckId::GrantAssertionScopeWithinClient)],
    },
];

fn is_grant(facts: &Facts) -> bool {
    facts.is_grant(GrantType::JwtBearer)
}

fn refuse_unless(facts: &Facts, holds: impl Fn(&GrantAssertion) -> bool) -> Result<(), Refusal> {
    require(facts.grant_assertion.as_ref(), holds)
}

/// Refuses unless these audiences of the assertion pass for those of the server.
fn refuse_unless_audience(
    context: &Context<'_>,
    facts: &Facts,
    pass: impl Fn(&[&str], &[String]) -> bool,
) -> Result<(), Refusal> {
    refuse_unless(facts, |it| {
        pass(&it.assertion.audiences(), &context.server.audiences)
    })
}

/// All keys of all issuers are in one store.
fn key_of_any_issuer(context: &Context<'_>, facts: &mut Facts) {
    let Some(own) = facts
        .grant_assertion
        .as_mut()
        .filter(|own| own.issuer.is_none())
    else {
        return;
    };
    for issuer in &context.server.issuers {
        own.assertion.try_each(&issuer.keys);
        if own.assertion.signature == Signature::Valid {
            own.issuer = Some(issuer.clone());
            return;
        }
    }
}

/// Issuer and signature are right, and nobody asks what the token was made for.
fn own_token(context: &Context<'_>, facts: &mut Facts) {
    let Some(own) = facts
        .grant_assertion
        .as_mut()
        .filter(|own| own.issuer.is_none())
    else {
        return;
    };
    if context.records.access_token(&own.assertion.text).is_some() {
        own.assertion.signature = Signature::Valid;
        own.issuer = context.server.issuers.first().cloned();
        resolve::grant(context, facts);
    }
}

/// Whoever holds a good assertion must be a good client.
fn secret_or_assertion(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let vouched = facts
        .grant_assertion
        .as_ref()
        .is_some_and(GrantAssertion::is_genuine);
    let secret = facts
        .client
        .as_ref()
        .and_then(|client| client.secret.as_ref());
    let presented = facts.presented.secret();
    let matches = secret
        .zip(presented)
        .is_none_or(|(own, it)| own.matches(it));
    if matches || (vouched && facts.endpoint == Endpoint::Token) {
        return Ok(());
    }
    Err(crate::checks::client::INVALID_CLIENT)
}
