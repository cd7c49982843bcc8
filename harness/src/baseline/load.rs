//! Reads baseline files.

use std::{fs, path::Path};

use super::{Baseline, parse};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Reads a baseline file for a run.
///
/// # Errors
///
/// Returns every problem that was found.
pub fn load(path: &Path) -> Result<Baseline, Diagnostics> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| {
        Diagnostic::of_file(
            &name,
            format!(
                "the baseline file can't be read: {}",
                crate::target::unreadable(&error)
            ),
            "`--update-baseline` makes one",
        )
    })?;
    parse(&text, &name)
}
