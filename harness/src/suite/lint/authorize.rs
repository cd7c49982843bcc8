//! Steps about authorization requests and client registration.

use super::Lint;
use crate::suite::model::{Authorize, Push, Register};
use crate::suite::text::Text;

impl Lint<'_> {
    pub(super) fn authorize<'s>(&mut self, step: &'s Authorize) -> Option<&'s Text> {
        self.templates(&[&step.scope, &step.redirect_uri, &step.verifier]);
        for text in step.resource.iter() {
            self.template(text);
        }
        if let Some(change) = &step.change {
            let pairs = change.append.iter().chain([&change.set]);
            for text in pairs.flat_map(|pairs| pairs.texts()) {
                self.template(text);
            }
        }
        if let Some(pushed) = &step.pushed {
            self.name(pushed, pushed.as_str());
            let own = [&step.scope, &step.redirect_uri, &step.verifier, &step.pkce];
            if let Some(text) = own.into_iter().flatten().next() {
                let message = "what was pushed says this already";
                self.problem(
                    text,
                    message,
                    "put it into the step `push`, or into `change`",
                );
            }
        }
        if let Some(method) = &step.pkce
            && !matches!(method.as_str(), "S256" | "plain" | "none")
        {
            let message = format!("unknown challenge method `{method}`");
            self.problem(method, message, "there are: S256, plain, none");
        }
        for answer in step.expect.iter() {
            self.capabilities(&answer.when);
            self.switch(answer.code.as_ref());
            self.switch(answer.end.as_ref());
            for condition in answer.parameters.values() {
                self.condition(condition);
            }
        }
        step.name.as_ref()
    }

    pub(super) fn push<'s>(&mut self, step: &'s Push) -> Option<&'s Text> {
        let _unsaved = self.authorize(&step.request());
        self.answers(&step.expect);
        step.name.as_ref()
    }

    pub(super) fn register<'s>(&mut self, step: &'s Register) -> Option<&'s Text> {
        for text in step.metadata.texts() {
            self.template(text);
        }
        self.answers(&step.expect);
        step.name.as_ref()
    }
}
