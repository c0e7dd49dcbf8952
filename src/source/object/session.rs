//! What is found out once for a source: who asks, and which server. Found when it is first needed, not before: an address
//! can be read without a file being opened.

use std::sync::{Arc, Mutex, PoisonError};

use crate::source::SourceError;

/// What was found, for all threads that ask.
pub(super) struct Session<T>(Mutex<Option<Arc<T>>>);

impl<T> Session<T> {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// What `find` found, now or earlier. A failure is not kept: the next request tries again.
    pub(super) fn get(&self, find: impl FnOnce() -> Result<T, SourceError>) -> Result<Arc<T>, SourceError> {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = &*found {
            return Ok(Arc::clone(found));
        }
        let new = Arc::new(find()?);
        *found = Some(Arc::clone(&new));
        Ok(new)
    }
}
