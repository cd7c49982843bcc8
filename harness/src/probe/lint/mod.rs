//! The rules of the RFCs for requests, held against the octets of a request that is not meant to break any.
//!
//! Independent on purpose: it reads octets, not a [`Message`](super::message::Message), and shares no codec with what
//! wrote them. A control that breaks a rule would make a server look wrong that is right.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a token request breaks, each with the section that says so. `endpoint` is the request target of the endpoint:
/// its path, and its own query if it has one.
#[must_use]
pub fn lint(octets: &[u8], endpoint: &str) -> Vec<String> {
    let mut lint = Lint::default();
    match split(octets) {
        Some((head, body)) => lint.request(head, body, endpoint),
        None => lint.breaks("RFC 9112 §2.1: the head has no end, or is no ASCII"),
    }
    lint.problems
}

/// The head as text, and the body.
fn split(octets: &[u8]) -> Option<(&str, &[u8])> {
    let at = octets.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(octets.get(..at)?).ok()?;
    head.is_ascii().then_some(())?;
    Some((head, octets.get(at + 4..)?))
}

#[derive(Default)]
struct Lint {
    problems: Vec<String>,
}

/// A decoded parameter.
struct Parameter {
    name: String,
    value: String,
}

impl Lint {
    fn breaks(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    fn request(&mut self, head: &str, body: &[u8], endpoint: &str) {
        let mut lines = head.split("\r\n");
        let expected = format!("POST {endpoint} HTTP/1.1");
        let line = lines.next().unwrap_or_default();
        if line != expected {
            let found = line.split(' ').next().unwrap_or_default();
            self.breaks(format!(
                "RFC 6749 §3.2: not a POST of the endpoint's own path and query ({found})"
            ));
        }
        let fields: Vec<(String, &str)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
            .collect();
        self.fields(&fields, body);
        let parameters = self.parameters(body);
        self.names(&parameters);
        self.values(&parameters);
        self.grant(&parameters);
        let credentials: Vec<&str> = all(&fields, "authorization");
        self.authentication(&parameters, &credentials);
    }

    fn fields(&mut self, fields: &[(String, &str)], body: &[u8]) {
        if all(fields, "host").len() != 1 {
            self.breaks("RFC 9112 §3.2: not exactly one Host");
        }
        if all(fields, "content-type") != ["application/x-www-form-urlencoded"] {
            self.breaks(
                "RFC 6749 §3.2, App. B: the media type is not application/x-www-form-urlencoded",
            );
        }
        let length = body.len().to_string();
        if all(fields, "content-length") != [length.as_str()]
            || !all(fields, "transfer-encoding").is_empty()
        {
            self.breaks("RFC 9112 §6: the body is not framed by its length");
        }
    }

    fn parameters(&mut self, body: &[u8]) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for pair in body.split(|octet| *octet == b'&') {
            let mut halves = pair.splitn(2, |octet| *octet == b'=');
            let name = halves.next().and_then(decoded);
            let value = halves.next().and_then(decoded);
            match (name, value) {
                (Some(name), Some(value)) => parameters.push(Parameter { name, value }),
                (Some(_) | None, _) => {
                    self.breaks("RFC 6749 App. B: a pair is not form-encoded UTF-8");
                }
            }
        }
        parameters
    }

    fn names(&mut self, parameters: &[Parameter]) {
        for (at, parameter) in parameters.iter().enumerate() {
            let name = &parameter.name;
            let earlier = parameters.iter().take(at);
            if earlier.clone().any(|earlier| earlier.name == *name) {
                self.breaks(format!(
                    "RFC 6749 §3.2: `{name}` stands there more than once"
                ));
            }
            if parameter.value.is_empty() {
                self.breaks(format!("RFC 6749 §3.2: `{name}` has no value"));
            }
        }
    }

    /// The syntax of values: RFC 6749 App. A, RFC 7636 §4.1.
    fn values(&mut self, parameters: &[Parameter]) {
        for Parameter { name, value } in parameters.iter().filter(|it| !it.value.is_empty()) {
            let fits = match name.as_str() {
                "code_verifier" => is_verifier(value),
                "scope" => value.split(' ').all(is_scope_token),
                "redirect_uri" => value.contains(':') && !value.contains('#'),
                "username" | "password" => !value.contains(['\r', '\n']),
                // `code` and `refresh_token` are as the server made them, and a rule of their own judges that.
                "client_id" | "client_secret" | "grant_type" => is_visible(value),
                _ => true,
            };
            if !fits {
                self.breaks(format!(
                    "RFC 6749 App. A, RFC 7636 §4.1: the syntax of `{name}`"
                ));
            }
        }
    }

