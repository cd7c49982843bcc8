//! Versions, alerts, extensions, groups and signature schemes by name (IANA, TLS Parameters).

/// The versions by name and code.
const VERSIONS: [(&str, u16); 6] = [
    ("SSL 2.0", 0x0002),
    ("SSL 3.0", 0x0300),
    ("TLS 1.0", 0x0301),
    ("TLS 1.1", 0x0302),
    ("TLS 1.2", 0x0303),
    ("TLS 1.3", 0x0304),
];

/// The code of a version; a four-digit hexadecimal number is itself.
#[must_use]
pub fn version_code(name: &str) -> Option<u16> {
    let known = VERSIONS.iter().find(|(known, _)| *known == name);
    known.map(|(_, code)| *code).or_else(|| hexadecimal(name))
}

/// The name of a version.
#[must_use]
pub fn version_name(code: u16) -> String {
    let known = VERSIONS.iter().find(|(_, known)| *known == code);
    known.map_or_else(|| format!("0x{code:04x}"), |(name, _)| (*name).to_owned())
}

/// `0x1234`.
pub(super) fn hexadecimal(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

/// Alerts (RFC 8446 §6, RFC 5246 §7.2).
const ALERTS: [(u8, &str); 32] = [
    (0, "close_notify"),
    (10, "unexpected_message"),
    (20, "bad_record_mac"),
    (22, "record_overflow"),
    (30, "decompression_failure"),
    (40, "handshake_failure"),
    (41, "no_certificate"),
    (42, "bad_certificate"),
    (43, "unsupported_certificate"),
    (44, "certificate_revoked"),
    (45, "certificate_expired"),
    (46, "certificate_unknown"),
    (47, "illegal_parameter"),
    (48, "unknown_ca"),
    (49, "access_denied"),
    (50, "decode_error"),
    (51, "decrypt_error"),
    (60, "export_restriction"),
    (70, "protocol_version"),
    (71, "insufficient_security"),
    (80, "internal_error"),
    (86, "inappropriate_fallback"),
    (90, "user_canceled"),
    (100, "no_renegotiation"),
    (109, "missing_extension"),
    (110, "unsupported_extension"),
    (111, "certificate_unobtainable"),
    (112, "unrecognized_name"),
    (113, "bad_certificate_status_response"),
    (115, "unknown_psk_identity"),
    (116, "certificate_required"),
    (120, "no_application_protocol"),
];

/// The name of an alert.
pub(super) fn alert(code: u8) -> String {
    named(&ALERTS, code)
}

/// Extensions of a `ServerHello`.
const EXTENSIONS: [(u16, &str); 12] = [
    (0, "server_name"),
    (5, "status_request"),
    (10, "supported_groups"),
    (11, "ec_point_formats"),
    (16, "alpn"),
    (22, "encrypt_then_mac"),
    (23, "extended_master_secret"),
    (35, "session_ticket"),
    (41, "pre_shared_key"),
    (43, "supported_versions"),
    (51, "key_share"),
    (0xff01, "renegotiation_info"),
];

/// The name of an extension.
pub(super) fn extension(code: u16) -> String {
    named(&EXTENSIONS, code)
}

/// Groups (RFC 8446 §4.2.7, RFC 8422 §5.1.1).
const GROUPS: [(u16, &str); 9] = [
    (19, "secp192r1"),
    (21, "secp224r1"),
    (23, "secp256r1"),
    (24, "secp384r1"),
    (25, "secp521r1"),
    (29, "x25519"),
    (30, "x448"),
    (256, "ffdhe2048"),
    (257, "ffdhe3072"),
];

/// The name of a group.
pub(super) fn group(code: u16) -> String {
    named(&GROUPS, code)
}

/// Signature schemes (RFC 8446 §4.2.3; RFC 5246 §7.4.1.4.1 for the old pairs of hash and signature).
pub(super) const SIGNATURES: [(u16, &str); 17] = [
    (0x0101, "rsa_pkcs1_md5"),
    (0x0201, "rsa_pkcs1_sha1"),
    (0x0202, "dsa_sha1"),
    (0x0203, "ecdsa_sha1"),
    (0x0301, "rsa_pkcs1_sha224"),
    (0x0303, "ecdsa_sha224"),
    (0x0401, "rsa_pkcs1_sha256"),
    (0x0403, "ecdsa_secp256r1_sha256"),
    (0x0501, "rsa_pkcs1_sha384"),
    (0x0503, "ecdsa_secp384r1_sha384"),
    (0x0601, "rsa_pkcs1_sha512"),
    (0x0603, "ecdsa_secp521r1_sha512"),
    (0x0804, "rsa_pss_rsae_sha256"),
    (0x0805, "rsa_pss_rsae_sha384"),
    (0x0806, "rsa_pss_rsae_sha512"),
    (0x0807, "ed25519"),
    (0x0809, "rsa_pss_pss_sha256"),
];

/// The name of a signature scheme.
pub(super) fn signature(code: u16) -> String {
    named(&SIGNATURES, code)
}

/// The code of a signature scheme.
pub(super) fn signature_code(name: &str) -> Option<u16> {
    let known = SIGNATURES.iter().find(|(_, known)| *known == name);
    known.map(|(code, _)| *code).or_else(|| hexadecimal(name))
}

fn named<C: Copy + PartialEq + Into<u32>>(table: &[(C, &str)], code: C) -> String {
    let known = table.iter().find(|(known, _)| *known == code);
    known.map_or_else(
        || format!("0x{:04x}", code.into()),
        |(_, name)| (*name).to_owned(),
    )
}
