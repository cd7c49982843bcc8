//! DER (X.690), as much of it as certificates take.

/// The tag, the content and what is behind the first element. `None`: there is none, or it is cut off.
#[must_use]
pub fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (header, rest) = der.split_at_checked(2)?;
    let (tag, short) = (*header.first()?, usize::from(*header.get(1)?));
    let (length, rest) = if short < 0x80 {
        (short, rest)
    } else {
        let (octets, rest) = rest.split_at_checked(short & 0x7f)?;
        let length = octets.iter().try_fold(0usize, |sum, octet| {
            sum.checked_mul(256)?.checked_add(usize::from(*octet))
        })?;
        (length, rest)
    };
    let (content, behind) = rest.split_at_checked(length)?;
    Some((tag, content, behind))
}

/// The element at the beginning as it is written, and what is behind it.
#[must_use]
pub fn whole(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, _, behind) = element(der)?;
    der.split_at_checked(der.len() - behind.len())
}

/// An element with this tag around the parts, one after another.
#[must_use]
pub fn wrap(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        Ok(_) | Err(_) => {
            let octets = length.to_be_bytes();
            let from = octets.iter().position(|octet| *octet != 0).unwrap_or(0);
            let significant = octets.get(from..).unwrap_or_default();
            out.push(0x80 | u8::try_from(significant.len()).unwrap_or(0));
            out.extend_from_slice(significant);
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// An ECDSA signature of two numbers side by side as a structure (RFC 3279 section 2.2.3).
#[must_use]
pub fn ecdsa(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    wrap(0x30, &[&unsigned(r), &unsigned(s)])
}

/// An INTEGER of these octets, which are not negative.
#[must_use]
pub fn unsigned(octets: &[u8]) -> Vec<u8> {
    let from = octets.iter().position(|octet| *octet != 0);
    let significant = octets.get(from.unwrap_or(octets.len())..);
    let significant = significant.unwrap_or_default();
    match significant.first() {
        Some(first) if *first < 0x80 => wrap(0x02, &[significant]),
        Some(_) | None => wrap(0x02, &[&[0], significant]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_is_read() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![7; length];
            let der = [wrap(0x30, &[&content]), vec![1, 2]].concat();
            assert_eq!(element(&der), Some((0x30, content.as_slice(), &[1, 2][..])));
        }
        assert_eq!(element(&[0x30, 2, 1]), None);
        assert_eq!(element(&[0x30, 0x82, 1]), None);
    }
}
