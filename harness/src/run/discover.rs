//! What can be learnt of a target only by asking: it comes before the plan (design §2, "Completeness").

use super::halt::Halt;
use super::runner::Runner;
use super::session::Session;
use crate::jose;
use crate::plan::Variant;
use crate::suite::change::Who;
use crate::target::capability::{DerivedFacts, Fact};
use crate::vocabulary::Grant;
use crate::wire::json::Json;

/// So many flows without an answer, and nothing more is asked: a server that hangs costs seconds.
const SILENT_AFTER: u32 = 3;

/// One undisturbed flow for each client and grant until every fact is known; what is known already stays.
pub async fn derive(runner: &Runner, mut facts: DerivedFacts) -> DerivedFacts {
    runner.read_clock().await;
    let mut broken = 0;
    for (index, client) in runner.target.clients.iter().enumerate() {
        if runner.interrupted()
            || runner.unreachable()
            || (facts.knows(Fact::Pkce) && facts.knows(Fact::RefreshRotation))
        {
            break;
        }
        for grant in [Grant::ClientCredentials, Grant::AuthorizationCode] {
            if !client.grants.contains(&grant) {
                continue;
            }
            // What fails here is judged later, with its reason.
            match look(runner, index, grant, &mut facts).await {
                Err(Halt::Broken { .. }) => broken += 1,
                Ok(()) | Err(Halt::Inconclusive(_) | Halt::Skipped(_) | Halt::Interrupted) => {
                    broken = 0;
                }
            }
            if broken >= SILENT_AFTER {
                return facts;
            }
        }
    }
    if !facts.knows(Fact::Pkce) && !runner.interrupted() && !runner.unreachable() {
        // Metadata that can't be had tell nothing; other rules judge them.
        drop(ask_metadata(runner, &mut facts).await);
    }
    let is_https = runner.target.token_endpoint.as_str().starts_with("https:");
    if is_https && !facts.knows(Fact::Http2) && !runner.interrupted() && !runner.unreachable() {
        // A handshake that fails is judged later; one that is never begun shows nothing.
        drop(ask_http2(runner, &mut facts).await);
    }
    facts
}

/// Whether HTTP/2 is chosen by name, and then spoken.
async fn ask_http2(runner: &Runner, facts: &mut DerivedFacts) -> Result<(), Halt> {
    let endpoint = runner.target.token_endpoint.to_string();
    let shown = runner.look(&endpoint, &["h2".to_owned()]).await?;
    if shown.contains(&("http2", "true".to_owned())) {
        facts.learn(Fact::Http2);
    }
    Ok(())
}

/// The code challenge methods that the metadata list.
async fn ask_metadata(runner: &Runner, facts: &mut DerivedFacts) -> Result<(), Halt> {
    let Some(url) = &runner.target.metadata else {
        return Ok(());
    };
    let variant = Variant {
        id: "derive/metadata".to_owned(),
        ..Variant::default()
    };
    let mut session = Session::new(runner, &variant, 0);
    let answer = session.get(url.as_str()).await?;
    let lists_one = answer.members().iter().any(|(name, value)| {
        name == "code_challenge_methods_supported"
            && matches!(value, Json::Array(methods) if !methods.is_empty())
    });
    if lists_one {
        facts.learn(Fact::Pkce);
    }
    Ok(())
}

async fn look(
    runner: &Runner,
    client: usize,
    grant: Grant,
    facts: &mut DerivedFacts,
) -> Result<(), Halt> {
    let variant = Variant {
        id: format!("derive/{client}/{grant}"),
        client: Some(client),
        grant: Some(grant),
        ..Variant::default()
    };
    let mut session = Session::new(runner, &variant, 0);
    let saved = session.tokens(Who::Own, grant, None).await?;
    let token = |name: &str| saved.values.get(name).map(crate::template::Rendered::text);
    if token("access_token").is_some_and(|token| jose::peek_claims(&token).is_some()) {
        facts.learn(Fact::JwtAccessTokens);
    }
    if grant != Grant::AuthorizationCode {
        return Ok(());
    }
    if crate::probe::baseline::uses_pkce(&runner.target) {
        facts.learn(Fact::Pkce);
    }
    let may_refresh = session
        .values
        .client
        .is_some_and(|client| client.grants.contains(&Grant::RefreshToken));
    if let (Some(old), true) = (token("json.refresh_token"), may_refresh) {
        session
            .values
            .saved
            .insert("first".to_owned(), saved.clone());
        let request = super::token::TokenRequest {
            role: tokenspec_report::Role::Setup,
            client: Who::Own,
            grant: Grant::RefreshToken,
            credential: saved.credential.unwrap_or_default(),
            change: None,
            unchanged: super::token::Unchanged::Send,
        };
        let (_, refreshed) = session.token_request(&request).await?;
        let new = refreshed
            .values
            .get("json.refresh_token")
            .map(crate::template::Rendered::text);
        if new.is_some_and(|new| new != old) {
            facts.learn(Fact::RefreshRotation);
        }
    }
    Ok(())
}
