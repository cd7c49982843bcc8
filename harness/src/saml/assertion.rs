//! A good assertion (RFC 7522 section 3), before it is signed.

use jiff::Timestamp;

use super::SAML;
use super::element::Element;

/// For how many seconds an assertion is good.
const LIFETIME: i64 = 300;

/// What an assertion says.
#[derive(Clone, Copy, Debug)]
pub struct Claims<'a> {
    /// `ID`.
    pub id: &'a str,
    /// `Issuer`.
    pub issuer: &'a str,
    /// `NameID`.
    pub subject: &'a str,
    /// `Audience`.
    pub audience: &'a str,
    /// `Recipient`: the token endpoint.
    pub recipient: &'a str,
    /// Seconds since 1970.
    pub now: i64,
}

/// The assertion: a bearer confirmation for the token endpoint, one audience, five minutes.
#[must_use]
pub fn assertion(claims: &Claims<'_>) -> Element {
    let (now, end) = (date_time(claims.now), date_time(claims.now + LIFETIME));
    let data = Element::new("saml:SubjectConfirmationData")
        .with("NotOnOrAfter", &end)
        .with("Recipient", claims.recipient);
    let confirmation = Element::new("saml:SubjectConfirmation")
        .with("Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")
        .holding(data);
    let audience = Element::new("saml:Audience").saying(claims.audience);
    let conditions = Element::new("saml:Conditions")
        .with("NotBefore", date_time(claims.now - 60))
        .with("NotOnOrAfter", &end)
        .holding(Element::new("saml:AudienceRestriction").holding(audience));
    let class = Element::new("saml:AuthnContextClassRef")
        .saying("urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified");
    Element::new("saml:Assertion")
        .with("xmlns:saml", SAML)
        .with("ID", claims.id)
        .with("IssueInstant", &now)
        .with("Version", "2.0")
        .holding(Element::new("saml:Issuer").saying(claims.issuer))
        .holding(
            Element::new("saml:Subject")
                .holding(Element::new("saml:NameID").saying(claims.subject))
                .holding(confirmation),
        )
        .holding(conditions)
        .holding(
            Element::new("saml:AuthnStatement")
                .with("AuthnInstant", &now)
                .holding(Element::new("saml:AuthnContext").holding(class)),
        )
}

/// A time as SAML writes it (SAML Core section 1.3.3).
#[must_use]
pub fn date_time(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    time.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_utc() {
        assert_eq!(date_time(1_000_000_000), "2001-09-09T01:46:40Z");
    }

    #[test]
    fn assertion_is_written_and_read_alike() {
        let made = assertion(&Claims {
            id: "_1",
            issuer: "https://idp.example",
            subject: "a & b",
            audience: "https://as.example",
            recipient: "https://as.example/token?a=1&b=2",
            now: 0,
        });
        assert_eq!(Element::parse(&made.to_xml()), Some(made));
    }
}
