//! What `kit seal` asks before and says after.

mod check;
mod consent;
mod done;
mod given;
mod imported;
mod renewed;
mod typed;
mod values;

pub(super) use check::{again, check_fields, warn_of_lost};
pub(super) use consent::may_run;
pub(super) use done::{Sealed, sealed};
pub(super) use given::{Given, Wanted, Way, wanted};
pub(super) use imported::Import;
pub(super) use renewed::renew;
pub(super) use values::fill_in;
