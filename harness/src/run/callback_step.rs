//! The steps `publish` and `received`: what the callback host shows, and what arrived there.

use std::sync::Arc;

use super::deadline::duration;
use super::halt::Halt;
use super::named_key::{own_jwk, set};
use super::saved::Saved;
use super::session::{Session, plain};
use super::steps::Course;
use crate::judge::{Judgement, RenderText as _, Value, holds, is_true};
use crate::suite::answer::Grade;
use crate::suite::change::Who;
use crate::suite::model::{Publish, Received, ReceivedAnswer};
use crate::target::{self, Target};
use crate::transport::{Arrival, CallbackHost, Place, Published};
use crate::wire::json::{Document, Json};
use crate::x509::{mint::of_key, pem};

/// Shows the key sets of all clients that have one at the callback host, and takes their notifications.
pub(super) fn show_all(host: &CallbackHost, target: &Target) {
    let Some(place) = &target.callback_host else {
        return;
    };
    for client in &target.clients {
        let path = client
            .jwks_uri
            .as_deref()
            .and_then(|uri| place.path_of(uri));
        if let (Some(path), Some(jwk)) = (path, own_jwk(client)) {
            let _nothing_before = host.publish(to_all(path), Some(jwk_set(set(vec![jwk]))));
        }
        let endpoint = client.notification_endpoint.as_deref();
        if let Some(path) = endpoint.and_then(|uri| place.path_of(uri)) {
            // The answer to a notification (CIBA Core §10.2).
            let taken = Published {
                status: 204,
                ..Published::default()
            };
            let _nothing_before = host.publish(to_all(path), Some(taken));
        }
    }
}

/// To all requests at a path.
fn to_all(path: &str) -> Place {
    Place {
        path: path.to_owned(),
        with: None,
    }
}

/// A key set that may be kept for a minute.
fn jwk_set(body: Vec<u8>) -> Published {
    let fields = [
        ("Content-Type", "application/jwk-set+json"),
        ("Cache-Control", "max-age=60"),
    ];
    Published {
        status: 200,
        headers: fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        body,
        ..Published::default()
    }
}

/// What a variant has shown at the callback host: it is taken back when the variant ends.
#[derive(Debug, Default)]
pub(super) struct Shown {
    host: Option<Arc<CallbackHost>>,
    /// What was there before.
    before: Vec<(Place, Option<Published>)>,
    /// The number of the first arrival that is the variant's.
    from: usize,
}

impl Shown {
    /// Nothing is shown yet.
    pub(super) fn at(host: Option<&Arc<CallbackHost>>) -> Self {
        Self {
            host: host.cloned(),
            before: Vec::new(),
            from: host.map_or(0, |host| host.next_number()),
        }
    }

    fn show(&mut self, place: Place, content: Published) {
        let Some(host) = &self.host else { return };
        let before = host.publish(place.clone(), Some(content));
        self.before.push((place, before));
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        for (place, before) in self.before.drain(..).rev() {
            if let Some(host) = &self.host {
                drop(host.publish(place, before));
            }
        }
    }
}

