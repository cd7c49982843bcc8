//! Records as JSON text. A client is its identifier: who is no longer registered has no records.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::access_token_manager::ManagerRequest;
use crate::moment::Timestamp;
use crate::pkce::{Challenge, ChallengeMethod};
use crate::registry::Client;
use crate::state::{AccessRecord, CodeRecord, Decision, PolledRecord, RefreshRecord, Usage};
use crate::vocabulary::{GrantType, Scope};

/// Finds a client by its identifier.
pub(super) type Clients<'a> = &'a dyn Fn(&str) -> Option<Arc<Client>>;

/// A record that is kept as text.
pub(super) trait Stored: Sized {
    /// What the table calls it.
    const KIND: &'static str;
    /// The text, without the value and the use, which have columns of their own.
    fn write(&self) -> String;
    /// The record with this value and use; none if the text is not one of this version.
    fn read(text: &str, value: &str, usage: Usage, clients: Clients<'_>) -> Option<Self>;
}

#[derive(Serialize, Deserialize)]
struct Code {
    client: String,
    redirect_uri: Option<String>,
    scope: Vec<String>,
    challenge: Option<(String, String)>,
    subject: String,
    manager: Manager,
    issued: u64,
    serial: u64,
    expires: u64,
    forgotten: u64,
}

#[derive(Serialize, Deserialize)]
struct Manager {
    id: Option<String>,
    aud: Option<String>,
    resources: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Polled {
    grant_type: String,
    user_code: Option<String>,
    client: String,
    scope: Vec<String>,
    subject: String,
    manager: Manager,
    issued: u64,
    serial: u64,
    expires: u64,
    forgotten: u64,
    interval: u64,
    polled: Option<u64>,
    #[serde(default)]
    notification_token: Option<String>,
    /// Yes, no, or nothing yet.
    approved: Option<bool>,
}

#[derive(Serialize, Deserialize)]
struct Refresh {
    client: String,
    grant: String,
    scope: Vec<String>,
    subject: String,
    manager: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default)]
    certificate: Option<String>,
    issued: u64,
    serial: u64,
    expires: u64,
}

#[derive(Serialize, Deserialize)]
struct Access {
    client: String,
    grant: Option<String>,
    grant_type: String,
    scope: Vec<String>,
    subject: String,
    actor: Option<serde_json::Value>,
    audience: Vec<String>,
    manager: Option<String>,
    jti: Option<String>,
    certificate: Option<String>,
    issued: u64,
    serial: u64,
    expires: u64,
}

impl Stored for CodeRecord {
    const KIND: &'static str = "code";

    fn write(&self) -> String {
        let challenge = self.challenge.as_ref();
        text(&Code {
            client: self.client.id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            scope: values(&self.scope),
            challenge: challenge.map(|it| (it.value.clone(), it.method.as_str().to_owned())),
            subject: self.subject.clone(),
            manager: Manager::of(&self.manager),
            issued: self.issued.0,
            serial: self.serial,
            expires: self.expires.0,
            forgotten: self.forgotten.0,
        })
    }

    fn read(text: &str, value: &str, usage: Usage, clients: Clients<'_>) -> Option<Self> {
        let stored: Code = serde_json::from_str(text).ok()?;
        let challenge = match stored.challenge {
            Some((value, method)) => Some(Challenge {
                value,
                method: ChallengeMethod::parse(Some(&method))?,
            }),
            None => None,
        };
        Some(Self {
            value: value.to_owned(),
            client: clients(&stored.client)?,
            redirect_uri: stored.redirect_uri,
            scope: Scope::of(&stored.scope),
            challenge,
            subject: stored.subject,
            manager: stored.manager.request(),
            issued: Timestamp(stored.issued),
            serial: stored.serial,
            expires: Timestamp(stored.expires),
            forgotten: Timestamp(stored.forgotten),
            usage,
        })
    }
}

impl Stored for PolledRecord {
    const KIND: &'static str = "polled";

    fn write(&self) -> String {
        text(&Polled {
            grant_type: self.grant_type.as_str().to_owned(),
            user_code: self.user_code.clone(),
            client: self.client.id.clone(),
            scope: values(&self.scope),
            subject: self.subject.clone(),
            manager: Manager::of(&self.manager),
            issued: self.issued.0,
            serial: self.serial,
            expires: self.expires.0,
            forgotten: self.forgotten.0,
            interval: self.interval,
            polled: self.polled.map(|polled| polled.0),
            notification_token: self.notification_token.clone(),
            approved: match self.decision {
                Decision::Approved => Some(true),
                Decision::Denied => Some(false),
                Decision::Pending => None,
            },
        })
    }

