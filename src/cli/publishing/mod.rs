//! What `kit publish` asks before a kit is made, and says after.

mod consent;
mod journals;
mod overtaken;
mod published;

pub(super) use consent::{let_in, take_back};
pub(super) use journals::tell_openings;
pub(super) use overtaken::{Theirs, opened, overtaken};
pub(super) use published::{brought, published, would_publish};
