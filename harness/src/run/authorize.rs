//! Authorization codes: through the redirect of the authorization endpoint, or by a command (design §3
//! `authorization_codes`).

use std::process::Stdio;
use std::sync::Arc;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokenspec_report::Role;
use url::Url;

use super::halt::Halt;
use super::saved::Saved;
use super::session::{Logged, Session, plain};
use crate::judge::{RenderText as _, Reply};
use crate::probe::baseline::Credential;
use crate::probe::message::Message;
use crate::suite::change::Who;
use crate::suite::model::{Authorize, AuthorizeChange};
use crate::target::{Client, CodeSource};
use crate::template::{Rendered, Scope as _};
use crate::wire::form;
use crate::wire::response::AnswerTo;

/// What is asked of the authorization endpoint.
#[derive(Clone, Debug)]
pub(super) struct Request<'a> {
    /// The scope; `None`: all of the client's.
    pub scope: Option<String>,
    /// The redirect URI.
    pub redirect_uri: RedirectUri,
    /// The challenge method.
    pub challenge: Challenge,
    /// The verifier that the challenge is made of.
    pub verifier: Option<String>,
    /// A change of the parameters.
    pub change: Option<&'a AuthorizeChange>,
}

/// The redirect URI of an authorization request.
#[derive(Clone, Debug)]
pub(super) enum RedirectUri {
    /// The first one of the client.
    First,
    /// None.
    Absent,
    /// This one.
    Given(String),
}

/// RFC 7636 §4.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// S256 where the target can.
    Usual,
    /// SHA-256 of the verifier.
    S256,
    /// The verifier itself.
    Plain,
    /// No challenge.
    None,
}

impl Request<'_> {
    /// The request of a control.
    pub(super) fn usual(scope: Option<&str>) -> Self {
        Self {
            scope: scope.map(str::to_owned),
            redirect_uri: RedirectUri::First,
            challenge: Challenge::Usual,
            verifier: None,
            change: None,
        }
    }
}

/// What the authorization endpoint answered.
#[derive(Clone, Debug)]
pub(super) enum Authorized {
    /// A code, with all that redeems it.
    Code(Saved),
    /// An OAuth error, by redirect.
    Refused(String),
    /// An error page.
    Page(u16),
    /// No answer.
    Silent(String),
}

impl<'r> Session<'r> {
    /// A code, or the reason why there is none.
    pub(super) async fn authorization(
        &mut self,
        who: Who,
        request: Request<'_>,
    ) -> Result<Saved, Halt> {
        match self.authorize(Role::Setup, who, request).await? {
            Authorized::Code(saved) => Ok(saved),
            Authorized::Refused(error) => Err(Halt::Inconclusive(format!(
                "no code: the authorization was refused as `{error}`"
            ))),
            Authorized::Page(status) => Err(Halt::Inconclusive(format!(
                "no code: the authorization endpoint answered {status}"
            ))),
            Authorized::Silent(cause) => Err(Halt::Broken {
                cause: format!("no code: the authorization endpoint gave no answer: {cause}"),
                again: true,
            }),
        }
    }

