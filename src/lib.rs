//! kit
pub mod adopt;
pub mod answer;
pub mod authored;
pub mod bundle;
pub mod disk;
pub mod import;
pub mod key;
pub mod source;
pub mod store;
pub mod team;
