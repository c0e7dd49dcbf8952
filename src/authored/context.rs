//! What a check knows while it goes through the files, and what it found so far.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use jiff::civil::Date;

use super::{
    draft::{Draft, File},
    problem::{Problem, shown},
    rule::Rule,
};
use crate::team::{Credential, Id, Policy, Region, Thing};

/// A directory with thousands of dangling references has one mistake, and needs no thousand suggestions.
const SEARCHES_MAX: u32 = 200;

/// A byte in one of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) file: usize,
    pub(super) at: usize,
}

/// A kind and an id, as written.
pub(super) type Subject = (Thing, String);

/// What a check knows while it goes through the files.
pub(super) struct Context<'d> {
    pub(super) draft: &'d Draft,
    pub(super) today: Date,
    /// The team's region; empty when none was written or what was written is none.
    pub(super) region: OnceCell<Option<Region>>,
    pub(super) region_is_bad: Cell<bool>,
    pub(super) policy: OnceCell<Policy>,
    /// Every id that is written down, broken or not, with all its places.
    pub(super) ids: BTreeMap<Subject, Vec<Spot>>,
    /// Ids that may have been meant by what could not be read: references to them are not reported.
    pub(super) maybe: BTreeSet<String>,
    pub(super) seen: RefCell<Seen>,
    /// Which commands give the values of which credential.
    pub(super) commands: RefCell<Commands>,
    /// How many times the nearest known id may still be looked for.
    pub(super) searches: Cell<u32>,
    found: RefCell<Vec<Problem>>,
}

/// By credential and field: the line of the command that prints the value.
pub type Commands = BTreeMap<Id<Credential>, BTreeMap<String, String>>;

/// What is compared across things once all are read.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) names: Vec<(Subject, String, Spot)>,
    pub(super) aliases: Vec<(Subject, String, Spot)>,
    pub(super) emails: Vec<(String, String, Spot)>,
    pub(super) numbers: Vec<(String, String, Spot)>,
    pub(super) unchecked: Vec<String>,
    pub(super) backups: Vec<(Subject, Subject, Spot)>,
    pub(super) needs: Vec<(Subject, Subject, Spot)>,
    pub(super) keys: Vec<(String, String, Spot)>,
    pub(super) devices: Vec<(String, Spot)>,
}

impl<'d> Context<'d> {
    pub(super) fn new(draft: &'d Draft, today: Date) -> Self {
        Self {
            draft,
            today,
            region: OnceCell::new(),
            region_is_bad: Cell::new(false),
            policy: OnceCell::new(),
            ids: BTreeMap::new(),
            maybe: BTreeSet::new(),
            seen: RefCell::default(),
            commands: RefCell::default(),
            searches: Cell::new(SEARCHES_MAX),
            found: RefCell::new(draft.unread.clone()),
        }
    }

    pub(super) fn file(&self, at: usize) -> Option<&'d File> {
        self.draft.files.get(at)
    }

    /// `people/alice.okafor.toml:7`, for the other place of a clash.
    pub(super) fn where_is(&self, spot: Spot) -> String {
        self.file(spot.file).map_or(String::new(), |file| {
            let place = file.place(spot.at);
            format!("{}:{}", shown(&place.file), place.line)
        })
    }

    /// Reports a finding. On a line that is no TOML only that is reported: the rest would be its echo.
    pub(super) fn report(&self, rule: Rule, spot: Spot, about: Option<String>, message: String, hint: Option<String>) {
        let Some(file) = self.file(spot.file) else { return };
        let line = file.line(spot.at);
        if rule != Rule::Syntax && file.faults.iter().any(|fault| file.line(fault.at) == line) {
            return;
        }
        let place = file.place(spot.at);
        self.found.borrow_mut().push(Problem {
            file: place.file,
            line: place.line,
            column: place.column,
            rule,
            weight: rule.weight(),
            about,
            message,
            hint,
        });
    }

    pub(super) fn report_unplaced(&self, problem: Problem) {
        self.found.borrow_mut().push(problem);
    }

    pub(super) fn has_errors(&self) -> bool {
        self.found.borrow().iter().any(|problem| problem.weight == super::Weight::Error)
    }

    pub(super) fn take_found(&self) -> Vec<Problem> {
        self.found.take()
    }
}
