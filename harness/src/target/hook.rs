//! What the harness calls beside the server: a URL, a program, or a person.

use std::path::PathBuf;

use super::placeholder::{MissingValue, percent_encoded, substitute};

/// How an approval or a denial comes about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Hook {
    /// A GET of this URL, answered with 2xx.
    Url(UrlTemplate),
    /// A program that exits with 0.
    Command(Command),
    /// A person is asked.
    Manual,
}

/// How a case gets an authorization code.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthorizationCodes {
    /// Where codes come from.
    pub source: CodeSource,
    /// Added to every authorization request.
    pub parameters: Vec<(String, String)>,
    /// The resource owner, by name.
    pub user: Option<String>,
}

/// Where authorization codes come from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CodeSource {
    /// The authorization endpoint answers with a redirect by itself.
    Redirect,
    /// A program prints the code as its first line and exits with 0; with 3 and `{"error": ...}`
    /// the authorization was refused.
    Command(Command),
    /// The server's own HTML forms, as the user of [`AuthorizationCodes::user`].
    Form,
    /// A person opens the URL.
    Manual,
}

/// A URL with placeholders like `{user_code}`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UrlTemplate(pub(super) String);

impl UrlTemplate {
    /// The URL with every placeholder replaced by its value, percent-encoded.
    ///
    /// # Errors
    ///
    /// Returns the placeholder that has no value.
    pub fn expand<'a>(
        &self,
        value: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<String, MissingValue> {
        substitute(&self.0, |name| value(name).map(percent_encoded))
    }

    /// The URL as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A program and its arguments, some with placeholders. There is no shell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Command {
    /// Where the program runs: the folder of the target file.
    pub folder: PathBuf,
    /// The program: a path, or a name to look for in `PATH`.
    pub program: PathBuf,
    pub(super) arguments: Vec<Argument>,
}

/// One argument, or several that stand or fall together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Argument {
    /// Always there.
    One(String),
    /// Dropped when one of its placeholders has no value.
    Group(Vec<String>),
}

impl Command {
    /// The arguments with every placeholder replaced by its value. An inner list one of whose
    /// placeholders has no value is dropped.
    ///
    /// # Errors
    ///
    /// Returns a placeholder outside of an inner list that has no value.
    pub fn arguments<'a>(
        &self,
        value: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Vec<String>, MissingValue> {
        self.arguments_of(|name, at| value(name).filter(|_| at == 0))
    }

    /// As [`Self::arguments`], where a placeholder may have several values, counted from 0: an inner list comes once for
    /// each value of its placeholder.
    ///
    /// # Errors
    ///
    /// Returns a placeholder outside of an inner list that has no value.
    pub fn arguments_of<'a>(
        &self,
        value: impl Fn(&str, usize) -> Option<&'a str>,
    ) -> Result<Vec<String>, MissingValue> {
        let expand = |text: &String, at| {
            substitute(text, |name| {
                let one = || value(name, 0).filter(|_| value(name, 1).is_none());
                value(name, at).or_else(one).map(str::to_owned)
            })
        };
        let mut arguments = Vec::new();
        for argument in &self.arguments {
            match argument {
                Argument::One(text) => arguments.push(expand(text, 0)?),
                Argument::Group(texts) => {
                    let more =
                        |at| at == 0 || Self::names(texts).any(|name| value(&name, at).is_some());
                    for at in (0..).take_while(|at| more(*at)) {
                        let group: Result<Vec<String>, MissingValue> =
                            texts.iter().map(|text| expand(text, at)).collect();
                        arguments.extend(group.unwrap_or_default());
                    }
                }
            }
        }
        Ok(arguments)
    }

    /// Whether the placeholder stands in one of the arguments.
    #[must_use]
    pub fn has_placeholder(&self, name: &str) -> bool {
        let has = |text: &String| text.contains(&format!("{{{name}}}"));
        self.arguments.iter().any(|argument| match argument {
            Argument::One(text) => has(text),
            Argument::Group(texts) => texts.iter().any(has),
        })
    }

    /// The placeholders of some texts.
    fn names(texts: &[String]) -> impl Iterator<Item = String> {
        let parts = texts.iter().flat_map(|text| text.split('{').skip(1));
        parts.filter_map(|part| part.split_once('}').map(|(name, _)| name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> Command {
        Command {
            folder: PathBuf::from("."),
            program: PathBuf::from("./code"),
            arguments: vec![
                Argument::One("--client".to_owned()),
                Argument::One("{client_id}".to_owned()),
                Argument::Group(vec!["--scope".to_owned(), "{scope}".to_owned()]),
            ],
        }
    }

    #[test]
    fn inner_list_is_dropped_when_its_placeholder_has_no_value() {
        let client = |name: &str| (name == "client_id").then_some("web");
        assert_eq!(command().arguments(client).unwrap(), ["--client", "web"]);
        let both = |name: &str| Some(if name == "scope" { "a b" } else { "web" });
        assert_eq!(
            command().arguments(both).unwrap(),
            ["--client", "web", "--scope", "a b"]
        );
        let missing = command().arguments(|_| None).unwrap_err();
        assert_eq!(missing.to_string(), "`{client_id}` has no value here");
    }

    #[test]
    fn inner_list_comes_once_for_each_value_of_its_placeholder() {
        let several = |name: &str, at: usize| match (name, at) {
            ("client_id", 0) => Some("web"),
            ("scope", 0) => Some("a"),
            ("scope", 1) => Some("b"),
            _ => None,
        };
        let made = command().arguments_of(several).unwrap();
        assert_eq!(made, ["--client", "web", "--scope", "a", "--scope", "b"]);
        assert!(command().has_placeholder("scope") && !command().has_placeholder("state"));
    }

    #[test]
    fn value_is_percent_encoded_in_a_url_and_not_read_again() {
        let url = UrlTemplate("https://as.example/approve?user_code={user_code}".to_owned());
        assert_eq!(
            url.expand(|_| Some("a&b {scope}/é")).unwrap(),
            "https://as.example/approve?user_code=a%26b%20%7Bscope%7D%2F%C3%A9"
        );
    }
}
