//! The one place that asks: on the terminal only, each question with a fixed beginning that no content can imitate.

pub(super) mod clipboard;
#[cfg(unix)]
pub(super) mod full_screen;
mod secret;
#[cfg(unix)]
pub(super) mod signals;

use std::io::{self, BufRead, Read, Write};

use super::failure::{Failure, Kind};

/// Most bytes of a passphrase file or an answer.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// Asks the person at the terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    /// Whether somebody is there, and may be asked (`--no-input` says no).
    pub allowed: bool,
}

impl Ask {
    /// Asks for one line; `instead` names the flag that answers without a terminal.
    ///
    /// # Errors
    /// Usage when nobody can be asked, interrupted at the end of input.
    pub(super) fn line(self, question: &str, instead: &str) -> Result<String, Failure> {
        self.permitted(question, instead)?;
        let mut terminal = io::stderr();
        let _ = write!(terminal, "kit asks: {question} ");
        let _ = terminal.flush();
        let mut answer = String::new();
        let read = io::stdin().lock().take(ANSWER_BYTES_MAX).read_line(&mut answer).map_err(|error| unreadable(&error))?;
        if read == 0 {
            return Err(Failure::new(Kind::Interrupted, "no answer, so nothing was done."));
        }
        Ok(answer.trim().to_owned())
    }

    /// Asks for a secret without showing it; `instead` names the flag that answers without a terminal.
    ///
    /// # Errors
    /// As [`Ask::line`].
    pub(super) fn secret(self, question: &str, instead: &str) -> Result<String, Failure> {
        self.permitted(question, instead)?;
        let mut terminal = io::stderr();
        let _ = write!(terminal, "kit asks: {question} ");
        let _ = terminal.flush();
        let read = secret::read();
        // The Enter was not shown either.
        let _ = writeln!(terminal);
        let answer = read.map_err(|error| unreadable(&error))?;
        answer.ok_or_else(|| Failure::new(Kind::Interrupted, "interrupted, so nothing was done."))
    }

    /// Asks a question whose answer is yes or no; only `y` or `yes` is yes.
    ///
    /// # Errors
    /// As [`Ask::line`].
    pub(super) fn yes(self, question: &str, instead: &str) -> Result<bool, Failure> {
        let answer = self.line(&format!("{question} [y/N]"), instead)?;
        Ok(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    fn permitted(self, question: &str, instead: &str) -> Result<(), Failure> {
        if self.allowed {
            return Ok(());
        }
        let question = question.trim_end_matches([':', '?', ' ']);
        Err(Failure::usage(format!("there is nobody to ask for this: {question}.")).hint(format!("Say it with {instead}.")))
    }
}

/// Reads all of standard input, for arguments that are `-`.
///
/// # Errors
/// Usage when it is larger than `cap_bytes` or cannot be read.
pub(super) fn standard_input(cap_bytes: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(cap_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > cap_bytes {
        return Err(Failure::usage(format!("standard input is larger than {cap_bytes} bytes."))
            .hint("Is it the right file? Nothing was done; try again with another."));
    }
    Ok(bytes)
}

fn unreadable(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::Interrupted {
        Failure::new(Kind::Interrupted, "interrupted, so nothing was done.")
    } else {
        Failure::usage(format!("the answer could not be read: {error}."))
            .hint("Try again, or answer with options instead of questions: kit help")
    }
}
