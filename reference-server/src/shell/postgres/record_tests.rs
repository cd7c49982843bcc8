//! Every record comes back as it was kept. The records are taken apart member by member: a new member does not
//! compile until it is compared here, and one that is not kept is noticed.

use serde_json::{Value, json};

use super::*;
use crate::registry::Registry;

fn registry() -> Registry {
    let client = |id: &str| Client {
        id: id.to_owned(),
        name: id.to_owned(),
        ..Client::nobody()
    };
    Registry::new([client("one"), client("other")])
}

/// Writes and reads a record, and compares what `members` shows of it. Returns that.
#[track_caller]
fn comes_back<T: Stored>(
    record: &T,
    (value, usage): (&str, Usage),
    members: fn(&T) -> Vec<Value>,
) -> Vec<Value> {
    let read = T::read(&record.write(), value, usage, &|id| registry().client(id)).unwrap();
    assert_eq!(members(record), members(&read));
    members(record)
}

/// That no member is the same in two records: it could be a constant.
#[track_caller]
fn differ_everywhere(one: &[Value], other: &[Value]) {
    assert!(one.iter().zip(other).all(|(one, other)| one != other));
}

fn named(id: &str) -> Arc<Client> {
    registry().client(id).unwrap()
}

/// A text and number of its own for each member: values that are mixed up show.
struct Own(u64);

