//! The serialised form of a report: `tokenspec-report/1` (design: "Reports").
//!
//! Within `/1` keys may be added; none changes its name, its type or its meaning. A reader skips
//! keys that it does not know.

use schemars::generate::SchemaSettings;

use crate::model::Report;

mod evidence;
mod read;
mod shape;
mod words;
mod write;

pub use read::ReadError;

/// The `schema` of the form that this version writes and reads.
pub const SCHEMA: &str = "tokenspec-report/1";

/// The report as JSON, indented, with a line end after it.
///
/// # Panics
/// Never: keys are field names and numbers are finite.
#[expect(
    clippy::expect_used,
    reason = "keys are field names and numbers are finite: serialisation can't fail"
)]
#[must_use]
pub fn to_json(report: &Report) -> String {
    let shape = write::shape(report);
    let mut json = serde_json::to_string_pretty(&shape).expect("a report is always serialisable");
    json.push('\n');
    json
}

/// Reads what [`to_json`] of this or a later version of `/1` wrote. Counts, verdicts of rules and
/// the exit code are computed anew, not believed.
///
/// # Errors
/// When `json` is no report, or one of another schema.
pub fn from_json(json: &str) -> Result<Report, ReadError> {
    read::report(json)
}

/// The JSON Schema (draft 2020-12) of what [`to_json`] writes.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings
        .into_generator()
        .into_root_schema_for::<shape::Report>()
        .into()
}

#[cfg(test)]
mod tests;
