//! More than one request at a time: on one connection, or in one instant.

use super::Runner;
use crate::run::halt::Halt;
use crate::transport::{Dialogue, Exchange};
use crate::x509::ClientIdentity;

impl Runner {
    /// More than one exchange on a connection of its own.
    pub(in crate::run) async fn dialogue(
        &self,
        url: &str,
        identity: Option<&ClientIdentity>,
        dialogue: &Dialogue,
    ) -> Result<Exchange, Halt> {
        self.pause(u32::try_from(dialogue.answers.len()).unwrap_or(u32::MAX))
            .await?;
        let interrupted = self.interruption.notified();
        if self.interrupted() {
            return Err(Halt::Interrupted);
        }
        let destination = self.destination(url)?;
        let limits = self.exchange_limits();
        let exchange = self
            .connector
            .dialogue(&destination, identity, dialogue, &limits);
        let exchange = tokio::select! {
            exchange = exchange => exchange,
            () = interrupted => return Err(Halt::Interrupted),
        };
        self.count(&exchange);
        Ok(exchange)
    }

    /// Exchanges in one instant.
    pub(in crate::run) async fn together(
        &self,
        url: &str,
        identity: Option<&ClientIdentity>,
        requests: Vec<Vec<u8>>,
    ) -> Result<Vec<Exchange>, Halt> {
        let count = u32::try_from(requests.len()).unwrap_or(u32::MAX);
        self.pause(count).await?;
        let destination = self.destination(url)?;
        let limits = self.exchange_limits();
        let exchanges = self
            .connector
            .together(&destination, identity, requests, &limits)
            .await;
        for exchange in &exchanges {
            self.count(exchange);
        }
        Ok(exchanges)
    }
}
