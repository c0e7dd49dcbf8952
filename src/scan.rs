//! Scanning: what the pictures and texts of paper hold, sorted. Nothing of it is believed, opened or followed.
//!
//! A kit that comes out of it is bytes like those of any source: [`crate::sync::given`] judges them.

use crate::{
    bundle::archive::{self, ArchiveError},
    code::{
        PhotoError, TypingError,
        parts::{self, JoinError, Set},
        photo, read, untyped,
    },
    key::{Identity, armour::AGE_FILE},
};

/// Most bytes of a text with codes or typed lines.
const TEXT_BYTES_MAX: usize = 1 << 20;
/// Most codes that are looked at; two pages have 24.
const CODES_MAX: usize = 100_000;

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A picture, and what its codes say.
    Picture(Vec<String>),
    /// A text.
    Text(String),
}

/// Why a file holds nothing for us.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookError {
    /// A document of pages.
    #[error("it is a PDF, which kit does not read")]
    Pdf,
    /// A picture that cannot be read.
    #[error("{0}")]
    Photo(PhotoError),
    /// Neither a picture nor a text.
    #[error("it is neither a JPEG or PNG picture nor a text")]
    Kind,
}

/// What the files hold together.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Kits on paper.
    pub sets: Vec<Set>,
    /// Sealed pages: age files in armour, each once.
    pub sealed: Vec<String>,
    /// Sealed pages that were typed and are not right yet.
    pub mistyped: Vec<TypingError>,
    /// What other codes say.
    pub others: Vec<String>,
}

/// Looks at one file.
///
/// # Errors
/// [`LookError`].
pub fn look(bytes: &[u8]) -> Result<Seen, LookError> {
    match photo(bytes) {
        Ok(picture) => Ok(Seen::Picture(read(&picture).into_iter().collect())),
        Err(PhotoError::Kind) if bytes.starts_with(b"%PDF-") => Err(LookError::Pdf),
        Err(PhotoError::Kind) => {
            let is_text = bytes.len() <= TEXT_BYTES_MAX && !bytes.contains(&0);
            let text = std::str::from_utf8(bytes).ok().filter(|_| is_text).ok_or(LookError::Kind)?;
            Ok(Seen::Text(text.trim_start_matches('\u{feff}').replace("\r\n", "\n")))
        }
        Err(error) => Err(LookError::Photo(error)),
    }
}

/// Sorts what files hold, in whatever order they come.
pub fn sort(seen: &[Seen]) -> Found {
    let codes = seen.iter().flat_map(|seen| match seen {
        Seen::Picture(texts) => texts.as_slice(),
        Seen::Text(text) => std::slice::from_ref(text),
    });
    let (sets, strangers) = parts::sets(codes.take(CODES_MAX).map(String::as_str));
    let mut found = Found { sets, ..Found::default() };
    for text in strangers {
        let is_typed = |text: &&str| seen.iter().any(|seen| matches!(seen, Seen::Text(typed) if typed == *text));
        if let Some(sealed) = armoured(text) {
            found.sealed.push(sealed);
        } else if Some(text).as_ref().is_some_and(is_typed) {
            match untyped(text) {
                Ok(bytes) => found.sealed.push(AGE_FILE.encode(&bytes)),
                Err(error) => found.mistyped.push(error),
            }
        } else {
            found.others.push(text.to_owned());
        }
    }
    found.sealed.sort_unstable();
    found.sealed.dedup();
    found
}

/// The age file in a text, in its canonical armour; whatever a phone put around it or did to its line ends does not count.
fn armoured(text: &str) -> Option<String> {
    let begin = text.find(AGE_FILE.begin().trim_end())?;
    let text = text.get(begin..)?;
    let end = text.find(AGE_FILE.end().trim_end())? + AGE_FILE.end().trim_end().len();
    let lines: Vec<&str> = text.get(..end)?.split_whitespace().collect();
    // The words of the markers have spaces between them.
    let body: String = lines.iter().skip(4).take(lines.len().saturating_sub(8)).copied().collect();
    let bytes = data_encoding::BASE64.decode(body.as_bytes()).ok()?;
    Some(AGE_FILE.encode(&bytes))
}

/// A kit on paper as the bytes of a bundle, which nobody has checked yet. `reader` is this device's.
///
/// # Errors
/// [`ScanError`]; nothing of it can be used then.
pub fn restore(set: &Set, reader: &Identity) -> Result<Vec<u8>, ScanError> {
    Ok(archive::whole(&set.join()?.bytes, reader)?)
}

/// Why paper gives no kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// Its codes are too few, or damaged.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// What they hold cannot be opened.
    #[error("the codes are whole, but what they hold: {0}")]
    Archive(#[from] ArchiveError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d15_what_other_codes_say_stays_text() {
        let others =
            ["smsto:+12025550100:pay", "otpauth://totp/x?secret=A", "WIFI:S:kit;;", "https://example.com/", "kit-invite1:AAAA"];
        let found = sort(&[Seen::Picture(others.map(str::to_owned).to_vec())]);
        assert_eq!(found, Found { others: others.map(str::to_owned).to_vec(), ..Found::default() });
    }

    #[test]
    fn a_sealed_page_is_found_however_a_phone_passed_it_on() {
        let age = AGE_FILE.encode(&[7; 300]);
        for text in [
            age.clone(),
            age.trim_end().to_owned(),
            age.replace('\n', "\r\n"),
            format!("Scanned:\n{}\nCopy", age),
            age.replace('\n', " "),
        ] {
            let seen = [Seen::Picture(vec![text.clone()]), Seen::Text(text.clone())];
            assert_eq!(sort(&seen), Found { sealed: vec![age.clone()], ..Found::default() }, "{text}");
        }
    }

    #[test]
    fn a_file_is_what_its_bytes_are() {
        assert_eq!(look(b"%PDF-1.7\n"), Err(LookError::Pdf));
        assert_eq!(look(b"\0\0\0\x18ftypheic"), Err(LookError::Photo(PhotoError::Heic)));
        assert_eq!(look(b"\x89PNG\r\n\x1a\n"), Err(LookError::Photo(PhotoError::Damaged)));
        assert_eq!(look(b"\xff\xfe\x00"), Err(LookError::Kind));
        assert_eq!(look("\u{feff}KIT\r\n".as_bytes()), Ok(Seen::Text("KIT\n".to_owned())));
    }
}
