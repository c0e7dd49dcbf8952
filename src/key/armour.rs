//! ASCII armour in its one canonical form: marker lines around base64 with a fixed line length (RFC 7468 "strict").
//!
//! OpenSSH signatures have 70 columns, age files 64. A text that decodes here is exactly what encoding its bytes gives
//! again, so an armoured block has one spelling only.

use std::io::{self, BufRead, Read};

use data_encoding::BASE64;

/// The marker lines and the line length of one kind of block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    begin: &'static str,
    end: &'static str,
    columns: usize,
}

/// A signature as `ssh-keygen -Y sign` writes it (OpenSSH PROTOCOL.sshsig).
pub const SSH_SIGNATURE: Kind =
    Kind { begin: "-----BEGIN SSH SIGNATURE-----\n", end: "-----END SSH SIGNATURE-----\n", columns: 70 };
/// An age file as `age --armor` writes it (C2SP age.md, "ASCII armor").
pub const AGE_FILE: Kind =
    Kind { begin: "-----BEGIN AGE ENCRYPTED FILE-----\n", end: "-----END AGE ENCRYPTED FILE-----\n", columns: 64 };

/// Lines decoded at a time by [`Body`]: 1,024 lines of 64 columns are 64 KiB.
const LINES_AT_A_TIME: usize = 1024;

/// Why a text is not canonical armour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArmourError {
    /// The first or last line is another one, or something follows the last.
    #[error("its first or last line is not the marker")]
    Marker,
    /// A line that is too long, too short or empty.
    #[error("a line has the wrong length")]
    Columns,
    /// Not base64, or base64 with a second spelling (padding, spare bits).
    #[error("it is not canonical base64")]
    Base64,
}

impl Kind {
    /// The first line, with its LF.
    pub fn begin(&self) -> &'static str {
        self.begin
    }

    /// The last line, with its LF.
    pub fn end(&self) -> &'static str {
        self.end
    }

    /// Armours some bytes. Empty bytes give a block without a body, which [`Kind::decode`] refuses.
    pub fn encode(&self, bytes: &[u8]) -> String {
        let body = BASE64.encode(bytes);
        let mut text = String::with_capacity(self.begin.len() + self.end.len() + body.len() + body.len() / self.columns + 1);
        text.push_str(self.begin);
        let mut rest = body.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(self.columns));
            text.push_str(line);
            text.push('\n');
            rest = after;
        }
        text.push_str(self.end);
        text
    }

    /// The bytes of an armoured text.
    ///
    /// # Errors
    /// [`ArmourError`] when the text is anything else than what [`Kind::encode`] makes of the same bytes.
    pub fn decode(&self, text: &[u8]) -> Result<Vec<u8>, ArmourError> {
        let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
        self.body(text)?.read_to_end(&mut bytes).map_err(|_| ArmourError::Base64)?;
        Ok(bytes)
    }

    /// Checks markers and line lengths of an armoured text and gives a reader that decodes it piece by piece.
    ///
    /// # Errors
    /// [`ArmourError`]; base64 itself is only checked while reading.
    pub fn body<'a>(&self, text: &'a [u8]) -> Result<Body<'a>, ArmourError> {
        let lines = text.strip_prefix(self.begin.as_bytes()).and_then(|rest| rest.strip_suffix(self.end.as_bytes()));
        let lines = lines.ok_or(ArmourError::Marker)?;
        let with_lf = self.columns + 1;
        // Every piece but the last has the full length; an LF inside of one is no base64.
        let whole = lines.chunks(with_lf).all(|line| line.last() == Some(&b'\n') && line.len() > 1);
        if lines.is_empty() || !whole {
            return Err(ArmourError::Columns);
        }
        Ok(Body { lines, with_lf, decoded: Vec::new(), used: 0 })
    }
}

/// Decodes an armoured body while it is read; see [`Kind::body`].
pub struct Body<'a> {
    lines: &'a [u8],
    with_lf: usize,
    decoded: Vec<u8>,
    used: usize,
}

