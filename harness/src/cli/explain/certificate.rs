//! What is presented in the TLS handshake, in words.

use super::{InWords, joined};
use crate::suite::certificate::{
    AlternativeName, CertificateChange, CertificateKey, IssuedBy, PresentedCertificate,
    SubjectAttribute, SubjectChange, Validity,
};
use crate::suite::change::Who;

pub(super) fn certificate_words(change: &CertificateChange) -> String {
    let CertificateChange {
        present,
        published,
        issued_by,
        subject,
        attributes,
        names,
        key,
        valid,
        append,
    } = change;
    if let Some(name) = published {
        return format!("the certificate of the key `{name}` is presented");
    }
    let mut words = match present {
        Some(PresentedCertificate::None) => "no certificate is presented".to_owned(),
        Some(PresentedCertificate::Own) => "its own certificate is presented".to_owned(),
        Some(PresentedCertificate::Other) => {
            "the other client's certificate is presented".to_owned()
        }
        None => {
            let issuer = match issued_by {
                IssuedBy::Intermediate => "a certificate of a CA below the test CA",
                IssuedBy::Itself => "a self-signed certificate",
                IssuedBy::OtherCa => "a certificate of another CA that is trusted",
                IssuedBy::Stranger => "a certificate of a CA that only bears the right name",
                IssuedBy::TestCa => "a new certificate of the test CA",
            };
            let subject = subject_words(*subject);
            let valid = match valid {
                Validity::Expired => ", expired",
                Validity::NotYet => ", not yet valid",
                Validity::Now => "",
            };
            let key = match key {
                CertificateKey::Fresh => "",
                CertificateKey::Own => ", of the key of its own",
            };
            let attributes = attributes.as_deref().map(attribute_words);
            let names = names.as_deref().map(name_words);
            let more = [attributes, names].into_iter().flatten();
            let more: String = more.map(|words| format!(", {words}")).collect();
            format!("{issuer}{key}{subject}{more}{valid} is presented")
        }
    };
    words += match append {
        Some(Who::Other) => ", the other client's certificate behind it",
        Some(Who::Own) => ", its own certificate behind it",
        None => "",
    };
    words
}

const fn subject_words(subject: SubjectChange) -> &'static str {
    match subject {
        SubjectChange::Cased => ", with the subject in the other letter case",
        SubjectChange::Elsewhere => ", with the subject as an alternative name only",
        SubjectChange::Joined => ", with all attributes of the subject in one RDN",
        SubjectChange::Less => ", with a part of the subject missing",
        SubjectChange::More => ", with one more part of the subject",
        SubjectChange::Other => ", with another common name",
        SubjectChange::Reordered => ", with the parts of the subject in reverse order",
        SubjectChange::Same => "",
        SubjectChange::Spaced => ", with more blanks in the subject",
        SubjectChange::Spelled => ", with the subject in other string types",
        SubjectChange::Within => ", with the subject as a part of a common name",
    }
}

fn attribute_words(attributes: &[SubjectAttribute]) -> String {
    let words = attributes.iter().map(|attribute| match attribute {
        SubjectAttribute::CommonName(text) => format!("CN={}", InWords::of(text)),
        SubjectAttribute::EmailAddress(text) => format!("emailAddress={}", InWords::of(text)),
    });
    let words: Vec<String> = words.collect();
    format!("whose subject is {}", joined(&words, "and"))
}

fn name_words(names: &[AlternativeName]) -> String {
    let words = names.iter().map(|name| match name {
        AlternativeName::Dns(text) => format!("dNSName {}", InWords::of(text)),
        AlternativeName::Email(text) => format!("rfc822Name {}", InWords::of(text)),
        AlternativeName::Ip(text) => format!("iPAddress {}", InWords::of(text)),
        AlternativeName::Uri(text) => format!("uniformResourceIdentifier {}", InWords::of(text)),
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() {
        return "without alternative names".to_owned();
    }
    format!("with the alternative names {}", joined(&words, "and"))
}
