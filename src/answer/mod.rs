//! The emergency questions, answered over a team at a time.
//!
//! Pure: a [`Team`](crate::team::Team) and a moment go in, a struct comes out that is both the `--json` object and what
//! the screen is made from. No clock, no I/O, no terminal.

mod age;
mod announce;
mod card;
mod charge;
mod diff;
mod duty;
mod fold;
mod line_up;
mod lookup;
mod moment;
mod scene;
mod what_if;
mod window;

pub use age::{Age, Freshness};
pub use announce::{Announcement, Edition, Fact, Mail, announce_changes, announce_window};
pub use card::{
    Away, BridgeCard, Call, Card, CheckedCard, CredentialCard, NextCall, NumberCard, PersonCard, SystemCard, ToolCard,
    UseInstead, VendorCard, WakeCard, card,
};
pub use charge::{InCharge, in_charge};
pub use diff::{Change, Verb, diff, reader_changes};
pub use duty::{Because, Caller, Day, Duty, Post, RoleNow, Until, Verdict, duty, rank, verdict};
pub use fold::fold;
pub use line_up::{LineUp, Skipped, Step, Why, line_up};
pub use lookup::{Match, Search, Strictness, lookup, lookup_among};
pub use moment::{DayPart, Moment, There, clock_time, day, span};
pub use scene::Scene;
pub use what_if::{Unclear, WhatIf};
pub use window::{
    Clock, Decides, FallsIn, Rehearsed, RoleCard, Stage, WHOLE, WindowCard, WindowLine, current_window, window, windows,
};

use duty::first_bridge;
use window::clocks_in_utc;
