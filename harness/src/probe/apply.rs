//! A change, applied to a request (docs/writing-suites.md, "Changes").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::message::{Framing, Message, Pair, join};
use crate::judge::{RenderText, is_true};
use crate::suite::change::{Change, FramingChange, Headers, Reorder, Spelling};
use crate::suite::ordered::Pairs;
use crate::suite::text::Text;
use crate::template::RenderProblem;

/// What a change is rendered in: the request so far is one of its sources.
pub trait ChangeScope {
    /// The scope with this request as `body`, `path`, `query`.
    fn at<'m>(&'m self, message: &'m Message) -> Box<dyn RenderText + 'm>;
}

/// Applies all of a change but the client credentials, which are made before.
///
/// # Errors
/// A template that can't be rendered.
pub fn apply(
    message: &mut Message,
    change: &Change,
    scope: &dyn ChangeScope,
) -> Result<(), RenderProblem> {
    parameters(message, change, scope)?;
    target(message, change, scope)?;
    if let Some(text) = &change.body {
        message.raw_body = Some(render(message, scope, text)?);
    }
    if let Some(text) = &change.method {
        let method = scope.at(message).text(text)?;
        message.method = method;
    }
    if let Some(text) = &change.content_type {
        let value = render(message, scope, text)?;
        message.content_type = (value != b"none").then_some(value);
    }
    if let Some(headers) = &change.headers {
        fields(message, headers, scope)?;
    }
    if let Some(text) = &change.basic {
        message.authorization = Some(basic_value(&render(message, scope, text)?));
    }
    if let Some(text) = &change.authorization {
        message.authorization = Some(render(message, scope, text)?);
    }
    if let Some(change) = &change.framing {
        framing(message, change, scope)?;
    }
    Ok(())
}

fn parameters(
    message: &mut Message,
    change: &Change,
    scope: &dyn ChangeScope,
) -> Result<(), RenderProblem> {
    for (name, value) in change.set.iter() {
        let (name, value) = (
            render(message, scope, name)?,
            render(message, scope, value)?,
        );
        message.set(&name, &value);
    }
    for name in &change.remove {
        let name = scope.at(message).text(name)?;
        message.remove(&name);
    }
    let front = all_pairs(message, &change.prepend, scope)?;
    message.pairs.splice(0..0, front);
    let behind = all_pairs(message, &change.append, scope)?;
    message.pairs.extend(behind);
    for (anchors, offset) in [(&change.before, 0), (&change.after, 1)] {
        for (anchor, pairs) in anchors {
            let anchor = scope.at(message).text(&Text::new(anchor.clone()))?;
            let new = all_pairs(message, pairs, scope)?;
            let at = message.pairs.iter().position(|pair| pair.is(&anchor));
            let at = at.map_or(message.pairs.len(), |at| at + offset);
            message.pairs.splice(at..at, new);
        }
    }
    for (old, new) in &change.rename {
        let old = scope.at(message).text(&Text::new(old.clone()))?;
        let new = form_encoded(&render(message, scope, new)?);
        for pair in message.pairs.iter_mut().filter(|pair| pair.is(&old)) {
            pair.name.clone_from(&new);
        }
    }
    for (name, spelling) in &change.spell {
        let name = scope.at(message).text(&Text::new(name.clone()))?;
        spell(message, &name, spelling, scope)?;
    }
    match change.reorder {
        Some(Reorder::Reverse) => message.pairs.reverse(),
        None => {}
    }
    Ok(())
}

fn render(
    message: &Message,
    scope: &dyn ChangeScope,
    text: &Text,
) -> Result<Vec<u8>, RenderProblem> {
    scope
        .at(message)
        .render(text)
        .map(|rendered| rendered.bytes)
}

fn form_encoded(octets: &[u8]) -> Vec<u8> {
    crate::wire::form::encode_component(octets).into_bytes()
}

fn all_pairs(
    message: &Message,
    lists: &[Pairs],
    scope: &dyn ChangeScope,
) -> Result<Vec<Pair>, RenderProblem> {
    let mut pairs = Vec::new();
    for (name, value) in lists.iter().flat_map(Pairs::iter) {
        pairs.push(Pair::new(
            &render(message, scope, name)?,
            &render(message, scope, value)?,
        ));
    }
    Ok(pairs)
}

fn spell(
    message: &mut Message,
    name: &str,
    spelling: &Spelling,
    scope: &dyn ChangeScope,
) -> Result<(), RenderProblem> {
    let new_name = spelling
        .name
        .as_ref()
        .map(|text| render(message, scope, text))
        .transpose()?;
    let new_value = spelling
        .value
        .as_ref()
        .map(|text| render(message, scope, text))
        .transpose()?;
    if let Some(pair) = message.pairs.iter_mut().find(|pair| pair.is(name)) {
        if let Some(name) = new_name {
            pair.name = name;
        }
        if let Some(value) = new_value {
            pair.value = Some(value);
        }
    }
    Ok(())
}

fn target(
    message: &mut Message,
    change: &Change,
    scope: &dyn ChangeScope,
) -> Result<(), RenderProblem> {
    if let Some(text) = &change.url {
        let url = scope.at(message).text(text)?;
        super::address(message, &url);
    }
    if let Some(text) = &change.path {
        message.path = render(message, scope, text)?;
    }
    if !change.to_query.is_empty() {
        let names: Vec<String> = change
            .to_query
            .iter()
            .map(|name| scope.at(message).text(name))
            .collect::<Result<_, _>>()?;
        let moves = |pair: &Pair| names.iter().any(|name| name == "all" || pair.is(name));
        let (moved, stay) = message.pairs.drain(..).partition(moves);
        message.pairs = stay;
        add_query(message, &join(&moved));
    }
    if let Some(text) = &change.query {
        let query = render(message, scope, text)?;
        add_query(message, &query);
    }
    Ok(())
}

fn add_query(message: &mut Message, more: &[u8]) {
    if more.is_empty() {
        return;
    }
    message.query = Some(match message.query.take() {
        Some(query) => [&query, b"&".as_slice(), more].concat(),
        None => more.to_vec(),
    });
}

fn fields(
    message: &mut Message,
    headers: &Headers,
    scope: &dyn ChangeScope,
) -> Result<(), RenderProblem> {
    for name in &headers.remove {
        message.remove_header(name.as_str());
    }
    for (name, value) in headers.set.iter() {
        let value = render(message, scope, value)?;
        message.set_header(name.as_str(), value);
    }
    for line in &headers.raw {
        let line = render(message, scope, line)?;
        message.raw_fields.push(line);
    }
    for (name, value) in headers.add.iter().flat_map(Pairs::iter) {
        let value = render(message, scope, value)?;
        message.add_header(name.as_str(), value);
    }
    Ok(())
}

/// `Basic` and the octets in base64 (RFC 7617 §2).
#[must_use]
pub fn basic_value(user_pass: &[u8]) -> Vec<u8> {
    format!("Basic {}", STANDARD.encode(user_pass)).into_bytes()
}

fn framing(
    message: &mut Message,
    change: &FramingChange,
    scope: &dyn ChangeScope,
) -> Result<(), RenderProblem> {
    if change.chunked.as_ref().is_some_and(is_true) {
        message.framing = Framing::Chunked;
    }
    if let Some(text) = &change.content_length {
        let text = scope.at(message).text(text)?;
        message.framing = if text == "none" {
            Framing::None
        } else {
            Framing::Claimed(text)
        };
    }
    Ok(())
}
