//! A step of a sequence in words.

use super::authorize::{authorize, push, register};
use super::callback;
use super::handshake;
use super::page::Page;
use super::{InWords, answer, change};
use crate::judge::is_true;
use crate::suite::answer::Grade;
use crate::suite::change::Who;
use crate::suite::model::{
    Begin, Check, Decide, Durations, Fetch, Inspect, Obtain, Prepare, Revoke, Sample, Send, Step,
    Together,
};
use crate::suite::text::Text;

/// A step as a point of the page, what conforms below it.
pub(super) fn explain(number: usize, step: &Step, page: &mut Page) {
    page.point(0, &format!("{number}."), &words(step));
    conforming(step, page);
}

/// What is done.
fn words(step: &Step) -> String {
    match step {
        Step::Approve(step) => decide("approves", step),
        Step::Authorize(step) => authorize(step),
        Step::Begin(step) => begin(step),
        Step::Check(step) => check(step),
        Step::Deny(step) => decide("denies", step),
        Step::Durations(step) => durations(step),
        Step::Elapse(time) => format!("{} pass", InWords::of(time)),
        Step::Fetch(step) => fetch(step),
        Step::Handshake(step) => handshake::words(step),
        Step::Inspect(step) => inspect(step),
        Step::Obtain(step) => obtain(step),
        Step::Prepare(step) => prepare(step),
        Step::Publish(step) => callback::publish(step),
        Step::Push(step) => push(step),
        Step::Register(step) => register(step),
        Step::Received(step) => callback::received(step),
        Step::Revoke(step) => revoke(step),
        Step::Sample(step) => sample(step),
        Step::Send(step) => send(step),
        Step::Together(step) => together(step),
    }
}

/// What conforms.
fn conforming(step: &Step, page: &mut Page) {
    match step {
        Step::Authorize(step) => answer::authorize(&step.expect, page),
        Step::Begin(step) => answer::points(&step.expect, page),
        Step::Durations(step) => answer::durations(&step.expect, page),
        Step::Fetch(step) => answer::points(&step.expect, page),
        Step::Handshake(step) => handshake::answers(&step.expect, page),
        Step::Inspect(step) => answer::inspect(&step.expect, page),
        Step::Push(step) => answer::points(&step.expect, page),
        Step::Register(step) => answer::points(&step.expect, page),
        Step::Received(step) => callback::answers(&step.expect, page),
        Step::Revoke(step) => answer::points(&step.expect, page),
        Step::Sample(step) => answer::sample(&step.expect, page),
        Step::Send(step) => answer::points(&step.expect, page),
        Step::Together(step) => answer::together(&step.expect, page),
        Step::Approve(_)
        | Step::Check(_)
        | Step::Deny(_)
        | Step::Elapse(_)
        | Step::Obtain(_)
        | Step::Prepare(_)
        | Step::Publish(_) => {}
    }
}

fn fetch(step: &Fetch) -> String {
    let Fetch {
        name,
        url,
        headers,
        expect: _,
    } = step;
    let fields = headers.as_ref().map(|headers| {
        let change = crate::suite::change::Change {
            headers: Some(headers.clone()),
            ..crate::suite::change::Change::default()
        };
        format!(", changed: {}", change::words(&change))
    });
    format!(
        "a GET of {}{}{}",
        InWords::of(url),
        fields.unwrap_or_default(),
        saved(name.as_ref())
    )
}

pub(super) fn saved(name: Option<&Text>) -> String {
    name.map(|name| format!(", called `{name}`"))
        .unwrap_or_default()
}

pub(super) fn by(who: Who) -> &'static str {
    match who {
        Who::Own => "",
        Who::Other => " by the other client",
    }
}

fn within(time: Option<&Text>) -> String {
    time.map(|time| format!(", tried again for up to {time}"))
        .unwrap_or_default()
}

fn begin(step: &Begin) -> String {
    let Begin {
        name,
        client,
        grant,
        scope,
        set,
        control,
        expect: _,
    } = step;
    let mut words = match grant.as_str() {
        "ciba" => "a backchannel authentication request".to_owned(),
        _ => "a device authorization request".to_owned(),
    };
    words += by(*client);
    if let Some(scope) = scope {
        words += &format!(", scope {}", InWords::of(scope));
    }
    for (parameter, value) in set.iter() {
        words += &format!(", {} {}", InWords::of(parameter), InWords::of(value));
    }
    if control.as_ref().is_some_and(crate::judge::is_true) {
        words += ", which must succeed";
    }
    words + &saved(name.as_ref())
}

fn decide(verb: &str, step: &Decide) -> String {
    let Decide { with, may_fail } = step;
    let mut words = format!("the resource owner {verb} `{with}`");
    if may_fail.as_ref().is_some_and(is_true) {
        words += ", if the server still takes that";
    }
    words
}

fn obtain(step: &Obtain) -> String {
    let Obtain {
        name,
        client,
        grant,
        scope,
    } = step;
    let mut words = match grant.as_str() {
        "refresh_token" => "tokens, a refresh token among them, are obtained".to_owned(),
        grant => format!("tokens are obtained with {grant}"),
    };
    words += by(*client);
    if let Some(scope) = scope {
        words += &format!(", scope {}", InWords::of(scope));
    }
    words + &saved(name.as_ref())
}

