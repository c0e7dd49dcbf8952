//! kit
pub mod adopt;
pub mod authored;
pub mod disk;
pub mod import;
pub mod team;
