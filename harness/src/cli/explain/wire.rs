//! How a request goes over its connection, in words.

use super::{InWords, change};
use crate::judge::is_true;
use crate::suite::ordered::Pairs;
use crate::suite::text::Text;
use crate::suite::wire::{Behind, Beside, Fields, LineEnd, Wire};

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
        http2,
        fields,
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
    if waits(http2.as_ref()) {
        words.push("over HTTP/2".to_owned());
    }
    words.extend(fields.iter().flat_map(edits));
    words.extend(behind.iter().map(further));
    words.extend(end.map(|end| {
        match end {
            LineEnd::Close => "the client then closes the connection",
            LineEnd::HalfClose => "the client then sends no more",
        }
        .to_owned()
    }));
}

/// What becomes of the fields of HTTP/2.
fn edits(fields: &Fields) -> Vec<String> {
    let Fields {
        remove,
        set,
        prepend,
        append,
    } = fields;
    let listed = |lists: &[Pairs]| {
        let pairs = lists.iter().flat_map(Pairs::iter);
        let lines =
            pairs.map(|(name, value)| format!("`{}: {}`", InWords::of(name), InWords::of(value)));
        lines.collect::<Vec<_>>().join(", ")
    };
    let mut words = Vec::new();
    words.extend(
        remove
            .iter()
            .map(|name| format!("without the field `{}`", InWords::of(name))),
    );
    words.extend(set.iter().map(|(name, value)| {
        format!(
            "the field `{}` is `{}`",
            InWords::of(name),
            InWords::of(value)
        )
    }));
    if !prepend.is_empty() {
        words.push(format!("{} in front of its fields", listed(prepend)));
    }
    if !append.is_empty() {
        words.push(format!("{} behind its fields", listed(append)));
    }
    words
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
