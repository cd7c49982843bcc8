//! Facts of one exchange, without an opinion.

use std::sync::Arc;

use crate::wire::json::Json;

/// What came back for a token request, and what the judge needs to know of the request.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The HTTP answer, or how it failed to come.
    pub reply: Reply,
    /// The request carried an Authorization header field (RFC 6749 §5.2 asks for 401 then).
    pub had_authorization: bool,
    /// The scope that the request asked for, if any.
    pub asked_scope: Option<String>,
    /// What the issued token is, looked at elsewhere.
    pub token: TokenFacts,
    /// What followed the answer on its connection, where somebody looked.
    pub aftermath: Option<Aftermath>,
}

/// What followed an answer on its connection.
#[derive(Clone, Debug, Default)]
pub struct Aftermath {
    /// The further answers.
    pub further: Vec<HttpAnswer>,
    /// Whether the server ended the connection.
    pub ended: bool,
    /// Whether the end of a TLS connection was announced; `None`: it did not end, or there was no TLS.
    pub announced: Option<bool>,
    /// Whether something came while the body was held back; `None`: it was not.
    pub heard: Option<bool>,
    /// What came besides and is no answer.
    pub stray: Option<String>,
}

/// An HTTP answer, or none.
#[derive(Clone, Debug)]
pub enum Reply {
    /// An answer.
    Answer(Arc<HttpAnswer>),
    /// No answer.
    None {
        /// In which of the ways that an expectation can name, if any.
        silence: Option<crate::suite::answer::Silence>,
        /// The cause, for people.
        cause: String,
        /// The word of the report: closed, tls or timeout.
        outcome: &'static str,
    },
}

/// The parts of an HTTP answer that are judged.
#[derive(Clone, Debug, Default)]
pub struct HttpAnswer {
    /// Status code.
    pub status: u16,
    /// Header fields in order, repeated ones kept.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Body octets.
    pub body: Vec<u8>,
    /// The body as JSON, read leniently.
    pub json: Option<Json>,
    /// Exactly one JSON value in UTF-8 with white space at most around it.
    pub strict_json: bool,
    /// How its end was told: `length`, `chunked`, `close` or `none`; empty where nobody looked.
    pub framing: &'static str,
    /// What is wrong with how it is framed, for people.
    pub framing_flaws: Vec<String>,
    /// Seconds between its Date and the tester's clock, where it has one that can be read.
    pub date_gap: Option<i64>,
}

/// What introspection, the claims of a JWT or the target file tell of an issued token.
#[derive(Clone, Debug, Default)]
pub struct TokenFacts {
    /// Its scope, where it can be seen.
    pub scope: Option<String>,
    /// Its client, where it can be seen.
    pub client_id: Option<String>,
    /// Its claims: of the JWT, and members of the introspection answer that it lacks.
    pub claims: Vec<(String, Json)>,
    /// The access token managers whose mark it bears; `None` where nobody looked.
    pub managers: Option<Vec<String>>,
}

impl HttpAnswer {
    /// The values of a header field, one for each line, letter case of the name aside.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        self.headers
            .iter()
            .filter(move |(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    }

    /// All field lines but cookies, name and value.
    pub fn field_lines(&self) -> impl Iterator<Item = String> + '_ {
        self.headers
            .iter()
            .filter(|(field, _)| !field.eq_ignore_ascii_case("set-cookie"))
            .map(|(field, value)| format!("{field}: {}", String::from_utf8_lossy(value)))
    }

    /// The first member of this name of the JSON object.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Json> {
        self.members()
            .iter()
            .find(|(member, _)| member == name)
            .map(|(_, value)| value)
    }

    /// All members of the JSON object; none where the body is no object.
    #[must_use]
    pub fn members(&self) -> &[(String, Json)] {
        match &self.json {
            Some(Json::Object(members)) => members,
            Some(_) | None => &[],
        }
    }

    /// A member that is a string.
    #[must_use]
    pub fn text_member(&self, name: &str) -> Option<&str> {
        match self.member(name) {
            Some(Json::String(text)) => Some(text),
            Some(_) | None => None,
        }
    }

    /// The non-empty `access_token` of a 2xx answer (design §2, "Control"); for `validate_bearer` an object.
    #[must_use]
    pub fn accepted(&self) -> bool {
        (200..300).contains(&self.status) && self.has_token()
    }

    /// A non-empty `access_token`, whatever the status: an answer with one is no refusal.
    #[must_use]
    pub fn has_token(&self) -> bool {
        match self.member("access_token") {
            Some(Json::String(text)) => !text.is_empty(),
            Some(Json::Object(_)) => true,
            Some(_) | None => false,
        }
    }

    /// Whether the server asks to be left alone for a while (429, or 503 with Retry-After).
    #[must_use]
    pub fn throttled(&self) -> bool {
        self.status == 429 || (self.status == 503 && self.header("retry-after").next().is_some())
    }
}

impl Observation {
    /// The HTTP answer, if one came.
    #[must_use]
    pub fn answer(&self) -> Option<&HttpAnswer> {
        match &self.reply {
            Reply::Answer(answer) => Some(answer),
            Reply::None { .. } => None,
        }
    }

    /// Whether a token came.
    #[must_use]
    pub fn accepted(&self) -> bool {
        self.answer().is_some_and(HttpAnswer::accepted)
    }

    /// The scope that the answer tells or, where it is silent, the scope that was asked (RFC 6749 §5.1).
    #[must_use]
    pub fn told_scope(&self) -> Option<String> {
        let told = self
            .answer()
            .and_then(|answer| answer.text_member("scope"))
            .map(str::to_owned);
        told.or_else(|| self.asked_scope.clone())
    }

    /// The word of the report for this outcome.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match &self.reply {
            Reply::None { outcome, .. } => outcome,
            Reply::Answer(answer) if answer.accepted() => "accepted",
            Reply::Answer(answer) if (300..400).contains(&answer.status) => "redirected",
            Reply::Answer(_) => "refused",
        }
    }

    /// What happened, in a few words: "accepted", "refused, but with 500", "refused as `invalid_grant` with 400".
    #[must_use]
    pub fn summary(&self) -> String {
        match &self.reply {
            Reply::None { cause, .. } => format!("no answer: {cause}"),
            Reply::Answer(answer) => match &self.aftermath {
                Some(aftermath) => {
                    let first = answer_summary(answer);
                    format!("{first}, {}", super::wire::told(aftermath))
                }
                None => answer_summary(answer),
            },
        }
    }
}

pub(super) fn answer_summary(answer: &HttpAnswer) -> String {
    let status = answer.status;
    if answer.accepted() {
        let scope = answer.text_member("scope");
        return match scope {
            Some(scope) => format!("accepted: {status} with a token, scope `{scope}`"),
            None => format!("accepted: {status} with a token"),
        };
    }
    if answer.has_token() {
        return format!("refused with {status}, but with a token in the answer");
    }
    match answer.text_member("error") {
        Some(error) => format!("refused as `{error}` with {status}"),
        None if (200..300).contains(&status) => {
            format!("{status} without a token and without an error")
        }
        None => format!("refused with {status}, without an OAuth error"),
    }
}
