//! The passphrase of a page: shown once on a screen of its own, and asked back, so that what somebody wrote down is what opens it.

use zeroize::Zeroizing;

use super::{Open, TRIES};
use crate::cli::{
    failure::{Failure, Kind},
    session::Session,
};

/// Looks, before anything is opened, whether a passphrase can be shown and taken away again.
///
/// # Errors
/// Usage where it cannot.
pub(in crate::cli) fn can_show_words(session: &Session<'_>, name: &str) -> Result<(), Failure> {
    if cfg!(unix) && session.context.terminal.draws && session.ask.allowed {
        return Ok(());
    }
    Err(Failure::usage(
        "the passphrase of the page is shown once, to somebody at a terminal, and this is none; nothing was opened.",
    )
    .hint(format!("Into a new file that only you can read: kit export sealed {name} --passphrase-out FILE")))
}

/// Shows the passphrase until what somebody wrote down is it.
///
/// # Errors
/// Interrupted; what was opened is recorded, and nothing is printed.
pub(in crate::cli) fn written_down(session: &mut Session<'_>, open: &Open, words: &str) -> Result<(), Failure> {
    session.out.say("The page gets a passphrase of its own. It is shown now, and never again: write it down by hand.");
    session.ask.line("Pen and paper at hand? Enter shows it:", "--passphrase-out FILE").map_err(stopped)?;
    for attempt in 1..=TRIES {
        if shown(session, open, words)? {
            return Err(stopped(Failure::new(Kind::Interrupted, "")));
        }
        let question = "The words again, from your paper:";
        let typed = Zeroizing::new(session.ask.secret(question, "--passphrase-out FILE").map_err(stopped)?);
        if is_same(&typed, words) {
            return Ok(());
        }
        if attempt < TRIES {
            session.out.say("That is not what was shown. Mend your paper: it is shown once more.");
        }
    }
    Err(Failure::new(Kind::No, "what was typed is not the passphrase, so no page was printed; it is recorded as opened.")
        .hint("Begin again: it gets another passphrase. kit export sealed NAME"))
}

#[cfg(unix)]
fn shown(session: &mut Session<'_>, open: &Open, words: &str) -> Result<bool, Failure> {
    super::watched::show_words(session, open, words)
}

#[cfg(not(unix))]
fn shown(_: &mut Session<'_>, _: &Open, _: &str) -> Result<bool, Failure> {
    Ok(true) // can_show_words has refused
}

/// Letter case and what stands between the words do not count here: it is about the paper.
fn is_same(typed: &str, words: &str) -> bool {
    let parts = |text: &str| -> Vec<Zeroizing<String>> {
        let all = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
        all.map(|word| Zeroizing::new(word.to_ascii_lowercase())).collect()
    };
    parts(typed) == parts(words)
}

fn stopped(failure: Failure) -> Failure {
    if failure.kind != Kind::Interrupted {
        return failure;
    }
    Failure::new(Kind::Interrupted, "interrupted, so nothing was printed; it is recorded as opened.")
        .hint("Your entries: kit log")
}
