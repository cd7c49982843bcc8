//! Fuzzing from outside: mutations of valid requests whose effect is known, sequences of requests with a model of what they
//! must come to, and what is made of what deviates. Pure.
//!
//! An [`Operator`] is a case in the language of suites, with values that are drawn anew each time, and an effect: what it makes
//! of a valid request must still be accepted, must be refused, or may be either. An [`Arsenal`] holds what of them applies to a
//! target; the `walk` makes sequences. Whatever is drawn is a [`Sequence`]: a case and the clients that it is sent for. That
//! is the form of corpora, and a suite file is made of it. `cli/fuzz/` sends.

mod arsenal;
mod cases_read;
mod cause;
mod course;
mod draw;
mod fingerprint;
mod floors;
mod invariant;
mod lines;
mod made;
mod merge;
mod operator;
mod sequence;
mod shrink;
mod walk;

pub use arsenal::{Arsenal, Drawn};
pub use cases_read::CasesRead;
pub use cause::{Cause, answer_class};
pub use draw::Draw;
pub use fingerprint::{Reach, fingerprint, reach};
pub use floors::{Floors, Tally};
pub use invariant::{Broken, Invariants};
pub use lines::{from_lines, to_lines};
pub use operator::{Effect, Operator, OperatorKind, operators};
pub use sequence::{Sequence, SequenceProblem, Source};
pub use shrink::{alone, simpler};
pub use walk::{Walk, WalkFacts};
