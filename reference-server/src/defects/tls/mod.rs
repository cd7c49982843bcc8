//! Defects of TLS before the token endpoint.

mod certificates;
mod negotiation;
mod server_hello;

use super::{Defect, row};

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[certificates::DEFECTS, negotiation::DEFECTS];
