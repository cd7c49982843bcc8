//! The words for keys and certificates of clients.

use super::table::row;
use super::{Capability, Source, certificate_word, client_word};

/// These words, sorted.
pub(super) const KEY_WORDS: &[Capability] = &[
    row(
        "bound_client",
        "a `certificate` at a client that authenticates otherwise",
        Source::Client(certificate_word::is_bound),
    ),
    row(
        "callback_host",
        "`callback_host`",
        Source::Keys(|target| target.callback_host.is_some()),
    ),
    row(
        "jwks_uri",
        "`callback_host`, and `jwks_uri` at a client",
        Source::Client(|_, client, _| client.jwks_uri.is_some()),
    ),
    row(
        "san_dns",
        "`auth: tls_client_auth` at a client whose `certificate` has a `dNSName`",
        Source::Client(certificate_word::has_dns),
    ),
    row(
        "san_email",
        "`auth: tls_client_auth` at a client whose `certificate` has an `rfc822Name`",
        Source::Client(certificate_word::has_email),
    ),
    row(
        "san_ip",
        "`auth: tls_client_auth` at a client whose `certificate` has an `iPAddress`",
        Source::Client(certificate_word::has_ip),
    ),
    row(
        "san_uri",
        "`auth: tls_client_auth` at a client whose `certificate` has a `uniformResourceIdentifier`",
        Source::Client(certificate_word::has_uri),
    ),
    row(
        "shared_jwks",
        "the same `key` at two clients",
        Source::Client(client_word::has_shared_key),
    ),
    row(
        "subject_dn",
        "`auth: tls_client_auth` at a client whose `certificate` has no subject alternative name",
        Source::Client(certificate_word::is_known_by_subject),
    ),
];
