//! Each check of the reference server is left out in turn: some rule must notice. A check that nothing notices is a check
//! that a real server may lack unseen.
//!
//! The ordinary run tries a few; `EVERY_CHECK=all` in the environment tries all of them (`.ci/run checks`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokenspec::cli::UsageError;
use tokenspec::cli::embedded::{self, Deviation};
use tokenspec::cli::mutants::{Order, Outcome, Scope, Trial, Until, patience, trial, trips};
use tokenspec::suite::{Suite, load};
use tokio::task::JoinSet;

/// Checks that no rule of today can miss, each with the reason.
const UNSEEN: &[(&str, &str)] = &[
    ("AuthorizationClientKnown", AUTHORIZATION),
    (
        "AuthorizationManagerEligible",
        "the instance is checked again when the code is redeemed, and the rules look there",
    ),
    ("BackchannelAuthenticated", NOT_THE_TOKEN_ENDPOINT),
    ("BackchannelExpiryPositive", NOT_THE_TOKEN_ENDPOINT),
    ("BackchannelGrantAllowed", NOT_THE_TOKEN_ENDPOINT),
    ("BackchannelHintKnown", NOT_THE_TOKEN_ENDPOINT),
    ("BackchannelHintPresent", NOT_THE_TOKEN_ENDPOINT),
    ("BackchannelNotificationTokenFits", NOT_THE_TOKEN_ENDPOINT),
    ("BackchannelScopeFits", NOT_THE_TOKEN_ENDPOINT),
    (
        "BearerTokenActive",
        "a target with introspection has its tokens looked at there",
    ),
    (
        "BearerTokenPresent",
        "a target with introspection has its tokens looked at there",
    ),
    (
        "ChallengeMethodNotAlone",
        "RFC 7636 leaves open whether a method alone is refused or counts as no PKCE; both conform",
    ),
    ("ContentComplete", BROKEN_OFF),
    ("ContentInTime", BROKEN_OFF),
    (
        "DecisionAwaited",
        "what is decided too late, or twice, is refused at the token endpoint all the same",
    ),
    ("DeviceGrantAllowed", NOT_THE_TOKEN_ENDPOINT),
    ("DeviceScopeWithinClient", NOT_THE_TOKEN_ENDPOINT),
    ("IntrospectionAuthenticated", NOT_THE_TOKEN_ENDPOINT),
    ("IntrospectionTokenPresent", NOT_THE_TOKEN_ENDPOINT),
    (
        "ParameterCountWithinLimit",
        "no document asks for a limit; a server that takes them all conforms",
    ),
    ("RedirectUriRegistered", AUTHORIZATION),
    ("RegistrationIsJson", NOT_THE_TOKEN_ENDPOINT),
    ("RegistrationRedirectUrisValid", NOT_THE_TOKEN_ENDPOINT),
    (
        "RegistrationTokenMatches",
        "clients are read and deleted with their own tokens only, when a run ends",
    ),
    ("RegistrationValuesKnown", NOT_THE_TOKEN_ENDPOINT),
    (
        "RefreshTokenNotExpired",
        "no document says how long a refresh token lives, and no rule waits for its end",
    ),
    ("ResponseTypeAllowed", AUTHORIZATION),
    ("ResponseTypeKnown", AUTHORIZATION),
    ("ResponseTypePresent", AUTHORIZATION),
    ("RevocationTokenPresent", NOT_THE_TOKEN_ENDPOINT),
];

const AUTHORIZATION: &str =
    "what the authorization endpoint refuses by itself is no subject of the suites";
const BROKEN_OFF: &str = "no rule breaks a request off before its end";
const NOT_THE_TOKEN_ENDPOINT: &str =
    "requests to the endpoints beside the token endpoint are sent as they must be";

/// Checks of every stage of the pipeline, which some rule finds soon.
const SAMPLE: &[&str] = &[
    "BasicSecretMatches",
    "CodeNotRedeemed",
    "GrantTypeKnown",
    "MediaTypeIsForm",
    "RefreshTokenBelongsToClient",
    "VerifierMatchesChallenge",
];

/// The checks that this run is about.
fn tried() -> Vec<String> {
    if std::env::var_os("EVERY_CHECK").is_some_and(|which| which == "all") {
        return embedded::checks();
    }
    SAMPLE.iter().map(|check| (*check).to_owned()).collect()
}

fn order(suite: &Suite, configuration: &str, until: Option<Until>) -> Order {
    Order {
        configuration: configuration.to_owned(),
        scope: Scope {
            thinned: suite.rules.iter().map(|rule| rule.id.clone()).collect(),
            whole: BTreeSet::new(),
        },
        patience: patience(),
        until,
    }
}

/// The first rule that notices that a check is missing, in the first configuration that shows it.
async fn noticed(
    suite: Arc<Suite>,
    conformant: Arc<BTreeMap<&'static str, Trial>>,
    check: &str,
) -> Result<Option<String>, UsageError> {
    for configuration in embedded::configurations() {
        let without = Arc::clone(&conformant);
        let seen = move |rule: &str, variant: &str, outcome: &Outcome| {
            let trial = without.get(configuration);
            let before = trial
                .and_then(|trial| trial.rules.get(rule))
                .and_then(|variants| variants.get(variant));
            before.is_some_and(|before| trips(outcome, Some(before)))
        };
        let until: Until = Arc::new(seen.clone());
        let order = order(&suite, configuration, Some(until));
        let trial = trial(&suite, &order, Deviation::WithoutCheck(check)).await?;
        for (rule, variants) in &trial.rules {
            if variants.iter().any(|(id, outcome)| seen(rule, id, outcome)) {
                return Ok(Some(rule.clone()));
            }
        }
    }
    Ok(None)
}

#[tokio::test(flavor = "multi_thread")]
async fn check_that_is_left_out_is_noticed() {
    let suite = Arc::new(load::built_in().unwrap());
    let mut conformant = BTreeMap::new();
    for configuration in embedded::configurations() {
        let order = order(&suite, configuration, None);
        let trial = trial(&suite, &order, Deviation::None).await.unwrap();
        conformant.insert(configuration, trial);
    }
    let conformant = Arc::new(conformant);
    let tried = tried();
    let expected: BTreeSet<String> = UNSEEN
        .iter()
        .map(|(check, _)| (*check).to_owned())
        .filter(|check| tried.contains(check))
        .collect();
    let mut checks = tried.into_iter();
    let mut tasks = JoinSet::new();
    let mut unseen = BTreeSet::new();
    loop {
        while tasks.len() < 3 {
            let Some(check) = checks.next() else { break };
            let (suite, conformant) = (Arc::clone(&suite), Arc::clone(&conformant));
            tasks.spawn(async move {
                let rule = noticed(suite, conformant, &check).await;
                (check, rule)
            });
        }
        let Some(done) = tasks.join_next().await else {
            break;
        };
        let (check, rule) = done.unwrap();
        if rule.unwrap().is_none() {
            unseen.insert(check);
        }
    }
    assert_eq!(
        unseen, expected,
        "checks that nothing notices (left), and those listed (right)"
    );
}

#[test]
fn named_checks_exist() {
    let all = embedded::checks();
    let named = UNSEEN.iter().map(|(check, _)| check).chain(SAMPLE);
    let unknown: Vec<&&str> = named
        .filter(|check| !all.iter().any(|known| known == *check))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
