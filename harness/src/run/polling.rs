//! What a client polls for: a device authorization (RFC 8628 §3.1) or a backchannel authentication (CIBA Core §7),
//! begun, approved and denied.

use std::process::Stdio;
use std::sync::Arc;

use tokenspec_report::Role;

use super::halt::Halt;
use super::observe;
use super::parameters::Parameters;
use super::saved::Saved;
use super::session::{Session, plain};
use super::steps::{Course, role_of};
use crate::judge::{HttpAnswer, Observation, Reply, is_true};
use crate::probe::apply::apply;
use crate::probe::baseline::{self, Credential};
use crate::probe::message::Message;
use crate::suite::change::{Change, Who};
use crate::suite::model::{Begin, Decide};
use crate::suite::ordered::Pairs;
use crate::target::{Command, Hook};
use crate::template::Rendered;
use crate::vocabulary::Grant;

/// What the resource owner is made to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Approve,
    Deny,
}

/// A request that begins what is polled for.
#[derive(Clone, Debug)]
pub(super) struct Beginning<'a> {
    /// Why it is sent.
    pub role: Role,
    /// Who sends it.
    pub client: Who,
    /// The grant.
    pub grant: Grant,
    /// The scope; `None`: all of the client's.
    pub scope: Option<String>,
    /// Parameters to be set.
    pub set: Option<&'a Pairs>,
}

