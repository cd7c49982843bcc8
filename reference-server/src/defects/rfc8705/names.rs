//! How the names in a certificate are compared with the registered ones.

use x509_parser::extensions::GeneralName;

use super::row;
use super::sight::{is_clients, refuse_unless, with_leaf};
use crate::checks::CheckId;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::x509::certificate::CertificateRule;
use crate::x509::name::Name;

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "certificate-subject-by-substring",
        &[
            "rfc8705-auth-dn-partial-match",
            "pingfederate-client-certificate-subject-dn",
        ],
        &[],
        &[Seam::Replace(CheckId::CertificateIsClients, by_substring)],
    ),
    row(
        "certificate-subject-among-alternative-names",
        &["pingfederate-client-certificate-subject-dn"],
        &[],
        &[Seam::Replace(
            CheckId::CertificateIsClients,
            among_alternative_names,
        )],
    ),
    row(
        "certificate-issuer-not-compared",
        &["pingfederate-client-certificate-issuer-dn"],
        &[],
        &[Seam::Replace(
            CheckId::CertificateIsClients,
            issuer_not_compared,
        )],
    ),
];

/// Whether the issuer is the registered one, if one is.
fn is_of(facts: &Facts, issuer: Option<&Name>) -> bool {
    let found = with_leaf(facts, |leaf| Name::of(leaf.issuer())).flatten();
    issuer.is_none_or(|own| found.is_some_and(|found| own.matches(&found)))
}

/// The name has the registered one somewhere, at least its values.
fn by_substring(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let rule = facts.client.as_ref().and_then(|it| it.certificate.as_ref());
    let Some(CertificateRule::Subject { subject, issuer }) = rule else {
        return refuse_unless(is_clients(facts));
    };
    let found = with_leaf(facts, |leaf| Name::of(leaf.subject())).flatten();
    let found = found.map_or_else(String::new, |name| {
        let values: Vec<String> = name.attributes().map(|it| it.value.clone()).collect();
        values.join(", ")
    });
    let mut values = subject.attributes();
    let contained = values.all(|own| found.contains(&own.value));
    refuse_unless(contained && is_of(facts, issuer.as_ref()) || is_clients(facts))
}

/// Every name in the certificate may be the subject.
fn among_alternative_names(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let rule = facts.client.as_ref().and_then(|it| it.certificate.as_ref());
    let Some(CertificateRule::Subject { subject, issuer }) = rule else {
        return refuse_unless(is_clients(facts));
    };
    let named = with_leaf(facts, |leaf| {
        let extension = leaf.subject_alternative_name().ok().flatten();
        let names = extension.map(|it| it.value.general_names.as_slice());
        let mut names = names.unwrap_or_default().iter();
        names.any(|name| {
            let GeneralName::DirectoryName(name) = name else {
                return false;
            };
            Name::of(name).is_some_and(|found| subject.matches(&found))
        })
    });
    let named = named == Some(true) && is_of(facts, issuer.as_ref());
    refuse_unless(named || is_clients(facts))
}

/// Whatever trusted CA says that this is the subject.
fn issuer_not_compared(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let rule = facts.client.as_ref().and_then(|it| it.certificate.as_ref());
    let Some(CertificateRule::Subject { subject, .. }) = rule else {
        return refuse_unless(is_clients(facts));
    };
    let found = with_leaf(facts, |leaf| Name::of(leaf.subject())).flatten();
    let same = found.map(|found| subject.matches(&found));
    refuse_unless(same == Some(true) || is_clients(facts))
}
