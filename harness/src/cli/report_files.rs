//! The files that `--report` names.

use std::fs;
use std::path::Path;

use tokenspec_report::{Report, junit, to_json};

use super::output::print;
use super::usage::UsageError;

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// tokenspec's own.
    Json,
    /// For continuous integration.
    Junit,
}

/// The forms and paths that flags name.
///
/// # Errors
/// A flag that is no form of report.
pub(super) fn formats(flags: &[String]) -> Result<Vec<(Format, String)>, UsageError> {
    flags
        .iter()
        .map(|flag| {
            let (format, path) = flag.split_once('=').ok_or_else(|| {
                UsageError::Flags(format!(
                    "`--report {flag}` is not FORMAT=PATH, as json=report.json"
                ))
            })?;
            let format = match format {
                "json" => Format::Json,
                "junit" => Format::Junit,
                other => {
                    return Err(UsageError::Flags(format!(
                        "`{other}` is no form of report; there are json and junit"
                    )));
                }
            };
            Ok((format, path.to_owned()))
        })
        .collect()
}

/// Tries every path of a report before the run, so that what was learnt is not lost after it.
///
/// # Errors
/// A file that can't be written.
pub(super) fn writable(formats: &[(Format, String)]) -> Result<(), UsageError> {
    for (_, path) in formats.iter().filter(|(_, path)| path != "-") {
        let is_new = !Path::new(path).exists();
        let mut options = fs::OpenOptions::new();
        let tried = folder_of(path).and_then(|()| options.append(true).create(true).open(path));
        tried.map_err(|why| unwritable(path, &why))?;
        if is_new {
            // A run that fails leaves no empty report behind.
            drop(fs::remove_file(path));
        }
    }
    Ok(())
}

/// Writes a report in the forms that flags name.
///
/// # Errors
/// A flag that is no form of report, or a file that can't be written.
pub(super) fn write_reports(report: &Report, flags: &[String]) -> Result<(), UsageError> {
    write(report, &formats(flags)?)
}

/// Writes a report to its files.
///
/// # Errors
/// A file that can't be written.
pub(super) fn write(report: &Report, formats: &[(Format, String)]) -> Result<(), UsageError> {
    for (format, path) in formats {
        let text = match format {
            Format::Json => to_json(report),
            Format::Junit => junit::render(report),
        };
        if path == "-" {
            print(&text);
            continue;
        }
        folder_of(path)
            .and_then(|()| fs::write(path, text))
            .map_err(|why| unwritable(path, &why))?;
    }
    Ok(())
}

/// Makes the folder of a report, where it is missing.
fn folder_of(path: &str) -> std::io::Result<()> {
    let folder = Path::new(path).parent();
    folder
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or(Ok(()), fs::create_dir_all)
}

fn unwritable(path: &str, why: &std::io::Error) -> UsageError {
    UsageError::Flags(format!("the report {path} can't be written: {why}"))
}
