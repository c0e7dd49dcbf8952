//! kit
pub mod bundle;
pub mod disk;
pub mod key;
pub mod team;
