//! `ServerKeyExchange` (RFC 5246 §7.4.3, RFC 8422 §5.4).

use super::answer::ServerHello;
use super::octets::Cursor;

/// Reads what the message tells into the hello that it belongs to. What can't be read is left out.
pub(super) fn read(hello: &mut ServerHello, body: &[u8]) {
    let suite = hello.suite_name();
    let mut cursor = Cursor(body);
    // With anonymous key exchange nothing is signed.
    let signed = !suite.contains("_anon_");
    let parsed = if suite.contains("_ECDHE_") || suite.contains("_ECDH_anon_") {
        curve(hello, &mut cursor)
    } else if suite.contains("_DHE_") || suite.contains("_DH_anon_") {
        finite_field(hello, &mut cursor)
    } else {
        None
    };
    if parsed.is_some() && signed && hello.version == 0x0303 {
        hello.signature = cursor.pair();
    }
}

fn curve(hello: &mut ServerHello, cursor: &mut Cursor<'_>) -> Option<()> {
    // named_curve, the only kind that is left.
    if cursor.number(1)? != 3 {
        return None;
    }
    hello.group = cursor.pair();
    cursor.prefixed(1).map(drop)
}

fn finite_field(hello: &mut ServerHello, cursor: &mut Cursor<'_>) -> Option<()> {
    hello.prime_bits = Some(bits(cursor.prefixed(2)?));
    let _generator = cursor.prefixed(2)?;
    cursor.prefixed(2).map(drop)
}

/// The size of a number in bits.
#[must_use]
pub fn bits(number: &[u8]) -> usize {
    let mut rest = number.iter().skip_while(|octet| **octet == 0);
    let first = rest
        .next()
        .map_or(0, |octet| 8 - octet.leading_zeros() as usize);
    first + 8 * rest.count()
}
