//! One conversation with the database: statements with a time limit, run to their end on a thread that may wait.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};

use super::Trouble;

/// A connection, and how long one statement may take.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) runtime: Handle,
    pub(super) patience: Duration,
}

/// The values of a statement.
pub(super) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

impl Session {
    /// Runs a statement that gives rows.
    pub(super) fn query(
        &self,
        statement: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, Trouble> {
        self.wait(self.client.query(statement, parameters))
    }

    /// Runs a statement; how many rows it touched.
    pub(super) fn execute(
        &self,
        statement: &str,
        parameters: Parameters<'_>,
    ) -> Result<u64, Trouble> {
        self.wait(self.client.execute(statement, parameters))
    }

    /// Runs statements without values.
    pub(super) fn batch(&self, statements: &str) -> Result<(), Trouble> {
        self.wait(self.client.batch_execute(statements))
    }

    fn wait<T>(
        &self,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Trouble> {
        let limited = async { tokio::time::timeout(self.patience, answer).await };
        match self.runtime.block_on(limited) {
            Ok(answer) => answer.map_err(|error| Trouble::of(&error)),
            Err(_) => Err(Trouble::Gone("it did not answer in time".to_owned())),
        }
    }
}
