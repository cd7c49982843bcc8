//! One step each: what it sends, what it is held to, and what the model learns.

use tokenspec_reference_server::registry::PkceDemand;
use tokenspec_reference_server::vocabulary::GrantType;
use tokenspec_reference_server::wire::form::Form;
use tokenspec_reference_server::wire::raw_request::RawRequest;

use super::model::{Code, Model};
use super::request::{
    asked, default_scope, is_right, push_scope, redirect_of, redirected, scope_of,
};
use super::step::{Proof, Redirect, Step};
use crate::server::TOKEN;

/// RFC 7636 Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Lifetimes of the configuration, in seconds.
const CODE_LIFETIME: u64 = 60;
const REFRESH_LIFETIME: u64 = 1_209_600;
const ACCESS_LIFETIME: u64 = 600;

impl Model<'_> {
    pub(super) fn authorize(&mut self, step: &Step) {
        let Some(client) = self.client(step.client()) else {
            return;
        };
        let redirect = redirect_of(step.redirect, &client, client.redirect_uris.first());
        let mut query = Form::default();
        query.push("response_type", "code");
        query.push("client_id", &client.id);
        if let Some(uri) = &redirect {
            query.push("redirect_uri", uri);
        }
        match step.proof {
            Proof::S256 | Proof::Wrong => {
                query.push("code_challenge", CHALLENGE);
                query.push("code_challenge_method", "S256");
            }
            Proof::Plain => query.push("code_challenge", VERIFIER),
            Proof::None => {}
        }
        push_scope(&mut query, step);
        let mut text = String::from_utf8(query.encode()).unwrap_or_default();
        text.push_str(step.more.as_deref().unwrap_or_default());
        let response = self.conversation.send(&RawRequest::get(&format!(
            "/as/authorization.oauth2?{text}"
        )));
        let registered = match &redirect {
            Some(uri) => client.redirect_uris.contains(uri),
            None => client.redirect_uris.len() == 1,
        };
        let proof = match step.proof {
            Proof::S256 | Proof::Wrong => true,
            Proof::None => client.pkce.demand == PkceDemand::Optional,
            Proof::Plain => false,
        };
        let scope = asked(step).unwrap_or_else(|| default_scope(&client));
        let is_good = registered
            && proof
            && client.grants.contains(&GrantType::AuthorizationCode)
            && scope.is_subset(&scope_of(&client));
        let code = redirected(&response);
        self.hold(step, (is_good).into(), (code.is_some()).into());
        if let Some(value) = code {
            self.is_new(&value);
            self.codes.push(Code {
                value,
                client: client.id.clone(),
                redirect,
                proof: step.proof,
                scope,
                issued: self.now(),
                is_used: false,
                is_revoked: false,
            });
        }
    }

    pub(super) fn issue(&mut self, step: &Step) {
        let Some(client) = self.client(step.client()) else {
            return;
        };
        let mut form = Form::default();
        form.push("grant_type", "client_credentials");
        push_scope(&mut form, step);
        let response = self.post(TOKEN, form, &client, step);
        let scope = asked(step).unwrap_or_else(|| default_scope(&client));
        let is_good = is_right(step, &client)
            && client.grants.contains(&GrantType::ClientCredentials)
            && scope.is_subset(&scope_of(&client));
        self.hold(step, (is_good).into(), (response.is_token()).into());
        self.tokens(&response, &client, None, &scope, &scope);
    }

    pub(super) fn redeem(&mut self, step: &Step, number: u8) {
        let Some(client) = self.client(step.client()) else {
            return;
        };
        let Some(at) = usize::from(number).checked_rem(self.codes.len()) else {
            return;
        };
        let Some(code) = self.codes.get(at) else {
            return;
        };
        let redirect = match step.redirect {
            Redirect::Same => code.redirect.clone(),
            Redirect::None | Redirect::Other | Redirect::Strange => {
                redirect_of(step.redirect, &client, None)
            }
        };
        let verifier = verifier_of(step.proof, code.proof);
        let mut form = Form::default();
        form.push("grant_type", "authorization_code");
        form.push("code", &code.value);
        if let Some(uri) = &redirect {
            form.push("redirect_uri", uri);
        }
        if let Some(verifier) = verifier {
            form.push("code_verifier", verifier);
        }
        push_scope(&mut form, step);
        let used = code
            .redirect
            .as_ref()
            .or_else(|| client.redirect_uris.first());
        let redirect_is_good =
            redirect == code.redirect || code.redirect.is_none() && redirect.as_ref() == used;
        let proof_is_good = verifier.is_some() == (code.proof != Proof::None)
            && verifier.is_none_or(|verifier| verifier == VERIFIER);
        let wanted = asked(step).unwrap_or_else(|| code.scope.clone());
        let granted = code.scope.clone();
        let is_good_otherwise = is_right(step, &client)
            && client.grants.contains(&GrantType::AuthorizationCode)
            && client.id == code.client
            && redirect_is_good
            && proof_is_good
            && wanted.is_subset(&granted);
        let is_fresh = !code.is_used && self.now() < code.issued + CODE_LIFETIME;
        let was_used = code.is_used;
        let response = self.post(TOKEN, form, &client, step);
        self.hold(
            step,
            (is_good_otherwise && is_fresh).into(),
            (response.is_token()).into(),
        );
        if let Some(code) = self.codes.get_mut(at) {
            // What was granted is not known where octets were appended, so neither is whether the replay asked for more than that.
            code.is_revoked |=
                was_used && is_good_otherwise && step.more.is_none() && !self.is_blurred;
            code.is_used |= response.is_token();
        }
        self.tokens(&response, &client, Some(at), &wanted, &granted);
    }

    pub(super) fn refresh(&mut self, step: &Step, number: u8) {
        let Some(client) = self.client(step.client()) else {
            return;
        };
        let Some(at) = usize::from(number).checked_rem(self.refresh_tokens.len()) else {
            return;
        };
        let Some(token) = self.refresh_tokens.get(at) else {
            return;
        };
        let mut form = Form::default();
        form.push("grant_type", "refresh_token");
        form.push("refresh_token", &token.value);
        push_scope(&mut form, step);
        let wanted = asked(step).unwrap_or_else(|| token.scope.clone());
        let (granted, code) = (token.scope.clone(), token.code);
        let is_revoked = self.codes.get(code).is_some_and(|code| code.is_revoked);
        let is_clients = is_right(step, &client)
            && client.grants.contains(&GrantType::RefreshToken)
            && client.id == token.client;
        let is_fresh =
            !token.is_rotated && !is_revoked && self.now() < token.issued + REFRESH_LIFETIME;
        let was_rotated = token.is_rotated;
        let is_good = is_clients && is_fresh && wanted.is_subset(&granted);
        let forgotten = self.now() > token.issued + REFRESH_LIFETIME;
        let response = self.post(TOKEN, form, &client, step);
        self.hold(step, (is_good).into(), (response.is_token()).into());
        if was_rotated
            && is_clients
            && !forgotten
            && step.more.is_none()
            && let Some(code) = self.codes.get_mut(code)
        {
            code.is_revoked = true;
        }
        if let Some(token) = self.refresh_tokens.get_mut(at) {
            token.is_rotated |= response.is_token();
        }
        self.tokens(&response, &client, Some(code), &wanted, &granted);
    }

    pub(super) fn revoke(&mut self, step: &Step, number: u8) {
        let Some(client) = self.client(step.client()) else {
            return;
        };
        let Some(at) = usize::from(number).checked_rem(self.refresh_tokens.len()) else {
            return;
        };
        let Some(token) = self.refresh_tokens.get(at) else {
            return;
        };
        let (code, owner) = (token.code, token.client.clone());
        let is_remembered = self.now() <= token.issued + REFRESH_LIFETIME;
        let mut form = Form::default();
        form.push("token", &token.value);
        let response = self.post("/as/revoke_token.oauth2", form, &client, step);
        self.is_blurred |= step.more.is_some();
        let is_revoked = is_right(step, &client) && owner == client.id && is_remembered;
        if is_revoked && step.more.is_none() {
            assert_eq!(response.status, 200, "{step}");
            self.codes
                .iter_mut()
                .skip(code)
                .take(1)
                .for_each(|code| code.is_revoked = true);
        }
    }

    /// Asked by the client that may introspect everything, however the step says that it authenticates.
    pub(super) fn introspect(&mut self, step: &Step, number: u8) {
        let Some(client) = self.client("rs") else {
            return;
        };
        let Some(at) = usize::from(number).checked_rem(self.access_tokens.len()) else {
            return;
        };
        let Some(token) = self.access_tokens.get(at) else {
            return;
        };
        let grant = token.code.and_then(|code| self.codes.get(code));
        let is_good = is_right(step, &client)
            && self.now() < token.issued + ACCESS_LIFETIME
            && !grant.is_some_and(|code| code.is_revoked);
        let mut form = Form::default();
        form.push("token", &token.value);
        let response = self.post("/as/introspect.oauth2", form, &client, step);
        let is_active = response
            .member("active")
            .and_then(|active| active.as_bool())
            == Some(true);
        self.hold(step, (is_good).into(), (is_active).into());
    }
}

/// The verifier that a redemption sends for a code whose authorization request had this challenge.
fn verifier_of(choice: Proof, challenge: Proof) -> Option<&'static str> {
    match choice {
        Proof::S256 => (challenge != Proof::None).then_some(VERIFIER),
        Proof::Plain => Some(CHALLENGE),
        Proof::None => None,
        Proof::Wrong => Some("wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong"),
    }
}