    fn read(text: &str, value: &str, usage: Usage, clients: Clients<'_>) -> Option<Self> {
        let stored: Polled = serde_json::from_str(text).ok()?;
        Some(Self {
            value: value.to_owned(),
            grant_type: GrantType::parse(&stored.grant_type)?,
            user_code: stored.user_code,
            client: clients(&stored.client)?,
            scope: Scope::of(&stored.scope),
            subject: stored.subject,
            manager: stored.manager.request(),
            issued: Timestamp(stored.issued),
            serial: stored.serial,
            expires: Timestamp(stored.expires),
            forgotten: Timestamp(stored.forgotten),
            interval: stored.interval,
            polled: stored.polled.map(Timestamp),
            notification_token: stored.notification_token,
            decision: match stored.approved {
                Some(true) => Decision::Approved,
                Some(false) => Decision::Denied,
                None => Decision::Pending,
            },
            usage,
        })
    }
}

impl Stored for RefreshRecord {
    const KIND: &'static str = "refresh_token";

    fn write(&self) -> String {
        text(&Refresh {
            client: self.client.id.clone(),
            grant: self.grant.clone(),
            scope: values(&self.scope),
            subject: self.subject.clone(),
            manager: self.manager.clone(),
            resources: self.resources.clone(),
            certificate: self.certificate.clone(),
            issued: self.issued.0,
            serial: self.serial,
            expires: self.expires.0,
        })
    }

    fn read(text: &str, value: &str, usage: Usage, clients: Clients<'_>) -> Option<Self> {
        let stored: Refresh = serde_json::from_str(text).ok()?;
        Some(Self {
            value: value.to_owned(),
            client: clients(&stored.client)?,
            grant: stored.grant,
            scope: Scope::of(&stored.scope),
            subject: stored.subject,
            manager: stored.manager,
            resources: stored.resources,
            certificate: stored.certificate,
            issued: Timestamp(stored.issued),
            serial: stored.serial,
            expires: Timestamp(stored.expires),
            usage,
        })
    }
}

impl Stored for AccessRecord {
    const KIND: &'static str = "access_token";

    fn write(&self) -> String {
        text(&Access {
            client: self.client.id.clone(),
            grant: self.grant.clone(),
            grant_type: self.grant_type.as_str().to_owned(),
            scope: values(&self.scope),
            subject: self.subject.clone(),
            actor: self.actor.clone(),
            audience: self.audience.clone(),
            manager: self.manager.clone(),
            jti: self.jti.clone(),
            certificate: self.certificate.clone(),
            issued: self.issued.0,
            serial: self.serial,
            expires: self.expires.0,
        })
    }

    fn read(text: &str, value: &str, _: Usage, clients: Clients<'_>) -> Option<Self> {
        let stored: Access = serde_json::from_str(text).ok()?;
        Some(Self {
            value: value.to_owned(),
            client: clients(&stored.client)?,
            grant: stored.grant,
            grant_type: GrantType::parse(&stored.grant_type)?,
            scope: Scope::of(&stored.scope),
            subject: stored.subject,
            actor: stored.actor,
            audience: stored.audience,
            manager: stored.manager,
            jti: stored.jti,
            certificate: stored.certificate,
            issued: Timestamp(stored.issued),
            serial: stored.serial,
            expires: Timestamp(stored.expires),
        })
    }
}

impl Manager {
    fn of(request: &ManagerRequest) -> Self {
        Self {
            id: request.id.clone(),
            aud: request.aud.clone(),
            resources: request.resources.clone(),
        }
    }

    fn request(self) -> ManagerRequest {
        ManagerRequest {
            id: self.id,
            aud: self.aud,
            resources: self.resources,
        }
    }
}

/// These structures have nothing that is no JSON.
pub(super) fn text(stored: &impl Serialize) -> String {
    serde_json::to_string(stored).unwrap_or_default()
}

fn values(scope: &Scope) -> Vec<String> {
    scope.values().map(str::to_owned).collect()
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
