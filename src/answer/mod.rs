//! The emergency questions, answered over a team at a time.
//!
//! Pure: a [`Team`](crate::team::Team) and a moment go in, a struct comes out that is both the `--json` object and what
//! the screen is made from. No clock, no I/O, no terminal.

mod acks;
mod age;
mod announce;
mod authority;
mod bridge;
mod brief;
mod burned;
mod card;
mod charge;
mod diff;
mod duty;
mod exposure;
mod fall;
mod fold;
mod line_up;
mod lookup;
mod moment;
mod rescue;
mod scene;
mod tasks;
mod tier;
mod tool;
mod what_if;
mod who;
mod window;

pub use acks::{AckDevice, AckState, Acker, Acknowledged, Acks, Wanted, acks, ago, letter_readers};
pub use age::{Age, Freshness};
pub use announce::{Announcement, Edition, Fact, Mail, announce_changes, announce_window};
pub use authority::{Decision, Delegated, decision, decisions};
pub use bridge::{Bridges, bridges, way_in};
pub use brief::{Brief, Subject, brief};
pub use burned::{Burned, Known, Opens, burned, open_tasks, opens};
pub use card::{
    Ask, Away, BridgeCard, CalendarCard, CalendarDays, Call, Card, CheckedCard, CredentialCard, NextCall, NumberCard, PersonCard,
    RotaCard, SystemCard, TierCard, ToolCard, TurnCard, UseInstead, VendorCard, WakeCard, card,
};
pub use charge::{InCharge, NamesToTry, in_charge, names_to_try};
pub use diff::{Change, Undone, Verb, diff, undone};
pub use duty::{Because, Caller, Day, Duty, Post, RoleNow, Until, Verdict, duty, verdict};
pub use exposure::{Combined, DeviceSeen, Exposure, KeptKit, NumberSeen, Pin, Reach, Seen, exposure};
pub use fall::Falls;
pub use fold::fold;
pub use line_up::{LineUp, Skipped, Step, Why, awake_first, line_up, rank};
pub use lookup::{Entry, Match, Search, Strictness, all_of, entries, lookup, lookup_among, number_asked};
pub use moment::{DayPart, Moment, There, clock_time, day, span};
pub use rescue::{Proof, next_proof, proofs, proofs_of};
pub use scene::Scene;
pub use tasks::{TaskCard, merged, tasks};
pub use tier::{HolderState, TierState, Tiers, tiers};
pub use tool::{ToolRow, Tools, tools};
pub use what_if::{Unclear, WhatIf};
pub use who::{Following, Hotline, Other, Who, who};
pub use window::{
    Clock, FallsIn, Rehearsed, RoleCard, Stage, WHOLE, WindowCard, WindowLine, WindowPlan, current_window, window, windows,
};
