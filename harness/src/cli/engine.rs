//! One target through the whole of a run: load → derive → plan → run → wind down → results.

use std::sync::Arc;

use tokenspec_report::{TargetInfo, VariantResult};

use super::sockets::callback_host;
use super::usage::UsageError;
use crate::baseline::Baseline;
use crate::plan::{self, Budget, Context, Planned, PlannedRule, Selection};
use crate::report::{Outcomes, Redactor, results};
use crate::run::{self, Finished, Kept, Progress, RunLimits, Runner};
use crate::suite::{Profile, Suite};
use crate::target::Target;
use crate::target::capability::{DerivedFacts, Fact, capabilities};
use crate::transport::{Connector, Roots, TlsSettings, Verification};
use crate::x509::pem;

/// What a run is told beside the target.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Rules, documents, levels.
    pub selection: Selection,
    /// Profiles by name; empty: those of the target file, else `oauth2.0`.
    pub profiles: Vec<String>,
    /// Flags over the target's limits.
    pub limits: LimitFlags,
    /// Which part of the plan.
    pub shard: Option<(u32, u32)>,
    /// The seed.
    pub seed: u64,
    /// Whether tokens are left.
    pub keep: bool,
    /// Whose exchanges the report shows.
    pub shown: Kept,
}

/// What flags say of the limits of a run; what none says is as the target file has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct LimitFlags {
    /// Requests at once.
    pub jobs: Option<u32>,
    /// Requests a second.
    pub rate: Option<f64>,
    /// Time for one exchange.
    pub timeout: Option<std::time::Duration>,
}

impl LimitFlags {
    /// The limits of a run against a target.
    #[must_use]
    pub fn over(self, target: &Target) -> RunLimits {
        let of_file = &target.limits;
        let jobs = self.jobs.unwrap_or_else(|| of_file.concurrency.get());
        RunLimits {
            concurrency: usize::try_from(jobs).unwrap_or(1).max(1),
            rate: self
                .rate
                .or_else(|| of_file.rate.map(|rate| f64::from(rate.per_second()))),
            timeout: self.timeout.unwrap_or(of_file.timeout),
        }
    }
}

/// The seed that a flag names, or a new one, as small as readers of JSON need it: they round what is larger.
#[must_use]
pub fn seed(flag: Option<u64>) -> u64 {
    flag.unwrap_or_else(|| rand::random::<u64>() >> 12)
}

/// A plan, and all that runs it.
#[derive(Debug)]
pub struct Prepared {
    /// The runner.
    pub runner: Arc<Runner>,
    /// The plan.
    pub plan: Arc<Vec<Planned>>,
    /// What the report says of the target.
    pub info: TargetInfo,
    /// The rules that were selected.
    pub rules: Vec<PlannedRule>,
    keep: bool,
}

/// The default profile.
pub const DEFAULT_PROFILE: &str = "oauth2.0";

/// Chooses profiles and rules for a target.
///
/// # Errors
/// An unknown profile, or flags that match nothing.
pub fn choose<'s>(
    suite: &'s Suite,
    target: &mut Target,
    settings: &Settings,
) -> Result<(Vec<&'s Profile>, Vec<PlannedRule>), UsageError> {
    let (names, profiles) = chosen_profiles(suite, target, &settings.profiles)?;
    let rules = plan::select(suite, &profiles, &settings.selection)?;
    target.profile = names;
    Ok((profiles, rules))
}

/// The profiles that the flags, the target file or nobody names, and their names.
///
/// # Errors
/// An unknown profile.
pub fn chosen_profiles<'s>(
    suite: &'s Suite,
    target: &Target,
    flags: &[String],
) -> Result<(Vec<String>, Vec<&'s Profile>), UsageError> {
    Ok(match (flags.is_empty(), target.profile.is_empty()) {
        (false, _) => (flags.to_vec(), profiles(suite, flags)?),
        (true, false) => (target.profile.clone(), profiles_of_file(suite, target)?),
        (true, true) => {
            let default = vec![DEFAULT_PROFILE.to_owned()];
            let profiles = profiles(suite, &default)?;
            (default, profiles)
        }
    })
}

