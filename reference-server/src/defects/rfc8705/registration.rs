//! Clients that register themselves for `tls_client_auth` (RFC 8705 §2.1.2, RFC 7591 §3.2).

use super::row;
use super::sight::{is_clients, refuse_unless};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::registration::{SUBJECTS, certificate};
use crate::vocabulary::{AuthenticationMethod, ErrorCode};
use crate::wire::response::Response;

const RULE: &[&str] = &["rfc8705-registration-one-subject"];

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "registration-subjects-not-counted",
        RULE,
        &[],
        &[Seam::Skip(CheckId::RegistrationSubjectSingle)],
    ),
    row(
        "registration-without-subject-trusts-any-certificate",
        RULE,
        &[],
        &[
            Seam::Replace(CheckId::RegistrationSubjectSingle, |_, facts| {
                counted(facts, |count| count < 2, ErrorCode::InvalidClientMetadata)
            }),
            Seam::Replace(CheckId::CertificateIsClients, |_, facts| {
                let rule = facts.client.as_ref().and_then(|it| it.certificate.as_ref());
                refuse_unless(rule.is_none() || is_clients(facts))
            }),
        ],
    ),
    row(
        "registration-of-two-subjects-keeps-both",
        RULE,
        &[],
        &[
            Seam::Replace(CheckId::RegistrationSubjectSingle, |_, facts| {
                counted(facts, |count| count > 0, ErrorCode::InvalidClientMetadata)
            }),
            Seam::Replace(CheckId::CertificateIsClients, of_any_subject),
            Seam::Response(|_, facts, response| tells_one_subject(facts, response)),
        ],
    ),
    row(
        "registration-of-two-subjects-refused-as-invalid-request",
        RULE,
        &[],
        &[Seam::Replace(
            CheckId::RegistrationSubjectSingle,
            |_, facts| counted(facts, |count| count == 1, ErrorCode::InvalidRequest),
        )],
    ),
];

/// The number of subjects is one that will do.
fn counted(facts: &Facts, will_do: fn(usize) -> bool, code: ErrorCode) -> Result<(), Refusal> {
    let metadata = facts.registration.as_ref();
    let by_certificate = Some(AuthenticationMethod::TlsClientAuth);
    match metadata.filter(|metadata| metadata.method() == by_certificate) {
        Some(metadata) if !will_do(metadata.subjects().count()) => {
            Err(Refusal::new(code, "There are too many or too few subjects"))
        }
        Some(_) | None => Ok(()),
    }
}

/// One column for each kind of subject, and each of them is looked at.
fn of_any_subject(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let leaf = facts.presented.certificates.first();
    let registered = facts.registered.as_ref();
    let found = registered.zip(leaf).is_some_and(|(record, leaf)| {
        let mut subjects = record.metadata.subjects();
        subjects.any(|subject| certificate(subject).is_some_and(|rule| rule.matches(leaf)))
    });
    refuse_unless(found || is_clients(facts))
}

/// The answer has the first of them only.
fn tells_one_subject(facts: &Facts, response: Response) -> Response {
    if facts.endpoint != Endpoint::Registration {
        return response;
    }
    response.edit(|members| {
        let told = SUBJECTS.iter().filter(|name| members.contains_key(**name));
        let further: Vec<&str> = told.copied().skip(1).collect();
        for name in further {
            members.remove(name);
        }
    })
}
