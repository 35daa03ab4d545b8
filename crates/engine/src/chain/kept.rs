//! What was asked for once, and is not asked for again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::EngineError;

/// Answers, by what was asked.
#[derive(Debug)]
pub(crate) struct Kept<T>(Mutex<HashMap<String, T>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Kept<T> {
    pub(crate) fn get(&self, name: &str) -> Option<T> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(name).cloned()
    }

    pub(crate) fn keep(&self, name: &str, answer: T) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(name.to_owned(), answer);
    }

    /// The answer that is kept for `name`, else what `ask` answers. An error is not kept.
    pub(crate) async fn get_or<F>(&self, name: &str, ask: impl FnOnce() -> F) -> Result<T, EngineError>
    where
        F: Future<Output = Result<T, EngineError>>,
    {
        if let Some(known) = self.get(name) {
            return Ok(known);
        }
        let answer = ask().await?;
        self.keep(name, answer.clone());
        Ok(answer)
    }
}
