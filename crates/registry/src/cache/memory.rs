//! The part of the cache that ends with the session.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use crate::digest::Digest;

/// The most bytes that are kept: some thousand manifests.
const BYTES: usize = 16 * 1024 * 1024;

/// The most references whose digests are kept.
const REFERENCES: usize = 4096;

/// What is kept; the oldest goes first.
#[derive(Default)]
pub(super) struct Memory {
    documents: HashMap<Digest, Arc<[u8]>>,
    order: VecDeque<Digest>,
    bytes: usize,
    references: HashMap<String, Digest>,
}

impl Memory {
    pub(super) fn get(&self, digest: &Digest) -> Option<Arc<[u8]>> {
        self.documents.get(digest).cloned()
    }

    pub(super) fn keep(&mut self, digest: &Digest, bytes: &Arc<[u8]>) {
        if self.documents.insert(digest.clone(), bytes.clone()).is_some() {
            return;
        }
        self.order.push_back(digest.clone());
        self.bytes += bytes.len();
        while self.bytes > BYTES {
            let oldest = self.order.pop_front();
            let gone = oldest.and_then(|digest| self.documents.remove(&digest));
            self.bytes -= gone.map_or(self.bytes, |bytes| bytes.len());
        }
    }

    pub(super) fn remembered(&self, reference: &str) -> Option<Digest> {
        self.references.get(reference).cloned()
    }

    /// Keeps a reference's digest, and tells whether that is something new.
    pub(super) fn remember(&mut self, reference: &str, digest: &Digest) -> bool {
        if self.references.len() >= REFERENCES {
            self.references.clear();
        }
        let before = self.references.insert(reference.to_owned(), digest.clone());
        before.as_ref() != Some(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_when_it_is_full() {
        let mut memory = Memory::default();
        let bytes: Arc<[u8]> = vec![0; BYTES / 4].into();
        let digests: Vec<_> = (0..6u8).map(|number| Digest::of(&[number])).collect();
        for digest in &digests {
            memory.keep(digest, &bytes);
            memory.keep(digest, &bytes);
        }
        let kept: Vec<_> = digests
            .iter()
            .map(|digest| memory.get(digest).is_some())
            .collect();
        assert_eq!(kept, [false, false, true, true, true, true]);
        assert!(memory.bytes <= BYTES);
    }
}
