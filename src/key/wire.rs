//! The SSH wire encoding (RFC 4251 section 5), as far as keys and signatures need it: bytes, u32, and counted strings.

/// Reads from the front of some bytes; every read gives `None` when they run out.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (now, later) = self.0.split_at_checked(count)?;
        self.0 = later;
        Some(now)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.bytes(4)?.try_into().ok()?))
    }

    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let count = usize::try_from(self.u32()?).ok()?;
        self.bytes(count)
    }

    /// The value, if nothing is left over.
    pub(super) fn end<T>(self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

/// Appends a counted string. The callers' strings are short: keys, names and hashes.
pub(super) fn put_string(out: &mut Vec<u8>, string: &[u8]) {
    let count = u32::try_from(string.len()).expect("keys, names and hashes are far shorter than 4 GiB");
    out.extend_from_slice(&count.to_be_bytes());
    out.extend_from_slice(string);
}
