//! Requests with the credentials of a client, and what they ask for.

use tokenspec_reference_server::registry::Client;
use tokenspec_reference_server::vocabulary::AuthenticationMethod;
use tokenspec_reference_server::wire::basic;
use tokenspec_reference_server::wire::form::Form;
use tokenspec_reference_server::wire::raw_request::{Body, RawRequest};
use tokenspec_reference_server::wire::response::Response;

use super::answer;
use super::model::{Model, Scope};
use super::step::{Auth, Redirect, Step};

impl Model<'_> {
    /// Sends a form, with the client's credentials as the step has them.
    pub(super) fn post(
        &mut self,
        path: &str,
        mut form: Form,
        client: &Client,
        step: &Step,
    ) -> Response {
        let own = client
            .secret
            .as_ref()
            .map(|secret| secret.expose().to_owned());
        let retired = client
            .retired_secret
            .as_ref()
            .map(|secret| secret.expose().to_owned());
        let secret = match step.auth {
            Auth::Right | Auth::Both => own,
            Auth::Retired => {
                Some(retired.unwrap_or_else(|| "never-had-a-secret-like-this".to_owned()))
            }
            Auth::Wrong => Some(own.unwrap_or_default() + "x"),
            Auth::Named | Auth::None => None,
        };
        let by_header = client
            .methods
            .contains(&AuthenticationMethod::ClientSecretBasic);
        let mut field = None;
        match (&secret, step.auth) {
            (Some(secret), _) if by_header => field = Some(basic::encode(&client.id, secret)),
            (None, Auth::None) => {}
            (secret, _) => {
                form.push("client_id", &client.id);
                if let Some(secret) = secret {
                    form.push("client_secret", secret);
                }
            }
        }
        if step.auth == Auth::Both {
            let secret = secret.as_deref().unwrap_or("x");
            field = Some(basic::encode(&client.id, secret));
            form.set("client_id", &client.id);
            form.set("client_secret", secret);
        }
        let mut body = form.encode();
        body.extend_from_slice(step.more.as_deref().unwrap_or_default().as_bytes());
        let mut request = RawRequest::post(path, "");
        request.body = Body::Complete(body);
        if let Some(field) = field {
            request = request.header("authorization", &field);
        }
        let response = self.conversation.send(&request);
        answer::check(&response, &step.to_string());
        response
    }
}

/// Whether the step authenticates the client as it is registered: a public one says its name, and no more.
pub(super) fn is_right(step: &Step, client: &Client) -> bool {
    let is_public = client.methods.contains(&AuthenticationMethod::None);
    step.auth == Auth::Right || step.auth == Auth::Named && is_public
}

pub(super) fn redirect_of(
    choice: Redirect,
    client: &Client,
    same: Option<&String>,
) -> Option<String> {
    match choice {
        Redirect::Same => same.cloned(),
        Redirect::None => None,
        Redirect::Other => client.redirect_uris.last().cloned(),
        Redirect::Strange => Some("https://evil.example/cb".to_owned()),
    }
}

pub(super) fn push_scope(form: &mut Form, step: &Step) {
    if let Some(scope) = &step.scope {
        form.push("scope", scope);
    }
}

/// The scope that a step asks for; an empty one counts as none.
pub(super) fn asked(step: &Step) -> Option<Scope> {
    step.scope
        .as_deref()
        .filter(|scope| !scope.is_empty())
        .map(set)
}

pub(super) fn set(text: &str) -> Scope {
    text.split(' ').map(str::to_owned).collect()
}

pub(super) fn scope_of(client: &Client) -> Scope {
    client.scope.values().map(str::to_owned).collect()
}

pub(super) fn default_scope(client: &Client) -> Scope {
    client.default_scope.values().map(str::to_owned).collect()
}

/// The code of a redirect.
pub(super) fn redirected(response: &Response) -> Option<String> {
    let (_, query) = response.field("location")?.split_once('?')?;
    Form::parse(query.as_bytes())
        .value("code")
        .map(str::to_owned)
}
