//! How a request goes over its connection, in words.

use super::{InWords, change};
use crate::judge::is_true;
use crate::suite::text::Text;
use crate::suite::wire::{Behind, Beside, LineEnd, Wire};

/// What happens on the connection, in order.
pub(super) fn words(wire: &Wire, words: &mut Vec<String>) {
    let Wire {
        version,
        octets,
        hold,
        beside,
        behind,
        end,
        early,
    } = wire;
    if let Some(version) = version {
        words.push(format!("as HTTP/{version}"));
    }
    if let Some(octets) = octets {
        words.push(format!("the whole request is `{}`", InWords::of(octets)));
    }
    if let Some(Beside { times, octets }) = beside {
        words.push(format!(
            "beside {times} connections that have sent `{}`",
            InWords::of(octets)
        ));
    }
    if waits(hold.as_ref()) {
        words.push("its body held back until something comes, for five seconds at most".to_owned());
    }
    if waits(early.as_ref()) {
        words.push(
            "as early data of a resumed TLS session, whose handshake the client never completes"
                .to_owned(),
        );
    }
    words.extend(behind.iter().map(further));
    words.extend(end.map(|end| {
        match end {
            LineEnd::Close => "the client then closes the connection",
            LineEnd::HalfClose => "the client then sends no more",
        }
        .to_owned()
    }));
}

fn waits(switch: Option<&Text>) -> bool {
    switch.is_some_and(is_true)
}

fn further(behind: &Behind) -> String {
    let when = if waits(behind.wait.as_ref()) {
        "after the answer"
    } else {
        "right behind"
    };
    match (&behind.octets, &behind.change) {
        (Some(octets), _) => format!("{when} `{}`", InWords::of(octets)),
        (None, Some(change)) => {
            format!("{when} a request where {}", change::words(change))
        }
        (None, None) => format!("{when} the unchanged request"),
    }
}