/// The profiles of these names.
///
/// # Errors
/// An unknown profile.
pub fn profiles<'s>(suite: &'s Suite, names: &[String]) -> Result<Vec<&'s Profile>, UsageError> {
    let unknown = |name: &String| {
        UsageError::Flags(format!(
            "no profile is called `{name}`; there are {}",
            known_profiles(suite)
        ))
    };
    names
        .iter()
        .map(|name| suite.profile(name).ok_or_else(|| unknown(name)))
        .collect()
}

fn known_profiles(suite: &Suite) -> String {
    let names = suite.profiles.iter().map(|profile| profile.name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

/// The profiles that a target file chooses.
///
/// # Errors
/// An unknown profile, as a mistake in that file.
pub fn profiles_of_file<'s>(
    suite: &'s Suite,
    target: &Target,
) -> Result<Vec<&'s Profile>, UsageError> {
    let mut found = Vec::new();
    for (name, unknown) in target.profile.iter().zip(&target.unknown_profile) {
        let Some(profile) = suite.profile(name) else {
            let unknown = unknown.clone();
            let advice = format!("there are {}", known_profiles(suite));
            return Err(UsageError::Files(unknown.advised(advice).into()));
        };
        found.push(profile);
    }
    Ok(found)
}

/// Plans a run. Nothing is sent but what derived capabilities need, and that not in a dry run.
///
/// # Errors
/// An unknown profile, flags that match nothing, or TLS settings that can't be used.
pub async fn prepare(
    suite: &Arc<Suite>,
    mut target: Target,
    settings: &Settings,
    argument: Option<&str>,
    asking: Asking,
) -> Result<Prepared, UsageError> {
    let (profiles, rules) = choose(suite, &mut target, settings)?;
    let mut facts = DerivedFacts::none();
    for word in profiles.iter().flat_map(|profile| &profile.file.declares) {
        facts.declare(word.as_str());
    }
    let target = Arc::new(target);
    let limits = settings.limits.over(&target);
    let connector = connector(&target)?;
    let ordinary = ordinary_client(&target)?;
    let callback = match asking {
        Asking::Ask => callback_host(&target)?,
        Asking::Assume => None,
    };
    let runner = |facts: DerivedFacts| {
        Runner::new(
            Arc::clone(suite),
            Arc::clone(&target),
            facts,
            connector.clone(),
            ordinary.clone(),
            limits,
            settings.seed,
        )
        .with_callback(callback.clone())
        .keeping(settings.shown)
    };
    let facts = match asking {
        Asking::Ask => run::derive(&runner(facts.clone()), facts).await,
        Asking::Assume => everything(facts),
    };
    let plan = planned(suite, &target, &facts, &rules, settings.shard);
    let info = TargetInfo {
        name: target.name.clone(),
        token_endpoint: target.token_endpoint.to_string(),
        profiles: target.profile.clone(),
        argument: argument.map(str::to_owned),
        flags: Vec::new(),
        notices: notices(&target),
    };
    Ok(Prepared {
        runner: Arc::new(runner(facts)),
        plan: Arc::new(plan),
        info,
        rules,
        keep: settings.keep,
    })
}

/// All that a target could show, for a plan that asks nothing.
fn everything(mut facts: DerivedFacts) -> DerivedFacts {
    for fact in [
        Fact::Pkce,
        Fact::JwtAccessTokens,
        Fact::Http2,
        Fact::RefreshRotation,
    ] {
        facts.learn(fact);
    }
    facts
}

/// The plan within its budget, or one shard of it.
fn planned(
    suite: &Suite,
    target: &Target,
    facts: &DerivedFacts,
    rules: &[PlannedRule],
    part: Option<(u32, u32)>,
) -> Vec<Planned> {
    let capabilities = capabilities(target, facts);
    let context = Context {
        suite,
        target,
        capabilities: &capabilities,
    };
    let mut plan = plan::expand(rules, context);
    let unbounded = target.is_loopback() || capabilities.has("lockout");
    let budget = Budget {
        requests: target.limits.requests,
        failed_authentications: (!unbounded).then_some(20),
    };
    plan::share(&mut plan, suite, budget);
    match part {
        Some((index, count)) => plan::shard(plan, index, count),
        None => plan,
    }
}