impl Session<'_> {
    /// The step `begin`.
    pub(super) async fn begin_step(
        &mut self,
        step: &Begin,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let role = role_of(step.control.as_ref(), &step.expect);
        let beginning = self.beginning(step, role)?;
        let (seen, saved) = self.begin(&beginning).await?;
        if step.expect.is_empty() || role == Role::Control {
            must_begin(&seen, &saved)?;
        }
        self.save(step.name.as_ref(), saved);
        self.settle(&step.expect, seen, course)
    }

    /// The request of a `begin` step.
    pub(super) fn beginning<'s>(&self, step: &'s Begin, role: Role) -> Result<Beginning<'s>, Halt> {
        let grant = self.grant(Some(&step.grant))?;
        let scope = step.scope.as_ref().map(|scope| {
            use crate::judge::RenderText as _;
            self.values.text(scope)
        });
        Ok(Beginning {
            role,
            client: step.client,
            grant,
            scope: scope.transpose()?,
            set: Some(&step.set),
        })
    }

    /// The request that begins what is polled for, and the scope that it asks for.
    pub(super) fn compose_beginning(
        &self,
        beginning: &Beginning<'_>,
    ) -> Result<(Message, String), Halt> {
        let target = &self.runner.target;
        let client = self.who(beginning.client)?;
        let (endpoint, key) = match beginning.grant {
            Grant::Ciba => (
                &target.endpoints.backchannel_authentication,
                "backchannel_authentication",
            ),
            Grant::AuthorizationCode
            | Grant::ClientCredentials
            | Grant::DeviceCode
            | Grant::JwtBearer
            | Grant::Password
            | Grant::RefreshToken
            | Grant::Saml2Bearer
            | Grant::TokenExchange
            | Grant::ValidateBearer => (
                &target.endpoints.device_authorization,
                "device_authorization",
            ),
        };
        let endpoint = endpoint.as_ref().ok_or_else(|| {
            Halt::Skipped(format!(
                "needs `endpoints.{key}`: set it in the target file"
            ))
        })?;
        let mut message = baseline::envelope(&endpoint.to_string());
        let wanted = beginning.scope.as_deref();
        let scope = baseline::beginning_scope(client, beginning.grant, wanted);
        message.pairs = baseline::beginning(target, beginning.grant, &scope);
        if beginning.grant == Grant::Ciba && client.delivery_mode.is_notified() {
            message.set(
                b"client_notification_token",
                notification_token().as_bytes(),
            );
        }
        let material = self.material();
        let own = self.own_credentials(client, &material);
        self.put_credentials(&mut message, &own, None, &material)?;
        if let Some(set) = beginning.set {
            let change = Change {
                set: set.clone(),
                ..Change::default()
            };
            apply(&mut message, &change, &self.values)?;
        }
        Ok((message, scope))
    }

    /// Sends the request that begins what is polled for. What came back is saved, an `interval` in any case (5 where none is
    /// told: RFC 8628 §3.2, CIBA Core §7.3).
    pub(super) async fn begin(
        &mut self,
        beginning: &Beginning<'_>,
    ) -> Result<(Observation, Saved), Halt> {
        let (message, scope) = self.compose_beginning(beginning)?;
        let message = Arc::new(message);
        let exchange = self.exchange_message(beginning.role, &message).await?;
        let mut seen = observe::observation(&exchange, &message, Some(scope.clone()));
        seen.had_authorization = message.authorization.is_some();
        let mut saved = observe::values(&seen);
        let default = || plain("5");
        saved
            .values
            .entry("interval".to_owned())
            .or_insert_with(default);
        saved.put("scope", plain(scope.clone()));
        saved.sent = Parameters::of(&message);
        let value = saved
            .values
            .get(baseline::credential_parameter(beginning.grant));
        saved.credential = value.map(|value| Credential {
            value: Some(value.text()),
            scope: Some(scope),
            ..Credential::default()
        });
        saved.observation = Some(seen.clone());
        Ok((seen, saved))
    }

    /// A `device_code` or `auth_req_id` that the resource owner has approved.
    pub(super) async fn approved(
        &mut self,
        who: Who,
        grant: Grant,
        scope: Option<&str>,
    ) -> Result<Credential, Halt> {
        let beginning = Beginning {
            role: Role::Setup,
            client: who,
            grant,
            scope: scope.map(str::to_owned),
            set: None,
        };
        let (seen, saved) = self.begin(&beginning).await?;
        must_begin(&seen, &saved)?;
        self.decide(&saved, Decision::Approve).await?;
        self.runner.wait_to_poll().await?;
        Ok(saved.credential.unwrap_or_default())
    }

    /// The steps `approve` and `deny`.
    pub(super) async fn decide_step(
        &mut self,
        step: &Decide,
        decision: Decision,
    ) -> Result<(), Halt> {
        let name = step.with.as_str();
        let begun = self.values.saved.get(name).cloned();
        let begun =
            begun.ok_or_else(|| Halt::Inconclusive(format!("`{name}` has begun nothing")))?;
        let may_fail = step.may_fail.as_ref().is_some_and(is_true);
        match self.decide(&begun, decision).await {
            Err(Halt::Inconclusive(_)) if may_fail => Ok(()),
            result => result,
        }
    }

    /// Makes the resource owner decide.
    async fn decide(&mut self, begun: &Saved, decision: Decision) -> Result<(), Halt> {
        let target = &self.runner.target;
        let ciba = target.ciba.as_ref();
        let device = begun.values.contains_key("user_code");
        let (hook, key) = match (device, decision) {
            (true, Decision::Approve) => (target.device_approval.as_ref(), "device_approval"),
            (true, Decision::Deny) => (target.device_denial.as_ref(), "device_denial"),
            (false, Decision::Approve) => (
                ciba.and_then(|ciba| ciba.approval.as_ref()),
                "ciba.approval",
            ),
            (false, Decision::Deny) => (ciba.and_then(|ciba| ciba.denial.as_ref()), "ciba.denial"),
        };
        let value = |name: &str| begun.values.get(name).map(Rendered::text);
        let codes = [
            ("user_code", value("user_code")),
            ("auth_req_id", value("auth_req_id")),
        ];
        let known = |name: &str| {
            let code = codes.iter().find(|(known, _)| *known == name);
            code.and_then(|(_, value)| value.as_deref())
        };
        let unset = |why: &str| Err(Halt::Skipped(format!("needs `{key}`{why}")));
        match hook {
            None => unset(": set it in the target file"),
            Some(Hook::Manual) => unset(" with a `url` or a `command`: this version asks nobody"),
            Some(Hook::Url(url)) => {
                let url = url
                    .expand(known)
                    .map_err(|why| Halt::Skipped(format!("`{key}`: {why}")))?;
                let mut message = Message {
                    method: "GET".to_owned(),
                    ..Message::default()
                };
                crate::probe::address(&mut message, &url);
                let message = Arc::new(message);
                let exchange = self.exchange_message(Role::Setup, &message).await?;
                match observe::reply(&exchange) {
                    Reply::None { cause, outcome, .. } => Err(Halt::silent(cause, outcome)),
                    Reply::Answer(answer) if is_success(&answer) => Ok(()),
                    Reply::Answer(answer) => Err(Halt::Inconclusive(format!(
                        "`{key}` answered {}",
                        answer.status
                    ))),
                }
            }
            Some(Hook::Command(command)) => {
                let arguments = command
                    .arguments(known)
                    .map_err(|why| Halt::Skipped(format!("`{key}`: {why}")))?;
                self.run_hook(&command.clone(), arguments, key).await
            }
        }
    }

    /// Runs the program of a hook, which exits with 0 when it has done what it is there for.
    async fn run_hook(
        &self,
        command: &Command,
        arguments: Vec<String>,
        key: &str,
    ) -> Result<(), Halt> {
        self.runner.pause(1).await?;
        let child = super::command::program(command)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let limit = self.runner.limits.timeout * 6;
        let name = command.program.display();
        let failed = |why: String| Halt::Inconclusive(format!("`{key}`: `{name}` {why}"));
        let status = tokio::time::timeout(limit, child)
            .await
            .map_err(|_| failed(format!("took longer than {} s", limit.as_secs())))?
            .map_err(|why| failed(format!("can't be run: {why}")))?;
        if status.success() {
            return Ok(());
        }
        Err(failed(format!("ended with {status}")))
    }
}

/// What the target authenticates its notification with (CIBA Core §7.1): 256 bits, which are not of the seed.
fn notification_token() -> String {
    format!(
        "{:032x}{:032x}",
        rand::random::<u128>(),
        rand::random::<u128>()
    )
}

/// Whether something was begun; else why not.
pub(super) fn must_begin(seen: &Observation, saved: &Saved) -> Result<(), Halt> {
    match &seen.reply {
        Reply::None { cause, outcome, .. } => Err(Halt::silent(cause, outcome)),
        Reply::Answer(answer) if is_success(answer) && saved.credential.is_some() => Ok(()),
        Reply::Answer(_) => Err(Halt::Inconclusive(format!(
            "nothing to poll for: {}",
            seen.summary()
        ))),
    }
}

fn is_success(answer: &HttpAnswer) -> bool {
    (200..300).contains(&answer.status)
}
