//! Control and probe differ in the declared deviation and nothing else (design §2, "One difference").

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokenspec_report::Role;

use super::changed::{Probe, probes};
use super::runner;
use super::unchanged::CHANGES_NOTHING;
use crate::judge::RenderText as _;
use crate::plan::Variant;
use crate::plan::tests::{built_in, plan_all, rich_target};
use crate::probe::baseline::Credential;
use crate::probe::message::{Message, Pair};
use crate::run::Runner;
use crate::run::compose::Twins;
use crate::run::halt::Halt;
use crate::run::parameters::Parameters;
use crate::run::session::Session;
use crate::run::token::{TokenRequest, Unchanged};
use crate::suite::change::{Change, Reorder};
use crate::suite::model::Case;
use crate::suite::ordered::Pairs;
use crate::suite::text::Text;
use crate::template::{self, Rendered};
use crate::vocabulary::Grant;

#[test]
fn control_and_probe_differ_only_in_the_declared_change() {
    let target = rich_target();
    let suite = built_in();
    let plan = plan_all(&suite, &target);
    let runner = runner(suite, target);
    let mut problems = BTreeSet::new();
    let mut differs: BTreeMap<String, bool> = BTreeMap::new();
    for planned in plan.iter().filter(|planned| planned.skip.is_none()) {
        let case = runner.suite.case(planned.rule.rule, planned.case).unwrap();
        for (place, probe) in probes(planned, case) {
            let rule = &runner.suite.rules[planned.rule.rule].id;
            let place = format!("{rule}/{}/{place}", case.name);
            match compared(&runner, &planned.variant, case, &probe) {
                Ok(changed) => *differs.entry(place).or_default() |= changed,
                Err(problem) => {
                    problems.insert(format!("{place}: {problem}"));
                }
            }
        }
    }
    assert!(
        differs.len() > 300,
        "{} probes were compared",
        differs.len()
    );
    let same: Vec<&str> = differs
        .iter()
        .filter(|(_, changed)| !**changed)
        .map(|(place, _)| place.as_str())
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
    let expected: Vec<&str> = CHANGES_NOTHING.iter().map(|(place, _)| *place).collect();
    assert_eq!(
        same, expected,
        "changes that change nothing (left), and those listed (right)"
    );
}

/// Whether the probe differs from its control at all.
fn compared(
    runner: &Runner,
    variant: &Variant,
    case: &Case,
    probe: &Probe<'_>,
) -> Result<bool, String> {
    let mut session = Session::new(runner, variant, 0);
    // In a sequence the control is a request of its own, without the case's change.
    session.control_change = case.control.as_ref().filter(|_| case.steps.is_empty());
    let shown = |halt: Halt| format!("{halt:?}");
    let grant = session.grant(probe.send.baseline.as_ref()).map_err(shown)?;
    pretend_saved(&mut session, probe.change);
    let request = TokenRequest {
        role: Role::Probe,
        client: probe.send.client,
        grant,
        credential: if grant == Grant::Saml2Bearer {
            Credential::of(session.saml_assertion().map_err(shown)?)
        } else {
            credential(grant)
        },
        change: Some(probe.change),
        unchanged: Unchanged::Send,
    };
    let twins = session.compose_twins(&request).map_err(shown)?;
    let mut touched = Touched::by(probe.change, &session);
    if let Some(change) = session.control_change {
        touched.extend(Touched::by(change, &session));
    }
    touched.nothing_else(&twins)?;
    Ok(twins.sent.to_bytes() != twins.control.to_bytes())
}

fn credential(grant: Grant) -> Credential {
    let text = |text: &str| Some(text.to_owned());
    match grant {
        Grant::AuthorizationCode => Credential {
            value: text("SplxlOBeZQQYbYS6WxSbIA"),
            redirect_uri: text("https://client.example/of-the-code"),
            code_verifier: text("verifier-of-this-code-0123456789-0123456789"),
            scope: text("read write"),
            user: None,
        },
        Grant::Password => Credential {
            user: Some(("alice".to_owned(), "wonder land".to_owned())),
            ..Credential::default()
        },
        // RFC 7519, section 3.1.
        Grant::JwtBearer => Credential::of(
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned(),
        ),
        Grant::Ciba
        | Grant::ClientCredentials
        | Grant::DeviceCode
        | Grant::RefreshToken
        | Grant::Saml2Bearer
        | Grant::TokenExchange
        | Grant::ValidateBearer => Credential {
            value: text("tGzv3JOkF0XG5Qx2TlKWIA"),
            ..Credential::default()
        },
    }
}

/// Gives every saved step that the change asks for a value.
fn pretend_saved(session: &mut Session<'_>, change: &Change) {
    for text in change.templates() {
        let parsed = template::parse(text.as_str()).unwrap();
        for path in parsed.paths() {
            let (name, members) = path.split_first().unwrap();
            let value = match members.last().map(String::as_str) {
                Some("lifetime" | "expires_in" | "status") => "3600",
                _ => "c2F2ZWQgdmFsdWUgb2YgYW4gZWFybGllciBzdGVw",
            };
            let value = Rendered::plain(value);
            let saved = session.values.saved.entry(name.clone()).or_default();
            match members {
                [sent, parameter] if sent == "sent" => {
                    let mut message = Message::default();
                    for (name, value) in saved.sent.all() {
                        message.set(name.as_bytes(), &value.bytes);
                    }
                    message.set(parameter.as_bytes(), &value.bytes);
                    saved.sent = Parameters::of(&Arc::new(message));
                }
                members => saved.put(&members.join("."), value),
            }
        }
    }
}

/// What the keys of a change may touch.
#[derive(Default)]
struct Touched {
    parameters: BTreeSet<String>,
    /// Names of header fields, in lower case.
    fields: BTreeSet<String>,
    parts: BTreeSet<&'static str>,
}

