//! What happens on a connection: versions, numbers, and what excludes each other.

use super::Lint;
use crate::suite::change::Change;
use crate::suite::text::Text;
use crate::suite::wire::{Fields, Wire};

impl Lint<'_> {
    pub(super) fn wire(&mut self, wire: &Wire) {
        for switch in wire.switches() {
            self.switch(Some(switch));
        }
        if let Some(version) = &wire.version
            && !matches!(version.as_str(), "1.0" | "1.1")
        {
            let message = format!("`{version}` is no version that can be claimed");
            self.problem(version, message, "write 1.0 or 1.1");
        }
        if let Some(beside) = &wire.beside
            && !beside
                .times
                .as_str()
                .parse()
                .is_ok_and(|times: usize| (1..=1000).contains(&times))
        {
            let message = format!("`{}` is no number from 1 to 1000", beside.times);
            self.problem(&beside.times, message, "write digits");
        }
        let alone = wire.hold.is_none()
            && wire.beside.is_none()
            && wire.behind.is_empty()
            && wire.end.is_none();
        if let (Some(early), false) = (&wire.early, alone) {
            let message = "early data is sent by itself";
            self.problem(
                early,
                message,
                "take `hold`, `beside`, `behind` and `end` out",
            );
        }
        self.http2(wire);
        for behind in &wire.behind {
            if let Some(change) = &behind.change {
                self.change(change);
            }
            if let (Some(octets), Some(_)) = (&behind.octets, &behind.change) {
                let message = "what follows is either `octets` or a `change` of the request";
                self.problem(octets, message, "give it one of them");
            }
        }
    }

    fn http2(&mut self, wire: &Wire) {
        let Some(http2) = &wire.http2 else {
            let first = wire
                .fields
                .as_ref()
                .and_then(|fields| fields.texts().next());
            if let Some(first) = first {
                let message = "`fields` are those of a request over HTTP/2";
                let advice = "write `http2: true` beside them, or use `headers`";
                self.problem(first, message, advice);
            }
            return;
        };
        let alone = wire.version.is_none()
            && wire.octets.is_none()
            && wire.hold.is_none()
            && wire.beside.is_none()
            && wire.behind.is_empty()
            && wire.end.is_none()
            && wire.early.is_none();
        if !alone {
            let message = "what goes over HTTP/2 goes over a connection of its own, and is no text of HTTP/1.1";
            self.problem(http2, message, "leave nothing beside it but `fields`");
        }
        if wire.fields.as_ref().is_some_and(Fields::is_empty) {
            self.problem(
                http2,
                "`fields` change nothing",
                "leave them out, or say what they change",
            );
        }
    }

    /// What a request over HTTP/2 can't have, outside of `wire`.
    pub(super) fn beside_http2(&mut self, change: &Change) {
        let wire = change.wire.as_ref();
        if wire.and_then(|wire| wire.http2.as_ref()).is_none() {
            return;
        }
        let mut problem = |text: Option<&Text>, key: &str, advice: &str| {
            if let Some(text) = text {
                self.problem(text, format!("HTTP/2 has no `{key}`"), advice);
            }
        };
        let framing = change.framing.as_ref();
        problem(
            framing.and_then(|framing| framing.chunked.as_ref()),
            "framing: {chunked}",
            "for the field, write `wire: {fields: {append: [{transfer-encoding: chunked}]}}`",
        );
        let raw = change.headers.as_ref().and_then(|it| it.raw.first());
        problem(
            raw,
            "headers: {raw}",
            "write the field as `wire: {fields: {append: [{name: value}]}}`",
        );
    }
}
