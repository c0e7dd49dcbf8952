//! Choosing one of everything that the kit knows, by typing a part of it: on a screen of its own where the terminal can draw
//! one, else by numbered questions. Never without a terminal.

use super::{
    dial::{Dial, dials},
    failure::{Failure, Kind},
    finder::{Finder, Row},
    session::Session,
};
use crate::{
    answer::{self, Entry, Match, WhatIf},
    open::Reading,
    team::Thing,
};

/// Most rows of a numbered list.
const NUMBERED_MAX: usize = 9;

/// Lets the person at the terminal choose.
///
/// # Errors
/// Usage without a terminal; interrupted when they leave without a choice.
pub(super) fn pick(session: &mut Session<'_>, reading: &Reading) -> Result<Match, Failure> {
    if !session.ask.allowed {
        return Err(no_terminal());
    }
    let finder = Finder::new(answer::entries(&reading.team));
    let terminal = session.context.terminal;
    #[cfg(unix)]
    if terminal.draws && !terminal.layout.accessible {
        return drawn::pick(session, reading, finder);
    }
    let _ = terminal;
    numbered(session, reading, finder)
}

/// Said where nobody can choose.
pub(super) fn no_terminal() -> Failure {
    Failure::usage("there is no name to look up, and nobody at a terminal to choose one.")
        .hint("Say which: kit lookup NAME")
        .hint("For example: kit lookup alice")
}

/// Nothing is redrawn: a name, a numbered list, a number.
fn numbered(session: &mut Session<'_>, reading: &Reading, mut finder: Finder<'_>) -> Result<Match, Failure> {
    let mut typed = session.ask.line("Name, or a part of it:", "kit lookup NAME")?;
    loop {
        if typed.is_empty() {
            return Err(left());
        }
        finder.ask(&typed);
        let shown = finder.count().min(NUMBERED_MAX);
        for (at, entry) in (0..shown).filter_map(|at| finder.get(at).map(|entry| (at, entry))) {
            let row = row(session, reading, entry);
            let number = row.number.map(|number| format!(", {number}")).unwrap_or_default();
            session.out.say(format!("{}: {}, {}{number}", at + 1, row.name, row.about));
        }
        if finder.count() > shown {
            session.out.say(format!("And {} more: say more of the name.", finder.count() - shown));
        }
        let question = match shown {
            0 => "Nothing has these letters. Another name:",
            _ => "Which one? Its number, or another name:",
        };
        typed = session.ask.line(question, "kit lookup NAME")?;
        let chosen = typed.parse::<usize>().ok().filter(|number| (1..=shown).contains(number));
        if let Some(entry) = chosen.and_then(|number| finder.get(number - 1)) {
            return Ok(entry.matched(&reading.team));
        }
    }
}

/// A row of the list: what line 1 of its screen would say to dial.
fn row(session: &Session<'_>, reading: &Reading, entry: &Entry<'_>) -> Row {
    let dial = dial(session, reading, entry);
    let kind = entry.kind.word();
    let about = match &dial {
        Some(dial) if dial.who != entry.name => format!("{kind}: {}", dial.who),
        _ => kind.to_owned(),
    };
    Row { name: session.out.talk(entry.name), number: dial.map(|dial| dial.shown), about: session.out.talk(&about) }
}

/// What to dial for a thing: its own number, else whom its screen says to call.
fn dial(session: &Session<'_>, reading: &Reading, entry: &Entry<'_>) -> Option<Dial> {
    let nothing = WhatIf::default();
    let scene = session.scene(reading, &nothing);
    let all = dials(&answer::card(scene, &entry.matched(&reading.team))?);
    let has_number = |dial: &&Dial| !dial.e164.is_empty();
    // The row of a person shows that person's number, also while somebody stands in.
    let own = all.iter().filter(|_| entry.kind == Thing::Person).find(|dial| has_number(dial) && dial.who == entry.name);
    own.or_else(|| all.iter().find(has_number)).cloned()
}

fn left() -> Failure {
    Failure::new(Kind::Interrupted, "nothing was chosen.").hint("By name: kit lookup NAME")
}

#[cfg(unix)]
mod drawn {
    use std::io;

    use super::{dial, left, row};
    use crate::{
        answer::Match,
        cli::{
            ask::full_screen::{Event, FullScreen},
            failure::Failure,
            finder::{Finder, Key, Row, View},
            screen,
            session::Session,
        },
        open::Reading,
    };

    /// On a screen of its own.
    pub(super) fn pick(session: &mut Session<'_>, reading: &Reading, mut finder: Finder<'_>) -> Result<Match, Failure> {
        let mut terminal = FullScreen::begin(&session.context.children).map_err(gone)?;
        let (columns, lines) = terminal.size();
        let mut view = View::new(columns, lines);
        let mut shows_code = false;
        loop {
            // What was typed while the last screen was drawn is looked at before the next.
            if !terminal.has_key() {
                let (lines, cursor) = if shows_code {
                    (code(session, reading, &finder, &view), 0)
                } else {
                    list(session, reading, &finder, &mut view)
                };
                let lines: Vec<String> = lines.iter().map(|line| view.fitted(&session.out.talk(line))).collect();
                terminal.draw(&lines, cursor).map_err(gone)?;
            }
            match terminal.next().map_err(gone)? {
                Event::Over | Event::Key(Key::Interrupt) => return Err(left()),
                Event::Idle => {}
                Event::Redraw => {
                    let (columns, lines) = terminal.size();
                    view.resize(columns, lines);
                }
                Event::Key(Key::Suspend) => terminal.stop().map_err(gone)?,
                Event::Key(_) if shows_code => shows_code = false,
                Event::Key(Key::Escape) => return Err(left()),
                Event::Key(Key::Tab) => shows_code = finder.chosen().is_some(),
                Event::Key(Key::Enter) => {
                    if let Some(entry) = finder.chosen() {
                        return Ok(entry.matched(&reading.team));
                    }
                }
                Event::Key(key) => finder.press(key, view.page()),
            }
        }
    }

    fn list(session: &Session<'_>, reading: &Reading, finder: &Finder<'_>, view: &mut View) -> (Vec<String>, usize) {
        let window = view.window(finder);
        let rows: Vec<Row> = window.filter_map(|at| finder.get(at)).map(|entry| row(session, reading, entry)).collect();
        view.list(finder, &rows)
    }

    fn code(session: &Session<'_>, reading: &Reading, finder: &Finder<'_>, view: &View) -> Vec<String> {
        let Some(entry) = finder.chosen() else { return Vec::new() };
        let dial = dial(session, reading, entry);
        let code = dial.as_ref().and_then(|dial| screen::qr(&format!("tel:{}", dial.e164), session.out.ascii_talk));
        let name = dial.as_ref().map_or(entry.name, |dial| dial.who.as_str());
        let title = Row { name: format!("DIAL  {name}"), number: dial.as_ref().map(|dial| dial.shown.clone()), ..Row::default() };
        view.code(&title, code)
    }

    fn gone(error: io::Error) -> Failure {
        Failure::usage(format!("the terminal does not take a screen: {error}.")).hint("Without it: kit lookup NAME")
    }
}