const CREDENTIALS: [&str; 4] = [
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
];

impl Touched {
    fn by(change: &Change, session: &Session<'_>) -> Self {
        let mut touched = Self::default();
        touched.parameters(change, session);
        touched.fields(change);
        let parts = [
            ("method", change.method.is_some()),
            ("path", change.path.is_some() || change.url.is_some()),
            ("url", change.url.is_some()),
            (
                "query",
                change.query.is_some() || change.url.is_some() || !change.to_query.is_empty(),
            ),
            ("body", change.body.is_some()),
            ("framing", change.framing.is_some()),
            ("wire", change.wire.is_some()),
            ("reverse", change.reorder == Some(Reorder::Reverse)),
        ];
        let touches = parts.into_iter().filter(|(_, touches)| *touches);
        touched.parts.extend(touches.map(|(part, _)| part));
        touched
    }

    fn extend(&mut self, other: Self) {
        self.parameters.extend(other.parameters);
        self.fields.extend(other.fields);
        self.parts.extend(other.parts);
    }

    fn parameters(&mut self, change: &Change, session: &Session<'_>) {
        let name = |text: &str| session.values.text(&Text::new(text)).unwrap();
        let names_of = |pairs: &Pairs| -> Vec<String> {
            pairs.iter().map(|(text, _)| name(text.as_str())).collect()
        };
        let lists = change
            .prepend
            .iter()
            .chain(&change.append)
            .chain([&change.set]);
        self.parameters.extend(lists.flat_map(names_of));
        let inserted = change
            .before
            .values()
            .chain(change.after.values())
            .flatten();
        self.parameters.extend(inserted.flat_map(names_of));
        let keys = change.rename.keys().chain(change.spell.keys());
        self.parameters.extend(keys.map(|key| name(key)));
        self.parameters.extend(change.saml.keys().cloned());
        let texts = change.remove.iter().chain(change.rename.values());
        self.parameters
            .extend(texts.map(|text| name(text.as_str())));
        for text in change.to_query.iter() {
            match text.as_str() {
                "all" => self
                    .parameters
                    .extend(session.values.baseline.all().keys().cloned()),
                text => {
                    self.parameters.insert(name(text));
                }
            }
        }
        for spelling in change.spell.values() {
            let spelled = spelling.name.iter().map(|raw| {
                let raw = session.values.text(raw).unwrap();
                lossy(&crate::wire::form::decode_component(raw.as_bytes()))
            });
            self.parameters.extend(spelled);
        }
        if change.authenticate.is_some() || change.assertion.is_some() {
            self.parameters
                .extend(CREDENTIALS.iter().map(|name| (*name).to_owned()));
        }
    }

    fn fields(&mut self, change: &Change) {
        if let Some(headers) = &change.headers {
            let named = headers.set.iter().map(|(name, _)| name);
            let added = headers
                .add
                .iter()
                .flat_map(Pairs::iter)
                .map(|(name, _)| name);
            let names = named.chain(added).chain(&headers.remove);
            self.fields
                .extend(names.map(|name| name.value.to_lowercase()));
            if !headers.raw.is_empty() {
                self.parts.insert("raw fields");
            }
        }
        let authorization = change.authenticate.is_some()
            || change.basic.is_some()
            || change.authorization.is_some();
        self.fields
            .extend(authorization.then(|| "authorization".to_owned()));
        self.fields.extend(
            change
                .content_type
                .iter()
                .map(|_| "content-type".to_owned()),
        );
        self.fields
            .extend(change.url.iter().map(|_| "host".to_owned()));
    }

    fn nothing_else(&self, Twins { sent, control }: &Twins) -> Result<(), String> {
        let part = |name: &'static str, same: bool| {
            if same || self.parts.contains(name) {
                Ok(())
            } else {
                Err(format!("the {name} differs"))
            }
        };
        part("method", sent.method == control.method)?;
        part("url", sent.url == control.url)?;
        part("path", sent.path == control.path)?;
        part("query", sent.query == control.query)?;
        part("body", sent.raw_body == control.raw_body)?;
        part("framing", sent.framing == control.framing)?;
        part(
            "wire",
            sent.version == control.version && sent.delivery == control.delivery,
        )?;
        part("raw fields", sent.raw_fields == control.raw_fields)?;
        let (fields, expected) = (self.other_fields(sent), self.other_fields(control));
        if fields != expected {
            return Err(format!("header fields differ: {fields:?}, {expected:?}"));
        }
        let pairs = self.other_pairs(sent);
        let mut expected = self.other_pairs(control);
        if self.parts.contains("reverse") {
            expected.reverse();
        }
        if pairs != expected {
            return Err(format!("parameters differ: {pairs:?}, {expected:?}"));
        }
        Ok(())
    }

    /// The fields that the change must leave alone.
    fn other_fields(&self, message: &Message) -> Vec<(String, String)> {
        let own = [
            ("host", Some(message.host.as_bytes())),
            ("authorization", message.authorization.as_deref()),
            ("content-type", message.content_type.as_deref()),
        ];
        let own = own
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), lossy(value?))));
        let more = message
            .headers
            .iter()
            .map(|(name, value)| (name.to_lowercase(), lossy(value)));
        own.chain(more)
            .filter(|(name, _)| !self.fields.contains(name))
            .collect()
    }

    /// The parameters that the change must leave alone.
    fn other_pairs<'m>(&self, message: &'m Message) -> Vec<&'m Pair> {
        let left_alone = |pair: &&Pair| {
            let name = lossy(&crate::wire::form::decode_component(&pair.name));
            !self.parameters.contains(&name)
        };
        message.pairs.iter().filter(left_alone).collect()
    }
}

fn lossy(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}
