//! What a client presents in the TLS handshake (RFC 8705 §2).

use super::halt::Halt;
use super::session::Session;
use crate::judge::RenderText as _;
use crate::probe::credentials::Way;
use crate::suite::certificate::{
    AlternativeName, CertificateChange, CertificateKey, IssuedBy, PresentedCertificate,
    SubjectAttribute,
};
use crate::suite::change::Who;
use crate::target::{Certificate, Client};
use crate::vocabulary::AuthMethod;
use crate::x509::mint::{Issuer, Minted, Wanted, is_issued_by, mint};
use crate::x509::{ClientIdentity, NameKind, common_name, email_address, general_name, name_of};

impl Session<'_> {
    /// The certificate of changed credentials: where the certificate is the credential, it goes with them.
    pub(super) fn changed_identity(
        &self,
        own: &Client,
        client: &Client,
        way: Way,
    ) -> Option<ClientIdentity> {
        let shown = match way {
            Way::Method(method) if method.uses_certificate() => client,
            Way::Method(_) | Way::IdOnly | Way::Nothing if own.auth.uses_certificate() => {
                return None;
            }
            Way::Method(_) | Way::IdOnly | Way::Nothing => client,
        };
        self.runner.identity(shown).cloned()
    }

    /// The certificate that a change asks for; `None`: there is to be none.
    pub(super) fn changed_certificate(
        &self,
        own: &Client,
        change: &CertificateChange,
    ) -> Result<Option<ClientIdentity>, Halt> {
        let template = self.certificate_of(own)?;
        let mut chain = Vec::new();
        if let Some(name) = &change.published {
            let made = self.named_certificate(name.as_str(), template)?;
            let identity = ClientIdentity::from_der(made.chain.clone(), made.key.clone_key());
            return identity.map(Some).map_err(|why| unable(&why));
        }
        let key = match change.present {
            Some(PresentedCertificate::None) => return Ok(None),
            Some(PresentedCertificate::Own) => {
                chain.extend(template.chain().iter().cloned());
                template.key()
            }
            Some(PresentedCertificate::Other) => {
                let other = self.certificate_of(self.who(Who::Other)?)?;
                chain.extend(other.chain().iter().cloned());
                other.key()
            }
            None => {
                let made = self.made(own, template, change)?;
                chain.extend(made.chain);
                made.key
            }
        };
        if let Some(who) = change.append {
            let appended = self.certificate_of(self.who(who)?)?;
            chain.extend(appended.chain().iter().take(1).cloned());
        }
        let made = ClientIdentity::from_der(chain, key);
        made.map(Some).map_err(|why| unable(&why))
    }

    fn made(
        &self,
        own: &Client,
        template: &Certificate,
        change: &CertificateChange,
    ) -> Result<Minted, Halt> {
        let authority = match change.issued_by {
            IssuedBy::Itself => None,
            IssuedBy::Intermediate | IssuedBy::OtherCa | IssuedBy::Stranger | IssuedBy::TestCa => {
                let authority = self.runner.target.tls.test_ca.as_ref();
                let skipped = || {
                    Halt::Skipped(
                        "needs `test_ca`: set `tls.test_ca` in the target file".to_owned(),
                    )
                };
                Some(authority.ok_or_else(skipped)?)
            }
        };
        if let Some(authority) = authority {
            self.fits(own, template, authority, change.issued_by)?;
        }
        let issuer = match (change.issued_by, authority) {
            (IssuedBy::Intermediate, Some(authority)) => Issuer::Below(authority),
            (IssuedBy::OtherCa | IssuedBy::TestCa, Some(authority)) => Issuer::Authority(authority),
            (IssuedBy::Stranger, Some(authority)) => Issuer::NamedLike(authority),
            (
                IssuedBy::Intermediate
                | IssuedBy::Itself
                | IssuedBy::OtherCa
                | IssuedBy::Stranger
                | IssuedBy::TestCa,
                _,
            ) => Issuer::Itself,
        };
        let subject = self.made_subject(change)?;
        let names = self.made_names(change)?;
        let key = match change.key {
            CertificateKey::Fresh => None,
            CertificateKey::Own => Some(template.key()),
        };
        let wanted = Wanted {
            issuer,
            subject: change.subject,
            other_subject: subject.as_deref(),
            names: names.as_deref(),
            key: key.as_ref(),
            valid: change.valid,
            now: self.runner.now(),
        };
        let leaf = template.chain().first().map(AsRef::as_ref);
        mint(leaf.unwrap_or_default(), &wanted).map_err(|why| unable(&why))
    }

    /// The subject of the attributes that a change lists.
    fn made_subject(&self, change: &CertificateChange) -> Result<Option<Vec<u8>>, Halt> {
        let Some(attributes) = &change.attributes else {
            return Ok(None);
        };
        let mut rdns = Vec::new();
        for attribute in attributes {
            rdns.push(match attribute {
                SubjectAttribute::CommonName(text) => common_name(&self.values.text(text)?),
                SubjectAttribute::EmailAddress(text) => email_address(&self.values.text(text)?),
            });
        }
        Ok(Some(name_of(&rdns)))
    }

    /// The alternative names that a change lists.
    fn made_names(&self, change: &CertificateChange) -> Result<Option<Vec<Vec<u8>>>, Halt> {
        let Some(names) = &change.names else {
            return Ok(None);
        };
        let mut made = Vec::new();
        for name in names {
            let (kind, text) = match name {
                AlternativeName::Dns(text) => (NameKind::Dns, text),
                AlternativeName::Email(text) => (NameKind::Email, text),
                AlternativeName::Ip(text) => (NameKind::Ip, text),
                AlternativeName::Uri(text) => (NameKind::Uri, text),
            };
            let text = self.values.text(text)?;
            let name = general_name(kind, &text);
            made.push(name.ok_or_else(|| unable(&format!("`{text}` is no such name")))?);
        }
        Ok(Some(made))
    }

    /// Whether a certificate of this CA is what a case means by it, for a client with this certificate.
    fn fits(
        &self,
        own: &Client,
        template: &Certificate,
        authority: &Certificate,
        issued_by: IssuedBy,
    ) -> Result<(), Halt> {
        let leaf = template.chain().first().map(AsRef::as_ref);
        let is_own = is_issued_by(leaf.unwrap_or_default(), authority);
        let compared = own.auth == AuthMethod::TlsClientAuth
            && self.runner.capabilities().has("client_issuer_dn");
        let other = match issued_by {
            IssuedBy::OtherCa => is_own.then_some("another CA than that of"),
            IssuedBy::Intermediate | IssuedBy::TestCa => {
                (compared && !is_own).then_some("the CA of")
            }
            IssuedBy::Itself | IssuedBy::Stranger => None,
        };
        let skipped = |whose| {
            Halt::Skipped(format!(
                "needs a client whose certificate {whose} `tls.test_ca` issued"
            ))
        };
        other.map_or(Ok(()), |whose| Err(skipped(whose)))
    }

    fn certificate_of<'c>(&self, client: &'c Client) -> Result<&'c Certificate, Halt> {
        let skipped = || Halt::Skipped(format!("needs a certificate of client `{}`", client.name));
        client.certificate.as_ref().ok_or_else(skipped)
    }
}

fn unable(why: &dyn std::fmt::Display) -> Halt {
    Halt::Inconclusive(format!("the certificate can't be made: {why}"))
}
