//! Words that are read out on the phone: on a screen of their own, so that they do not stay behind in the terminal's memory.

#[cfg(unix)]
use super::{
    ask::full_screen::{Event, FullScreen},
    finder::Key,
    screen::{Screen, keep},
};
use super::{failure::Failure, session::Session};
use crate::answer::Call;
#[cfg(unix)]
use crate::key::mnemonic;

/// Words beside each other where there is room.
#[cfg(unix)]
const WORDS_IN_A_ROW: usize = 5;
/// Columns of a numbered word: two digits, a space, eight letters, and two between words.
#[cfg(unix)]
const WORD_COLUMNS: usize = 13;

/// Whether words can be shown here so that they do not stay.
///
/// # Errors
/// Usage without such a terminal.
pub(super) fn check(session: &Session<'_>) -> Result<(), Failure> {
    if cfg!(unix) && session.ask.allowed && session.context.terminal.draws {
        return Ok(());
    }
    Err(Failure::usage("words are shown only on a terminal that can clear them again, and this is none.")
        .hint("As a text that only their device opens: kit approve CODE"))
}

/// Shows the words until somebody is done reading them.
///
/// # Errors
/// As [`check`], or when the terminal is gone.
#[cfg(unix)]
pub(super) fn read_out(session: &Session<'_>, call: &Call, places: &[u16]) -> Result<(), Failure> {
    use zeroize::Zeroizing;

    let gone = |error| {
        Failure::usage(format!("the terminal cannot show the words: {error}."))
            .hint("It is recorded; try again: kit approve CODE --voice")
    };
    let mut terminal = FullScreen::begin(&session.context.children).map_err(gone)?;
    loop {
        let (columns, _) = terminal.size();
        let mut layout = session.context.terminal.layout;
        layout.columns = columns;
        let mut screen = Screen::new(layout);
        screen.plain(&format!("READ  to {} on {}, to nobody else", call.name, keep(call.shown().unwrap_or("no number"))));
        let mut lines = Zeroizing::new(screen.into_lines());
        lines.push(String::new());
        let in_a_row = (columns / WORD_COLUMNS).clamp(1, WORDS_IN_A_ROW);
        let words: Zeroizing<Vec<String>> = Zeroizing::new(
            (1..).zip(places).map(|(at, place)| format!("{at:>2} {:<8}", mnemonic::word(*place).unwrap_or_default())).collect(),
        );
        lines.extend(words.chunks(in_a_row).map(|row| row.join("  ")));
        lines.extend(["", "Whoever hears them has your share.", "Press Enter when they have them all."].map(str::to_owned));
        terminal.draw(&lines, 0).map_err(gone)?;
        match terminal.next().map_err(gone)? {
            Event::Over | Event::Key(Key::Enter | Key::Escape | Key::Interrupt | Key::Char('q')) => return Ok(()),
            Event::Key(Key::Suspend) => terminal.stop().map_err(gone)?,
            _ => {}
        }
    }
}

/// Not on this system.
///
/// # Errors
/// As [`check`].
#[cfg(not(unix))]
pub(super) fn read_out(session: &Session<'_>, _: &Call, _: &[u16]) -> Result<(), Failure> {
    check(session)
}
