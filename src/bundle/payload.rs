//! The payload section: an age file in armour, to X25519 recipients only; and what is written in it (docs/format.md, "Payload").

use std::io::{self, BufRead, Chain, Cursor, Read};

use serde::{Deserialize, Serialize};

use super::{
    ids::KitId,
    limits::{AGE_HEADER_BYTES_MAX, DEVICES_MAX, OVERRIDES_MAX, PAYLOAD_STEP_BYTES, PAYLOAD_STEPS_END_BYTES, SHIFTS_MAX},
    refusal::PayloadFault,
};
use crate::{
    key::armour::{AGE_FILE, Body},
    team::Rota,
};

/// The only version of age files.
const VERSION_LINE: &str = "age-encryption.org/v1";
/// How the last line of the header begins; 43 characters follow.
const MAC: &str = "\n--- ";
/// Characters of 32 bytes in base64 without padding.
const KEY_CHARS: usize = 43;
/// Characters of a whole line of a stanza's body; a shorter one ends it.
const STANZA_COLUMNS: usize = 64;
/// Lines in the body of a grease stanza: at most 100 bytes.
const GREASE_LINES_MAX: usize = 3;

/// What is encrypted: who it is for, again, and what the team knows. Later parts are added as keys; readers pass over
/// keys they do not know.
#[derive(Serialize, Deserialize)]
pub(super) struct Payload<T> {
    pub(super) kit: KitId,
    pub(super) seq: u64,
    pub(super) team: T,
}

/// Whether a rota keeps to the limits of the format.
pub(super) fn fits(rota: &Rota) -> bool {
    rota.shifts.len() <= SHIFTS_MAX && rota.overrides.len() <= OVERRIDES_MAX
}

/// A payload section whose header was looked at; reads as the binary age file.
pub(super) struct AgeFile<'a> {
    header: Vec<u8>,
    devices: usize,
    rest: Chain<Cursor<Vec<u8>>, Body<'a>>,
}

impl<'a> AgeFile<'a> {
    /// Takes the armour off and checks the header: only what this format allows reaches the age library.
    pub(super) fn read(section: &'a [u8]) -> Result<Self, PayloadFault> {
        let mut body = AGE_FILE.body(section).map_err(|_| PayloadFault::Armour)?;
        let mut start = Vec::new();
        let header_bytes = loop {
            let seen = start.len().saturating_sub(MAC.len());
            let piece = body.fill_buf().map_err(|_| PayloadFault::Armour)?;
            let taken = piece.len();
            start.extend_from_slice(piece);
            body.consume(taken);
            let tail = start.get(seen..).unwrap_or_default();
            let found = tail.windows(MAC.len()).position(|window| window == MAC.as_bytes());
            let end = found.map(|at| seen + at + MAC.len() + KEY_CHARS + 1);
            match end.filter(|end| *end <= start.len()) {
                Some(end) => break end,
                None if taken == 0 || start.len() > AGE_HEADER_BYTES_MAX + 64 * 1024 => return Err(PayloadFault::Header),
                None => {}
            }
        };
        let rest = Cursor::new(start.split_off(header_bytes));
        let devices = devices_of(&start)?;
        Ok(Self { header: start, devices, rest: rest.chain(body) })
    }

    /// How many X25519 stanzas there are.
    pub(super) fn devices(&self) -> usize {
        self.devices
    }
}

/// Serves the whole header in one piece: the age library parses again from the start whenever it asks for one more line, which
/// for 10,000 devices would take minutes.
impl BufRead for AgeFile<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.header.is_empty() { self.rest.fill_buf() } else { Ok(&self.header) }
    }

    fn consume(&mut self, amount: usize) {
        if self.header.is_empty() {
            self.rest.consume(amount);
        } else {
            self.header.drain(..amount.min(self.header.len()));
        }
    }

    fn read_until(&mut self, byte: u8, buffer: &mut Vec<u8>) -> io::Result<usize> {
        if self.header.is_empty() {
            return self.rest.read_until(byte, buffer);
        }
        let taken = self.header.len();
        buffer.append(&mut self.header);
        Ok(taken)
    }
}

impl Read for AgeFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut ready = self.fill_buf()?;
        let taken = ready.read(buffer)?;
        self.consume(taken);
        Ok(taken)
    }
}

