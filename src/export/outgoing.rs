//! What leaves the kit, and what stays behind: one rule for every shape.

use jiff::Timestamp;

use super::plain::plain;
use crate::team::{Kind, Number, Team};

/// A team on its way out of the kit. Nothing that is sealed and no key ever leaves in these shapes; what is private only when
/// it was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The team.
    pub team: &'a Team,
    /// The kit's id: part of the name by which address books and calendars know a thing again.
    pub kit: &'a str,
    /// The kit's number.
    pub seq: u64,
    /// When the kit was made.
    pub created: Timestamp,
    /// The moment that is asked about.
    pub now: Timestamp,
    /// Whether private things leave too: home numbers, PINs of bridges and vendors, host keys.
    pub private: bool,
}

/// A file as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What is in it.
    pub text: String,
    /// What it holds so many of: contacts, events, rows, things.
    pub count: usize,
    /// What it leaves out, in words.
    pub left_out: Vec<String>,
    /// What whoever uses it has to know.
    pub warnings: Vec<String>,
}

impl<'a> Outgoing<'a> {
    /// The numbers of somebody or something that leave.
    pub fn numbers(self, numbers: &'a [Number]) -> impl Iterator<Item = &'a Number> {
        numbers.iter().filter(move |number| self.private || number.kind != Kind::Home)
    }

    /// What may leave only as something private.
    pub fn private_text(self, text: Option<&String>) -> Option<&str> {
        text.filter(|_| self.private).map(String::as_str)
    }

    /// Which kit it is from: `kit 3 of Acme, 2026-11-18`.
    pub fn edition(self) -> String {
        format!("kit {} of {}, {}", self.seq, plain(&self.team.name), self.created.strftime("%Y-%m-%d"))
    }

    /// The name by which other programs know a thing again, in all kits to come.
    pub(super) fn uid(self, of: &str) -> String {
        format!("{of}@{}.kit", self.kit)
    }

    /// What is left out of all these shapes, with how many home numbers of some and how many PINs stayed behind.
    pub(super) fn left_out(self, home_numbers: usize, pins: usize) -> Vec<String> {
        let mut all = vec!["all that is sealed and all keys".to_owned()];
        if !self.private {
            let of = |count: usize, one: &str, many: &str| match count {
                0 => None,
                1 => Some(format!("1 {one}")),
                count => Some(format!("{count} {many}")),
            };
            let private = [of(home_numbers, "home number", "home numbers"), of(pins, "PIN or host key", "PINs and host keys")];
            let private: Vec<String> = private.into_iter().flatten().collect();
            if !private.is_empty() {
                all.push(format!("{} (they leave with --private only)", private.join(", ")));
            }
        }
        all
    }

    /// The home numbers and the PINs of a whole team.
    pub(super) fn private_of_all(self) -> (usize, usize) {
        let team = self.team;
        let people = team.people.values().map(|it| it.numbers.as_slice());
        let others = team.bridges.values().map(|it| it.numbers.as_slice());
        let others = others.chain(team.tools.values().map(|it| it.numbers.as_slice()));
        let others = others.chain(team.vendors.values().map(|it| it.numbers.as_slice()));
        let home = people.chain(others).map(home_numbers).sum();
        let of_bridges = team.bridges.values().map(|it| usize::from(it.pin.is_some()) + usize::from(it.host_key.is_some()));
        (home, of_bridges.sum::<usize>() + team.vendors.values().filter(|it| it.pin.is_some()).count())
    }
}

/// How many of some numbers are private.
pub(super) fn home_numbers(numbers: &[Number]) -> usize {
    numbers.iter().filter(|number| number.kind == Kind::Home).count()
}
