//! Hooks, and the ways to a code.

use std::path::PathBuf;

use super::{Reader, value};
use crate::{
    diagnostic::Spot,
    target::{
        AuthorizationCodes, CodeSource, Command, EndpointUrl, Hook, UrlTemplate,
        file::{ArgumentFile, AuthorizationCodesFile, HookFile, Via},
        hook::Argument,
        placeholder::{placeholders, substitute},
    },
    yaml::{self, Located},
};

/// Placeholders of `authorization_codes.command`.
const OF_CODES: &[&str] = &[
    "client_id",
    "redirect_uri",
    "scope",
    "code_challenge",
    "code_challenge_method",
    "resource",
    "state",
];

/// Placeholders of a device's hooks.
pub(super) const OF_DEVICE: &[&str] = &["user_code"];

/// Placeholders of the hooks of backchannel authentication.
pub(super) const OF_CIBA: &[&str] = &["auth_req_id"];

/// Placeholders of the clock.
const OF_CLOCK: &[&str] = &["seconds"];

impl Reader<'_> {
    pub(super) fn hook(
        &mut self,
        written: Option<Located<HookFile>>,
        names: &[&str],
    ) -> Option<Hook> {
        match written?.value {
            HookFile::Manual => Some(Hook::Manual),
            HookFile::Url(url) => self.url_template(&url, names).map(Hook::Url),
            HookFile::Command(command) => self.command(command, names).map(Hook::Command),
        }
    }

    pub(super) fn clock(&mut self, advance: &Located<String>) -> Option<UrlTemplate> {
        if placeholders(&advance.value).next().is_none() {
            let advice = "put `{seconds}` where the number belongs";
            self.problem(
                advance.spot,
                "a clock that can't be told how far to move",
                advice,
            );
            return None;
        }
        self.url_template(advance, OF_CLOCK)
    }

    fn url_template(&mut self, url: &Located<String>, names: &[&str]) -> Option<UrlTemplate> {
        self.check_placeholders(&url.value, url.spot, names)?;
        let example = substitute(&url.value, |_| Some("1".to_owned())).unwrap_or_default();
        if let Err(reason) = EndpointUrl::new(&example) {
            self.problem(
                url.spot,
                reason,
                "write it like https://as.example.com/approve",
            );
            return None;
        }
        Some(UrlTemplate(url.value.clone()))
    }

    fn command(
        &mut self,
        written: Located<Vec<Located<ArgumentFile>>>,
        names: &[&str],
    ) -> Option<Command> {
        let mut arguments = Vec::new();
        for argument in written.value {
            let argument = match argument.value {
                ArgumentFile::One(text) => {
                    self.check_placeholders(&text, argument.spot, names)?;
                    Argument::One(text)
                }
                ArgumentFile::Group(texts) => {
                    for text in &texts {
                        self.check_placeholders(text, argument.spot, names)?;
                    }
                    Argument::Group(texts)
                }
            };
            arguments.push(argument);
        }
        let program = match (!arguments.is_empty()).then(|| arguments.remove(0)) {
            Some(Argument::One(program)) if !program.is_empty() => program,
            Some(_) | None => {
                let advice = "start the list with the program: `[./code, --client, …]`";
                self.problem(written.spot, "a command without a program", advice);
                return None;
            }
        };
        let folder = self.surroundings.folder().to_owned();
        // A name without a slash is looked up in PATH; a path is relative to the target file.
        let program = match program.contains('/') {
            true => folder.join(program),
            false => PathBuf::from(program),
        };
        Some(Command {
            folder,
            program,
            arguments,
        })
    }

    fn check_placeholders(&mut self, text: &str, spot: Spot, names: &[&str]) -> Option<()> {
        let Some(wrong) = placeholders(text).find(|name| !names.contains(name)) else {
            return Some(());
        };
        let (message, advice) = yaml::unknown("placeholder", wrong, names);
        self.problem(spot, message, advice);
        None
    }

    pub(super) fn authorization_codes(
        &mut self,
        written: Option<Located<AuthorizationCodesFile>>,
        (authorization, users): (Option<&EndpointUrl>, &[&str]),
    ) -> Option<AuthorizationCodes> {
        let Located { value: written, .. } = written?;
        let via = written.via;
        if let Some(user) = &written.user {
            self.check_name(user, "user", users.iter().copied());
        }
        if via.value == Via::Form && users.is_empty() {
            self.problem(
                via.spot,
                "`via: form` needs a user",
                "add one under `users`",
            );
        }
        if via.value != Via::Command && authorization.is_none() {
            self.problem(
                via.spot,
                "this way to a code needs the authorization endpoint",
                "set `endpoints.authorization`, or use `via: command`",
            );
        }
        let source = self.code_source(&via, written.command)?;
        let parameters = written.parameters.into_iter();
        Some(AuthorizationCodes {
            source,
            parameters: parameters.map(|(name, text)| (name.value, text)).collect(),
            user: value(written.user),
        })
    }

    fn code_source(
        &mut self,
        via: &Located<Via>,
        command: Option<Located<Vec<Located<ArgumentFile>>>>,
    ) -> Option<CodeSource> {
        match (via.value, command) {
            (Via::Command, Some(command)) => {
                self.command(command, OF_CODES).map(CodeSource::Command)
            }
            (Via::Command, None) => {
                let advice = "add `command: [./code, --client, \"{client_id}\"]`";
                self.problem(via.spot, "`via: command` needs `command`", advice);
                None
            }
            (Via::Redirect | Via::Form | Via::Manual, Some(command)) => {
                let advice = "write `via: command`, or remove it";
                self.problem(
                    command.spot,
                    "`command` is used with `via: command` only",
                    advice,
                );
                None
            }
            (Via::Redirect, None) => Some(CodeSource::Redirect),
            (Via::Form, None) => Some(CodeSource::Form),
            (Via::Manual, None) => Some(CodeSource::Manual),
        }
    }
}
