//! The one place that reads and writes files: no link followed, nothing half written, private unless asked otherwise.
//!
//! Everything above passes bytes and paths; nothing above opens a file by itself (`clippy.toml` refuses it). A folder is
//! never removed with what is in it, only single files by their names; [`Scratch`] is the one exception.
//!
//! A write past a file size limit raises SIGXFSZ, which ends the process before anything gets its final name; a program
//! that would rather have the error ignores that signal itself.

#![expect(clippy::disallowed_methods, reason = "the one place that opens files")]

mod error;
mod lock;
mod private;
mod read;
mod reserve;
mod scratch;
mod walk;
mod write;

pub use error::DiskError;
pub use lock::{Lock, lock, lock_folder};
pub use private::{Guard, check_private, others_may_read, real};
pub use read::{entries, exists, is_folder, is_link, is_regular, length, read, read_given, read_private, read_to_string};
pub use reserve::Reserved;
pub use scratch::{Scratch, left_behind, memory, sweep_scratch};
pub use walk::{Tree, walk};
pub use write::{Access, append, create_new, make_dir, remove, remove_empty, replace, sweep};
