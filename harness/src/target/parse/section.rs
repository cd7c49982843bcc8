//! The target as a whole, and its smaller sections.

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use super::{
    Reader,
    hook::{OF_CIBA, OF_DEVICE},
};
use crate::{
    target::{
        AssertionIssuer, Assertions, CallbackHost, Ciba, ClientEndpoint, EndpointUrl, Endpoints,
        Limits, Resources, SamlIssuer, Supports, Target, Tls, TokenExchange, User, capability,
        file::{
            AssertionsFile, CallbackHostFile, CibaFile, ClientEndpointFile, ClientFile,
            EndpointsFile, LimitsFile, TargetFile, TlsFile, UserFile,
        },
    },
    yaml::{Entries, Located},
};

impl Reader<'_> {
    pub(super) fn target(&mut self, written: TargetFile) -> Target {
        let endpoint = written.token_endpoint;
        let mut target = Target::new(self.source.file().to_owned(), endpoint.value);
        target.line = endpoint.spot.line();
        if let Some(name) = written.name {
            target.name = name;
        }
        for profile in written.profile {
            let message = format!("no profile is called `{}`", profile.value);
            let unknown = self.source.problem(profile.spot, message, "");
            target.unknown_profile.push(unknown);
            target.profile.push(profile.value);
        }
        target.also_at = written.also_at;
        target.resolve = self.resolve(written.resolve);
        target.proxy = written.proxy.map(|proxy| self.proxy(proxy));
        target.issuer = written.issuer;
        target.metadata = written.metadata;
        target.tls = self.tls(written.tls);
        target.endpoints = self.endpoints(written.endpoints, &written.clients);
        let users: Vec<&str> = written.users.keys().collect();
        target.authorization_codes = self.authorization_codes(
            written.authorization_codes,
            (target.endpoints.authorization.as_ref(), &users),
        );
        target.users = self.users(written.users);
        target.device_approval = self.hook(written.device_approval, OF_DEVICE);
        target.device_denial = self.hook(written.device_denial, OF_DEVICE);
        target.ciba = written.ciba.map(|ciba| self.ciba(ciba));
        target.callback_host = written.callback_host.and_then(|it| self.callback_host(&it));
        if written.assertions.saml2_bearer.is_none() {
            self.lacks_saml_issuer(&written.clients);
        }
        target.assertions = self.assertions(written.assertions);
        target.token_exchange = written.token_exchange.map(|exchange| TokenExchange {
            audiences: exchange.audiences,
            subject_token_types: exchange.subject_token_types,
        });
        target.resources = written.resources.map(|resources| Resources {
            allowed: resources.allowed,
            foreign: resources.foreign,
        });
        target.clock = written.clock.and_then(|clock| self.clock(&clock.advance));
        target.access_token_managers =
            self.managers(written.access_token_managers, &written.clients);
        target.clients = self.clients(written.clients, target.callback_host.as_ref());
        target.supports = self.supports(&written.supports);
        target.allow = written.allow.iter().map(|allow| allow.value).collect();
        let defaults = if target.is_loopback() {
            Limits::LOOPBACK
        } else {
            Limits::ELSEWHERE
        };
        target.limits = self.limits(written.limits, defaults);
        target
    }

    fn proxy(&mut self, written: Located<EndpointUrl>) -> EndpointUrl {
        if written.value.is_https() {
            self.problem(
                written.spot,
                "a proxy is spoken to in plain HTTP",
                "write it like http://proxy.example.com:3128",
            );
        }
        written.value
    }

    fn callback_host(&mut self, written: &CallbackHostFile) -> Option<CallbackHost> {
        let url = written.url.value.as_str().trim_end_matches('/').to_owned();
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        if rest.contains(['/', '?']) {
            self.problem(
                written.url.spot,
                "the callback host has a path",
                "write its scheme, host and port alone: paths are of what is shown there",
            );
        }
        let listen: Option<SocketAddr> = written.listen.value.parse().ok();
        if listen.is_none_or(|listen| listen.port() == 0) {
            self.problem(
                written.listen.spot,
                "this is not an address with a port",
                "write it like 127.0.0.1:9200",
            );
        }
        Some(CallbackHost {
            listen: listen?,
            url,
        })
    }

    fn resolve(&mut self, written: Entries<Located<String>>) -> Vec<(String, IpAddr)> {
        let mut addresses = Vec::new();
        for (host, address) in written {
            match address.value.parse() {
                Ok(parsed) => addresses.push((host.value, parsed)),
                Err(_) => {
                    self.problem(
                        address.spot,
                        "this is not an IP address",
                        "write it like 127.0.0.1",
                    );
                }
            }
        }
        addresses
    }

    fn tls(&mut self, written: TlsFile) -> Tls {
        Tls {
            ca: written
                .ca
                .map(|path| self.certificates(&path))
                .unwrap_or_default(),
            insecure: written.insecure,
            test_ca: written
                .test_ca
                .and_then(|ca| self.key_pair(&ca.into_pair())),
        }
    }

    fn endpoints(
        &mut self,
        written: EndpointsFile,
        clients: &Entries<Located<ClientFile>>,
    ) -> Endpoints {
        let mut endpoint = |written: Option<ClientEndpointFile>| {
            written.map(|written| {
                if let Some(client) = &written.client {
                    self.check_name(client, "client", clients.keys());
                }
                ClientEndpoint {
                    url: written.url,
                    client: super::value(written.client),
                }
            })
        };
        Endpoints {
            introspection: endpoint(written.introspection),
            revocation: endpoint(written.revocation),
            authorization: written.authorization,
            protected_resource: written.protected_resource,
            device_authorization: written.device_authorization,
            backchannel_authentication: written.backchannel_authentication,
            pushed_authorization: written.pushed_authorization,
            userinfo: written.userinfo,
            registration: written.registration,
            token_mtls: written.token_mtls,
        }
    }

    fn users(&mut self, written: Entries<UserFile>) -> Vec<User> {
        let mut users = Vec::new();
        for (name, user) in written {
            if let Some(password) = self.secret(&user.password) {
                users.push(User {
                    name: name.value,
                    username: user.username,
                    password,
                });
            }
        }
        users
    }

    fn ciba(&mut self, written: CibaFile) -> Ciba {
        Ciba {
            login_hint: written.login_hint,
            approval: self.hook(written.approval, OF_CIBA),
            denial: self.hook(written.denial, OF_CIBA),
        }
    }

    fn assertions(&mut self, written: AssertionsFile) -> Assertions {
        let jwt_bearer = written.jwt_bearer.and_then(|issuer| {
            Some(AssertionIssuer {
                key: self.key(&issuer.key)?,
                issuer: issuer.issuer,
                subject: issuer.subject,
                audience: issuer.audience,
            })
        });
        let saml2_bearer = written.saml2_bearer.and_then(|issuer| {
            let certificate = self.certificates(&issuer.certificate.file);
            Some(SamlIssuer {
                key: self.key(&issuer.key)?,
                issuer: issuer.issuer,
                subject: issuer.subject,
                audience: issuer.audience,
                certificate,
            })
        });
        Assertions {
            jwt_bearer,
            saml2_bearer,
        }
    }

    fn supports(&mut self, written: &[Located<String>]) -> Supports {
        let mut supports = Supports::default();
        for entry in written {
            let (word, set) = match entry.value.strip_prefix('-') {
                Some(word) => (word, &mut supports.denied),
                None => (entry.value.as_str(), &mut supports.granted),
            };
            match self.supported(entry, word) {
                Ok(()) => {
                    let _new: bool = set.insert(word.to_owned());
                }
                Err((message, advice)) => self.problem(entry.spot, message, advice),
            }
        }
        let both: BTreeSet<&String> = supports.granted.intersection(&supports.denied).collect();
        for entry in written {
            if let Some(word) = entry.value.strip_prefix('-')
                && both.contains(&word.to_owned())
            {
                let message = format!("`{word}` is granted and denied");
                self.problem(entry.spot, message, "keep one of the two");
            }
        }
        supports
    }

    /// Whether `supports` may have the entry.
    fn supported(&self, entry: &Located<String>, word: &str) -> Result<(), (String, String)> {
        let capability =
            capability::find(word).map_err(|unknown| (unknown.to_string(), unknown.advice()))?;
        if entry.value.starts_with('-') || capability.may_be_supported() {
            return Ok(());
        }
        Err((
            format!("`supports` can't grant `{word}`"),
            format!("{} grants it", capability.granted_by),
        ))
    }

    fn limits(&mut self, written: LimitsFile, defaults: Limits) -> Limits {
        Limits {
            concurrency: written.concurrency.unwrap_or(defaults.concurrency),
            rate: written.rate.or(defaults.rate),
            timeout: written
                .timeout
                .and_then(|timeout| self.duration(&timeout))
                .unwrap_or(defaults.timeout),
            requests: written.requests.map(u64::from).or(defaults.requests),
        }
    }

    fn duration(&mut self, written: &Located<String>) -> Option<Duration> {
        let duration = humantime::parse_duration(&written.value).ok();
        let duration = duration.filter(|duration| !duration.is_zero());
        if duration.is_none() {
            self.problem(
                written.spot,
                "this is not a time",
                "write it like `10s` or `500ms`",
            );
        }
        duration
    }
}
