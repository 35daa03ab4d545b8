//! What was received before, by its digest.

mod disk;
mod memory;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::task::spawn_blocking;

use crate::digest::Digest;
use disk::Disk;
use memory::Memory;

/// The most bytes of one manifest or configuration that is kept: nearly all are a few KiB, and a longer one is better
/// asked for again than kept in the place of hundreds.
const KEPT_BYTES: usize = 1024 * 1024;

/// Manifests and configurations, in memory and, where there is a folder for it, on disk. Nothing depends on it: what
/// cannot be read or written is as good as not there.
pub(crate) struct Cache {
    memory: Mutex<Memory>,
    disk: Option<Arc<Disk>>,
}

impl Cache {
    /// A cache that keeps to memory, or also to a folder of its own.
    pub(crate) fn new(folder: Option<&Path>) -> Self {
        Self {
            memory: Mutex::default(),
            disk: folder.map(|folder| Arc::new(Disk::new(folder))),
        }
    }

    /// The bytes with this digest, verified.
    pub(crate) async fn get(&self, digest: &Digest) -> Option<Arc<[u8]>> {
        if let Some(bytes) = self.memory().get(digest) {
            return Some(bytes);
        }
        let (disk, wanted) = (self.disk.clone()?, digest.clone());
        let bytes: Arc<[u8]> = spawn_blocking(move || disk.get(&wanted)).await.ok()??.into();
        self.memory().keep(digest, &bytes);
        Some(bytes)
    }

    /// Keeps bytes whose digest was verified.
    pub(crate) async fn keep(&self, digest: &Digest, bytes: &Arc<[u8]>) {
        if bytes.len() > KEPT_BYTES {
            return;
        }
        self.memory().keep(digest, bytes);
        if let Some(disk) = self.disk.clone() {
            let (digest, bytes) = (digest.clone(), bytes.clone());
            // A panic there would be told by its own test; here it is as good as not kept.
            let _kept = spawn_blocking(move || disk.keep(&digest, &bytes)).await;
        }
    }

    /// The digest that a reference had when it was last asked for.
    pub(crate) async fn remembered(&self, reference: &str) -> Option<Digest> {
        if let Some(digest) = self.memory().remembered(reference) {
            return Some(digest);
        }
        let (disk, reference) = (self.disk.clone()?, reference.to_owned());
        spawn_blocking(move || disk.remembered(&reference)).await.ok()?
    }

    /// Keeps the digest that a reference has now.
    pub(crate) async fn remember(&self, reference: &str, digest: &Digest) {
        if !self.memory().remember(reference, digest) {
            return;
        }
        if let Some(disk) = self.disk.clone() {
            let (reference, digest) = (reference.to_owned(), digest.clone());
            let _kept = spawn_blocking(move || disk.remember(&reference, &digest)).await;
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
