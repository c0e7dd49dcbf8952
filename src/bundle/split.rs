//! The sections of a file, told apart by their lines alone: nothing is believed or parsed here (docs/format.md, "Structure").

use super::{
    limits::{BUNDLE_BYTES_MAX, LINE_BYTES_MAX, ROOTS_MAX, SIGNATURE_BYTES_MAX, SIGNATURES_MAX},
    refusal::{LimitFault, Refusal, StructureFault},
};
use crate::key::armour::{AGE_FILE, SSH_SIGNATURE};

/// What the first line begins with; the number of the format follows.
const FIRST_LINE: &str = "kit-bundle/";
/// The format that this program reads and writes.
pub(super) const FORMAT: u32 = 1;
/// How the line of a root begins.
const ROOT: &str = "{\"root\":{";
/// How the line of the head begins.
const HEAD: &str = "{\"head\":{";

/// The sections of one bundle.
#[derive(Debug)]
pub(super) struct Sections<'a> {
    /// In the order of the file; at least one.
    pub(super) roots: Vec<Section<'a>>,
    pub(super) head: Section<'a>,
    /// Where the payload begins, in bytes; it goes to the end.
    pub(super) payload_at: usize,
}

/// A line with its LF and the armoured signatures under it; at least one.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub(super) line: &'a str,
    pub(super) blocks: Vec<&'a str>,
}

/// The first line of every bundle.
pub(super) fn first_line() -> String {
    format!("{FIRST_LINE}{FORMAT}\n")
}

/// Splits a file into its sections.
pub(super) fn split(bytes: &[u8]) -> Result<Sections<'_>, Refusal> {
    if bytes.len() > BUNDLE_BYTES_MAX {
        return Err(Refusal::TooLarge { bytes: bytes.len() });
    }
    check_first_line(bytes)?;
    let mut lines = Lines::of(bytes)?;
    lines.take_line()?;
    let mut roots = Vec::new();
    loop {
        let line = lines.line()?;
        if line.starts_with(ROOT) {
            if roots.len() == ROOTS_MAX {
                return Err(lines.limit(LimitFault::Roots));
            }
            roots.push(lines.section()?);
        } else if !line.starts_with(HEAD) {
            return Err(lines.fault(StructureFault::Line));
        } else if roots.is_empty() {
            return Err(lines.fault(StructureFault::NoRoot));
        } else {
            let head = lines.section()?;
            if !lines.rest.starts_with(AGE_FILE.begin()) {
                return Err(lines.fault(if lines.rest.is_empty() { StructureFault::CutOff } else { StructureFault::NoPayload }));
            }
            return Ok(Sections { roots, head, payload_at: bytes.len() - lines.rest.len() });
        }
    }
}

/// Splits the root sections alone, as a store or an authored directory keeps them.
pub(super) fn split_roots(bytes: &[u8]) -> Result<Vec<Section<'_>>, Refusal> {
    if bytes.len() > BUNDLE_BYTES_MAX {
        return Err(Refusal::TooLarge { bytes: bytes.len() });
    }
    let mut lines = Lines::of(bytes)?;
    let mut roots = Vec::new();
    while !lines.rest.is_empty() {
        if !lines.line()?.starts_with(ROOT) {
            return Err(lines.fault(StructureFault::Line));
        }
        if roots.len() == ROOTS_MAX {
            return Err(lines.limit(LimitFault::Roots));
        }
        roots.push(lines.section()?);
    }
    if roots.is_empty() { Err(lines.fault(StructureFault::NoRoot)) } else { Ok(roots) }
}

fn check_first_line(bytes: &[u8]) -> Result<(), Refusal> {
    let format = bytes.strip_prefix(FIRST_LINE.as_bytes()).and_then(|rest| rest.split(|byte| *byte == b'\n').next());
    let digits = format.and_then(|format| std::str::from_utf8(format).ok()).filter(|format| !format.starts_with(['0', '+']));
    match digits.and_then(|format| format.parse::<u32>().ok()) {
        Some(FORMAT) => Ok(()),
        Some(format) => Err(Refusal::NewerFormat { format }),
        None => Err(Refusal::NoBundle { looks_like: looks_like(bytes) }),
    }
}

/// A guess at what was fetched instead of a bundle, to help the person who has to find out.
fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    let start = bytes.trim_ascii_start();
    Some(match start {
        [] => "it is empty",
        [b'<', ..] => "it looks like HTML: a login page or captive portal?",
        [0x1f, 0x8b, ..] | [b'P', b'K', 3, 4, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] => "it looks compressed",
        _ if start.starts_with(b"version https://git-lfs") => "it is a Git LFS pointer",
        _ if start.starts_with(b"age-encryption.org/") || start.starts_with(AGE_FILE.begin().as_bytes()) => {
            "it is a bare age file"
        }
        _ if start.starts_with(FIRST_LINE.as_bytes()) => "its first line is damaged",
        [b'{' | b'[', ..] => "it looks like JSON",
        _ => return None,
    })
}

