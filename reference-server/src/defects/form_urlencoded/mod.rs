//! Defects that rules of form encoding notice, one file a subject.

mod basic;
mod basic_scheme;
mod broken_text;
mod characters;
mod decoding;
mod media_type;
mod pairs;
mod raw;
mod repetition;
mod sizes;
mod sources;
mod structures;
mod white_space;

use super::Defect;

pub(super) use media_type::{json_body_served, multipart_body_served};

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    basic::DEFECTS,
    basic_scheme::DEFECTS,
    broken_text::DEFECTS,
    characters::DEFECTS,
    decoding::DEFECTS,
    media_type::DEFECTS,
    pairs::DEFECTS,
    repetition::DEFECTS,
    sizes::DEFECTS,
    sources::DEFECTS,
    structures::DEFECTS,
    white_space::DEFECTS,
];
