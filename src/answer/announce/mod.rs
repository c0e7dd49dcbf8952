//! The same news in several forms, ready to paste or to pipe: a short message, a mail, a chat, a page. Nothing is sent.
//!
//! Readers are elsewhere: times are in UTC and on the clocks of the people concerned, numbers stand beside names. What the
//! team wrote is content: it cannot become a header of the mail, a mention or a link of the chat.

mod changes;
mod forms;
mod short;
mod sms;
mod window;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

pub use changes::{Edition, announce_changes};
pub use forms::Mail;
pub use window::announce_window;

use super::{BridgeCard, Scene, in_charge};
use crate::team::is_invisible;

/// A space that a line is not broken at: within a number, a name, a time.
const KEEP: char = '\u{a0}';

/// News, and how it is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Announcement {
    /// What it is about, in a line.
    pub subject: String,
    /// What there is to say, the most important first.
    pub facts: Vec<Fact>,
    /// In parts of at most 160 characters of the alphabet of GSM (3GPP TS 23.038), each complete with its number.
    pub sms: Vec<String>,
    /// As a mail.
    pub mail: Mail,
    /// As lines for a chat.
    pub chat: Vec<String>,
    /// As lines of a page of 80 columns.
    pub print: Vec<String>,
}

/// One thing to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// `When`.
    pub label: String,
    /// One or more lines.
    pub lines: Vec<String>,
}

/// News that is not told yet; what it is made from is made harmless on the way in.
#[derive(Default)]
struct News {
    subject: String,
    facts: Vec<Fact>,
    short: Vec<sms::Saying>,
    more: String,
}

impl News {
    fn about(subject: &str) -> Self {
        Self { subject: clean(subject), ..Self::default() }
    }

    /// Adds what there is to say where there is room; nothing when there is no line.
    fn put<T: AsRef<str>>(&mut self, label: &str, lines: impl IntoIterator<Item = T>) {
        let lines = cleaned(lines);
        if !lines.is_empty() {
            self.facts.push(Fact { label: label.to_owned(), lines });
        }
    }

    /// Adds what there is to say in a short message only.
    fn say<T: AsRef<str>>(&mut self, label: &str, items: impl IntoIterator<Item = T>) {
        let mut items = cleaned(items);
        let last = items.len().saturating_sub(1);
        for (index, item) in items.iter_mut().enumerate() {
            item.push(if index == last { '.' } else { ';' });
        }
        if let Some(first) = items.first_mut().filter(|_| !label.is_empty()) {
            *first = format!("{label}: {first}");
        }
        self.short.extend(Some(items).filter(|items| !items.is_empty()));
    }

    /// Adds what there is to say in every form.
    fn put_everywhere<T: AsRef<str>>(&mut self, label: &str, lines: impl IntoIterator<Item = T>) {
        let lines = cleaned(lines);
        self.say(label, &lines);
        self.put(label, lines);
    }

    /// Who is in charge, and how to join.
    fn put_whom_to_call(&mut self, scene: Scene<'_>, bridge: Option<&BridgeCard>) {
        let lead = in_charge(scene).map(|charge| {
            let number = charge.call.number.map(|number| format!(" {}", keep(&number.shown))).unwrap_or_default();
            format!("{}{number}", keep(&charge.call.name))
        });
        self.put_everywhere("In charge", lead);
        let join = bridge.map(|bridge| {
            let pin = bridge.pin.as_ref().map(|pin| format!(" {}", keep(&format!("PIN {pin}")))).unwrap_or_default();
            let numbers: Vec<String> = bridge.numbers.iter().map(|number| keep(&number.shown)).collect();
            match numbers.is_empty() {
                true => format!("{} {}{pin}", bridge.name, bridge.reach.as_deref().unwrap_or_default()),
                false => format!("{}{pin}", numbers.join(" or ")),
            }
        });
        self.put_everywhere("Join", join);
    }

    fn told(self) -> Announcement {
        let plain = |text: &String| text.replace(KEEP, " ");
        Announcement {
            sms: sms::parts(&self.short, &self.more),
            mail: forms::mail(&self),
            chat: forms::chat(&self),
            print: forms::print(&self),
            subject: plain(&self.subject),
            facts: self.facts.iter().map(|it| Fact { lines: it.lines.iter().map(plain).collect(), ..it.clone() }).collect(),
        }
    }
}

/// A text whose spaces a line is not broken at.
fn keep(text: &str) -> String {
    text.replace(' ', &KEEP.to_string())
}

/// A time for readers anywhere: `Sun 15 Nov 05:00 UTC`.
fn utc(at: Timestamp) -> String {
    keep(&at.to_zoned(TimeZone::UTC).strftime("%a %-d %b %H:%M UTC").to_string())
}

/// A decision after the name of whoever takes it: `Calls the rollback` becomes `calls the rollback`, `DNS` stays.
fn in_a_sentence(decision: &str) -> String {
    let mut chars = decision.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(decision.chars().skip(1)).collect(),
        _ => decision.to_owned(),
    }
}

fn cleaned<T: AsRef<str>>(lines: impl IntoIterator<Item = T>) -> Vec<String> {
    lines.into_iter().map(|line| clean(line.as_ref())).filter(|line| !line.is_empty()).collect()
}

/// One line without anything that drives a terminal, ends a line, or hides.
fn clean(text: &str) -> String {
    let visible = text.chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_control() { ' ' } else { c });
    visible.collect::<String>().trim().to_owned()
}
