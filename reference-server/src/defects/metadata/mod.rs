//! Defects that rules of the metadata notice (RFC 8414), one file a subject.

mod grants;
mod keys;
mod members;
mod places;
mod promises;

use serde_json::{Map, Value};

use super::{Defect, row};
use crate::facts::{Endpoint, Facts};
use crate::wire::response::Response;

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    grants::DEFECTS,
    keys::DEFECTS,
    members::DEFECTS,
    places::DEFECTS,
    promises::DEFECTS,
];

/// Another document.
pub(super) fn edit(
    facts: &Facts,
    response: Response,
    change: impl FnOnce(&mut Map<String, Value>),
) -> Response {
    if facts.endpoint == Endpoint::Metadata && response.status == 200 {
        response.edit(change)
    } else {
        response
    }
}

/// Another document, where a text is in another's place.
fn set(facts: &Facts, response: Response, name: &str, value: impl Into<Value>) -> Response {
    let value = value.into();
    edit(facts, response, |members| {
        members.insert(name.to_owned(), value);
    })
}

/// The text of a member with something done to it.
fn retold(
    facts: &Facts,
    response: Response,
    name: &str,
    tell: impl FnOnce(&str) -> String,
) -> Response {
    edit(facts, response, |members| {
        let text = members.get(name).and_then(Value::as_str).map(tell);
        if let Some(text) = text {
            members.insert(name.to_owned(), text.into());
        }
    })
}
