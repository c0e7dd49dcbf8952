//! kit
pub mod answer;
pub mod disk;
pub mod team;
