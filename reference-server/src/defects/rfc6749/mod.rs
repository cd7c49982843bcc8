//! Defects that rules of RFC 6749 notice, one file a subject.

mod answers;
mod client_credentials;
mod code_lookup;
mod codes;
mod comparisons;
mod credential_kinds;
mod redirect_uri;
mod refresh;
mod requests;
mod scopes;
mod values;

use super::Defect;

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    answers::DEFECTS,
    client_credentials::DEFECTS,
    code_lookup::DEFECTS,
    codes::DEFECTS,
    credential_kinds::DEFECTS,
    redirect_uri::DEFECTS,
    refresh::DEFECTS,
    requests::DEFECTS,
    scopes::DEFECTS,
    values::DEFECTS,
];