impl Own {
    fn number(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    fn time(&mut self) -> Timestamp {
        Timestamp(self.number())
    }

    fn text(&mut self) -> String {
        format!("\"text\\ ü\u{1F511}{}", self.number())
    }

    fn list(&mut self) -> Vec<String> {
        vec![self.text(), self.text()]
    }

    fn scope(&mut self) -> Scope {
        Scope::of(&self.list())
    }

    fn manager(&mut self) -> ManagerRequest {
        ManagerRequest {
            id: Some(self.text()),
            aud: Some(self.text()),
            resources: self.list(),
        }
    }
}

fn usage(usage: Usage) -> Value {
    match usage {
        Usage::Unused => Value::Null,
        Usage::Used(when) => json!(when.0),
    }
}

fn request(request: &ManagerRequest) -> Value {
    let ManagerRequest { id, aud, resources } = request;
    json!([id, aud, resources])
}

fn code_members(record: &CodeRecord) -> Vec<Value> {
    let CodeRecord {
        value,
        client,
        redirect_uri,
        scope,
        challenge,
        subject,
        manager,
        issued,
        serial,
        expires,
        forgotten,
        usage: used,
    } = record;
    let challenge = challenge.as_ref().map(|it| {
        let Challenge { value, method } = it;
        (value.clone(), method.as_str())
    });
    vec![
        json!(value),
        json!(client.id),
        json!(redirect_uri),
        json!(scope.to_string()),
        json!(challenge),
        json!(subject),
        request(manager),
        json!(issued.0),
        json!(serial),
        json!(expires.0),
        json!(forgotten.0),
        usage(*used),
    ]
}

#[test]
fn code_comes_back() {
    let own = &mut Own(0);
    let full = |own: &mut Own, method| CodeRecord {
        value: own.text(),
        client: named("one"),
        redirect_uri: Some(own.text()),
        scope: own.scope(),
        challenge: Some(Challenge {
            value: own.text(),
            method,
        }),
        subject: own.text(),
        manager: own.manager(),
        issued: own.time(),
        serial: own.number(),
        expires: own.time(),
        forgotten: own.time(),
        usage: Usage::Used(own.time()),
    };
    let record = full(own, ChallengeMethod::Plain);
    let plain = comes_back(&record, (&record.value, record.usage), code_members);
    let s256 = full(own, ChallengeMethod::S256);
    comes_back(&s256, (&s256.value, s256.usage), code_members);
    let least = CodeRecord {
        client: named("other"),
        redirect_uri: None,
        scope: Scope::default(),
        challenge: None,
        manager: ManagerRequest::default(),
        usage: Usage::Unused,
        ..full(own, ChallengeMethod::S256)
    };
    let least = comes_back(&least, (&least.value, least.usage), code_members);
    differ_everywhere(&plain, &least);
}

fn polled_members(record: &PolledRecord) -> Vec<Value> {
    let PolledRecord {
        value,
        grant_type,
        user_code,
        client,
        scope,
        subject,
        manager,
        issued,
        serial,
        expires,
        forgotten,
        interval,
        polled,
        notification_token,
        decision,
        usage: used,
    } = record;
    vec![
        json!(value),
        json!(grant_type.as_str()),
        json!(user_code),
        json!(client.id),
        json!(scope.to_string()),
        json!(subject),
        request(manager),
        json!(issued.0),
        json!(serial),
        json!(expires.0),
        json!(forgotten.0),
        json!(interval),
        json!(polled.map(|polled| polled.0)),
        json!(notification_token),
        json!(format!("{decision:?}")),
        usage(*used),
    ]
}

#[test]
fn what_is_polled_for_comes_back() {
    let own = &mut Own(0);
    let full = |own: &mut Own, decision| PolledRecord {
        value: own.text(),
        grant_type: GrantType::DeviceCode,
        user_code: Some(own.text()),
        client: named("one"),
        scope: own.scope(),
        subject: own.text(),
        manager: own.manager(),
        issued: own.time(),
        serial: own.number(),
        expires: own.time(),
        forgotten: own.time(),
        interval: own.number(),
        polled: Some(own.time()),
        notification_token: Some(own.text()),
        decision,
        usage: Usage::Used(own.time()),
    };
    let record = full(own, Decision::Denied);
    comes_back(&record, (&record.value, record.usage), polled_members);
    let record = full(own, Decision::Approved);
    let full_members = comes_back(&record, (&record.value, record.usage), polled_members);
    let least = PolledRecord {
        grant_type: GrantType::Ciba,
        user_code: None,
        client: named("other"),
        scope: Scope::default(),
        manager: ManagerRequest::default(),
        polled: None,
        notification_token: None,
        usage: Usage::Unused,
        ..full(own, Decision::Pending)
    };
    let least = comes_back(&least, (&least.value, least.usage), polled_members);
    differ_everywhere(&full_members, &least);
}

fn refresh_members(record: &RefreshRecord) -> Vec<Value> {
    let RefreshRecord {
        value,
        client,
        grant,
        scope,
        subject,
        manager,
        resources,
        certificate,
        issued,
        serial,
        expires,
        usage: used,
    } = record;
    vec![
        json!(value),
        json!(client.id),
        json!(grant),
        json!(scope.to_string()),
        json!(subject),
        json!(manager),
        json!(resources),
        json!(certificate),
        json!(issued.0),
        json!(serial),
        json!(expires.0),
        usage(*used),
    ]
}

fn refresh(own: &mut Own) -> RefreshRecord {
    RefreshRecord {
        value: own.text(),
        client: named("one"),
        grant: own.text(),
        scope: own.scope(),
        subject: own.text(),
        manager: Some(own.text()),
        resources: own.list(),
        certificate: Some(own.text()),
        issued: own.time(),
        serial: own.number(),
        expires: own.time(),
        usage: Usage::Used(own.time()),
    }
}

#[test]
fn refresh_token_comes_back() {
    let own = &mut Own(0);
    let record = refresh(own);
    let full_members = comes_back(&record, (&record.value, record.usage), refresh_members);
    let least = RefreshRecord {
        client: named("other"),
        scope: Scope::default(),
        manager: None,
        resources: Vec::new(),
        certificate: None,
        usage: Usage::Unused,
        ..refresh(own)
    };
    let least = comes_back(&least, (&least.value, least.usage), refresh_members);
    differ_everywhere(&full_members, &least);
}

fn access_members(record: &AccessRecord) -> Vec<Value> {
    let AccessRecord {
        value,
        client,
        grant,
        grant_type,
        scope,
        subject,
        actor,
        audience,
        manager,
        jti,
        certificate,
        issued,
        serial,
        expires,
    } = record;
    vec![
        json!(value),
        json!(client.id),
        json!(grant),
        json!(grant_type.as_str()),
        json!(scope.to_string()),
        json!(subject),
        json!(actor),
        json!(audience),
        json!(manager),
        json!(jti),
        json!(certificate),
        json!(issued.0),
        json!(serial),
        json!(expires.0),
    ]
}

#[test]
fn access_token_comes_back() {
    let own = &mut Own(0);
    let full = |own: &mut Own, grant_type| AccessRecord {
        value: own.text(),
        client: named("one"),
        grant: Some(own.text()),
        grant_type,
        scope: own.scope(),
        subject: own.text(),
        actor: Some(json!({"sub": own.text(), "act": {"sub": own.text()}})),
        audience: own.list(),
        manager: Some(own.text()),
        jti: Some(own.text()),
        certificate: Some(own.text()),
        issued: own.time(),
        serial: own.number(),
        expires: own.time(),
    };
    let unused = Usage::Unused;
    for grant_type in GrantType::ALL {
        let record = full(own, *grant_type);
        comes_back(&record, (&record.value, unused), access_members);
    }
    let record = full(own, GrantType::TokenExchange);
    let full_members = comes_back(&record, (&record.value, unused), access_members);
    let least = AccessRecord {
        client: named("other"),
        grant: None,
        scope: Scope::default(),
        actor: None,
        audience: Vec::new(),
        manager: None,
        jti: None,
        certificate: None,
        ..full(own, GrantType::ClientCredentials)
    };
    let least = comes_back(&least, (&least.value, unused), access_members);
    differ_everywhere(&full_members, &least);
}

#[test]
fn record_of_a_client_that_is_gone_or_of_another_version_is_none() {
    let record = refresh(&mut Own(0));
    let text = record.write();
    let read = |text: &str, registry: &Registry| {
        RefreshRecord::read(text, "v", Usage::Unused, &|id| registry.client(id)).is_some()
    };
    assert!(read(&text, &registry()) && !read(&text, &Registry::default()));
    let clients = |id: &str| registry().client(id);
    assert!(CodeRecord::read(&text, "v", Usage::Unused, &clients).is_none());
}
