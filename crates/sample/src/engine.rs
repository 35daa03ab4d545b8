//! One sample engine: its world behind a lock, and what is wrong with it.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    scenario::{Fault, Scenario},
    world::World,
};

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Engine {
    world: Mutex<World>,
    pub(crate) fault: Option<Fault>,
}

impl Engine {
    pub(crate) fn new(scenario: &Scenario) -> io::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            world: Mutex::new(World::new(scenario)?),
            fault: scenario.fault,
        }))
    }

    /// The world. Never held across an `await`.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
