//! Codes for a camera: a text as modules, and photographs as texts again; and bytes as lines that are typed.
//!
//! What draws and what reads are different libraries, so that a code that was drawn wrongly is not read as right.

mod grey;
mod parity;
pub mod parts;
mod photo;
mod qr;
mod read;
mod typed;

pub use grey::Grey;
pub use photo::{PHOTO_BYTES_MAX, PhotoError, photo};
pub use qr::{Code, Strength};
pub use read::{Library, Reading, read, read_back, read_by};
pub use typed::{TYPED_UNIT, TypedLine, TypingError, TypingFault, typed, typed_bytes_max, untyped};
