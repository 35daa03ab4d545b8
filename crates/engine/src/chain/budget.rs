//! How much of one container is read at most: bytes of one file, of all files, and questions.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::EngineError;

/// Bytes of all files together, with what stands around them in their archives: fifty beginnings, or four files that are
/// looked at closely.
pub(crate) const ALL: usize = 4 * 1024 * 1024;

/// Bytes of one file, all times that it is read taken together: what a program needs may stand behind its code, and most
/// programs that only start others are smaller.
pub(crate) const FILE: usize = 1024 * 1024;

/// Questions that are asked of the engine for one container: a long chain with all its libraries takes about two hundred.
const QUESTIONS: usize = 1000;

/// What was taken of the bounds so far.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    spent: Mutex<Spent>,
    asked: AtomicUsize,
}

#[derive(Debug, Default)]
struct Spent {
    all: usize,
    files: HashMap<String, usize>,
}

/// Bytes that may be received of one file. What was not received goes back when this is dropped, however reading ended.
#[derive(Debug)]
pub struct Share<'a> {
    budget: &'a Budget,
    path: &'a str,
    bytes: usize,
    received: AtomicUsize,
}

impl Budget {
    /// Takes `bytes` for `path` before they are read, since others read at the same time.
    pub(crate) fn share<'a>(&'a self, path: &'a str, bytes: usize) -> Result<Share<'a>, EngineError> {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let all = spent.all + bytes;
        let own = spent.files.get(path).copied().unwrap_or_default() + bytes;
        let too_large = |what: String, limit| Err(EngineError::TooLarge { what, limit });
        if all > ALL {
            return too_large(format!("what was read before {path}"), ALL);
        }
        if own > FILE {
            return too_large(path.to_owned(), FILE);
        }
        spent.all = all;
        spent.files.insert(path.to_owned(), own);
        Ok(Share {
            budget: self,
            path,
            bytes,
            received: AtomicUsize::default(),
        })
    }

    /// What may still be read of `path`.
    pub(crate) fn left(&self, path: &str) -> usize {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        FILE - spent.files.get(path).copied().unwrap_or_default()
    }

    /// Counts one question to the engine.
    pub(crate) fn ask(&self) -> Result<(), EngineError> {
        let before = self.asked.fetch_add(1, Ordering::Relaxed);
        if before < QUESTIONS {
            return Ok(());
        }
        Err(EngineError::TooLarge {
            what: "the container's files".to_owned(),
            limit: QUESTIONS,
        })
    }

    /// Bytes that were received or are about to be: of all files, and the most of one.
    pub(crate) fn spent(&self) -> (usize, usize) {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let most = spent.files.values().max();
        (spent.all, most.copied().unwrap_or_default())
    }
}

impl Share<'_> {
    /// As many of `bytes` as there is room for, which count from now on.
    pub fn take<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        let before = self.received.load(Ordering::Relaxed);
        let taken = &bytes[..bytes.len().min(self.bytes - before)];
        self.received.store(before + taken.len(), Ordering::Relaxed);
        taken
    }

    /// Whether there is no more room.
    pub fn is_full(&self) -> bool {
        self.received.load(Ordering::Relaxed) == self.bytes
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let back = self.bytes - self.received.load(Ordering::Relaxed);
        let mut spent = self.budget.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.all -= back;
        if let Some(own) = spent.files.get_mut(self.path) {
            *own -= back;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_received_counts_also_when_reading_fails() {
        let budget = Budget::default();
        let share = budget.share("/a", 100).expect("room");
        assert_eq!(budget.spent(), (100, 100));
        assert_eq!(share.take(&[0; 30]).len(), 30);
        drop(share);
        assert_eq!(budget.spent(), (30, 30));
    }

    #[test]
    fn a_piece_that_is_too_long_is_cut() {
        let budget = Budget::default();
        let share = budget.share("/a", 100).expect("room");
        assert_eq!(share.take(&[0; 64]).len(), 64);
        assert!(!share.is_full());
        assert_eq!(share.take(&[0; 64]).len(), 36);
        assert!(share.is_full() && share.take(&[0; 64]).is_empty());
    }

    #[test]
    fn neither_one_file_nor_all_of_them_go_beyond_their_bounds() {
        let budget = Budget::default();
        for path in ["/a", "/b", "/c", "/d"] {
            let share = budget.share(path, FILE - 1).expect("room");
            share.take(&vec![0; 2 * FILE]);
            drop(share);
            assert_eq!(budget.left(path), 1);
            assert!(budget.share(path, 2).is_err(), "{path}");
        }
        assert_eq!(budget.spent(), (ALL - 4, FILE - 1));
        assert!(budget.share("/e", 5).is_err());
        assert!(budget.share("/e", 4).is_ok());
    }

    #[test]
    fn questions_end() {
        let budget = Budget::default();
        assert!((0..QUESTIONS).all(|_| budget.ask().is_ok()));
        assert!(budget.ask().is_err());
    }
}
