//! kit
pub mod authored;
pub mod disk;
pub mod team;
