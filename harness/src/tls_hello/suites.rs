//! Cipher suites, and the families that suites offer together (IANA, TLS Cipher Suites).

use super::names::hexadecimal;

/// A family: its name, and its suites in the order in which they are offered.
type Family = (&'static str, &'static [(u16, &'static str)]);

/// The families. A suite is in one family only; the worst of its faults decides.
const TABLE: &[Family] = &[
    (
        "tls13",
        &[
            (0x1301, "TLS_AES_128_GCM_SHA256"),
            (0x1302, "TLS_AES_256_GCM_SHA384"),
            (0x1303, "TLS_CHACHA20_POLY1305_SHA256"),
        ],
    ),
    (
        "modern",
        &[
            (0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
            (0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
            (0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
            (0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
            (0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
            (0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
        ],
    ),
    (
        "cbc",
        &[
            (0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
            (0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
            (0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
            (0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
            (0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
            (0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"),
            (0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
            (0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
        ],
    ),
    (
        "dhe",
        &[
            (0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
            (0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
            (0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
            (0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"),
            (0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"),
            (0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"),
            (0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
        ],
    ),
    (
        "static_rsa",
        &[
            (0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"),
            (0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"),
            (0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"),
            (0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"),
            (0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"),
            (0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"),
        ],
    ),
    (
        "static_dh",
        &[
            (0x0031, "TLS_DH_RSA_WITH_AES_128_CBC_SHA"),
            (0x0037, "TLS_DH_RSA_WITH_AES_256_CBC_SHA"),
            (0x00a0, "TLS_DH_RSA_WITH_AES_128_GCM_SHA256"),
            (0x00a1, "TLS_DH_RSA_WITH_AES_256_GCM_SHA384"),
        ],
    ),
    (
        "static_ecdh",
        &[
            (0xc004, "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA"),
            (0xc005, "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA"),
            (0xc00e, "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA"),
            (0xc00f, "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA"),
            (0xc02d, "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256"),
            (0xc031, "TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256"),
        ],
    ),
    (
        "3des",
        &[
            (0xc008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"),
            (0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"),
            (0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"),
            (0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
        ],
    ),
    (
        "null",
        &[
            (0xc006, "TLS_ECDHE_ECDSA_WITH_NULL_SHA"),
            (0xc010, "TLS_ECDHE_RSA_WITH_NULL_SHA"),
            (0xc001, "TLS_ECDH_ECDSA_WITH_NULL_SHA"),
            (0xc00b, "TLS_ECDH_RSA_WITH_NULL_SHA"),
            (0x003b, "TLS_RSA_WITH_NULL_SHA256"),
            (0x0002, "TLS_RSA_WITH_NULL_SHA"),
            (0x0001, "TLS_RSA_WITH_NULL_MD5"),
        ],
    ),
    (
        "anon",
        &[
            (0x00a6, "TLS_DH_anon_WITH_AES_128_GCM_SHA256"),
            (0x00a7, "TLS_DH_anon_WITH_AES_256_GCM_SHA384"),
            (0x006c, "TLS_DH_anon_WITH_AES_128_CBC_SHA256"),
            (0x0034, "TLS_DH_anon_WITH_AES_128_CBC_SHA"),
            (0x003a, "TLS_DH_anon_WITH_AES_256_CBC_SHA"),
            (0xc018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"),
            (0xc019, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA"),
            (0x001b, "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA"),
        ],
    ),
    (
        "export",
        &[
            (0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA"),
            (0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5"),
            (0x0006, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5"),
            (0x0014, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"),
            (0x0011, "TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA"),
            (0x0017, "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5"),
            (0x0019, "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA"),
        ],
    ),
    (
        "des",
        &[
            (0x0009, "TLS_RSA_WITH_DES_CBC_SHA"),
            (0x0015, "TLS_DHE_RSA_WITH_DES_CBC_SHA"),
            (0x0012, "TLS_DHE_DSS_WITH_DES_CBC_SHA"),
            (0x001a, "TLS_DH_anon_WITH_DES_CBC_SHA"),
        ],
    ),
    (
        "rc4",
        &[
            (0xc007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"),
            (0xc011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA"),
            (0xc002, "TLS_ECDH_ECDSA_WITH_RC4_128_SHA"),
            (0xc00c, "TLS_ECDH_RSA_WITH_RC4_128_SHA"),
            (0x0005, "TLS_RSA_WITH_RC4_128_SHA"),
            (0x0004, "TLS_RSA_WITH_RC4_128_MD5"),
        ],
    ),
    // Not suites but signals (RFC 5746 §3.3, RFC 7507 §2).
    (
        "renegotiation_scsv",
        &[(0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV")],
    ),
    ("fallback_scsv", &[(0x5600, "TLS_FALLBACK_SCSV")]),
    // Values that nobody assigns (RFC 8701 §2).
    ("grease", &[(0x1a1a, "GREASE_1"), (0xbaba, "GREASE_11")]),
];

/// What every TLS 1.0 and 1.1 server of its time had: `legacy` stands for these families.
const LEGACY: [&str; 4] = ["cbc", "dhe", "static_rsa", "3des"];

/// The names that an offer may use for several suites.
pub const FAMILIES: [&str; 18] = [
    "tls13",
    "modern",
    "cbc",
    "dhe",
    "static_rsa",
    "static_dh",
    "static_ecdh",
    "3des",
    "null",
    "anon",
    "export",
    "des",
    "rc4",
    "renegotiation_scsv",
    "fallback_scsv",
    "grease",
    "legacy",
    "ssl2",
];

/// The codes that a word stands for: a family, a registered name, or a number such as `0x00ff`.
#[must_use]
pub fn codes(word: &str) -> Option<Vec<u16>> {
    if word == "legacy" {
        return Some(
            LEGACY
                .iter()
                .filter_map(|family| codes(family))
                .flatten()
                .collect(),
        );
    }
    let of_family = |(_, suites): &Family| suites.iter().map(|(code, _)| *code).collect();
    TABLE
        .iter()
        .find(|(name, _)| *name == word)
        .map(of_family)
        .or_else(|| {
            all()
                .find(|(_, name)| *name == word)
                .map(|(code, _)| vec![*code])
        })
        .or_else(|| hexadecimal(word).map(|code| vec![code]))
}

/// The registered name of a suite.
pub(super) fn name(code: u16) -> String {
    let known = all().find(|(known, _)| *known == code);
    known.map_or_else(|| format!("0x{code:04x}"), |(_, name)| (*name).to_owned())
}

fn all() -> impl Iterator<Item = &'static (u16, &'static str)> {
    TABLE.iter().flat_map(|(_, suites)| suites.iter())
}

/// Kinds of SSL 2.0: RC4, RC2, IDEA, DES and 3DES, with 40 bits or more.
pub(super) const SSL2: [[u8; 3]; 7] = [
    [0x07, 0x00, 0xc0],
    [0x05, 0x00, 0x80],
    [0x03, 0x00, 0x80],
    [0x01, 0x00, 0x80],
    [0x06, 0x00, 0x40],
    [0x04, 0x00, 0x80],
    [0x02, 0x00, 0x80],
];
