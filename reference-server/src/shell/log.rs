//! What the log says of a request: which endpoint, which client, what came of it. Nothing that the
//! request brought goes in as it came: a path, a query or an unknown identifier can hold a secret.

use tokio::time::Instant;

use crate::endpoint::Reading;
use crate::facts::RequestedGrantType;
use crate::wire::response::Response;

/// One event for a request that was answered, with the number of the request.
pub(super) fn answered(reading: &Reading, serial: u64, response: &Response, since: Instant) {
    if !tracing::enabled!(tracing::Level::INFO) {
        return;
    }
    let facts = &reading.facts;
    let grant_type = match &facts.grant_type {
        RequestedGrantType::Known(grant_type) => Some(grant_type.as_str()),
        RequestedGrantType::Unknown(_) => Some("unknown"),
        RequestedGrantType::Omitted => None,
    };
    let registered = facts.client.as_ref().map(|client| client.name.as_str());
    let milliseconds = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        request = serial,
        endpoint = ?facts.endpoint,
        grant_type,
        client = registered,
        status = response.status,
        error = response.error(),
        milliseconds,
        "answered"
    );
}
