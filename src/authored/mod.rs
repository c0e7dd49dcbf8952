//! The directory people write.
pub mod edit;
