//! One pinned difference between two readers.

/// An input that two readers read differently, and why both are right.
#[derive(Clone, Copy, Debug)]
pub struct Difference<'a> {
    /// The input.
    pub input: &'a str,
    /// What ours makes of it.
    pub ours: &'a str,
    /// What the peer makes of it.
    pub theirs: &'a str,
    /// Why.
    pub why: &'a str,
}
