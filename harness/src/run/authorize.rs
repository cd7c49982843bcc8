//! Authorization codes: through the redirect of the authorization endpoint, or by a command (design §3
//! `authorization_codes`).

use std::sync::Arc;

use tokenspec_report::Role;
use url::Url;

use super::authorization_request::{Challenge, Draft, RedirectUri, Request};
use super::halt::Halt;
use super::saved::Saved;
use super::session::{Logged, Session};
use crate::judge::{RenderText as _, Reply};
use crate::probe::message::Message;
use crate::suite::change::Who;
use crate::suite::model::{Authorize, AuthorizeChange};
use crate::target::CodeSource;
use crate::wire::form;
use crate::wire::response::AnswerTo;

/// What the authorization endpoint answered.
#[derive(Clone, Debug)]
pub(super) enum Authorized {
    /// A code, with all that redeems it.
    Code(Box<Saved>),
    /// An OAuth error, by redirect.
    Refused(Refused),
    /// An error page.
    Page(u16),
    /// No answer.
    Silent {
        /// The cause, for people.
        cause: String,
        /// The word of the report.
        outcome: &'static str,
    },
}

/// An authorization that was refused.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused {
    /// The error code.
    pub error: String,
    /// The parameters of the redirect; none where a command made the request.
    pub parameters: Option<Vec<(String, String)>>,
}

impl<'r> Session<'r> {
    /// A code, or the reason why there is none.
    pub(super) async fn authorization(
        &mut self,
        who: Who,
        request: Request<'_>,
    ) -> Result<Saved, Halt> {
        match self.authorize(Role::Setup, who, request).await? {
            Authorized::Code(saved) => Ok(*saved),
            Authorized::Refused(refused) => Err(Halt::Inconclusive(format!(
                "no code: the authorization was refused as `{}`",
                refused.error
            ))),
            Authorized::Page(status) => Err(Halt::Inconclusive(format!(
                "no code: the authorization endpoint answered {status}"
            ))),
            Authorized::Silent { cause, outcome } => Err(Halt::silent(
                format!("no code: the authorization endpoint gave no answer: {cause}"),
                outcome,
            )),
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
            resources: step
                .resource
                .iter()
                .map(|uri| self.values.text(uri))
                .collect::<Result<_, _>>()?,
            pushed: match &step.pushed {
                Some(name) => Some(self.pushed(name)?),
                None => None,
            },
            change: step.change.as_ref(),
        })
    }

    /// What a step pushed.
    fn pushed(&self, name: &crate::suite::text::Text) -> Result<Draft, Halt> {
        let saved = self.values.saved.get(name.as_str());
        let draft = saved.and_then(|saved| saved.draft.clone());
        draft.ok_or_else(|| Halt::Inconclusive(format!("`{name}` brought no request_uri")))
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
                    if request.change.is_some() || request.pushed.is_some() {
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
        // What was pushed has these, too.
        let codes = target.authorization_codes.as_ref();
        if let Some(codes) = codes.filter(|_| request.pushed.is_none()) {
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
                message.to_bytes(),
                AnswerTo::method("GET"),
                crate::transport::Reuse::Pooled,
            )
            .await?;
        let exchange = Arc::new(exchange);
        self.log.push(Logged {
            role,
            exchange: Arc::clone(&exchange),
            message: None,
            answer: None,
        });
        Ok(self.read_redirect(&super::observe::reply(&exchange), draft))
    }

    pub(super) fn change_parameters(
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
            Reply::None { cause, outcome, .. } => {
                return Authorized::Silent {
                    cause: cause.clone(),
                    outcome,
                };
            }
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
            let parameters = found.clone();
            return Authorized::Refused(Refused { error, parameters });
        }
        match parameter("code") {
            Some(code) => {
                let mut saved = draft.saved(code);
                for (name, value) in found.iter().flatten().filter(|(name, _)| name != "code") {
                    let value = super::session::plain(value.as_bytes());
                    saved.put(&format!("response.{name}"), value);
                }
                saved.response.clone_from(&found);
                Authorized::Code(Box::new(saved))
            }
            None => Authorized::Page(answer.status),
        }
    }
}

fn lossy(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}
