//! What happens on a connection: versions, numbers, and what excludes each other.

use super::Lint;
use crate::suite::wire::Wire;

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
}
