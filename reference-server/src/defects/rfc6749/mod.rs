//! Defects that rules of RFC 6749 notice, one file a subject.

mod answers;
mod basic;
mod client_credentials;
mod clients;
mod code_lookup;
mod codes;
mod comparisons;
mod credential_kinds;
mod descriptions;
mod empty;
mod error_codes;
mod errors;
mod foreign_scopes;
mod grant_types;
mod identifiers;
mod kept_tokens;
mod malformed;
mod members;
mod methods;
mod password;
mod redirect_uri;
mod refresh;
mod refresh_scopes;
mod registered;
mod requests;
mod revocation;
mod scope_values;
mod scopes;
mod secrets;
mod values;

pub(super) use self::grant_types::open_to_all;
pub(super) use self::requests::credentials_read_from_query;
#[cfg(feature = "saml")]
pub(super) use self::scopes::known_to_some_client;

use super::Defect;

/// The rows, file by file.
pub(super) const DEFECTS: &[&[Defect]] = &[
    answers::DEFECTS,
    basic::DEFECTS,
    client_credentials::DEFECTS,
    clients::DEFECTS,
    code_lookup::DEFECTS,
    codes::DEFECTS,
    credential_kinds::DEFECTS,
    descriptions::DEFECTS,
    empty::DEFECTS,
    error_codes::DEFECTS,
    errors::DEFECTS,
    foreign_scopes::DEFECTS,
    grant_types::DEFECTS,
    identifiers::DEFECTS,
    kept_tokens::DEFECTS,
    malformed::DEFECTS,
    members::DEFECTS,
    methods::DEFECTS,
    password::DEFECTS,
    redirect_uri::DEFECTS,
    refresh::DEFECTS,
    refresh_scopes::DEFECTS,
    registered::DEFECTS,
    requests::DEFECTS,
    revocation::DEFECTS,
    scope_values::DEFECTS,
    scopes::DEFECTS,
    secrets::DEFECTS,
    values::DEFECTS,
];
