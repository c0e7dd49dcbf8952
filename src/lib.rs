//! kit
pub mod disk;
pub mod source;
pub mod team;