    /// The request of an `authorize` step.
    pub(super) fn authorize_request<'a>(&self, step: &'a Authorize) -> Result<Request<'a>, Halt> {
        let text = |text: &Option<crate::suite::text::Text>| {
            text.as_ref().map(|text| self.values.text(text)).transpose()
        };
        Ok(Request {
            scope: text(&step.scope)?,
            redirect_uri: match text(&step.redirect_uri)? {
                None => RedirectUri::First,
                Some(none) if none == "none" => RedirectUri::Absent,
                Some(given) => RedirectUri::Given(given),
            },
            challenge: match step.pkce.as_ref().map(crate::suite::text::Text::as_str) {
                None => Challenge::Usual,
                Some("S256") => Challenge::S256,
                Some("plain") => Challenge::Plain,
                Some(_) => Challenge::None,
            },
            verifier: text(&step.verifier)?,
            change: step.change.as_ref(),
        })
    }

    /// One authorization request.
    pub(super) async fn authorize(
        &mut self,
        role: Role,
        who: Who,
        request: Request<'_>,
    ) -> Result<Authorized, Halt> {
        let client = self.who(who)?;
        let draft = self.draft_authorization(client, &request);
        let target = Arc::clone(&self.runner.target);
        match &target.authorization_codes {
            Some(codes) => match &codes.source {
                CodeSource::Redirect => self.by_redirect(role, &draft, &request).await,
                CodeSource::Command(command) => {
                    if request.change.is_some() {
                        return Err(Halt::Skipped(
                            "needs a changed authorization request: set `authorization_codes: {via: redirect}` in the target file"
                                .to_owned(),
                        ));
                    }
                    self.by_command(command, &draft).await
                }
                CodeSource::Form | CodeSource::Manual => Err(Halt::Skipped(
                    "`authorization_codes.via` of this target is not supported by this version: use `redirect` or `command`"
                        .to_owned(),
                )),
            },
            None => Err(Halt::Skipped(
                "needs authorization codes: set `authorization_codes` in the target file".to_owned(),
            )),
        }
    }

    fn draft_authorization(&self, client: &Client, request: &Request<'_>) -> Draft {
        let usual = if crate::probe::baseline::uses_pkce(&self.runner.target) {
            Challenge::S256
        } else {
            Challenge::None
        };
        let challenge = match request.challenge {
            Challenge::Usual => usual,
            given => given,
        };
        let verifier = match challenge {
            Challenge::None => None,
            Challenge::Plain | Challenge::S256 | Challenge::Usual => Some(
                request
                    .verifier
                    .clone()
                    .unwrap_or_else(|| self.values.random(43)),
            ),
        };
        let code_challenge = verifier.as_ref().map(|verifier| match challenge {
            Challenge::Plain => verifier.clone(),
            Challenge::None | Challenge::S256 | Challenge::Usual => s256(verifier),
        });
        let method = (challenge == Challenge::Plain)
            .then_some("plain")
            .unwrap_or("S256");
        let scopes = crate::probe::baseline::scopes(
            client,
            Some(crate::vocabulary::Grant::AuthorizationCode),
        );
        Draft {
            client_id: client.id.clone(),
            redirect_uri: match &request.redirect_uri {
                RedirectUri::First => client.redirect_uris.first().cloned(),
                RedirectUri::Absent => None,
                RedirectUri::Given(uri) => Some(uri.clone()),
            },
            scope: request
                .scope
                .clone()
                .or_else(|| (!scopes.is_empty()).then(|| scopes.join(" "))),
            method: code_challenge.as_ref().map(|_| method),
            code_challenge,
            code_verifier: verifier,
            state: self.values.random(16),
        }
    }

    async fn by_redirect(
        &mut self,
        role: Role,
        draft: &Draft,
        request: &Request<'_>,
    ) -> Result<Authorized, Halt> {
        let target = Arc::clone(&self.runner.target);
        let Some(endpoint) = &target.endpoints.authorization else {
            return Err(Halt::Skipped(
                "needs the authorization endpoint: set `endpoints.authorization` in the target file".to_owned(),
            ));
        };
        let mut parameters = draft.parameters();
        if let Some(codes) = &target.authorization_codes {
            parameters.extend(codes.parameters.iter().cloned());
        }
        if let Some(change) = request.change {
            self.change_parameters(&mut parameters, change)?;
        }
        let mut message = Message {
            method: "GET".to_owned(),
            ..Message::default()
        };
        crate::probe::address(&mut message, &endpoint.to_string());
        let pairs = parameters
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let query = form::encode(pairs);
        message.query = Some(match message.query.take() {
            Some(fixed) => [&fixed, b"&".as_slice(), query.as_bytes()].concat(),
            None => query.into_bytes(),
        });
        let exchange = self
            .runner
            .exchange(
                &message.url,
                None,
                &message.to_bytes(),
                AnswerTo::method("GET"),
                crate::transport::Reuse::Pooled,
            )
            .await?;
        let exchange = Arc::new(exchange);
        self.log.push(Logged {
            role,
            exchange: Arc::clone(&exchange),
            message: None,
        });
        Ok(self.read_redirect(&super::observe::reply(&exchange), draft))
    }

    fn change_parameters(
        &self,
        parameters: &mut Vec<(String, String)>,
        change: &AuthorizeChange,
    ) -> Result<(), Halt> {
        for name in &change.remove {
            parameters.retain(|(parameter, _)| parameter != name.as_str());
        }
        for (name, value) in change.set.iter() {
            let (name, value) = (self.values.text(name)?, self.values.text(value)?);
            match parameters
                .iter_mut()
                .find(|(parameter, _)| *parameter == name)
            {
                Some(parameter) => parameter.1 = value,
                None => parameters.push((name, value)),
            }
        }
        for (name, value) in change
            .append
            .iter()
            .flat_map(crate::suite::ordered::Pairs::iter)
        {
            parameters.push((self.values.text(name)?, self.values.text(value)?));
        }
        Ok(())
    }

    fn read_redirect(&self, reply: &Reply, draft: &Draft) -> Authorized {
        let answer = match reply {
            Reply::None { cause, .. } => return Authorized::Silent(cause.clone()),
            Reply::Answer(answer) => answer,
        };
        let location = answer.header("location").next();
        let found = location.and_then(|location| {
            let base = Url::parse("http://relative.invalid/").ok()?;
            let url = base.join(&location).ok()?;
            let parameters: Vec<(String, String)> = url
                .query()
                .into_iter()
                .chain(url.fragment())
                .flat_map(|text| form::decode(text.as_bytes()))
                .map(|(name, value)| (lossy(&name), lossy(&value)))
                .collect();
            Some(parameters)
        });
        let parameter = |name: &str| {
            found
                .as_ref()
                .and_then(|all| all.iter().find(|(parameter, _)| parameter == name))
                .map(|(_, value)| value.clone())
        };
        if let Some(error) = parameter("error") {
            return Authorized::Refused(error);
        }
        match parameter("code") {
            Some(code) => Authorized::Code(draft.saved(code)),
            None => Authorized::Page(answer.status),
        }
    }

    async fn by_command(
        &mut self,
        command: &crate::target::Command,
        draft: &Draft,
    ) -> Result<Authorized, Halt> {
        let values = draft.placeholders();
        let arguments = command
            .arguments(|name| values.get(name).map(String::as_str))
            .map_err(|why| Halt::Skipped(format!("`authorization_codes.command`: {why}")))?;
        let program = command.program.display();
        self.runner.pause().await?;
        let child = tokio::process::Command::new(&command.program)
            .args(arguments)
            .current_dir(&command.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
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
                broken(format!(
                    "`{program}` took longer than {} s",
                    limit.as_secs()
                ))
            })?
            .map_err(|why| broken(format!("`{program}` can't be run: {why}")))?;
        let text = lossy(&output.stdout);
        let first = text.lines().next().unwrap_or_default().trim().to_owned();
        match output.status.code() {
            Some(0) if !first.is_empty() => Ok(Authorized::Code(draft.saved(first))),
            Some(3) => Ok(Authorized::Refused(refusal(&text))),
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
                    "`{program}` ended with {}: {last}",
                    output.status
                )))
            }
        }
    }
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

