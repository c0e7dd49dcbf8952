//! Asking before a kit is made: whether new readers and signers are expected, and whether others' changes are meant to be taken
//! back. Each is accepted by somebody who says exactly that, by its code, or nothing is published.

use crate::{
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    undo::Undoings,
    vouch::Unvouched,
};

/// Who can read or sign from now on. `given` is the code from the command line.
///
/// # Errors
/// When it is not accepted.
pub(in crate::cli) fn let_in(unvouched: &Unvouched, given: Option<&str>, session: &mut Session<'_>) -> Result<(), Failure> {
    if unvouched.is_empty() {
        return Ok(());
    }
    session.out.say("Nobody on this machine has accepted these yet:");
    for reader in &unvouched.readers {
        session.out.say(format!("  + {reader} can read"));
    }
    for tier in &unvouched.tiers {
        session.out.say(format!("  + {tier}"));
    }
    for signer in &unvouched.signers {
        session.out.say(format!("  + {signer} signs, or says who signs"));
    }
    let code = &unvouched.code;
    session.out.say(format!("All readers, openers and signers together have the code {code}."));
    if is_typed(code, given, ("Type the code to let them:", "--ack-recipients"), session)? {
        return Ok(());
    }
    let failure = Failure::new(Kind::No, "the new readers were not accepted, so nothing was published.");
    let failure = if unvouched.tiers.is_empty() {
        failure
    } else {
        failure.hint(
            "Of a tier's key: call the holders, on numbers that you know, and ask who made it. A list of holders proves nothing.",
        )
    };
    Err(failure
        .hint("If you expect each of them:  kit publish … --ack-recipients CODE     with the code above")
        .hint("If not, see who wrote them into the directory: its devices/ folder, roots.kit, and their history in git."))
}

/// What others published and the directory `dir` is without. `given` is the code from the command line.
///
/// # Errors
/// When it is not meant.
pub(in crate::cli) fn take_back(
    undoings: &Undoings,
    given: Option<&str>,
    dir: &str,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    if undoings.is_empty() {
        return Ok(());
    }
    session.out.say("The directory is without what others published. Publishing it would undo this:");
    undoings.changes.iter().for_each(|change| session.out.say(format!("  {}", change.line())));
    let code = &undoings.code;
    session.out.say(format!("Undoing exactly this has the code {code}."));
    if is_typed(code, given, ("Type the code to undo it, or Enter to stop:", "--undo"), session)? {
        return Ok(());
    }
    Err(Failure::new(Kind::No, "the directory would undo what others published, so nothing was published.")
        .hint("1. Bring the directory up to date (git pull), or write what is above into it.")
        .hint(format!("2. Publish it again: kit publish {dir}"))
        .hint(format!("If undoing all of it is meant: kit publish {dir} --undo {code}")))
}

/// Whether the code was given, or is typed by somebody who is asked for it.
///
/// # Errors
/// When the question cannot be asked or is broken off.
fn is_typed(
    code: &str,
    given: Option<&str>,
    (question, option): (&str, &str),
    session: &mut Session<'_>,
) -> Result<bool, Failure> {
    let typed = match given {
        Some(typed) => typed.to_owned(),
        None if session.ask.allowed => session.ask.line(question, option)?,
        None => String::new(),
    };
    Ok(typed.trim() == code)
}
