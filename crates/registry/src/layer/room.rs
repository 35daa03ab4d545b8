//! How much of layers is kept in mind.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// The memory that all layers of a run may take.
#[derive(Debug)]
pub(crate) struct Room {
    pub(super) left: AtomicUsize,
}

impl Room {
    pub(crate) fn new(bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            left: AtomicUsize::new(bytes),
        })
    }
}

/// A part of a room, which goes back when what fills it is dropped.
#[derive(Debug)]
pub(super) struct Taken {
    room: Arc<Room>,
    bytes: usize,
}

impl Taken {
    /// Nothing yet.
    pub(super) fn of(room: Arc<Room>) -> Self {
        Self { room, bytes: 0 }
    }

    pub(super) fn take(&mut self, bytes: usize) -> Result<(), String> {
        let less = |left: usize| left.checked_sub(bytes);
        let taken = self
            .room
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        taken.map_err(|_| "the image has more files than are kept in mind at a time".to_owned())?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.room.left.fetch_add(self.bytes, Ordering::Relaxed);
    }
}