/// The S256 challenge of a verifier (RFC 7636 §4.2).
#[must_use]
pub(super) fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

/// An authorization request before it is sent.
#[derive(Clone, Debug)]
struct Draft {
    client_id: String,
    redirect_uri: Option<String>,
    scope: Option<String>,
    code_challenge: Option<String>,
    method: Option<&'static str>,
    code_verifier: Option<String>,
    state: String,
}

impl Draft {
    fn parameters(&self) -> Vec<(String, String)> {
        let mut parameters = vec![
            ("response_type".to_owned(), "code".to_owned()),
            ("client_id".to_owned(), self.client_id.clone()),
        ];
        for name in [
            "redirect_uri",
            "scope",
            "state",
            "code_challenge",
            "code_challenge_method",
        ] {
            parameters.extend(self.placeholder(name).map(|value| (name.to_owned(), value)));
        }
        parameters
    }

    /// What a command may ask for.
    fn placeholders(&self) -> std::collections::BTreeMap<&'static str, String> {
        let names = [
            "client_id",
            "redirect_uri",
            "scope",
            "code_challenge",
            "code_challenge_method",
            "state",
        ];
        names
            .into_iter()
            .filter_map(|name| Some((name, self.placeholder(name)?)))
            .collect()
    }

    fn placeholder(&self, name: &str) -> Option<String> {
        match name {
            "client_id" => Some(self.client_id.clone()),
            "redirect_uri" => self.redirect_uri.clone(),
            "scope" => self.scope.clone(),
            "code_challenge" => self.code_challenge.clone(),
            "code_challenge_method" => self.method.map(str::to_owned),
            "state" => Some(self.state.clone()),
            _ => None,
        }
    }

    /// What later steps may use.
    fn saved(&self, code: String) -> Saved {
        let mut saved = Saved::default();
        saved.put("code", Rendered::secret(code.as_bytes(), "code"));
        if let Some(verifier) = &self.code_verifier {
            saved.put(
                "code_verifier",
                Rendered::secret(verifier.as_bytes(), "code_verifier"),
            );
        }
        if let Some(challenge) = &self.code_challenge {
            saved.put("code_challenge", plain(challenge.as_bytes()));
        }
        if let Some(uri) = &self.redirect_uri {
            saved.put("redirect_uri", plain(uri.as_bytes()));
        }
        if let Some(scope) = &self.scope {
            saved.put("scope", plain(scope.as_bytes()));
        }
        saved.credential = Some(Credential {
            value: Some(code),
            redirect_uri: self.redirect_uri.clone(),
            code_verifier: self.code_verifier.clone(),
            user: None,
            scope: self.scope.clone(),
        });
        saved
    }
}

#[cfg(test)]
mod tests {
    use super::s256;

    #[test]
    fn challenge_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(
            s256(verifier),
            "E9Melhoa2OwvFrEMTJguCHaDAr7ER8dJxrKZ1iO1rdQ"
        );
    }
}
