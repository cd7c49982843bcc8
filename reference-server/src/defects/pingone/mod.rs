//! Defects that rules of PingOne notice, one file a subject.

mod assertions;
mod requests;
mod tokens;

use super::{Defect, row};

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[assertions::DEFECTS, requests::DEFECTS, tokens::DEFECTS];