impl Session<'_> {
    /// Shows something.
    pub(super) fn publish_step(&mut self, step: &Publish) -> Result<(), Halt> {
        let place = self.callback_host()?;
        let url = match &step.at {
            Some(at) => self.values.text(at)?,
            None => format!("{}/tokenspec/{:032x}", place.url, rand::random::<u128>()),
        };
        let path = path_at(place, &url)?;
        let mut content = match (&step.keys, &step.certificate) {
            (Some(keys), _) => {
                let client = self.who(Who::Own)?;
                let mut all = Vec::new();
                for key in keys {
                    let mut jwk = self.named_jwk(key.key.as_str(), client)?;
                    self.edit(&mut jwk, &key.members)?;
                    all.push(jwk);
                }
                jwk_set(set(all))
            }
            (None, Some(name)) => self.certificate_of_key(name.as_str())?,
            (None, None) => Published {
                status: 200,
                body: match &step.body {
                    Some(body) => self.values.render(body)?.bytes,
                    None => Vec::new(),
                },
                ..Published::default()
            },
        };
        if let Some(status) = &step.status {
            content.status = self.values.text(status)?.parse().unwrap_or(200);
        }
        for (name, value) in step.headers.iter() {
            let (name, value) = (self.values.text(name)?, self.values.text(value)?);
            content
                .headers
                .retain(|(own, _)| !own.eq_ignore_ascii_case(&name));
            content.headers.push((name, value));
        }
        if let Some(delay) = &step.delay {
            content.delay = duration(&self.values.text(delay)?)?;
        }
        let with = step.with.as_ref().map(|with| self.values.text(with));
        let with = with.transpose()?;
        self.shown.show(Place { path, with }, content);
        let mut saved = Saved::default();
        saved.put("url", plain(url));
        self.save(step.name.as_ref(), saved);
        Ok(())
    }

    /// PEM of a certificate of the key of this name.
    fn certificate_of_key(&self, name: &str) -> Result<Published, Halt> {
        let key = self.named_key(name)?;
        let der = of_key(&key.key, "tokenspec", self.runner.now());
        let der = der.ok_or_else(|| Halt::Skipped("needs an asymmetric key".to_owned()))?;
        Ok(Published {
            status: 200,
            headers: vec![(
                "Content-Type".to_owned(),
                "application/pem-certificate-chain".to_owned(),
            )],
            body: pem("CERTIFICATE", &der).into_bytes(),
            ..Published::default()
        })
    }

    fn callback_host(&self) -> Result<&target::CallbackHost, Halt> {
        let place = self.runner.target.callback_host.as_ref();
        place.filter(|_| self.shown.host.is_some()).ok_or_else(|| {
            Halt::Skipped(
                "needs `callback_host`: set `callback_host` in the target file".to_owned(),
            )
        })
    }

    /// Looks at what arrived.
    pub(super) async fn received_step(
        &mut self,
        step: &Received,
        course: &mut Course,
    ) -> Result<(), Halt> {
        let url = self.values.text(&step.at)?;
        let path = path_at(self.callback_host()?, &url)?;
        let with = step.with.as_ref().map(|with| self.values.text(with));
        let with = with.transpose()?;
        let deadline = self.deadline(step.within.as_ref())?;
        let host = self.shown.host.clone();
        loop {
            // Made before the look, it misses nothing.
            let next = host.as_ref().map(|host| host.arrived());
            let arrivals = self.arrivals(&path, with.as_deref())?;
            if arrivals.is_empty() && deadline.until(next).await {
                continue;
            }
            self.save(step.name.as_ref(), saved(&arrivals));
            if step.expect.is_empty() {
                if arrivals.is_empty() {
                    return Err(Halt::Inconclusive(format!("nothing arrived at {path}")));
                }
                return Ok(());
            }
            let judgement = self.received(&step.expect, &arrivals)?;
            if judgement.grade > Grade::Info && deadline.wait().await {
                continue;
            }
            course.ended |= judgement.end || judgement.grade == Grade::Fail;
            course.add(judgement, None);
            return Ok(());
        }
    }

    /// What arrived since the variant began; nothing is concluded where that is not all.
    fn arrivals(&self, path: &str, with: Option<&str>) -> Result<Vec<Arrival>, Halt> {
        let Some(host) = &self.shown.host else {
            return Ok(Vec::new());
        };
        let path = path.split('?').next().unwrap_or_default();
        let arrivals = host.arrivals(path, self.shown.from);
        let mut arrivals = arrivals.map_err(|why| Halt::Inconclusive(why.to_string()))?;
        arrivals.retain(|arrival| with.is_none_or(|with| arrival.has(with)));
        Ok(arrivals)
    }

    fn received(&self, answers: &[ReceivedAnswer], all: &[Arrival]) -> Result<Judgement, Halt> {
        let shown = match all {
            [] => "no request arrived at the callback host".to_owned(),
            [first, ..] => {
                let Arrival { method, target, .. } = first;
                let count = all.len();
                format!(
                    "requests that arrived at the callback host: {count}; the first: {method} {target}"
                )
            }
        };
        let expected = answers.iter().map(wanted).collect();
        for answer in answers.iter().filter(|answer| self.words(&answer.when)) {
            if self.received_holds(answer, all)? {
                let because = answer.because.as_deref();
                return Ok(Judgement {
                    end: answer.end.as_ref().is_some_and(is_true),
                    ..Judgement::explained(answer.grade, because, &shown, expected)
                });
            }
        }
        let reason = format!("{shown}, which is not as it must be");
        Ok(Judgement::unexplained(Grade::Fail, reason, expected))
    }

    fn received_holds(&self, answer: &ReceivedAnswer, all: &[Arrival]) -> Result<bool, Halt> {
        if let Some(bounds) = &answer.count {
            let number = |text: &crate::suite::text::Text| text.as_str().parse::<usize>().ok();
            let least = bounds.at_least.as_ref().and_then(number);
            let most = bounds.at_most.as_ref().and_then(number);
            if least.is_some_and(|least| all.len() < least)
                || most.is_some_and(|most| all.len() > most)
            {
                return Ok(false);
            }
        } else if all.is_empty() {
            return Ok(false);
        }
        let first = all.first();
        let method: Vec<Value<'_>> = first
            .map(|it| Value::Text(&it.method))
            .into_iter()
            .collect();
        let mut all_hold = match &answer.method {
            Some(condition) => holds(condition, &method, &self.values)?,
            None => true,
        };
        for (name, condition) in &answer.header {
            let fields = first.iter().flat_map(|it| &it.headers);
            let values: Vec<Value<'_>> = fields
                .filter(|(own, _)| own.eq_ignore_ascii_case(name))
                .map(|(_, value)| Value::Text(value))
                .collect();
            all_hold &= holds(condition, &values, &self.values)?;
        }
        let members = first.map(members).unwrap_or_default();
        for (name, condition) in &answer.json {
            let named = members.iter().filter(|(own, _)| own == name);
            let values: Vec<Value<'_>> = named.map(|(_, value)| Value::Json(value)).collect();
            all_hold &= holds(condition, &values, &self.values)?;
        }
        Ok(all_hold)
    }
}

