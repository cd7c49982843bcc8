//! The grammar of WWW-Authenticate (RFC 9110 §11.2, §11.3, §11.6.1; RFC 7617 §2).

/// Whether a field line is a list of challenges: a scheme alone, with a token68, or with parameters, none of them twice in
/// one challenge; Basic with a realm, and of charsets only UTF-8.
pub(super) fn is_sound(line: &str) -> bool {
    let mut challenges: Vec<Challenge> = Vec::new();
    let Some(elements) = elements(line) else {
        return false;
    };
    for element in elements {
        let element = element.trim_matches([' ', '\t']);
        if element.is_empty() {
            continue;
        }
        let placed = match (parameter(element), challenges.last_mut()) {
            (Some(parameter), Some(last)) => last.add(parameter),
            (Some(_), None) => false,
            (None, _) => begun(element).is_some_and(|challenge| {
                challenges.push(challenge);
                true
            }),
        };
        if !placed {
            return false;
        }
    }
    !challenges.is_empty() && challenges.iter().all(Challenge::is_complete)
}

#[derive(Default)]
struct Challenge {
    scheme: String,
    token68: bool,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    fn add(&mut self, (name, value): (String, String)) -> bool {
        let fresh = self.parameters.iter().all(|(known, _)| *known != name);
        let fits = fresh && !self.token68;
        self.parameters.push((name, value));
        fits
    }

    fn is_complete(&self) -> bool {
        let value = |name: &str| {
            self.parameters
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.as_str())
        };
        let charset = value("charset").is_none_or(|it| it.eq_ignore_ascii_case("utf-8"));
        self.scheme != "basic" || (value("realm").is_some() && charset)
    }
}

/// The parts between commas outside of quotes; `None` if a quote is never closed.
fn elements(line: &str) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for character in line.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(character);
        }
    }
    (!quoted).then_some(parts)
}

/// A scheme, perhaps with what follows it.
fn begun(element: &str) -> Option<Challenge> {
    let (scheme, rest) = match element.split_once(' ') {
        Some((scheme, rest)) => (scheme, rest.trim_start_matches(' ')),
        None => (element, ""),
    };
    let mut challenge = Challenge {
        scheme: scheme.to_ascii_lowercase(),
        ..Challenge::default()
    };
    let fits = match (rest, parameter(rest)) {
        ("", _) => true,
        (_, Some(parameter)) => challenge.add(parameter),
        (rest, None) => {
            challenge.token68 = true;
            is_token68(rest)
        }
    };
    (is_token(scheme) && fits).then_some(challenge)
}

/// `name = value`, the value a token or a quoted string.
fn parameter(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let (name, value) = (name.trim_end(), value.trim_start());
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let value = match inner {
        Some(inner) if is_quoted_content(inner) => inner,
        Some(_) => return None,
        None if is_token(value) => value,
        None => return None,
    };
    is_token(name).then(|| (name.to_ascii_lowercase(), value.to_owned()))
}

fn is_quoted_content(inner: &str) -> bool {
    let mut escaped = false;
    for character in inner.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return false,
            character if character.is_control() && character != '\t' => return false,
            _ => {}
        }
    }
    !escaped
}

fn is_token(text: &str) -> bool {
    let fits = |octet: u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet);
    !text.is_empty() && text.bytes().all(fits)
}

fn is_token68(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let fits = |octet: u8| octet.is_ascii_alphanumeric() || b"-._~+/".contains(&octet);
    !body.is_empty() && body.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_follow_the_grammar() {
        for good in [
            "Basic realm=\"a\"",
            "Basic realm=a, charset=\"UTF-8\"",
            "Bearer",
            "Negotiate abc==, Basic realm=\"a, \\\"b\\\"\"",
            "Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"",
            "Bearer error=\"invalid_token\" , , error_description = \"x\"",
        ] {
            assert!(is_sound(good), "{good}");
        }
        for bad in [
            "",
            "Basic",
            "Basic realm=\"a",
            "Basic realm=\"a\", realm=\"b\"",
            "Basic realm=\"a\", charset=\"latin1\"",
            "realm=\"a\"",
            "Bearer error=\"a\" error_description=\"b\"",
            "Basic realm=\"a\"b\"",
            "Bearer a b",
        ] {
            assert!(!is_sound(bad), "{bad}");
        }
    }
}
