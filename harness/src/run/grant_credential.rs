//! What the grants of extensions exchange: assertions of an issuer that the target trusts (RFC 7523 §2.1), tokens
//! (RFC 8693 §2.1); and JWTs of such requests made anew with changes.

use super::halt::Halt;
use super::session::Session;
use crate::jose::{self, Algorithm, SigningKey};
use crate::plan::Variant;
use crate::probe::baseline;
use crate::probe::credentials::AssertionDraft;
use crate::probe::message::Message;
use crate::suite::change::{AssertionChange, Who};
use crate::target::{Client, ClientKey};
use crate::vocabulary::Grant;

impl Session<'_> {
    /// A fresh assertion of the issuer that the target trusts.
    pub(super) fn grant_assertion(&self) -> Result<String, Halt> {
        let issuer = self.runner.target.assertions.jwt_bearer.as_ref();
        let issuer = issuer.ok_or_else(|| {
            Halt::Skipped(
                "needs an issuer of assertions: set `assertions.jwt_bearer` in the target file"
                    .to_owned(),
            )
        })?;
        let now = u64::try_from(self.runner.now()).unwrap_or(0);
        // Not of the seed: a server remembers what it saw in an earlier run.
        let jti = format!("{:032x}", rand::random::<u128>());
        let key = &issuer.key;
        let mut made = jose::client_assertion(
            &issuer.issuer,
            &issuer.audience,
            now,
            &jti,
            key.algorithm,
            key.kid.as_deref(),
        );
        made.claims
            .insert("sub".to_owned(), issuer.subject.as_str().into());
        made.sign(&key.key, key.algorithm)
            .map_err(|why| Halt::Inconclusive(format!("the assertion can't be made: {why}")))
    }

    /// A fresh access token of the client, with all its scopes, that it may exchange.
    pub(super) async fn subject_token(&mut self, who: Who) -> Result<String, Halt> {
        let client = self.who(who)?;
        let Some(grant) = first_grant(client) else {
            return Err(Halt::Skipped(format!(
                "needs a token to exchange: client `{}` has no other grant that gives one",
                client.name
            )));
        };
        let scope = baseline::scopes(client, Some(Grant::TokenExchange)).join(" ");
        let scope = Some(scope).filter(|scope| !scope.is_empty());
        let saved = self.tokens(who, grant, scope.as_deref()).await?;
        let token = saved.values.get("access_token");
        token
            .map(crate::template::Rendered::text)
            .ok_or_else(|| Halt::Inconclusive("no token came that could be exchanged".to_owned()))
    }

    /// A fresh access token to be validated: of the client itself, or of the first client that gets one where nothing but
    /// the installation's default decides who issues it.
    pub(super) async fn token_to_validate(&mut self, who: Who) -> Result<String, Halt> {
        let own = self.who(who)?;
        let target = std::sync::Arc::clone(&self.runner.target);
        if first_grant(own).is_some() {
            return self.subject_token(who).await;
        }
        let usual = |client: &Client| {
            client.default_access_token_manager.is_none() && first_grant(client).is_some()
        };
        let Some(index) = target.clients.iter().position(usual) else {
            return Err(Halt::Skipped(
                "needs a token to validate: no client of the target file gets one".to_owned(),
            ));
        };
        let variant = Variant {
            id: format!("token to validate/{}", self.values.variant.id),
            client: Some(index),
            ..Variant::default()
        };
        let mut session = Session::new(self.runner, &variant, 0);
        let token = session.subject_token(Who::Own).await;
        self.log.append(&mut session.log);
        token
    }

    /// Makes the JWT in a parameter anew.
    pub(super) fn change_jwt(
        &self,
        message: &mut Message,
        grant: Grant,
        name: &str,
        change: &AssertionChange,
    ) -> Result<(), Halt> {
        let value = message.value(name).unwrap_or_default();
        let text = String::from_utf8_lossy(&value).into_owned();
        let (Some(header), Some(claims)) = (jose::peek_header(&text), jose::peek_claims(&text))
        else {
            return Err(Halt::Skipped(format!("needs a JWT as `{name}`")));
        };
        let issuer = self.runner.target.assertions.jwt_bearer.as_ref();
        let issuer = issuer.filter(|_| grant == Grant::JwtBearer && name == "assertion");
        let key = match issuer {
            Some(issuer) => issuer.key.clone(),
            None => unknown_key(&header)?,
        };
        let draft = AssertionDraft {
            header,
            claims,
            key,
            text: None,
        };
        let made = self.signed_anew(draft, change, &text)?;
        message.set(name.as_bytes(), &made);
        Ok(())
    }
}

/// The cheapest grant of a client that takes no token.
fn first_grant(client: &Client) -> Option<Grant> {
    let able = client.grants.iter().copied().filter(|grant| {
        baseline::can_send(*grant)
            && !matches!(
                grant,
                Grant::RefreshToken | Grant::TokenExchange | Grant::ValidateBearer
            )
    });
    baseline::cheapest(&able.collect::<Vec<Grant>>())
}

/// A key that nobody knows, for the algorithm of a token whose own key is the server's.
fn unknown_key(header: &jose::Members) -> Result<ClientKey, Halt> {
    let named = header.get("alg").and_then(serde_json::Value::as_str);
    let algorithm = named
        .and_then(|name| name.parse::<Algorithm>().ok())
        .unwrap_or(Algorithm::Es256);
    let key = SigningKey::generate(algorithm)
        .map_err(|why| Halt::Inconclusive(format!("no key can be made: {why}")))?;
    Ok(ClientKey {
        key,
        algorithm,
        kid: None,
    })
}