/// A walk through the lines of a file.
struct Lines<'a> {
    rest: &'a str,
    /// Of the first line of `rest`, counted from 1.
    number: usize,
}

impl<'a> Lines<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self, Refusal> {
        // Branch-free in pieces, because this runs over each byte of large files.
        let plain =
            |piece: &[u8]| piece.iter().fold(true, |plain, byte| plain & ((0x20..=0x7e).contains(byte) | (*byte == b'\n')));
        if !bytes.chunks(4096).all(plain) {
            let at = bytes.iter().position(|byte| !plain(&[*byte])).unwrap_or_default();
            let line = 1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count();
            return Err(Refusal::Structure { line, fault: StructureFault::Character });
        }
        let rest = std::str::from_utf8(bytes).map_err(|_| Refusal::Structure { line: 1, fault: StructureFault::Character })?;
        Ok(Self { rest, number: 1 })
    }

    /// The next line with its LF, not taken.
    fn line(&self) -> Result<&'a str, Refusal> {
        match self.rest.as_bytes().iter().take(LINE_BYTES_MAX).position(|byte| *byte == b'\n') {
            Some(lf) => Ok(self.rest.get(..=lf).unwrap_or_default()),
            None if self.rest.len() > LINE_BYTES_MAX => Err(self.limit(LimitFault::LineBytes)),
            None => Err(self.fault(StructureFault::CutOff)),
        }
    }

    fn take_line(&mut self) -> Result<&'a str, Refusal> {
        let line = self.line()?;
        self.rest = self.rest.get(line.len()..).unwrap_or_default();
        self.number += 1;
        Ok(line)
    }

    /// A line and all signatures that follow it.
    fn section(&mut self) -> Result<Section<'a>, Refusal> {
        let line = self.take_line()?;
        let mut blocks = Vec::new();
        while self.rest.starts_with(SSH_SIGNATURE.begin()) {
            if blocks.len() == SIGNATURES_MAX {
                return Err(self.limit(LimitFault::Signatures));
            }
            blocks.push(self.block()?);
        }
        match blocks.is_empty() {
            false => Ok(Section { line, blocks }),
            true if self.rest.is_empty() => Err(self.fault(StructureFault::CutOff)),
            true => Err(self.fault(StructureFault::Unsigned)),
        }
    }

    fn block(&mut self) -> Result<&'a str, Refusal> {
        let start = self.rest;
        loop {
            let line = self.take_line()?;
            let length = start.len() - self.rest.len();
            if length > SIGNATURE_BYTES_MAX {
                return Err(self.limit(LimitFault::SignatureBytes));
            }
            if line == SSH_SIGNATURE.end() {
                return Ok(start.get(..length).unwrap_or_default());
            }
        }
    }

    fn fault(&self, fault: StructureFault) -> Refusal {
        Refusal::Structure { line: self.number, fault }
    }

    fn limit(&self, fault: LimitFault) -> Refusal {
        Refusal::Limit { line: self.number, fault }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a15_what_was_fetched_instead_is_named() {
        for (bytes, hint) in [
            (&b""[..], "empty"),
            (b"  <!DOCTYPE html>", "captive portal"),
            (b"\x1f\x8b\x08", "compressed"),
            (b"version https://git-lfs.github.com/spec/v1", "LFS"),
            (b"-----BEGIN AGE ENCRYPTED FILE-----\n", "bare age file"),
            (b"kit-bundle/01\n", "damaged"),
            (b"kit-bundle/\n", "damaged"),
            (b"{\"message\":\"Not Found\"}", "JSON"),
        ] {
            let refusal = split(bytes).unwrap_err();
            assert_eq!(refusal.layer(), "no-bundle");
            assert!(refusal.to_string().contains(hint), "{refusal}");
        }
        assert_eq!(split(b"hello").unwrap_err(), Refusal::NoBundle { looks_like: None });
        assert_eq!(split(b"kit-bundle/2\nanything").unwrap_err(), Refusal::NewerFormat { format: 2 });
        assert_eq!(split(&vec![b'a'; BUNDLE_BYTES_MAX + 1]).unwrap_err(), Refusal::TooLarge { bytes: BUNDLE_BYTES_MAX + 1 });
    }

    #[test]
    fn a_line_may_be_as_long_as_the_limit_and_no_longer() {
        let with = |bytes: usize| format!("kit-bundle/1\n{ROOT}{}\n", "a".repeat(bytes - ROOT.len() - 1));
        assert_eq!(
            split(with(LINE_BYTES_MAX).as_bytes()).unwrap_err(),
            Refusal::Structure { line: 3, fault: StructureFault::CutOff }
        );
        assert_eq!(
            split(with(LINE_BYTES_MAX + 1).as_bytes()).unwrap_err(),
            Refusal::Limit { line: 2, fault: LimitFault::LineBytes }
        );
    }
}
