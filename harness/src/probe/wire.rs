//! How a changed request goes over its connection.

use super::apply::ChangeScope;
use super::http2::FieldEdits;
use super::message::{Delivery, Departure, Further, Message, Turn, Version};
use crate::judge::is_true;
use crate::suite::change::Change;
use crate::suite::ordered::Pairs;
use crate::suite::text::Text;
use crate::suite::wire::{Behind, Fields, Wire};
use crate::template::RenderProblem;
use crate::wire::response::AnswerTo;

/// The most connections that a request has beside it.
const MOST_BESIDE: usize = 1000;

/// Applies `wire`. `made` makes a request by a change of the baseline.
///
/// # Errors
/// A template that can't be rendered, or what `made` says.
pub fn deliver<E: From<RenderProblem>>(
    message: &mut Message,
    wire: &Wire,
    scope: &dyn ChangeScope,
    made: &dyn Fn(Option<&Change>) -> Result<Message, E>,
) -> Result<(), E> {
    if let Some(version) = &wire.version {
        message.version = match version.as_str() {
            "1.0" => Version::Http10,
            _ => Version::Http11,
        };
    }
    let octets = match &wire.octets {
        Some(text) => Some(scope.at(message).render(text)?.bytes),
        None => None,
    };
    let mut delivery = Delivery {
        octets,
        body: turn(wire.hold.as_ref()),
        end: wire.end,
        departure: departure(message, wire, scope)?,
        ..Delivery::default()
    };
    if let Some(beside) = &wire.beside {
        let times = beside.times.as_str().parse().unwrap_or(1);
        let octets = scope.at(message).render(&beside.octets)?.bytes;
        delivery.beside = vec![octets; usize::min(times, MOST_BESIDE)];
    }
    for behind in &wire.behind {
        delivery.behind.push(further(message, behind, scope, made)?);
    }
    if delivery != Delivery::default() {
        message.delivery = Some(Box::new(delivery));
    }
    Ok(())
}

fn departure(
    message: &Message,
    wire: &Wire,
    scope: &dyn ChangeScope,
) -> Result<Departure, RenderProblem> {
    let says = |switch: &Option<Text>| switch.as_ref().is_some_and(is_true);
    Ok(if says(&wire.early) {
        Departure::Early
    } else if says(&wire.http2) {
        Departure::Http2(match &wire.fields {
            Some(fields) => edits(message, fields, scope)?,
            None => FieldEdits::default(),
        })
    } else {
        Departure::Connected
    })
}

fn edits(
    message: &Message,
    fields: &Fields,
    scope: &dyn ChangeScope,
) -> Result<FieldEdits, RenderProblem> {
    let octets = |text: &Text| Ok(scope.at(message).render(text)?.bytes);
    let pairs = |pairs: &Pairs| -> Result<Vec<_>, RenderProblem> {
        let rendered = pairs.iter();
        rendered
            .map(|(name, value)| Ok((octets(name)?, octets(value)?)))
            .collect()
    };
    let lists = |lists: &[Pairs]| -> Result<Vec<_>, RenderProblem> {
        let rendered: Vec<_> = lists.iter().map(pairs).collect::<Result<_, _>>()?;
        Ok(rendered.concat())
    };
    let remove = fields.remove.iter().map(octets);
    Ok(FieldEdits {
        remove: remove.collect::<Result<_, RenderProblem>>()?,
        set: pairs(&fields.set)?,
        prepend: lists(&fields.prepend)?,
        append: lists(&fields.append)?,
    })
}

fn further<E: From<RenderProblem>>(
    message: &Message,
    behind: &Behind,
    scope: &dyn ChangeScope,
    made: &dyn Fn(Option<&Change>) -> Result<Message, E>,
) -> Result<Further, E> {
    let turn = turn(behind.wait.as_ref());
    if let Some(text) = &behind.octets {
        return Ok(Further {
            octets: scope.at(message).render(text)?.bytes,
            answer_to: AnswerTo::Other,
            turn,
        });
    }
    let request = made(behind.change.as_deref())?;
    Ok(Further {
        octets: request.to_bytes(),
        answer_to: AnswerTo::method(&request.method),
        turn,
    })
}

fn turn(switch: Option<&Text>) -> Turn {
    if switch.is_some_and(is_true) {
        Turn::Waits
    } else {
        Turn::AtOnce
    }
}
