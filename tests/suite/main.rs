//! The one test binary of `kit`: each file below is one subject. Peers such as `age` are real programs, never mocks.
//!
//! A missing peer fails its test with how to install it; `scripts/test` installs them all.

// Tests stop at the first surprise; what the library must not do, they may.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub
)]

mod accessible;
mod ack;
mod acme;
mod announce;
mod archive;
mod authored;
mod authority;
mod azurite;
mod bridge;
mod brief;
mod budgets;
mod calendars;
mod certificates;
mod chains;
mod child;
mod clipboard;
mod clock;
mod complete;
mod crash;
mod disk;
mod documents;
mod duty;
mod environment;
mod every_field;
mod everywhere;
mod example;
mod exec;
mod export;
mod exposure;
mod failures;
mod falls;
mod finder;
mod forge;
#[allow(dead_code, reason = "a toolbox: it may hold a tool that no test needs today")]
mod git_peers;
mod help;
mod hidden_characters;
mod hostile;
mod hygiene;
mod import;
mod import_cli;
mod journal;
mod journey;
mod layers;
mod leavers;
mod letters;
mod line_one;
mod log;
mod lookup;
mod manual;
mod memory;
mod mutations;
mod nginx;
mod nonsense;
mod otp;
mod paper_geometry;
mod paper_rules;
mod pdf;
mod phone;
mod phone_calendar;
mod phone_hostile;
mod phone_peers;
mod place;
mod prompts;
mod publish_faults;
mod publish_races;
mod qr;
mod quorum;
mod readme;
mod refresh;
mod rescue;
mod reveal;
mod reveal_faults;
mod reveal_terminal;
mod rust_text;
mod s3;
mod seal;
mod sealed_page;
#[allow(dead_code, reason = "a toolbox")]
mod sheet;
mod sheets;
mod sim;
mod source_file;
mod source_git;
mod source_git_hostile;
mod source_git_race;
mod source_object;
mod source_object_lies;
mod source_sftp;
mod source_web;
mod source_web_lies;
mod source_web_outside;
#[allow(dead_code, reason = "a toolbox: it may hold a tool that no test needs today")]
mod sshd;
#[allow(dead_code, reason = "a toolbox: it may hold a tool that no test needs today")]
mod stick;
mod stock_tools;
mod store;
mod story;
mod streams;
mod sync_cli;
mod takeover;
mod tampered;
mod terminal;
mod tiers;
mod timer;
mod tool;
mod transcripts;
mod vault;
mod vault_import;
mod vectors;
mod wallet;
mod web_server;
mod what_if;
mod who;
mod window;
#[allow(dead_code, reason = "a toolbox: it may hold a tool that no test needs today")]
mod world;
mod year;
