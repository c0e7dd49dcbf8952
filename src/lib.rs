//! kit
pub mod bundle;
pub mod disk;
pub mod key;
pub mod source;
pub mod store;
pub mod team;
