//! More than one request at a time: on one connection, or in one instant.

use std::sync::atomic::Ordering;

use super::Runner;
use crate::probe;
use crate::probe::http2::FieldEdits;
use crate::probe::message::Message;
use crate::run::halt::Halt;
use crate::transport::{Dialogue, Exchange, Failure, Scheme};
use crate::wire::http2;
use crate::wire::response::AnswerTo;
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
        let destination = self.destination(url)?;
        let limits = self.exchange_limits();
        let exchange = self
            .connector
            .dialogue(&destination, identity, dialogue, &limits);
        self.counted(exchange).await
    }

    /// A request as early data of a handshake that is never completed. The session comes from a GET, which is no token request.
    pub(in crate::run) async fn early(&self, message: &Message) -> Result<Exchange, Halt> {
        self.pause(2).await?;
        let destination = self.destination(&message.url)?;
        if destination.scheme == Scheme::Http {
            return Err(Halt::Skipped("needs TLS for early data".to_owned()));
        }
        let limits = self.exchange_limits();
        let first = Message {
            method: "GET".to_owned(),
            path: message.path.clone(),
            host: message.host.clone(),
            ..Message::default()
        };
        let first = first.to_bytes();
        let request = message.own_bytes();
        let request = (request.as_slice(), AnswerTo::method(&message.method));
        let identity = message.identity.as_ref();
        let exchange = self
            .connector
            .early(&destination, identity, &first, request, &limits);
        let exchange = self.counted(exchange).await?;
        // The one that got the session.
        self.requests.fetch_add(1, Ordering::Relaxed);
        Ok(exchange)
    }

    /// A request over HTTP/2.
    pub(in crate::run) async fn http2(
        &self,
        message: &Message,
        edits: &FieldEdits,
    ) -> Result<Exchange, Halt> {
        self.pause(1).await?;
        let destination = self.destination(&message.url)?;
        if destination.scheme == Scheme::Http {
            return Err(Halt::Skipped("needs TLS for HTTP/2".to_owned()));
        }
        let limits = self.exchange_limits();
        let identity = message.identity.as_ref();
        let request = probe::http2::request(message, edits);
        let answer_to = AnswerTo::method(&message.method);
        let exchange = self
            .connector
            .http2(&destination, identity, request, answer_to, &limits);
        let exchange = self.counted(exchange).await?;
        if exchange.failure() == Some(&Failure::Http2(http2::Failure::NotChosen)) {
            return Err(Halt::Skipped(
                "needs `http2`: the server does not choose h2 in the TLS handshake".to_owned(),
            ));
        }
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
