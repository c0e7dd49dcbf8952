//! The emergency questions, answered over a team at a time.
//!
//! Pure: a [`Team`](crate::team::Team) and a moment go in, a struct comes out that is both the `--json` object and what
//! the screen is made from. No clock, no I/O, no terminal.

mod age;
mod card;
mod charge;
mod diff;
mod fold;
mod line_up;
mod lookup;
mod moment;
mod scene;
mod what_if;

pub use age::{Age, Freshness};
pub use card::{
    Away, BridgeCard, Call, Card, CheckedCard, CredentialCard, NextCall, NumberCard, PersonCard, SystemCard, ToolCard,
    UseInstead, VendorCard, WakeCard, card,
};
pub use charge::{InCharge, in_charge};
pub use diff::{Change, Verb, diff, reader_changes};
pub use fold::fold;
pub use line_up::{LineUp, Skipped, Step, Why, line_up};
pub use lookup::{Entry, Match, Search, Strictness, entries, lookup, lookup_among};
pub use moment::{DayPart, Moment, There, clock_time, day, span};
pub use scene::Scene;
pub use what_if::{Unclear, WhatIf};
