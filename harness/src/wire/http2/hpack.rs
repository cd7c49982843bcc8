//! Field sections (RFC 7541): written as literals, read with the static table. The dynamic table has the size 0, by SETTINGS.

use super::huffman;
use super::{Failure, Field};

/// What a field costs beside its octets (RFC 7541 §4.1).
const OVERHEAD: usize = 32;

/// Writes fields as literals without indexing, and without Huffman's code, so that each stands there as it is.
pub(super) fn encode(fields: &[Field]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        string(&mut block, name);
        string(&mut block, value);
    }
    block
}

fn string(block: &mut Vec<u8>, octets: &[u8]) {
    const PREFIX: usize = 0x7f;
    let length = octets.len();
    if length < PREFIX {
        block.extend(u8::try_from(length));
    } else {
        block.push(0x7f);
        let mut rest = length - PREFIX;
        while rest > 0x7f {
            block.extend(u8::try_from(rest & 0x7f).map(|low| low | 0x80));
            rest >>= 7;
        }
        block.extend(u8::try_from(rest));
    }
    block.extend_from_slice(octets);
}

/// Reads a field section of at most `limit` octets, overhead included.
///
/// # Errors
/// It is broken, too long, or uses the table that this client does not have.
pub(super) fn decode(block: &[u8], limit: usize) -> Result<Vec<Field>, Failure> {
    let mut reader = Reader { rest: block };
    let mut fields = Vec::new();
    let mut size = 0_usize;
    while let Some(first) = reader.rest.first().copied() {
        let field = match first {
            0x80.. => {
                let index = reader.integer(7)?;
                let (name, value) = listed(index)?;
                (name.to_vec(), value.to_vec())
            }
            0x20..0x40 => {
                if reader.integer(5)? > 0 {
                    return Err(Failure::malformed(
                        "HPACK with a dynamic table, which SETTINGS switch off",
                    ));
                }
                continue;
            }
            0x40.. => reader.literal(6)?,
            0x00..0x20 => reader.literal(4)?,
        };
        size = size.saturating_add(field.0.len() + field.1.len() + OVERHEAD);
        if size > limit {
            let cause = format!("a field section of more than {limit} bytes");
            return Err(Failure::malformed(cause));
        }
        fields.push(field);
    }
    Ok(fields)
}

struct Reader<'b> {
    rest: &'b [u8],
}

impl Reader<'_> {
    fn octet(&mut self) -> Result<u8, Failure> {
        let (first, rest) = self.rest.split_first().ok_or_else(cut)?;
        self.rest = rest;
        Ok(*first)
    }

    /// An integer whose prefix has so many bits (RFC 7541 §5.1).
    fn integer(&mut self, prefix: u32) -> Result<usize, Failure> {
        let mask = (1_usize << prefix) - 1;
        let mut value = usize::from(self.octet()?) & mask;
        if value < mask {
            return Ok(value);
        }
        for shift in [0, 7, 14, 21] {
            let octet = self.octet()?;
            value += usize::from(octet & 0x7f) << shift;
            if octet & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Failure::malformed("an HPACK integer beyond all bounds"))
    }

    fn string(&mut self) -> Result<Vec<u8>, Failure> {
        let encoded = self.rest.first().is_some_and(|first| first & 0x80 != 0);
        let length = self.integer(7)?;
        let (octets, rest) = self.rest.split_at_checked(length).ok_or_else(cut)?;
        self.rest = rest;
        if encoded {
            huffman::decode(octets)
                .ok_or_else(|| Failure::malformed("an HPACK string that is no Huffman code"))
        } else {
            Ok(octets.to_vec())
        }
    }

    /// A literal whose name is listed, or spelled where the index is 0.
    fn literal(&mut self, prefix: u32) -> Result<Field, Failure> {
        let name = match self.integer(prefix)? {
            0 => self.string()?,
            index => listed(index)?.0.to_vec(),
        };
        Ok((name, self.string()?))
    }
}

fn cut() -> Failure {
    Failure::malformed("an HPACK field that breaks off")
}

fn listed(index: usize) -> Result<(&'static [u8], &'static [u8]), Failure> {
    let row = index.checked_sub(1).and_then(|at| STATIC.get(at));
    let (name, value) =
        row.ok_or_else(|| Failure::malformed(format!("no HPACK field has the index {index}")))?;
    Ok((name.as_bytes(), value.as_bytes()))
}

/// RFC 7541, Appendix A.
const STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];
