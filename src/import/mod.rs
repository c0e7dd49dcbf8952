//! Address books from elsewhere: what is read there becomes a proposal, never a change. `vault` has what password managers export.
//!
//! ```text
//! bytes ──vcard::read──> Cards ──propose──> Proposal ──adopt──> edits of the team directory
//! ```
//!
//! Each step reports what it left out, by line and reason: a broken card never stops the others and nothing is dropped in
//! silence (experience.md U73 to U79). No files, no clock, no terminal; `adopt` and the command line do those.

mod charset;
mod clean;
mod found;
mod identity;
mod listing;
mod proposal;
mod propose;
mod telephone;
pub mod vault;
pub mod vcard;

pub use clean::escaped;
pub use found::{BadCard, CardFault, Cards, Cleaned, Found, FoundNumber, LeftOut};
pub use listing::listing;
pub use proposal::{Added, Changed, Conflict, Gain, Kept, NewNumber, Proposal, SharedLine, Skipped, WithoutCountry};
pub use propose::propose;
