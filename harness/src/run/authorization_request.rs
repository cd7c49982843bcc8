//! Authorization requests before they are sent (RFC 6749 §4.1.1, RFC 7636 §4).

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::saved::Saved;
use super::session::{Session, plain};
use crate::probe::baseline::Credential;
use crate::suite::model::AuthorizeChange;
use crate::target::Client;
use crate::template::{Rendered, Scope as _};

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
    /// The resources (RFC 8707 §2.1).
    pub resources: Vec<String>,
    /// What was pushed, which the request names.
    pub pushed: Option<Draft>,
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
            resources: Vec::new(),
            pushed: None,
            change: None,
        }
    }
}

impl Session<'_> {
    /// The authorization request of a client, with fresh random values.
    pub(super) fn draft_authorization(&self, client: &Client, request: &Request<'_>) -> Draft {
        if let Some(pushed) = &request.pushed {
            return Draft {
                client_id: client.id.clone(),
                ..pushed.clone()
            };
        }
        let uses_pkce = crate::probe::baseline::uses_pkce(&self.runner.target);
        let challenge = match request.challenge {
            Challenge::Usual if uses_pkce => Challenge::S256,
            Challenge::Usual => Challenge::None,
            given @ (Challenge::None | Challenge::Plain | Challenge::S256) => given,
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
        let method = match challenge {
            Challenge::Plain => "plain",
            Challenge::None | Challenge::S256 | Challenge::Usual => "S256",
        };
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
            resources: request.resources.clone(),
            request_uri: None,
        }
    }
}

/// An authorization request before it is sent.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    client_id: String,
    redirect_uri: Option<String>,
    scope: Option<String>,
    code_challenge: Option<String>,
    method: Option<&'static str>,
    code_verifier: Option<String>,
    state: String,
    /// The resources (RFC 8707 §2.1).
    pub(super) resources: Vec<String>,
    /// What names the request, if it was pushed (RFC 9126 §2.2).
    request_uri: Option<String>,
}

impl Draft {
    /// The same, pushed under this `request_uri` (RFC 9126 §2.2).
    pub(super) fn named(self, request_uri: &str) -> Self {
        Self {
            request_uri: Some(request_uri.to_owned()),
            ..self
        }
    }

    /// The parameters of the request (RFC 6749 §4.1.1, RFC 7636 §4.3; RFC 9126 §4 for what was pushed).
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        if let Some(uri) = &self.request_uri {
            return vec![
                ("client_id".to_owned(), self.client_id.clone()),
                ("request_uri".to_owned(), uri.clone()),
            ];
        }
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
        let resources = self.resources.iter();
        parameters.extend(resources.map(|uri| ("resource".to_owned(), uri.clone())));
        parameters
    }

    /// What a command may ask for; of `resource` there may be several values.
    pub(super) fn placeholders(&self) -> BTreeMap<&'static str, Vec<String>> {
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
            .filter_map(|name| Some((name, vec![self.placeholder(name)?])))
            .chain([("resource", self.resources.clone())])
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
    pub(super) fn saved(&self, code: String) -> Saved {
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

/// The S256 challenge of a verifier (RFC 7636 §4.2).
#[must_use]
pub(super) fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::s256;

    #[test]
    fn challenge_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(
            s256(verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
