//! Looking at an open credential, on a screen of its own: keys, the clipboard, the clock, and the journal of recovery codes.

use std::io;

use jiff::{SignedDuration, Timestamp};
use rustix::event::Timespec;
use secrecy::ExposeSecret;

use super::{Open, after};
use crate::{
    cli::{
        ask::{
            clipboard::Clipboard,
            full_screen::{Event, FullScreen},
        },
        failure::{Failure, Kind},
        session::Session,
        viewer::{Act, Page, Viewer},
    },
    record::Machine,
    reveal::RevealError,
    team::FieldKind,
};

/// How long a secret stands in the clipboard, in seconds.
const CLIPBOARD_S: i64 = 45;
/// How often what changes by itself is drawn anew.
const TICK: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// Where a secret that was copied stands, and until when.
struct Copied {
    clipboard: Option<Clipboard>,
    until: Option<Timestamp>,
}

/// Shows texts on the terminal, and everything else on a screen of its own.
///
/// # Errors
/// When the terminal does not take a screen; interrupted, after what is to be done next was said.
pub(in crate::cli) fn look(session: &mut Session<'_>, open: &Open, field: Option<&str>, show: bool) -> Result<(), Failure> {
    let sign_in = open.chosen.card.sign_in.as_ref().filter(|_| field.is_none());
    session.out.say("");
    sign_in.iter().for_each(|address| session.out.say(format!("  {:<12}{address}", "Sign in")));
    let wanted = |name: &str| field.is_none_or(|field| field == name);
    let fields: Vec<_> = open.revealed.fields.iter().filter(|field| wanted(&field.name)).collect();
    for text in fields.iter().filter(|field| field.kind == FieldKind::Text) {
        session.out.say(format!("  {:<12}{}", text.name, text.value.expose_secret()));
    }
    let save = format!("kit reveal {}", open.chosen.card.id);
    let spent = |name: &str| open.spent.get(name).map(|spent| (spent.places(), spent.words())).unwrap_or_default();
    let pages = fields.iter().filter_map(|field| Page::of(field, spent(&field.name), &save)).collect();
    if watch(session, open, pages, show)? {
        after(session, open, true);
        return Err(
            Failure::new(Kind::Interrupted, "interrupted after it was opened; it is recorded.").hint("Your entries: kit log")
        );
    }
    Ok(())
}

/// Shows the passphrase of a page on a screen of its own, to be written down by hand; whether a signal ended it.
///
/// # Errors
/// When the terminal does not take a screen.
pub(in crate::cli) fn show_words(session: &mut Session<'_>, open: &Open, words: &str) -> Result<bool, Failure> {
    let page = Page::Secret { name: "the passphrase of the page: write it down by hand".to_owned(), value: words.into() };
    watch(session, open, vec![page], true)
}

/// Shows values until the person has seen enough; whether a signal ended it.
///
/// # Errors
/// When the terminal does not take a screen.
fn watch(session: &mut Session<'_>, open: &Open, pages: Vec<Page>, shows: bool) -> Result<bool, Failure> {
    let title = open.chosen.card.id.clone();
    let Some(mut viewer) = Viewer::new(title, pages, shows) else { return Ok(false) };
    viewer.warning = clock_warning(session, open);
    // Before the terminal, so that it ends after it: a desktop that does not answer keeps no value on the screen.
    let mut copied = Copied { clipboard: None, until: None };
    let mut terminal = FullScreen::begin(&session.context.children).map_err(gone)?;
    if viewer.copies_itself() {
        copied.copy(&mut viewer, session.context.live());
    }
    loop {
        let now = session.context.live();
        copied.tick(&mut viewer, now);
        let lines = viewer.lines(terminal.size(), now);
        terminal.draw(&lines, 0).map_err(gone)?;
        drop(lines);
        let waits = viewer.is_live() || copied.until.is_some();
        let act = match terminal.next_within(waits.then_some(&TICK)).map_err(gone)? {
            Event::Over => return Ok(true),
            Event::Redraw | Event::Idle => Act::Draw,
            Event::Key(key) => viewer.press(key, terminal.size().1),
        };
        let now = session.context.live();
        match act {
            Act::End => return Ok(false),
            Act::Stop => terminal.stop().map_err(gone)?,
            Act::Copy => copied.copy(&mut viewer, now),
            Act::Turned if viewer.copies_itself() => copied.copy(&mut viewer, now),
            Act::Code => next_code(open, &mut viewer, (now, session.context.machine())),
            Act::Draw | Act::Turned => {}
        }
    }
}

/// Shows the next recovery code, once that is recorded.
fn next_code(open: &Open, viewer: &mut Viewer, when: (Timestamp, Machine)) {
    let Some(Page::Codes(codes)) = viewer.page_mut() else { return };
    let Some(place) = codes.next() else { return };
    let shown = open.revealed.code((&open.chosen.store, &open.chosen.reading), &codes.name, place, when);
    match shown {
        Ok(Some(code)) => {
            codes.used.push(place);
            codes.shown = Some((place, code));
            viewer.said = String::new();
        }
        Ok(None) => {}
        Err(error) => viewer.said = format!("Not shown: {}.", RevealError::from(error)),
    }
}

/// Why one-time codes may be wrong.
fn clock_warning(session: &Session<'_>, open: &Open) -> Option<String> {
    let now = session.moment().now;
    let reading = &open.chosen.reading;
    let is_behind = reading.generation.verified().head().created > now || reading.last_seen().is_some_and(|seen| seen > now);
    is_behind.then(|| "WARN  this machine's clock is behind: one-time codes may be wrong.".to_owned())
}

impl Copied {
    fn copy(&mut self, viewer: &mut Viewer, now: Timestamp) {
        let Some(secret) = viewer.copied(now) else { return };
        if self.clipboard.is_none() {
            self.clipboard = Clipboard::open();
        }
        if self.clipboard.as_mut().is_some_and(|clipboard| clipboard.set(&secret)) {
            self.until = now.checked_add(SignedDuration::from_secs(CLIPBOARD_S)).ok();
        } else {
            (self.clipboard, self.until) = (None, None);
            let show = if viewer.copies_itself() { " s shows it." } else { "" };
            viewer.said = format!("There is no clipboard here.{show}");
        }
    }

    /// Takes it back when its time is over, and says how long it has.
    fn tick(&mut self, viewer: &mut Viewer, now: Timestamp) {
        let Some(until) = self.until else { return };
        if until > now {
            viewer.said = format!("In the clipboard, gone in {} s.", until.duration_since(now).as_secs());
            return;
        }
        let is_emptied = self.clipboard.as_mut().is_some_and(Clipboard::take_back);
        self.until = None;
        viewer.said = if is_emptied { "The clipboard is empty again." } else { "Something else is in the clipboard." }.to_owned();
    }
}

fn gone(error: io::Error) -> Failure {
    Failure::usage(format!("the terminal does not take a screen: {error}."))
        .hint("It is recorded as opened. To a program instead: kit reveal NAME --field FIELD | …")
}