/// The bytes to which a payload of `bytes` is padded: whole steps, then Padmé (at most 12 % more, and few possible lengths).
pub(super) fn padded(bytes: usize) -> usize {
    if bytes <= PAYLOAD_STEPS_END_BYTES {
        return bytes.max(1).next_multiple_of(PAYLOAD_STEP_BYTES);
    }
    let exponent = bytes.ilog2();
    let kept_bits = exponent.ilog2() + 1;
    bytes.next_multiple_of(1 << (exponent - kept_bits))
}

/// Checks the header line by line and counts the X25519 stanzas.
fn devices_of(header: &[u8]) -> Result<usize, PayloadFault> {
    let text = std::str::from_utf8(header).map_err(|_| PayloadFault::Header)?;
    let mut lines = text.strip_suffix('\n').ok_or(PayloadFault::Header)?.split('\n');
    if lines.next() != Some(VERSION_LINE) {
        return Err(PayloadFault::Header);
    }
    let mut devices = 0;
    let mut greased = false;
    loop {
        let line = lines.next().ok_or(PayloadFault::Header)?;
        if line.starts_with("--- ") {
            return if devices > 0 && lines.next().is_none() { Ok(devices) } else { Err(PayloadFault::Header) };
        }
        let mut words = line.strip_prefix("-> ").ok_or(PayloadFault::Header)?.split(' ');
        let (kind, share, more) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next());
        if greased {
            return Err(PayloadFault::Recipient); // grease stands last
        } else if kind == "X25519" && share.len() == KEY_CHARS && more.is_none() {
            devices += 1;
            if devices > DEVICES_MAX {
                return Err(PayloadFault::Devices);
            }
            if lines.next().is_none_or(|body| body.len() != KEY_CHARS) {
                return Err(PayloadFault::Recipient);
            }
        } else if kind.ends_with("-grease") {
            greased = true;
            let mut body = lines.by_ref().take(GREASE_LINES_MAX);
            if !body.any(|line| line.len() < STANZA_COLUMNS) {
                return Err(PayloadFault::Recipient);
            }
        } else {
            return Err(PayloadFault::Recipient);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_tells_little() {
        for (bytes, to) in [(1, 4096), (4096, 4096), (4097, 8192), (65_536, 65_536), (65_537, 67_584), (1_000_000, 1_015_808)] {
            assert_eq!(padded(bytes), to, "{bytes}");
        }
        for bytes in (65_537..40_000_000).step_by(99_991) {
            let more = padded(bytes) - bytes;
            assert!(more * 100 <= bytes * 12, "{bytes}: {more} more");
        }
    }

    fn stanza(kind: &str) -> String {
        format!("-> {kind} {0}\n{0}\n", "A".repeat(KEY_CHARS))
    }

    fn devices(stanzas: &str) -> Result<usize, PayloadFault> {
        devices_of(format!("{VERSION_LINE}\n{stanzas}--- {}\n", "A".repeat(KEY_CHARS)).as_bytes())
    }

    #[test]
    fn e4_only_x25519_and_one_grease_stanza_at_the_end() {
        let ours = stanza("X25519");
        assert_eq!(devices(&ours.repeat(3)), Ok(3));
        for grease in ["-> a-grease\n\n", "-> x-grease b c\nAAAA\n", &format!("-> -grease\n{0}\n{0}\n\n", "A".repeat(64))] {
            assert_eq!(devices(&format!("{ours}{grease}")), Ok(1), "{grease}");
            assert_eq!(devices(&format!("{grease}{ours}")), Err(PayloadFault::Recipient), "{grease}");
            assert_eq!(devices(&format!("{ours}{grease}{grease}")), Err(PayloadFault::Recipient), "{grease}");
        }
        for kind in ["scrypt", "ssh-ed25519 abcd", "ssh-rsa", "piv-p256", "mlkem768x25519", "p256tag", "x25519", "X25519 A"] {
            assert_eq!(devices(&format!("{ours}{}", stanza(kind))), Err(PayloadFault::Recipient), "{kind}");
        }
        let long = format!("-> a-grease\n{}", format!("{}\n", "A".repeat(64)).repeat(3));
        assert_eq!(devices(&format!("{ours}{long}")), Err(PayloadFault::Recipient));
        assert_eq!(devices(""), Err(PayloadFault::Header));
        assert_eq!(devices("-> a-grease\n\n"), Err(PayloadFault::Header));
    }

    #[test]
    fn e5_one_device_over_the_cap() {
        let ours = stanza("X25519");
        assert_eq!(devices(&ours.repeat(DEVICES_MAX)), Ok(DEVICES_MAX));
        assert_eq!(devices(&ours.repeat(DEVICES_MAX + 1)), Err(PayloadFault::Devices));
    }
}
