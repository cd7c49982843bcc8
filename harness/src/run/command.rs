//! Codes by a program of the user's (design §3 `authorization_codes`, `via: command`).

use std::process::Stdio;

use super::authorization_request::Draft;
use super::authorize::{Authorized, Refused};
use super::halt::Halt;
use super::session::Session;
use crate::target::Command;

impl Session<'_> {
    /// Runs the program: a code in its first line, or a refusal with exit code 3.
    pub(super) async fn by_command(
        &mut self,
        command: &Command,
        draft: &Draft,
    ) -> Result<Authorized, Halt> {
        let values = draft.placeholders();
        if !draft.resources.is_empty() && !command.has_placeholder("resource") {
            return Err(Halt::Skipped(
                "needs an authorization request with `resource`: put `{resource}` into `authorization_codes.command`"
                    .to_owned(),
            ));
        }
        let arguments = command
            .arguments_of(|name, at| values.get(name)?.get(at).map(String::as_str))
            .map_err(|why| Halt::Skipped(format!("`authorization_codes.command`: {why}")))?;
        let name = command.program.display();
        self.runner.pause(1).await?;
        let child = self::program(command)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .output();
        // A login takes several requests of the server, so it has more time than one exchange.
        let limit = self.runner.limits.timeout * 6;
        let broken = |cause: String| Halt::Broken {
            cause: format!("no code: {cause}"),
            again: true,
        };
        let output = tokio::time::timeout(limit, child)
            .await
            .map_err(|_| {
                let cause = format!("no code: `{name}` took longer than {} s", limit.as_secs());
                Halt::silent(cause, "timeout")
            })?
            .map_err(|why| broken(format!("`{name}` can't be run: {why}")))?;
        let text = lossy(&output.stdout);
        let first = text.lines().next().unwrap_or_default().trim().to_owned();
        match output.status.code() {
            Some(0) if !first.is_empty() => Ok(Authorized::Code(Box::new(draft.saved(first)))),
            Some(3) => Ok(Authorized::Refused(Refused {
                error: refusal(&text),
                parameters: None,
            })),
            _ => {
                let why = lossy(&output.stderr);
                let last = why
                    .lines()
                    .last()
                    .unwrap_or("it printed nothing")
                    .chars()
                    .take(200)
                    .collect::<String>();
                Err(broken(format!(
                    "`{name}` ended with {}: {last}",
                    output.status
                )))
            }
        }
    }
}

/// The program of the user's, in the folder of the target file. It ends with what waits for it.
pub(super) fn program(command: &Command) -> tokio::process::Command {
    // A relative path would be looked for from the folder that the program runs in.
    let path = match command.program.components().count() {
        0 | 1 => command.program.clone(),
        _ => std::path::absolute(&command.program).unwrap_or_else(|_| command.program.clone()),
    };
    let mut program = tokio::process::Command::new(path);
    program.current_dir(&command.folder).kill_on_drop(true);
    program
}

/// The `error` of the JSON that a command prints when the authorization was refused.
fn refusal(text: &str) -> String {
    let document = serde_json::from_str::<serde_json::Value>(text).ok();
    let error = document
        .as_ref()
        .and_then(|value| value.get("error"))
        .and_then(|error| error.as_str());
    error.unwrap_or("unknown").to_owned()
}

fn lossy(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}
