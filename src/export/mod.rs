//! What leaves the kit in another shape: contacts, calendars, tables, pages.
//!
//! Pure: values go in, values come out; nothing here reads a clock, a file or a terminal. Each shape has one function that makes
//! text of the kit harmless in it, beside it.

mod archive;
mod content_line;
mod csv;
mod file_name;
mod ics;
mod json;
mod markdown;
mod outgoing;
mod plain;
mod sealed_page;
mod sheet;
mod vcard;
mod wallet;

pub use archive::{ArchiveCodes, ArchiveFacts, archive, archive_codes};
pub use csv::{COLUMNS as CSV_COLUMNS, csv};
pub use file_name::file_name;
pub use ics::{DAYS_MAX, Horizon, ics};
use ics::{Stretch, stretches};
pub use json::json;
pub use markdown::markdown;
pub use outgoing::{Made, Outgoing};
use sealed_page::module_mm_within;
pub use sealed_page::{SealedPage, module_mm, sealed_code, sealed_page};
pub use sheet::{About, Look, Sheet, sheet, sheet_html, sheet_pages, sheet_text};
pub use vcard::{pager, people, place};
pub use wallet::{Wallet, WalletLine, wallet, wallet_cards};
