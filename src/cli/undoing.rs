//! Asking whether others' changes are meant to be taken back, before a kit is made without them.

use super::{
    failure::{Failure, Kind},
    session::Session,
};
use crate::undo::Undoings;

/// What others published is taken back by somebody who says exactly that, or nothing is published.
pub(super) fn accept(undoings: &Undoings, given: Option<&str>, dir: &str, session: &mut Session<'_>) -> Result<(), Failure> {
    if undoings.is_empty() {
        return Ok(());
    }
    session.out.say("The directory is without what others published. Publishing it would undo this:");
    undoings.changes.iter().for_each(|change| session.out.say(format!("  {}", change.line())));
    let code = &undoings.code;
    session.out.say(format!("Undoing exactly this has the code {code}."));
    let typed = match given {
        Some(typed) => typed.to_owned(),
        None if session.ask.allowed => session.ask.line("Type the code to undo it, or Enter to stop:", "--undo")?,
        None => String::new(),
    };
    if typed.trim() == code {
        return Ok(());
    }
    Err(Failure::new(Kind::No, "the directory would undo what others published, so nothing was published.")
        .hint("1. Bring the directory up to date (git pull), or write what is above into it.")
        .hint(format!("2. Publish it again: kit publish {dir}"))
        .hint("If undoing all of it is meant:  kit publish … --undo CODE     with the code above"))
}
