//! Where the assertion stands in the document, and what else is in there.

use roxmltree::{Document as Tree, Node, ParsingOptions};

use super::{document, replace, reread, restate, row};
use crate::context::Context;
use crate::defects::{Defect, Seam};
use crate::facts::Facts;
use crate::jose::assertion::Signature;
use crate::saml::assertion::SamlAssertion;
use crate::saml::{DSIG, SAML};

pub(super) const DEFECTS: &[Defect] = &[
    row(
        "saml-first-assertion-found",
        &["rfc7522-single-assertion"],
        &[(
            "rfc7522-signature-wrapping",
            "the first one of a list is taken, where it is the signed one",
        )],
        &[Seam::Facts(|context, facts| {
            let first = unless_alone(facts).and_then(|tree| {
                let mut all = tree.descendants();
                all.find(is_assertion).map(source)
            });
            if let Some(first) = first {
                reread(context, facts, first);
            }
        })],
    ),
    row(
        "saml-response-unwrapped",
        &["rfc7522-single-assertion"],
        &[(
            "rfc7522-signature-wrapping",
            "the signed one of a response is taken, whatever is beside it",
        )],
        &[Seam::Facts(|context, facts| {
            let inner = unless_alone(facts).and_then(|tree| {
                let root = tree.root_element();
                let mut inner = root.children().filter(is_assertion);
                let is_response = root.tag_name().name() == "Response";
                inner.next().filter(|_| is_response).map(source)
            });
            if let Some(inner) = inner {
                reread(context, facts, inner);
            }
        })],
    ),
    row(
        "saml-signed-element-is-not-the-one-read",
        &["rfc7522-signature-wrapping"],
        &[(
            "rfc7522-single-assertion",
            "a signed assertion and an unsigned one are one list",
        )],
        &[Seam::Facts(|context, facts| {
            wrapped(context, facts, |tree| {
                tree.descendants().find(is_assertion).map(source)
            });
        })],
    ),
    row(
        "saml-root-is-read-whatever-is-signed",
        &["rfc7522-signature-wrapping"],
        &[],
        &[Seam::Facts(|context, facts| {
            wrapped(context, facts, |tree| {
                Some(tree.root_element()).filter(is_assertion).map(source)
            });
        })],
    ),
    row(
        "saml-text-ends-at-a-comment",
        &["rfc7522-name-id-canonical"],
        &[],
        &[Seam::Facts(|context, facts| {
            let first = name_id(document(facts)).and_then(|tree_text| tree_text.into_iter().next());
            if let Some(first) = first {
                restate(context, facts, |it| it.name_id = Some(first));
            }
        })],
    ),
    row(
        "saml-text-begins-behind-a-comment",
        &["rfc7522-name-id-canonical"],
        &[],
        &[Seam::Facts(|context, facts| {
            let last = name_id(document(facts)).and_then(|texts| texts.into_iter().next_back());
            if let Some(last) = last {
                restate(context, facts, |it| it.name_id = Some(last));
            }
        })],
    ),
    row(
        "saml-document-type-processed",
        &["rfc7522-xml-safe"],
        &[],
        &[Seam::Facts(|context, facts| {
            if let Some(expanded) = expanded(document(facts)) {
                reread(context, facts, expanded);
            }
        })],
    ),
];

pub(super) fn is_assertion(node: &Node<'_, '_>) -> bool {
    node.has_tag_name((SAML, "Assertion"))
}

/// The element as it is written; the assertions of the harness declare their namespace themselves.
pub(super) fn source(node: Node<'_, '_>) -> String {
    let text = node.document().input_text();
    text.get(node.range()).unwrap_or_default().to_owned()
}

/// The tree of a document that is more than one assertion.
fn unless_alone(facts: &Facts) -> Option<Tree<'_>> {
    let own = facts.saml_assertion.as_ref();
    let own = own.filter(|it| it.statement.is_none())?;
    Tree::parse(&own.xml).ok()
}

fn wrapped(context: &Context<'_>, facts: &mut Facts, choose: impl Fn(&Tree<'_>) -> Option<String>) {
    let read = unless_alone(facts).and_then(|tree| beside_signed(context, &tree, choose));
    if let Some(read) = read {
        replace(context, facts, read);
    }
}

/// Verifies the element that the reference of the first signature names, and reads another one.
pub(super) fn beside_signed(
    context: &Context<'_>,
    tree: &Tree<'_>,
    choose: impl Fn(&Tree<'_>) -> Option<String>,
) -> Option<SamlAssertion> {
    let issuers = &context.server.saml_issuers;
    let verified = SamlAssertion::of_xml(signed(tree)?, issuers);
    let is_good = verified.signature == Signature::Valid;
    let chosen = choose(tree).filter(|_| is_good)?;
    Some(SamlAssertion {
        signature: Signature::Valid,
        ..SamlAssertion::of_xml(without_others(&chosen), issuers)
    })
}

/// The signed element with its signature in it, wherever either of them stands.
fn signed(tree: &Tree<'_>) -> Option<String> {
    let mut all = tree.descendants();
    let signature = all.find(|it| it.has_tag_name((DSIG, "Signature")))?;
    let mut inner = signature.descendants();
    let reference = inner.find(|it| it.has_tag_name((DSIG, "Reference")))?;
    let id = reference.attribute("URI")?.strip_prefix('#')?;
    let mut named = tree
        .descendants()
        .filter(|it| it.attribute("ID") == Some(id));
    let signed = named.next_back().map(source)?;
    if signed.contains("<ds:Signature") {
        return Some(signed);
    }
    let mut signature = source(signature);
    if let Some(at) = signature.find("<ds:Object>") {
        signature.truncate(at);
        signature.push_str("</ds:Signature>");
    }
    Some(signed.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1))
}

/// An assertion without what is wrapped in it: only its own elements are read.
fn without_others(xml: &str) -> String {
    let Ok(tree) = Tree::parse(xml) else {
        return String::new();
    };
    let root = tree.root_element();
    let others = root.descendants().skip(1);
    let others = others.filter(|it| is_assertion(it) || it.has_tag_name((DSIG, "Signature")));
    let mut left = xml.to_owned();
    for other in others.map(source) {
        left = left.replacen(&other, "", 1);
    }
    left
}

/// The texts of `NameID`, if something stands between them.
pub(super) fn name_id(xml: &str) -> Option<Vec<String>> {
    let tree = Tree::parse(xml).ok()?;
    let mut all = tree.descendants();
    let name = all.find(|it| it.has_tag_name((SAML, "NameID")))?;
    let inner = source(name);
    let (_, inner) = inner.split_once('>')?;
    let (inner, _) = inner.rsplit_once("</")?;
    let texts = inner.split(['<', '>']).filter(|text| !text.is_empty());
    let texts: Vec<String> = texts.map(str::to_owned).collect();
    (inner.contains('<') && texts.len() > 1).then_some(texts)
}

/// The document without its document type, its entities replaced.
fn expanded(xml: &str) -> Option<String> {
    let from = xml.find("<!DOCTYPE")?;
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Tree::parse_with_options(xml, options).ok()?;
    let root = xml.find("<saml:Assertion")?;
    let (declared, assertion) = (xml.get(from..root)?, xml.get(root..)?);
    let mut expanded = assertion.to_owned();
    for entity in declared.split("<!ENTITY ").skip(1) {
        let (name, rest) = entity.split_once(' ')?;
        let value = rest.split('"').nth(1)?;
        expanded = expanded.replace(&format!("&{name};"), value);
    }
    Some(expanded)
}
