use super::*;
use crate::template::Rendered;
use crate::wire::json::Document;

/// Texts as they stand.
struct Literal;

impl RenderText for Literal {
    fn render(&self, text: &Text) -> Result<Rendered, RenderProblem> {
        Ok(Rendered::plain(text.value.as_bytes()))
    }
}

fn members_are(wanted: &[(&str, Condition)], json: &str) -> bool {
    let wanted = wanted.iter();
    let condition = Condition {
        members: wanted
            .map(|(name, it)| ((*name).to_owned(), it.clone()))
            .collect(),
        ..Condition::default()
    };
    let json = Document::read(json.as_bytes()).unwrap().value;
    holds(&condition, &[Value::Json(&json)], &Literal).unwrap()
}

#[test]
fn every_member_meets_its_condition() {
    let yes = || Some(Text::new("true"));
    let there = Condition {
        present: yes(),
        ..Condition::default()
    };
    let signs = Condition {
        optional: yes(),
        equals: Some(Text::new("sig")),
        ..Condition::default()
    };
    let wanted = [("kid", there), ("use", signs)];
    assert!(members_are(&wanted, r#"{"kid":"1","use":"sig"}"#));
    assert!(members_are(&wanted, r#"{"kid":"1"}"#));
    assert!(!members_are(&wanted, r#"{"use":"sig"}"#));
    assert!(!members_are(&wanted, r#"{"kid":"1","use":"enc"}"#));
    assert!(!members_are(&wanted, r#"["kid"]"#) && !members_are(&wanted, r#""kid""#));
}
