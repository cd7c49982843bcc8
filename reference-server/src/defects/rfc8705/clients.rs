//! Clients that authenticate with a certificate.

use super::row;
use super::sight::{
    has_certificate, is_clients, is_good_now, is_self_signed, is_trusted, refuse_unless, with_leaf,
};
use crate::checks::CheckId;
use crate::checks::client::INVALID_CLIENT;
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::error::Refusal;
use crate::facts::{Endpoint, Facts};
use crate::vocabulary::{AuthenticationMethod, ErrorCode, GrantType};
use crate::wire::response::Response;
use crate::x509::certificate::CertificateRule;
use crate::x509::name::Name;

const ANOTHER: &str = "the name is in another certificate";

/// The rows.
pub(super) const DEFECTS: &[Defect] = &[
    row(
        "certificate-not-wired-into-code-grant",
        &["rfc8705-auth-valid-certificate"],
        &[],
        &[Seam::Replace(CheckId::CertificatePresented, |_, facts| {
            let wired = !facts.is_grant(GrantType::AuthorizationCode);
            refuse_unless(wired && has_certificate(facts))
        })],
    ),
    row(
        "certificate-may-be-missing",
        &[
            "rfc8705-auth-no-certificate",
            "pingfederate-client-certificate-missing",
        ],
        &[
            (
                "rfc8705-auth-method-confusion",
                "client_id alone is such a request",
            ),
            (
                "rfc8705-auth-forwarded-header-spoof",
                "the connection of these requests has no certificate",
            ),
        ],
        &[Seam::Skip(CheckId::CertificatePresented)],
    ),
    row(
        "certificate-names-client",
        &[
            "rfc8705-auth-client-id-absent",
            "pingfederate-client-certificate",
        ],
        &[],
        &[Seam::Facts(names_client)],
    ),
    row(
        "certificate-of-anybody",
        &[
            "rfc8705-auth-certificate-of-other-client",
            "rfc8705-auth-connection-reuse",
        ],
        &[],
        &[Seam::Replace(CheckId::CertificateIsClients, of_anybody)],
    ),
    row(
        "certificate-chain-not-validated",
        &["rfc8705-auth-untrusted-issuer"],
        &[],
        &[Seam::Replace(
            CheckId::CertificateTrusted,
            |context, facts| {
                refuse_unless(is_trusted(context, facts) || is_good_now(context, facts))
            },
        )],
    ),
    row(
        "certificate-dates-not-read",
        &["rfc8705-auth-validity-period"],
        &[],
        &[Seam::Replace(
            CheckId::CertificateTrusted,
            |context, facts| {
                refuse_unless(is_trusted(context, facts) || !is_good_now(context, facts))
            },
        )],
    ),
    row(
        "certificate-of-chain-identifies",
        &["rfc8705-auth-leaf-only"],
        &[],
        &[Seam::Replace(CheckId::CertificateIsClients, |_, facts| {
            let rule = facts.client.as_ref().and_then(|it| it.certificate.as_ref());
            let mut chain = facts.presented.certificates.iter();
            refuse_unless(rule.is_none_or(|rule| chain.any(|der| rule.matches(der))))
        })],
    ),
    row(
        "certificate-subject-by-string-type",
        &["rfc8705-auth-dn-representation"],
        &[],
        &[Seam::Replace(CheckId::CertificateIsClients, by_string_type)],
    ),
    row(
        "certificate-pinned-to-first",
        &["rfc8705-auth-certificate-rotation"],
        &[
            (
                "rfc8705-registration-one-subject",
                "the certificate of the case is another one",
            ),
            (
                "rfc8705-auth-dn-representation",
                "the certificate of the case is another one",
            ),
            (
                "rfc8705-refresh-rebinds-to-current-certificate",
                "the refresh comes with another certificate",
            ),
            ("rfc8705-auth-san-dns", ANOTHER),
            ("rfc8705-auth-san-email", ANOTHER),
            ("rfc8705-auth-san-ip-binary", ANOTHER),
            ("rfc8705-auth-san-uri", ANOTHER),
        ],
        &[Seam::Replace(
            CheckId::CertificateIsClients,
            pinned_to_first,
        )],
    ),
    row(
        "certificate-client-may-send-any-secret",
        &["rfc8705-auth-method-confusion"],
        &[],
        &[Seam::Replace(
            CheckId::AuthenticationMethodRegistered,
            any_secret,
        )],
    ),
    row(
        "certificate-read-from-header",
        &["rfc8705-auth-forwarded-header-spoof"],
        &[],
        &[Seam::Facts(read_from_header)],
    ),
    row(
        "certificate-chain-of-self-signed-refused",
        &["rfc8705-self-signed-registered"],
        &[],
        &[Seam::Replace(CheckId::CertificatePresented, |_, facts| {
            let one = facts.presented.certificates.len() == 1;
            refuse_unless(has_certificate(facts) && (one || !is_self_signed(facts)))
        })],
    ),
    row(
        "certificate-of-self-signed-by-subject",
        &["rfc8705-self-signed-unregistered"],
        &[(
            "rfc8705-self-signed-same-key",
            "a certificate of the same key has the same subject there",
        )],
        &[Seam::Replace(
            CheckId::CertificateIsClients,
            self_signed_by_subject,
        )],
    ),
    row(
        "certificate-of-self-signed-by-key",
        &["rfc8705-self-signed-same-key"],
        &[],
        &[Seam::Replace(
            CheckId::CertificateIsClients,
            self_signed_by_key,
        )],
    ),
    row(
        "certificate-demanded-of-everybody",
        &["rfc8705-mixed-listener-optional-certificate"],
        &[(
            "rfc8705-alias-token-endpoint",
            "a client with an assertion has no certificate either",
        )],
        &[Seam::Response(demanded_of_everybody)],
    ),
    row(
        "certificate-listener-knows-no-codes",
        &["rfc8705-alias-token-endpoint"],
        &[],
        &[Seam::Replace(CheckId::CodeNotExpired, knows_no_codes)],
    ),
];

