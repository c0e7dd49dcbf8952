//! What is seen of an open credential: one value at a time, and which key does what. Pure: keys go in, acts and lines come
//! out; `cli::opening` has the terminal, the clipboard and the journal.

mod page;

use jiff::Timestamp;
use secrecy::SecretString;
use zeroize::Zeroizing;

pub(super) use page::{Codes, Page, code_at};

use super::finder::Key;

/// Lines that stand around the value: the title, what it says of itself, and the keys.
const FRAME_LINES: usize = 6;

/// One line; wiped when dropped, for it may be a secret.
pub(super) type Line = Zeroizing<String>;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Draw again.
    Draw,
    /// Another value is looked at.
    Turned,
    /// What is looked at goes to the clipboard.
    Copy,
    /// The next recovery code is to be shown, once that is recorded.
    Code,
    /// Stop for now.
    Stop,
    /// That was all.
    End,
}

/// The values of a credential, one of which is looked at.
pub(super) struct Viewer {
    title: String,
    pages: Vec<Page>,
    at: usize,
    /// Whether a secret is shown.
    shows: bool,
    /// Whether each secret is shown as soon as it is looked at.
    always_shows: bool,
    top: usize,
    /// What became of the last key.
    pub(super) said: String,
    /// Why the times of one-time codes may be wrong.
    pub(super) warning: Option<String>,
}

impl Viewer {
    /// A viewer of some values; [`None`] when there are none.
    pub(super) fn new(title: String, pages: Vec<Page>, always_shows: bool) -> Option<Self> {
        let viewer = Self { title, pages, at: 0, shows: always_shows, always_shows, top: 0, said: String::new(), warning: None };
        (!viewer.pages.is_empty()).then_some(viewer)
    }

    /// The value that is looked at.
    pub(super) fn page(&self) -> Option<&Page> {
        self.pages.get(self.at)
    }

    /// The same, to change.
    pub(super) fn page_mut(&mut self) -> Option<&mut Page> {
        self.pages.get_mut(self.at)
    }

    /// Whether what is looked at changes by itself.
    pub(super) fn is_live(&self) -> bool {
        matches!(self.page(), Some(Page::Totp { .. }))
    }

    /// Whether a secret is looked at that goes to the clipboard by itself.
    pub(super) fn copies_itself(&self) -> bool {
        matches!(self.page(), Some(Page::Secret { .. })) && !self.always_shows
    }

    /// What the clipboard would get.
    pub(super) fn copied(&self, now: Timestamp) -> Option<SecretString> {
        self.page()?.copied(now)
    }

    /// Takes a key; `lines` is how many the window has.
    pub(super) fn press(&mut self, key: Key, lines: usize) -> Act {
        let room = lines.saturating_sub(FRAME_LINES).max(1);
        match key {
            Key::Interrupt | Key::Escape | Key::Char('q' | 'Q') => return Act::End,
            Key::Suspend => return Act::Stop,
            Key::Enter | Key::Right if self.at + 1 >= self.pages.len() => {
                return if key == Key::Enter { Act::End } else { Act::Draw };
            }
            Key::Enter | Key::Right => return self.turn(self.at + 1),
            Key::Left if self.at > 0 => return self.turn(self.at - 1),
            Key::Char('c' | 'C') => return Act::Copy,
            Key::Char('n' | 'N') if matches!(self.page(), Some(Page::Codes(_))) => return Act::Code,
            Key::Char('s' | 'S') => {
                self.shows = !self.shows;
                self.said = String::new();
            }
            Key::Down => self.top += 1,
            Key::Up => self.top = self.top.saturating_sub(1),
            Key::PageDown | Key::Char(' ') => self.top += room,
            Key::PageUp => self.top = self.top.saturating_sub(room),
            Key::Home => self.top = 0,
            _ => {}
        }
        Act::Draw
    }

    /// All lines for a window of a size.
    pub(super) fn lines(&mut self, (columns, lines): (usize, usize), now: Timestamp) -> Vec<Line> {
        let Some(page) = self.pages.get(self.at) else { return Vec::new() };
        let columns = columns.max(1);
        let body: Vec<Line> = page.lines(self.shows, now).iter().flat_map(|line| broken(line, columns)).collect();
        let room = lines.saturating_sub(FRAME_LINES).max(1);
        self.top = self.top.min(body.len().saturating_sub(room));
        let more = body.len().saturating_sub(self.top + room);
        let place = format!("{}   {} ({} of {})", self.title, page.name(), self.at + 1, self.pages.len());
        let mut all = vec![Line::new(place), Line::default()];
        all.extend(body.into_iter().skip(self.top).take(room));
        all.push(Line::default());
        let warning = self.warning.as_ref().filter(|_| matches!(page, Page::Totp { .. }));
        let says = if more > 0 { format!("{more} more lines: Down, PgDn") } else { self.said.clone() };
        all.push(Line::new(warning.cloned().unwrap_or_default()));
        all.push(Line::new(says));
        all.push(Line::new(self.keys(page)));
        // A low window keeps the value and the keys.
        if all.len() > lines {
            all.retain({
                let mut excess = all.len() - lines;
                move |line| {
                    !(line.is_empty() && excess > 0 && {
                        excess -= 1;
                        true
                    })
                }
            });
        }
        let fitted = all.into_iter().map(|line| cut(line, columns));
        fitted.take(lines.max(1)).collect()
    }

    fn turn(&mut self, at: usize) -> Act {
        (self.at, self.top, self.shows) = (at, 0, self.always_shows);
        self.said = String::new();
        Act::Turned
    }

    fn keys(&self, page: &Page) -> String {
        let last = self.at + 1 >= self.pages.len();
        let next = if last { "Enter: end" } else { "Enter: next" };
        let own = match page {
            Page::Secret { .. } if self.shows => "c: copy  s: hide",
            Page::Secret { .. } => "c: copy  s: show",
            Page::Codes(_) => "n: next code  c: copy",
            Page::Totp { .. } => "c: copy",
            Page::Note { .. } => "c: copy  Up, Down",
            Page::File { .. } => "",
        };
        format!("{next}  {own}  q: end").replace("    ", "  ")
    }
}

/// A line in several, each at most as wide as the window.
fn broken(line: &str, columns: usize) -> Vec<Line> {
    use unicode_width::UnicodeWidthChar;
    let mut lines = vec![Line::new(String::with_capacity(line.len()))];
    let mut width = 0;
    for c in line.chars() {
        width += c.width().unwrap_or(0);
        if width > columns {
            width = c.width().unwrap_or(0);
            lines.push(Line::new(String::with_capacity(line.len())));
        }
        if let Some(last) = lines.last_mut() {
            last.push(c);
        }
    }
    lines
}

fn cut(line: Line, columns: usize) -> Line {
    broken(&line, columns).into_iter().next().unwrap_or_default()
}
