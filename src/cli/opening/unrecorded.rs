//! When the journal cannot be written: nothing is opened, unless somebody at the terminal says so in these very words.

use crate::{
    bundle::journal::Line,
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    reveal::Opening,
    store::StoreError,
};

/// What has to be typed.
const PHRASE: &str = "REVEAL WITHOUT LOG";

/// Asks for the words that open without a record.
///
/// # Errors
/// Usage off a terminal; interrupted when something else is typed. Nothing was opened.
pub(super) fn consent(session: &mut Session<'_>, error: &StoreError) -> Result<(), Failure> {
    let stop = |kind| {
        Failure::new(kind, format!("the journal could not be written, so nothing was opened: {error}."))
            .hint("Make room, or mend the folder of the kit. Then try again.")
    };
    if !session.ask.allowed {
        return Err(stop(Kind::Usage));
    }
    session.out.say(format!("WARN  the journal could not be written: {error}."));
    session.out.say("Make room if you can, and begin again. If there is no time, it opens without a record:");
    let typed = session.ask.line(&format!("Type {PHRASE} to open it all the same:"), "a journal that can be written")?;
    if typed == PHRASE { Ok(()) } else { Err(stop(Kind::Interrupted)) }
}

/// Says what goes to paper instead.
pub(super) fn to_paper(session: &mut Session<'_>, line: &Line, opening: &Opening) {
    let words = line.receipt().join(" ");
    session.out.say("NOT RECORDED. Write this down, and give it to whoever reads the journals:");
    session.out.say(format!("  {words}"));
    let (name, at) = (&opening.credential, opening.now.strftime("%Y-%m-%d %H:%M UTC"));
    let clock =
        opening.machine.clock.map(|clock| format!(" (the machine's clock said {})", clock.strftime("%Y-%m-%d %H:%M UTC")));
    let clock = clock.unwrap_or_default();
    session.out.say(format!("  I opened {name} at {at}{clock} without a record, because: {}", opening.reason));
}
