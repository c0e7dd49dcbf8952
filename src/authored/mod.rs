//! The directory people write: [`read`] parses every file, [`check`] makes a [`crate::team::Team`] of it or names every
//! mistake at once, [`template`] is what `kit init` begins with.
//!
//! Reads through [`crate::disk`] only and writes nothing. No clock: what goes out of date is measured against a day that is
//! passed in. The rules stand in one table, [`Rule`]; a new rule is one row there and one function that reports it.

mod across;
mod calendar;
mod check;
mod commands;
mod context;
mod draft;
mod duties;
pub mod edit;
mod form;
mod head;
mod held;
mod item;
mod load;
mod nearest;
mod node;
mod number;
mod problem;
mod reference;
mod rota;
mod rule;
pub mod sealed;
mod syntax;
mod template;
mod things;
mod time;
mod values;

pub use check::{Checked, check};
pub use context::Commands;
pub use draft::{Draft, Place, read};
pub use load::{LoadError, load};
pub use nearest::nearest;
pub use problem::{Problem, Problems, count};
pub use rule::{Rule, Weight};
pub use template::template;
