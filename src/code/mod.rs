//! Codes for a camera: a text as modules, and photographs as texts again.
//!
//! What draws and what reads are different libraries, so that a code that was drawn wrongly is not read as right.

mod grey;
mod parity;
pub mod parts;
mod photo;
mod qr;
mod read;

pub use grey::Grey;
pub use photo::{PHOTO_BYTES_MAX, PhotoError, photo};
pub use qr::{Code, Strength};
pub use read::{Reading, read, read_back};
