//! What the canonical form of an assertion says.

use roxmltree::{Document, Node};

use super::SAML;
use super::assertion::{Confirmation, ConfirmationData, Statement};
use super::date_time::Time;
use super::document::elements;

/// Reads the canonical form of an assertion; none if something in it is there twice that may be there once only.
#[must_use]
pub fn read(content: &str) -> Option<Statement> {
    let tree = Document::parse(content).ok()?;
    let root = tree.root_element();
    let issuer = at_most_one(root, "Issuer")?;
    let subject = at_most_one(root, "Subject")?;
    let conditions = at_most_one(root, "Conditions")?;
    let name_id = match subject {
        Some(subject) => at_most_one(subject, "NameID")?,
        None => None,
    };
    let confirmations = subject
        .into_iter()
        .flat_map(|it| named(it, "SubjectConfirmation"));
    let restrictions = conditions
        .into_iter()
        .flat_map(|it| named(it, "AudienceRestriction"));
    let time = |name| conditions.and_then(|it| self::time(it, name));
    Some(Statement {
        id: root.attribute("ID")?.to_owned(),
        issuer: issuer.and_then(text),
        name_id: name_id.and_then(text),
        confirmations: confirmations.map(confirmation).collect::<Option<_>>()?,
        not_before: time("NotBefore"),
        not_on_or_after: time("NotOnOrAfter"),
        audience_restrictions: restrictions
            .map(|it| named(it, "Audience").filter_map(text).collect())
            .collect(),
    })
}

fn confirmation(element: Node<'_, '_>) -> Option<Confirmation> {
    let data = at_most_one(element, "SubjectConfirmationData")?;
    Some(Confirmation {
        method: element.attribute("Method").map(str::to_owned),
        data: data.map(|data| ConfirmationData {
            recipient: data.attribute("Recipient").map(str::to_owned),
            not_before: time(data, "NotBefore"),
            not_on_or_after: time(data, "NotOnOrAfter"),
        }),
    })
}

fn named<'a, 'i>(parent: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    elements(parent).filter(move |it| it.has_tag_name((SAML, name)))
}

/// The child of that name, if there is one; none at all if there are several.
fn at_most_one<'a, 'i>(parent: Node<'a, 'i>, name: &'static str) -> Option<Option<Node<'a, 'i>>> {
    let mut found = named(parent, name);
    let first = found.next();
    found.next().is_none().then_some(first)
}

/// All of the text of an element that holds nothing but text.
fn text(element: Node<'_, '_>) -> Option<String> {
    element
        .children()
        .map(|it| it.text().filter(|_| it.is_text()))
        .collect()
}

fn time(element: Node<'_, '_>, name: &str) -> Option<Time> {
    element.attribute(name).map(Time::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(inner: &str) -> Option<Statement> {
        read(&format!(
            "<s:Assertion xmlns:s=\"{SAML}\" ID=\"_1\">{inner}</s:Assertion>"
        ))
    }

    #[test]
    fn every_field_is_read() {
        let read = of(
            "<s:Issuer>i</s:Issuer><s:Subject><s:NameID>alice</s:NameID><s:SubjectConfirmation Method=\"m\">\
             <s:SubjectConfirmationData NotOnOrAfter=\"1970-01-01T00:00:09Z\" Recipient=\"r\"/></s:SubjectConfirmation></s:Subject>\
             <s:Conditions NotBefore=\"1970-01-01T00:00:01Z\" NotOnOrAfter=\"later\"><s:AudienceRestriction><s:Audience>a</s:Audience>\
             <s:Audience>b</s:Audience></s:AudienceRestriction><s:AudienceRestriction/></s:Conditions>",
        );
        let read = read.unwrap();
        assert_eq!(
            (read.issuer.as_deref(), read.name_id.as_deref()),
            (Some("i"), Some("alice"))
        );
        assert_eq!(
            (read.not_before, read.not_on_or_after),
            (Some(Time::At(1)), Some(Time::Unreadable))
        );
        assert_eq!(
            read.audience_restrictions,
            [vec!["a".to_owned(), "b".to_owned()], Vec::new()]
        );
        let [confirmation] = read.confirmations.as_slice() else {
            panic!("one")
        };
        let data = confirmation.data.as_ref().unwrap();
        assert_eq!(confirmation.method.as_deref(), Some("m"));
        assert_eq!(
            (data.recipient.as_deref(), data.not_on_or_after),
            (Some("r"), Some(Time::At(9)))
        );
        assert_eq!(read.end(), 39);
    }

    #[test]
    fn what_may_be_there_once_is_not_there_twice() {
        assert!(of("").is_some());
        for twice in ["Issuer", "Subject", "Conditions"] {
            assert!(
                of(&format!("<s:{twice}/><s:{twice}/>")).is_none(),
                "{twice}"
            );
        }
        assert!(of("<s:Subject><s:NameID/><s:NameID/></s:Subject>").is_none());
    }

    #[test]
    fn elements_inside_of_a_text_are_no_part_of_it() {
        assert_eq!(of("<s:Issuer>a<s:b/>c</s:Issuer>").unwrap().issuer, None);
    }
}
