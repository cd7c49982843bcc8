//! Clients that are known by an alternative name of their certificate.

use std::net::IpAddr;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

use super::row;
use super::sight::{is_clients, refuse_unless, with_leaf};
use crate::checks::CheckId;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::Facts;
use crate::x509::certificate::CertificateRule;

macro_rules! also_known {
    ($id:literal, $rule:literal, $known:expr) => {
        row(
            $id,
            &[$rule],
            &[],
            &[Seam::Replace(CheckId::CertificateIsClients, |_, facts| {
                also_known(facts, $known)
            })],
        )
    };
}

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    also_known!(
        "dns-name-in-common-name",
        "rfc8705-auth-san-dns",
        |rule, leaf| matches!(rule, CertificateRule::Dns(own) if has_common_name(leaf, own))
    ),
    also_known!(
        "dns-name-by-wildcard",
        "rfc8705-auth-san-dns",
        |rule, leaf| matches!(rule, CertificateRule::Dns(own) if any(leaf, |name| covers(name, own)))
    ),
    also_known!(
        "dns-name-by-suffix",
        "rfc8705-auth-san-dns",
        |rule, leaf| matches!(rule, CertificateRule::Dns(own)
            if any(leaf, |name| matches!(name, GeneralName::DNSName(it) if it.ends_with(own))))
    ),
    also_known!(
        "certificate-uri-by-prefix",
        "rfc8705-auth-san-uri",
        |rule, leaf| matches!(rule, CertificateRule::Uri(own)
            if any(leaf, |name| matches!(name, GeneralName::URI(it) if it.starts_with(own))))
    ),
    also_known!(
        "certificate-uri-in-any-entry",
        "rfc8705-auth-san-uri",
        |rule, leaf| matches!(rule, CertificateRule::Uri(own) if any(leaf, |it| text(it) == Some(own)))
    ),
    also_known!(
        "certificate-address-as-text",
        "rfc8705-auth-san-ip-binary",
        |rule, leaf| matches!(rule, CertificateRule::Ip(own)
            if any(leaf, |it| text(it) == Some(own.to_string().as_str())))
    ),
    also_known!(
        "certificate-address-by-network",
        "rfc8705-auth-san-ip-binary",
        |rule, leaf| matches!(rule, CertificateRule::Ip(own) if any(leaf, |it| is_near(it, *own)))
    ),
    also_known!(
        "certificate-mailbox-of-subject",
        "rfc8705-auth-san-email",
        |rule, leaf| matches!(rule, CertificateRule::Email(own) if leaf
            .subject()
            .iter_email()
            .any(|it| it.as_str().is_ok_and(|text| text == own)))
    ),
    also_known!(
        "certificate-mailbox-by-host",
        "rfc8705-auth-san-email",
        |rule, leaf| matches!(rule, CertificateRule::Email(own)
            if any(leaf, |it| matches!(it, GeneralName::RFC822Name(it) if host(it) == host(own))))
    ),
    row(
        "certificate-only-first-alternative-name",
        &[
            "rfc8705-auth-san-dns",
            "rfc8705-auth-san-email",
            "rfc8705-auth-san-ip-binary",
            "rfc8705-auth-san-uri",
        ],
        &[],
        &[Seam::Replace(CheckId::CertificateIsClients, |_, facts| {
            refuse_unless(is_clients(facts) && with_leaf(facts, names_one) == Some(true))
        })],
    ),
];

/// The certificate is the client's, or something in it is taken for its name.
fn also_known(
    facts: &Facts,
    known: fn(&CertificateRule, &X509Certificate<'_>) -> bool,
) -> Result<(), Refusal> {
    let rule = facts.client.as_ref().and_then(|it| it.certificate.as_ref());
    let taken = rule.and_then(|rule| with_leaf(facts, |leaf| known(rule, leaf)));
    refuse_unless(is_clients(facts) || taken == Some(true))
}

fn any(leaf: &X509Certificate<'_>, is: impl Fn(&GeneralName<'_>) -> bool) -> bool {
    let extension = leaf.subject_alternative_name().ok().flatten();
    extension.is_some_and(|it| it.value.general_names.iter().any(is))
}

/// Who reads the first entry reads the only one of most certificates.
fn names_one(leaf: &X509Certificate<'_>) -> bool {
    let extension = leaf.subject_alternative_name().ok().flatten();
    extension.is_none_or(|it| it.value.general_names.len() < 2)
}

fn has_common_name(leaf: &X509Certificate<'_>, own: &str) -> bool {
    let mut names = leaf.subject().iter_common_name();
    names.any(|it| it.as_str().is_ok_and(|text| text == own))
}

/// As the certificates of servers are compared.
fn covers(name: &GeneralName<'_>, own: &str) -> bool {
    let GeneralName::DNSName(name) = name else {
        return false;
    };
    let rest = own.split_once('.').map(|(_, rest)| rest);
    name.strip_prefix("*.")
        .is_some_and(|wild| rest == Some(wild))
}

fn text<'n>(name: &GeneralName<'n>) -> Option<&'n str> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's enum is open")]
    match name {
        GeneralName::DNSName(text) | GeneralName::RFC822Name(text) | GeneralName::URI(text) => {
            Some(text)
        }
        _ => None,
    }
}

/// The first half of the octets is the network.
fn is_near(name: &GeneralName<'_>, own: IpAddr) -> bool {
    let own = match own {
        IpAddr::V4(own) => own.octets().to_vec(),
        IpAddr::V6(own) => own.octets().to_vec(),
    };
    let GeneralName::IPAddress(octets) = name else {
        return false;
    };
    octets.len() == own.len() && octets.get(..4) == own.get(..4)
}

fn host(mailbox: &str) -> Option<&str> {
    mailbox.rsplit_once('@').map(|(_, host)| host)
}
