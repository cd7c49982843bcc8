//! `tokenspec schema`: JSON Schemas of the files that people write, and of reports.

use serde_json::Value;

use super::args::{SchemaArgs, SchemaKind};
use super::exit_code::ExitCode;
use super::output::print;
use crate::baseline::Baseline;
use crate::{suite, target};

/// Prints the schema of a kind of file (JSON Schema draft 2020-12).
#[must_use]
pub fn run(args: &SchemaArgs) -> ExitCode {
    print(&text(args.kind));
    ExitCode::Success
}

/// The schema as text, with a line feed at its end.
#[must_use]
pub fn text(kind: SchemaKind) -> String {
    let schema = match kind {
        SchemaKind::Baseline => pretty(&Baseline::schema()),
        SchemaKind::Report => pretty(&tokenspec_report::json_schema()),
        SchemaKind::Suite => pretty(&suite::schema()),
        SchemaKind::Target => pretty(&target::schema()),
    };
    schema + "\n"
}

fn pretty(schema: &Value) -> String {
    format!("{schema:#}")
}
