//! A request that goes over its connection in an unusual way, as moves of the client.

use crate::probe::message::{Delivery, Message, Turn};
use crate::suite::wire::LineEnd;
use crate::transport::{Dialogue, Move};
use crate::wire::response::AnswerTo;

/// The moves for a message.
#[must_use]
pub(super) fn dialogue(message: &Message, delivery: &Delivery) -> Dialogue {
    let mut moves = Vec::new();
    let mut answers = vec![AnswerTo::method(&message.method)];
    let mut pending = message.own_bytes();
    if delivery.body == Turn::Waits {
        let end = pending.windows(4).position(|it| it == b"\r\n\r\n");
        let body = pending.split_off(end.map_or(pending.len(), |end| end + 4));
        moves.push(Move::Write(std::mem::replace(&mut pending, body)));
        moves.push(Move::AwaitAnything);
    }
    for further in &delivery.behind {
        if further.turn == Turn::Waits {
            moves.push(Move::Write(std::mem::take(&mut pending)));
            moves.push(Move::AwaitAnswers(answers.len()));
        }
        pending.extend_from_slice(&further.octets);
        answers.push(further.answer_to);
    }
    moves.push(Move::Write(pending));
    moves.extend(delivery.end.map(|end| match end {
        LineEnd::Close => Move::Close,
        LineEnd::HalfClose => Move::HalfClose,
    }));
    Dialogue {
        beside: delivery.beside.clone(),
        moves,
        answers,
    }
}