/// Without `client_id` it is the client whose certificate it is.
fn names_client(context: &Context<'_>, facts: &mut Facts) {
    let named = facts.presented.client_id.is_some() || !facts.methods.is_empty();
    let Some(leaf) = facts.presented.certificates.first().cloned() else {
        return;
    };
    if named || !facts.authenticates() || facts.client.is_some() {
        return;
    }
    let found = context.find_client(|client| {
        let rule = client.certificate.as_ref();
        rule.is_some_and(|rule| rule.matches(&leaf))
    });
    if let Some(client) = found {
        facts.presented.client_id = Some(client.id.clone());
        crate::resolve::client(context.server, facts);
        crate::resolve::grant(context, facts);
    }
}

/// It is one of a client, and nobody asks of which.
fn of_anybody(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let alone = facts.presented.certificates.len() == 1 && !is_self_signed(facts);
    let leaf = facts.presented.certificates.first();
    let known = leaf.is_some_and(|leaf| {
        let matches = |rule: &CertificateRule| rule.matches(leaf);
        let client = context.find_client(|it| it.certificate.as_ref().is_some_and(matches));
        client.is_some()
    });
    refuse_unless(is_clients(facts) || alone && known)
}

/// Names are compared octet by octet, as the CA of the first certificate wrote them.
fn by_string_type(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    const PRINTABLE: u32 = 19;
    let printable = with_leaf(facts, |leaf| {
        let mut all = leaf.subject().iter_attributes();
        all.any(|attribute| attribute.attr_value().tag().0 == PRINTABLE)
    });
    refuse_unless(is_clients(facts) && printable != Some(true))
}

/// A certificate made at start has its dates of the library's choice; a newer one has later ones.
fn pinned_to_first(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let now = i64::try_from(context.now.0).unwrap_or(i64::MAX);
    let recent = with_leaf(facts, |leaf| {
        now - leaf.validity().not_before.timestamp() < 86_400
    });
    let by_name = !is_self_signed(facts);
    refuse_unless(is_clients(facts) && (recent != Some(true) || !by_name))
}

/// The client has no secret, so none can be wrong.
fn any_secret(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let Some(client) = &facts.client else {
        return Ok(());
    };
    let sent = matches!(
        facts.method(),
        AuthenticationMethod::ClientSecretBasic | AuthenticationMethod::ClientSecretPost
    );
    let by_certificate = client.certificate.is_some();
    let registered = client.methods.contains(&facts.method());
    refuse_unless(registered || sent && by_certificate)
}

/// A field that the proxy would set, if there were one.
fn read_from_header(context: &Context<'_>, facts: &mut Facts) {
    use base64::Engine;
    if has_certificate(facts) {
        return;
    }
    let field = context.request.field("x-client-cert").unwrap_or_default();
    let engine = base64::engine::general_purpose::STANDARD;
    let der = engine.decode(field).ok().filter(|der| !der.is_empty());
    facts.presented.certificates.extend(der);
}

fn self_signed_by_subject(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    use x509_parser::prelude::FromDer;
    let rule = facts.client.as_ref().and_then(|it| it.certificate.as_ref());
    let Some(CertificateRule::Registered(all)) = rule else {
        return refuse_unless(is_clients(facts));
    };
    let found = with_leaf(facts, |leaf| Name::of(leaf.subject())).flatten();
    let is_same = |der: &Vec<u8>| {
        let read = x509_parser::certificate::X509Certificate::from_der(der).ok();
        let own = read.and_then(|(_, own)| Name::of(own.subject()));
        own.zip(found.as_ref())
            .is_some_and(|(own, found)| own.matches(found))
    };
    refuse_unless(is_clients(facts) || all.iter().any(is_same))
}

/// Public keys are compared, which the registration names as well.
fn self_signed_by_key(_: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    use x509_parser::prelude::FromDer;
    let rule = facts.client.as_ref().and_then(|it| it.certificate.as_ref());
    let Some(CertificateRule::Registered(all)) = rule else {
        return refuse_unless(is_clients(facts));
    };
    let found = with_leaf(facts, |leaf| leaf.public_key().raw.to_vec());
    let is_same = |der: &Vec<u8>| {
        let read = x509_parser::certificate::X509Certificate::from_der(der).ok();
        read.map(|(_, own)| own.public_key().raw.to_vec()) == found
    };
    refuse_unless(is_clients(facts) || all.iter().any(is_same))
}

/// Whether the request came to the listener for mutual TLS: the other one is without TLS here.
fn is_at_alias(context: &Context<'_>) -> bool {
    let base = context.server.mutual_tls.as_deref().unwrap_or_default();
    let host = context.request.field("host").unwrap_or_default();
    !host.is_empty() && base.ends_with(host)
}

fn demanded_of_everybody(context: &Context<'_>, facts: &Facts, response: Response) -> Response {
    let token = facts.endpoint == Endpoint::Token && is_at_alias(context);
    if token && !has_certificate(facts) && response.status == 200 {
        return INVALID_CLIENT.render(context, facts);
    }
    response
}

fn knows_no_codes(context: &Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let by_assertion = facts.presented.assertion.is_some();
    let expired = facts
        .code
        .as_ref()
        .is_some_and(|code| context.now >= code.expires);
    if expired || by_assertion && is_at_alias(context) {
        let description = "The code is not known here";
        return Err(Refusal::new(ErrorCode::InvalidGrant, description));
    }
    Ok(())
}
