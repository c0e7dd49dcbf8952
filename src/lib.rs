//! kit
pub mod bundle;
pub mod disk;
pub mod source;
pub mod store;
pub mod key;
pub mod team;
