//! kit
pub mod disk;
pub mod team;
