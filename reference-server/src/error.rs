//! Refusals: why a request is not served. One match per endpoint kind turns them into an answer.

use crate::context::Context;
use crate::facts::{Endpoint, Facts};
use crate::vocabulary::ErrorCode;
use crate::wire::basic::Authorization;
use crate::wire::json::Object;
use crate::wire::response::Response;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of refusal.
    pub reason: Reason,
    /// A sentence for the developer of the client: constant text within the character set of
    /// RFC 6749 §5.2, never anything from the request.
    pub description: &'static str,
}

/// What kind of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// An error code of OAuth. At the authorization endpoint it travels by redirect where the
    /// redirection endpoint can be trusted.
    Code(ErrorCode),
    /// The content is larger than the limit: 413.
    ContentTooLarge,
    /// The method is not served here: 405.
    MethodNotAllowed,
    /// There is no such place: 404.
    NotFound,
    /// The redirection endpoint can't be trusted: a page, never a redirect (RFC 6749 §4.1.2.1).
    Page,
    /// The content did not arrive in time: 408.
    RequestTimeout,
    /// The client failed too often: 429.
    TooManyRequests,
}

impl Refusal {
    /// A refusal with an error code.
    #[must_use]
    pub const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self {
            reason: Reason::Code(code),
            description,
        }
    }

    /// A refusal of another kind.
    #[must_use]
    pub const fn because(reason: Reason, description: &'static str) -> Self {
        Self {
            reason,
            description,
        }
    }

    /// The answer.
    #[must_use]
    pub fn render(self, context: &Context<'_>, facts: &Facts) -> Response {
        match self.reason {
            Reason::ContentTooLarge => self.object(413, ErrorCode::InvalidRequest),
            Reason::RequestTimeout => self
                .object(408, ErrorCode::InvalidRequest)
                .with("Connection", "close"),
            Reason::TooManyRequests => {
                let seconds = context.server.limits.lock.to_string();
                self.object(429, ErrorCode::TemporarilyUnavailable)
                    .with("Retry-After", &seconds)
            }
            Reason::MethodNotAllowed => self
                .object(405, ErrorCode::InvalidRequest)
                .with("Allow", facts.endpoint.methods()),
            Reason::NotFound => self.object(404, ErrorCode::InvalidRequest),
            Reason::Page if facts.endpoint == Endpoint::PushedAuthorization => {
                self.object(400, ErrorCode::InvalidRequest)
            }
            Reason::Page => self.page(),
            Reason::Code(code) => match facts.endpoint {
                Endpoint::Authorization => self.redirect(context, facts, code),
                Endpoint::ClientConfiguration | Endpoint::ProtectedResource => {
                    self.bearer(context, facts, code)
                }
                Endpoint::BackchannelAuthentication
                | Endpoint::BackchannelDecision
                | Endpoint::DeviceAuthorization
                | Endpoint::DeviceVerification
                | Endpoint::Introspection
                | Endpoint::Jwks
                | Endpoint::Metadata
                | Endpoint::PushedAuthorization
                | Endpoint::Registration
                | Endpoint::Revocation
                | Endpoint::Token
                | Endpoint::Unknown => self.token_error(context, code),
            },
        }
    }

    /// RFC 6749 §5.2. Every 401 has a challenge (RFC 9110 §15.5.2).
    fn token_error(self, context: &Context<'_>, code: ErrorCode) -> Response {
        if code == ErrorCode::InvalidClient {
            self.object(401, code)
                .with("WWW-Authenticate", &context.server.challenge)
        } else {
            self.object(400, code)
        }
    }

    /// RFC 6750 §3.1: without a token the challenge has no error.
    fn bearer(self, context: &Context<'_>, facts: &Facts, code: ErrorCode) -> Response {
        let realm = &context.server.realm;
        let challenge = match facts.presented.authorization {
            Authorization::Bearer(_) => {
                format!("Bearer realm=\"{realm}\", error=\"{}\"", code.as_str())
            }
            Authorization::Absent
            | Authorization::Basic(_)
            | Authorization::Broken(_)
            | Authorization::OtherScheme
            | Authorization::Repeated => format!("Bearer realm=\"{realm}\""),
        };
        self.object(401, code).with("WWW-Authenticate", &challenge)
    }

    /// RFC 6749 §4.1.2.1.
    fn redirect(self, context: &Context<'_>, facts: &Facts, code: ErrorCode) -> Response {
        let Some(target) = &facts.redirect_to else {
            return self.page();
        };
        let parameters = [
            ("error", code.as_str()),
            ("error_description", self.description),
            ("state", facts.parameters.value("state").unwrap_or_default()),
            ("iss", &facts.issuer),
        ];
        crate::endpoints::authorization::redirect(context, target, &parameters)
    }

    fn page(self) -> Response {
        let body = format!(
            "<!doctype html><title>Authorization refused</title><h1>Authorization refused</h1>\
             <p>{}.</p>",
            self.description
        );
        Response::empty(400)
            .with("Content-Type", "text/html; charset=utf-8")
            .with("Cache-Control", "no-store")
            .with_body(body)
    }

    fn object(self, status: u16, code: ErrorCode) -> Response {
        let object = Object::default()
            .text("error", code.as_str())
            .text("error_description", self.description);
        Response::json(status, object)
    }
}