fn request(baseline: Option<&Text>) -> String {
    match baseline {
        Some(grant) => format!("a token request with {grant}"),
        None => "the token request".to_owned(),
    }
}

fn send(step: &Send) -> String {
    let Send {
        name,
        baseline,
        with,
        client,
        change,
        control,
        expect: _,
        within: time,
        elapse,
    } = step;
    let mut words = request(baseline.as_ref()) + by(*client);
    if let Some(with) = with {
        words += &format!(", with what `{with}` brought");
    }
    if let Some(change) = change {
        words += &format!(", changed: {}", change::words(change));
    }
    if control.as_ref().is_some_and(is_true) {
        words += "; this is the control and must succeed";
    }
    if let Some(time) = elapse {
        words += &format!(
            "; while it waits for its answer, {} pass",
            InWords::of(time)
        );
    }
    words + &saved(name.as_ref()) + &within(time.as_ref())
}

fn prepare(step: &Prepare) -> String {
    let Prepare {
        name,
        baseline,
        client,
        change,
    } = step;
    let mut words = request(baseline.as_ref()) + by(*client) + " is made and not sent";
    if let Some(change) = change {
        words += &format!(", changed: {}", change::words(change));
    }
    words + &saved(Some(name))
}

fn together(step: &Together) -> String {
    let Together {
        name,
        times,
        rounds,
        send: inner,
        expect: _,
    } = step;
    let mut words = format!(
        "{times} times in one instant, each on its own connection: {}",
        send(inner)
    );
    if let Some(rounds) = rounds {
        words += &format!("; all of it up to {rounds} times");
    }
    words + &saved(name.as_ref())
}

fn durations(step: &Durations) -> String {
    let Durations {
        rounds,
        of,
        expect: _,
    } = step;
    let requests = of
        .iter()
        .map(|(name, request)| format!("`{name}`: {}", send(request)));
    format!(
        "{rounds} rounds, in each of which every request is sent and the time of its answer taken; {}",
        requests.collect::<Vec<_>>().join("; ")
    )
}

fn sample(step: &Sample) -> String {
    let Sample {
        name,
        times,
        send: token,
        authorize: code,
        begin: begun,
        register: registered,
        collect,
        expect: _,
    } = step;
    let what = match (token, code, begun, registered) {
        (Some(token), _, _, _) => send(token),
        (None, Some(code), _, _) => authorize(code),
        (None, None, Some(begun), _) => begin(begun),
        (None, None, None, Some(registered)) => register(registered),
        (None, None, None, None) => "a request".to_owned(),
    };
    format!(
        "{times} times {what}; of each the {collect} is kept{}",
        saved(name.as_ref())
    )
}

fn inspect(step: &Inspect) -> String {
    let Inspect {
        name,
        token,
        expect,
        within: time,
        certificate,
    } = step;
    let mut words = format!("the state of {} is looked up", InWords::of(token));
    if let Some(certificate) = certificate {
        words += &format!(
            " at the protected resource, over a connection where {}",
            super::certificate::certificate_words(certificate)
        );
    }
    if expect.is_empty() {
        words += ": it must be good";
    }
    words + &saved(name.as_ref()) + &within(time.as_ref())
}

fn revoke(step: &Revoke) -> String {
    let Revoke {
        name,
        token,
        hint,
        client,
        expect: _,
    } = step;
    let mut words = format!("{} is revoked{}", InWords::of(token), by(*client));
    if let Some(hint) = hint {
        words += &format!(", token_type_hint {}", InWords::of(hint));
    }
    words + &saved(name.as_ref())
}

fn check(step: &Check) -> String {
    let Check {
        that,
        equals,
        differs,
        matches,
        within,
        contains,
        lacks,
        one_of,
        not_matches,
        charset,
        at_least,
        at_most,
        grade,
        end,
        because,
    } = step;
    let operands = [
        ("is", equals),
        ("is not", differs),
        ("matches", matches),
        ("does not match", not_matches),
        ("lies within", within),
        ("holds", contains),
        ("does not hold", lacks),
        ("has only characters in", charset),
        ("is at least", at_least),
        ("is at most", at_most),
    ];
    let mut words: Vec<String> = operands
        .into_iter()
        .filter_map(|(verb, text)| Some(format!("{verb} {}", InWords::of(text.as_ref()?))))
        .collect();
    if let Some(choices) = one_of {
        let choices: Vec<String> = choices.iter().map(InWords::of).collect();
        words.push(format!("is one of {}", choices.join(", ")));
    }
    let mut text = format!("{} {}", InWords::of(that), words.join(" and "));
    text += match grade {
        None | Some(Grade::Fail) => "; otherwise it deviates",
        Some(Grade::Warn) => "; otherwise a warning",
        Some(Grade::Info) => "; otherwise that is recorded",
        Some(Grade::Inconclusive) => "; otherwise nothing can be concluded",
        Some(Grade::Pass) => "; otherwise it conforms all the same",
    };
    if end.as_ref().is_some_and(is_true) {
        text += " and the case ends there";
    }
    if let Some(why) = because {
        text += &format!(" ({})", why.trim().trim_end_matches('.'));
    }
    text
}
