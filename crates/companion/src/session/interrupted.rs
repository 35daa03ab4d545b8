//! What an earlier start left in the middle.

use tokio::task::JoinHandle;

use super::{actor::Actor, reruns::Reruns};
use crate::view::{self, Update};

/// Re-runs that wait to be finished or taken back.
#[derive(Default)]
pub(super) struct Interrupted {
    /// Whether somebody has looked.
    pub(super) looked: bool,
    /// What was found; `None` where it cannot be read.
    pub(super) known: Option<Vec<view::Interrupted>>,
    /// The look that is under way.
    pub(super) look: Option<JoinHandle<()>>,
}

impl Actor {
    /// Looks beside everything else.
    pub(super) fn look_for_interrupted(&mut self, engine: engine::Engine) {
        let reruns = Reruns::new(engine, &self.setup, self.reporter());
        self.interrupted.look = Some(tokio::spawn(async move { reruns.tell_interrupted().await }));
    }

    pub(super) fn found_interrupted(&mut self, found: Option<Vec<view::Interrupted>>) {
        self.interrupted.looked = true;
        if let Some(reruns) = found.clone().filter(|_| self.interrupted.known != found) {
            self.tell(&Update::Interrupted { reruns });
        }
        self.interrupted.known = found;
    }
}