impl Body<'_> {
    fn decode_more(&mut self) -> io::Result<()> {
        let (now, later) = self.lines.split_at(self.lines.len().min(self.with_lf * LINES_AT_A_TIME));
        // A group of 4 characters may span lines (70 columns): what does not fill one waits for the next piece.
        let mut text = Vec::with_capacity(now.len());
        for line in now.chunks(self.with_lf) {
            text.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
        }
        let fault = || io::Error::new(io::ErrorKind::InvalidData, ArmourError::Base64);
        // 1,024 lines of 64 or 70 columns are a multiple of 4 characters, so only the last piece may be padded, at its end: the
        // library would also take padded pieces one after the other.
        let padded_from = text.iter().position(|&c| c == b'=').unwrap_or(text.len());
        if padded_from < text.len() && (!later.is_empty() || padded_from + 2 < text.len()) {
            return Err(fault());
        }
        self.decoded = BASE64.decode(&text).map_err(|_| fault())?;
        self.used = 0;
        self.lines = later;
        Ok(())
    }
}

impl BufRead for Body<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used >= self.decoded.len() && !self.lines.is_empty() {
            self.decode_more()?;
        }
        Ok(self.decoded.get(self.used..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.used = self.used.saturating_add(amount).min(self.decoded.len());
    }
}

impl Read for Body<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut ready = self.fill_buf()?;
        let taken = ready.read(buffer)?;
        self.consume(taken);
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn padding_stands_at_the_end_only() {
        let good = AGE_FILE.encode(&[0; 60]);
        let line = "A".repeat(64);
        let at = |column: usize| good.replace(&line, &format!("{}={}", "A".repeat(column), "A".repeat(63 - column)));
        for column in [3, 7, 59, 62] {
            assert_eq!(AGE_FILE.decode(at(column).as_bytes()), Err(ArmourError::Base64), "= in column {column}");
        }
        let two = good.replace(&line, &format!("{}=={}", "A".repeat(58), "A".repeat(4)));
        assert_eq!(AGE_FILE.decode(two.as_bytes()), Err(ArmourError::Base64));
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(bytes in proptest::collection::vec(any::<u8>(), 1..400)) {
            for kind in [SSH_SIGNATURE, AGE_FILE] {
                prop_assert_eq!(kind.decode(kind.encode(&bytes).as_bytes()), Ok(bytes.clone()));
            }
        }

        #[test]
        fn a_changed_text_is_refused_or_means_other_bytes(
            bytes in proptest::collection::vec(any::<u8>(), 1..200), at in any::<prop::sample::Index>(), with in any::<u8>(),
        ) {
            let mut text = AGE_FILE.encode(&bytes).into_bytes();
            let at = at.index(text.len());
            prop_assume!(text[at] != with);
            text[at] = with;
            if let Ok(other) = AGE_FILE.decode(&text) {
                prop_assert_ne!(&other, &bytes);
                prop_assert_eq!(AGE_FILE.encode(&other).into_bytes(), text);
            }
        }
    }

    #[test]
    fn long_bodies_cross_pieces() {
        let bytes: Vec<u8> = (0..200_001u32).flat_map(u32::to_le_bytes).collect();
        for kind in [SSH_SIGNATURE, AGE_FILE] {
            assert_eq!(kind.decode(kind.encode(&bytes).as_bytes()).unwrap(), bytes);
        }
    }

    #[test]
    fn every_other_spelling_is_refused() {
        let good = AGE_FILE.encode(&[7; 100]);
        let (begin, end) = (AGE_FILE.begin(), AGE_FILE.end());
        for bad in [
            good.replace('\n', "\r\n"),
            good.replacen("BwcH\n", "BwcH \n", 1),
            format!("\n{good}"),
            format!("{good}\n"),
            good.trim_end().to_owned(),
            good.replacen("Bwc", "Bwc\n", 1),
            format!("{begin}{end}"),
            format!("{begin}\n{end}"),
            format!("{begin}Bw=\n{end}"),
            format!("{begin}Bx==\n{end}"),
            format!("{begin}Bw==\nBw==\n{end}"),
            good.replace("BEGIN AGE", "BEGIN  AGE"),
        ] {
            assert_ne!(bad, good);
            assert!(AGE_FILE.decode(bad.as_bytes()).is_err(), "{bad}");
        }
        assert_eq!(AGE_FILE.decode(format!("{begin}Bw==\n{end}").as_bytes()), Ok(vec![7]));
    }
}