    fn grant(&mut self, parameters: &[Parameter]) {
        let Some(grant_type) = value(parameters, "grant_type") else {
            self.breaks("RFC 6749 §4: no grant_type");
            return;
        };
        let required: &[&str] = match grant_type {
            "authorization_code" => &["code"],
            "refresh_token" => &["refresh_token"],
            "password" => &["username", "password"],
            "urn:ietf:params:oauth:grant-type:device_code" => &["device_code"],
            "urn:ietf:params:oauth:grant-type:jwt-bearer"
            | "urn:ietf:params:oauth:grant-type:saml2-bearer" => &["assertion"],
            "urn:ietf:params:oauth:grant-type:token-exchange" => {
                &["subject_token", "subject_token_type"]
            }
            "urn:openid:params:grant-type:ciba" => &["auth_req_id"],
            _ => &[],
        };
        for name in required {
            if value(parameters, name).is_none() {
                self.breaks(format!("`{grant_type}` requires `{name}`"));
            }
        }
    }

    /// At most one method for each request (RFC 6749 §2.3), and the client named somewhere (§3.2.1).
    fn authentication(&mut self, parameters: &[Parameter], credentials: &[&str]) {
        let has = |name: &str| value(parameters, name).is_some();
        let methods = credentials.len()
            + usize::from(has("client_secret"))
            + usize::from(has("client_assertion"));
        if methods > 1 {
            self.breaks("RFC 6749 §2.3: more than one client authentication method");
        }
        if methods == 0 && !has("client_id") {
            self.breaks("RFC 6749 §3.2.1: nothing names the client");
        }
        if has("client_secret") && !has("client_id") {
            self.breaks("RFC 6749 §2.3.1: a client_secret without its client_id");
        }
        if has("client_assertion") != has("client_assertion_type") {
            self.breaks("RFC 7521 §4.2: client_assertion and client_assertion_type go together");
        }
        for value in credentials {
            if !is_basic(value) {
                self.breaks("RFC 6749 §2.3.1, RFC 7617 §2: the Basic credentials");
            }
        }
    }
}

fn all<'f>(fields: &[(String, &'f str)], name: &str) -> Vec<&'f str> {
    fields
        .iter()
        .filter(|(field, _)| field == name)
        .map(|(_, value)| *value)
        .collect()
}

fn value<'p>(parameters: &'p [Parameter], name: &str) -> Option<&'p str> {
    parameters
        .iter()
        .find(|parameter| parameter.name == name)
        .map(|parameter| parameter.value.as_str())
}

/// `None`: an octet stands there that the encoding would have replaced, or the octets are no UTF-8.
fn decoded(encoded: &[u8]) -> Option<String> {
    let mut octets = Vec::new();
    let mut rest = encoded;
    while let Some((head, tail)) = rest.split_first() {
        rest = tail;
        match head {
            b'+' => octets.push(b' '),
            b'%' => {
                let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
                let digits = Some(digits).filter(|text| !text.starts_with('+'))?;
                octets.push(u8::from_str_radix(digits, 16).ok()?);
                rest = tail.get(2..)?;
            }
            octet if octet.is_ascii_alphanumeric() || b"*-._".contains(octet) => {
                octets.push(*octet)
            }
            _ => return None,
        }
    }
    String::from_utf8(octets).ok()
}

fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || b"-._~".contains(&octet))
}

fn is_scope_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|octet| matches!(octet, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|octet| matches!(octet, 0x20..=0x7e))
}

/// The scheme, base64 of two form-encoded halves with one colon between them.
fn is_basic(value: &str) -> bool {
    let Some(encoded) = value.strip_prefix("Basic ") else {
        return false;
    };
    let Ok(octets) = STANDARD.decode(encoded) else {
        return false;
    };
    let halves: Vec<&[u8]> = octets.split(|octet| *octet == b':').collect();
    match halves.as_slice() {
        [user, password] => [user, password]
            .iter()
            .all(|half| decoded(half).is_some_and(|text| is_visible(&text))),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
