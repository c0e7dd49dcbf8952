//! Whether a terminal can show a secret.

use crate::cli::{failure::Failure, session::Session};

/// Looks, before anything is opened, whether the terminal can show a secret and take it away again.
///
/// # Errors
/// Usage where it cannot.
pub(in crate::cli) fn can_watch(session: &Session<'_>) -> Result<(), Failure> {
    let hint = "To a program: kit reveal NAME --field FIELD --reason TEXT | …";
    if !cfg!(unix) || !session.context.terminal.draws {
        return Err(
            Failure::usage("this terminal has no second screen, so a secret would stay on it; nothing was opened.").hint(hint)
        );
    }
    if !session.ask.allowed {
        return Err(Failure::usage("there is nobody at this terminal to look at it; nothing was opened.").hint(hint));
    }
    Ok(())
}
