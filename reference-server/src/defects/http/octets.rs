//! Requests and answers as octets, taken apart without judging them.

/// The first place of a text.
pub(super) fn find(octets: &[u8], text: &[u8]) -> Option<usize> {
    octets.windows(text.len()).position(|window| window == text)
}

/// Every occurrence of a text replaced.
pub(super) fn replaced(octets: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some(at) = find(rest, from) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        out.extend_from_slice(to);
        rest = rest.get(at + from.len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// As [`replaced`]; octets without the text are handed on as they are.
pub(super) fn exchanged(octets: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    if find(&octets, from).is_none() {
        return octets;
    }
    replaced(&octets, from, to)
}

/// The first message: lines of its head, and all that follows.
pub(super) struct Message {
    pub(super) lines: Vec<Vec<u8>>,
    pub(super) rest: Vec<u8>,
}

impl Message {
    /// `None` where the head is not all there.
    pub(super) fn read(octets: &[u8]) -> Option<Self> {
        let end = find(octets, b"\r\n\r\n")?;
        let head = octets.get(..end)?;
        let mut lines = vec![Vec::new()];
        let mut left = head;
        while let Some(at) = find(left, b"\r\n") {
            if let Some(last) = lines.last_mut() {
                last.extend_from_slice(left.get(..at)?);
            }
            lines.push(Vec::new());
            left = left.get(at + 2..)?;
        }
        if let Some(last) = lines.last_mut() {
            last.extend_from_slice(left);
        }
        Some(Self {
            lines,
            rest: octets.get(end + 4..)?.to_vec(),
        })
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = self.lines.join(b"\r\n".as_slice());
        out.extend_from_slice(b"\r\n\r\n");
        out.extend_from_slice(&self.rest);
        out
    }

    /// The value of the first field of this name, in lower case.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        self.lines.iter().skip(1).find_map(|line| value(line, name))
    }

    /// Takes every field of this name out, in lower case.
    pub(super) fn remove(&mut self, name: &str) {
        self.lines.retain(|line| value(line, name).is_none());
    }

    /// Adds a field.
    pub(super) fn push(&mut self, line: &str) {
        self.lines.push(line.as_bytes().to_vec());
    }
}

/// The value of a field line with this name, in lower case.
pub(super) fn value(line: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(line).to_ascii_lowercase();
    let value = text.strip_prefix(name)?.strip_prefix(':')?;
    Some(value.trim().to_owned())
}

/// The octets with the first message changed; as they are where it is not all there.
pub(super) fn edited(octets: Vec<u8>, edit: impl FnOnce(&mut Message)) -> Vec<u8> {
    match Message::read(&octets) {
        Some(mut message) => {
            edit(&mut message);
            message.write()
        }
        None => octets,
    }
}

/// The chunks put together again, and what follows them.
pub(super) fn joined(body: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (mut out, mut rest) = (Vec::new(), body);
    loop {
        let end = find(rest, b"\r\n")?;
        let size = std::str::from_utf8(rest.get(..end)?).ok()?;
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = rest.get(end + 2..)?;
        if size == 0 {
            return Some((out, rest.get(2..)?));
        }
        out.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}