/// Whether a target is asked for what can't be read off its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// A few requests are sent.
    Ask,
    /// Everything derived is taken for granted.
    Assume,
}

/// What became of a plan, before anything is masked or reported.
#[derive(Debug)]
pub struct Driven {
    finished: Vec<Option<Finished>>,
    /// What the report says beside the results.
    pub notices: Vec<String>,
}

/// Runs a plan and winds down.
pub async fn drive(prepared: &Prepared, progress: Arc<dyn Progress>) -> Driven {
    let finished = run::run(&prepared.runner, &prepared.plan, &progress).await;
    let mut notices = Vec::new();
    if !prepared.keep {
        let left = run::wind_down(&prepared.runner).await;
        notices.extend(left.notices(&prepared.runner.target, &prepared.info.name));
    }
    Driven { finished, notices }
}

/// The results of what was driven, without secrets. Targets of one report share the redactor, and come in their order.
#[must_use]
pub fn results_of(
    prepared: &Prepared,
    driven: &Driven,
    baseline: Option<&Baseline>,
    redactor: &mut Redactor,
) -> Vec<VariantResult> {
    let runner = &prepared.runner;
    let outcomes = Outcomes {
        suite: &runner.suite,
        target: &runner.target,
        plan: &prepared.plan,
        finished: &driven.finished,
    };
    results(outcomes, baseline, redactor)
}

/// A runner without rules: for commands that try a target and judge nothing.
///
/// # Errors
/// TLS settings that can't be used.
pub fn without_rules(
    target: Target,
    timeout: Option<std::time::Duration>,
) -> Result<Arc<Runner>, UsageError> {
    let flags = LimitFlags {
        jobs: Some(1),
        rate: None,
        timeout,
    };
    let limits = flags.over(&target);
    let (connector, ordinary) = (connector(&target)?, ordinary_client(&target)?);
    let callback = callback_host(&target)?;
    let runner = Runner::new(
        Arc::new(Suite::default()),
        Arc::new(target),
        DerivedFacts::none(),
        connector,
        ordinary,
        limits,
        rand::random(),
    );
    Ok(Arc::new(runner.with_callback(callback)))
}

/// The raw client on which verdicts rest.
///
/// # Errors
/// Certificate authorities that can't be used.
pub fn connector(target: &Target) -> Result<Connector, UsageError> {
    let roots = if target.tls.ca.is_empty() {
        Roots::WebPki
    } else {
        let all = target.tls.ca.iter().map(|der| pem("CERTIFICATE", der));
        Roots::Pem(all.collect::<String>().into_bytes())
    };
    let verification = if target.tls.insecure {
        Verification::Off
    } else {
        Verification::Full
    };
    Connector::new(&TlsSettings {
        roots,
        verification,
    })
    .map_err(|why| UsageError::Flags(format!("`tls` of the target file: {why}")))
}

/// What asks for hooks.
pub(crate) type OrdinaryClient = reqwest::Client;

/// The client for hooks, such as the clock. It follows no redirect and uses no proxy of the environment.
pub(crate) fn ordinary_client(target: &Target) -> Result<reqwest::Client, UsageError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    if target.tls.ca.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    for certificate in &target.tls.ca {
        // What is no authority was refused when the file was loaded.
        drop(roots.add(certificate.clone()));
    }
    let unusable = |why: String| UsageError::Flags(format!("no HTTP client can be made: {why}"));
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| unusable(why.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(target.limits.timeout)
        .tls_backend_preconfigured(tls)
        .build()
        .map_err(|why| unusable(why.to_string()))
}

/// What every report and `doctor` says about how the target is spoken to.
pub(super) fn notices(target: &Target) -> Vec<String> {
    let mut notices = Vec::new();
    if target.tls.insecure {
        notices.push("certificates are not checked: `tls.insecure` of the target file".to_owned());
    }
    notices
}
