//! Judging: answers against observations. Pure; it knows no levels and no network.

mod answer;
mod challenge;
mod condition;
mod describe;
mod jwk;
mod observation;
mod paired;
mod room;
mod same;
mod wire;

pub use answer::{Judgement, Surroundings, judge, speaks_of};
pub use condition::{
    Value, anchored, every_character_in, holds, is_true, json_text, scope_holds, scope_set,
};
pub use describe::{describe_answer, describe_condition, describe_scope};
pub use observation::{Aftermath, HttpAnswer, Observation, Reply, TokenFacts};
pub use paired::Effect;
pub use room::room_bits;

use crate::suite::text::Text;
use crate::template::{RenderProblem, Rendered, Scope, parse};

/// Renders texts of a suite file.
pub trait RenderText {
    /// The octets of a text.
    ///
    /// # Errors
    /// A value that nothing has, or a filter that can't be applied.
    fn render(&self, text: &Text) -> Result<Rendered, RenderProblem>;

    /// The text as characters.
    ///
    /// # Errors
    /// As `render`.
    fn text(&self, text: &Text) -> Result<String, RenderProblem> {
        self.render(text).map(|rendered| rendered.text())
    }
}

impl<S: Scope> RenderText for S {
    fn render(&self, text: &Text) -> Result<Rendered, RenderProblem> {
        if !text.value.contains('$') {
            return Ok(Rendered::plain(text.value.as_bytes()));
        }
        // A template that does not parse was refused when the file was loaded.
        let template = parse(&text.value).map_err(|why| RenderProblem::Unknown(why.to_string()))?;
        template.render(self)
    }
}
