//! kit
pub mod answer;
pub mod authored;
pub mod disk;
pub mod team;
