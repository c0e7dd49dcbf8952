//! Texts that people paste into chats and mails: a prefix that says what it is, base64url, and a checksum that tells a typing
//! error from an attack.

use data_encoding::BASE64URL_NOPAD;

use super::{Hash, limits::PASTED_BYTES_MAX};

/// Bytes of the checksum: the first of the SHA-256 of the content. One damaged text in four billion passes.
const CHECKSUM_BYTES: usize = 4;

/// Why a pasted text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PastedError {
    /// It does not begin with the prefix.
    #[error("it does not begin with {expected}{}", .found.map(|found| format!("; it is {found}")).unwrap_or_default())]
    Prefix {
        /// What it has to begin with.
        expected: &'static str,
        /// What it seems to be instead.
        found: Option<&'static str>,
    },
    /// A character is missing, added or wrong.
    #[error("it is damaged: a part is missing or mistyped. Copy it once more")]
    Damaged,
    /// Longer than [`PASTED_BYTES_MAX`].
    #[error("it has more than {PASTED_BYTES_MAX} characters")]
    TooLong,
    /// Whole, but its content breaks a rule.
    #[error("it was made wrongly: {0}")]
    Content(&'static str),
}

/// Makes the text of some content.
pub(super) fn encode(prefix: &str, content: &[u8]) -> String {
    let checksum = Hash::of(content);
    let bytes = [content, checksum.as_bytes().get(..CHECKSUM_BYTES).unwrap_or_default()].concat();
    format!("{prefix}{}", BASE64URL_NOPAD.encode(&bytes))
}

/// The content of a pasted text. White space counts nowhere: mail programs wrap lines.
pub(super) fn decode(prefix: &'static str, text: &str) -> Result<Vec<u8>, PastedError> {
    if text.len() > PASTED_BYTES_MAX {
        return Err(PastedError::TooLong);
    }
    let text: String = text.split_ascii_whitespace().collect();
    let Some(base64) = text.strip_prefix(prefix) else {
        return Err(PastedError::Prefix { expected: prefix, found: seems(&text) });
    };
    let mut content = BASE64URL_NOPAD.decode(base64.as_bytes()).map_err(|_| PastedError::Damaged)?;
    let checksum = content.split_off(content.len().saturating_sub(CHECKSUM_BYTES));
    let whole = checksum.len() == CHECKSUM_BYTES && Hash::of(&content).as_bytes().starts_with(&checksum);
    if whole { Ok(content) } else { Err(PastedError::Damaged) }
}

fn seems(text: &str) -> Option<&'static str> {
    Some(match text {
        _ if text.starts_with("kit-invite1:") => "an invite",
        _ if text.starts_with("kit-join1:") => "a join request",
        _ if text.starts_with("kit-ask1:") => "a request for shares",
        _ if text.starts_with("kit-share1:") => "a share",
        _ if text.starts_with("kit-invite") || text.starts_with("kit-join") => "from a newer kit",
        _ if text.starts_with("kit-bundle/") => "a bundle",
        _ if text.starts_with("age1") => "an age recipient",
        _ if text.starts_with("ssh-") => "an SSH public key",
        _ => return None,
    })
}