/// The members of the JSON object that a request has as content.
fn members(arrival: &Arrival) -> Vec<(String, Json)> {
    match Document::read(&arrival.body).map(|document| document.value) {
        Ok(Json::Object(members)) => members,
        Ok(Json::Array(_) | Json::Bool(_) | Json::Null | Json::Number(_) | Json::String(_))
        | Err(_) => Vec::new(),
    }
}

fn saved(arrivals: &[Arrival]) -> Saved {
    let mut saved = Saved::default();
    saved.put("count", plain(arrivals.len().to_string()));
    let Some(first) = arrivals.first() else {
        return saved;
    };
    saved.put("method", plain(first.method.clone()));
    saved.put("target", plain(first.target.clone()));
    saved.put("body", plain(first.body.clone()));
    for (name, value) in &first.headers {
        saved.put(&format!("header.{name}"), plain(value.clone()));
    }
    for (name, value) in members(first) {
        saved.put_member(&format!("json.{name}"), &value);
    }
    saved
}

fn wanted(answer: &ReceivedAnswer) -> String {
    let count = answer.count.as_ref();
    let most = count.and_then(|bounds| bounds.at_most.as_ref());
    match most.map(crate::suite::text::Text::as_str) {
        Some("0") => "nothing arrives".to_owned(),
        Some(most) => format!("at most {most} requests arrive"),
        None => "a request arrives as described".to_owned(),
    }
}

/// The path of a URL at the host.
fn path_at(place: &target::CallbackHost, url: &str) -> Result<String, Halt> {
    let path = place.path_of(url).map(str::to_owned);
    path.ok_or_else(|| Halt::Inconclusive(format!("`{url}` is not at the callback host")))
}
