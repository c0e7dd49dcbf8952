//! What leaves the kit in another shape: codes for a camera.
//!
//! Pure: values go in, values come out; nothing here reads a clock, a file or a terminal.

mod qr;

pub use qr::Code;
