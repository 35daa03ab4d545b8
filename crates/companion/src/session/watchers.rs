//! Those who watch: everything once, then what changes, coalesced.

use std::time::Duration;

use tokio::{sync::mpsc, time::Instant};

use super::{
    actor::{Actor, Wants},
    link::Link,
};
use crate::{
    present,
    view::{self, EngineState, Update},
};

/// Changes that come this close together are shown together.
const COALESCE: Duration = Duration::from_millis(60);

impl Actor {
    /// Shows changes soon, together with those that come right behind.
    pub(super) fn stale(&mut self) {
        if self.wants.follow && self.flush_at.is_none() {
            self.flush_at = Some(Instant::now() + COALESCE);
        }
    }

    pub(super) fn publish(&mut self) {
        let Some(platform) = self.platform().cloned() else {
            return;
        };
        for update in self.board.changes(&platform) {
            self.tell(&update);
        }
    }

    pub(super) fn subscribe(&mut self, watcher: mpsc::UnboundedSender<Update>) {
        let first = !self.wants.follow;
        self.publish();
        if watcher.send(Update::Snapshot(self.snapshot())).is_ok() {
            self.watchers.push(watcher);
        }
        self.want_causes();
        self.wants = Wants {
            containers: true,
            images: true,
            causes: true,
            follow: true,
        };
        match &mut self.link {
            // It was not looked for again as long as nobody watched.
            Link::Down { again, .. } => *again = Some(Instant::now()),
            Link::Idle | Link::Making | Link::Up(_) if first => self.load(),
            Link::Idle | Link::Making | Link::Up(_) => {}
        }
    }

    pub(super) fn send_snapshots(&mut self) {
        let snapshot = Update::Snapshot(self.snapshot());
        self.tell(&snapshot);
    }

    fn snapshot(&mut self) -> view::Snapshot {
        let translator = self.translator();
        let platform = self.platform();
        let (state, problem) = match &self.link {
            Link::Idle | Link::Making => (EngineState::Connecting, None),
            Link::Up(_) => (EngineState::Connected, None),
            Link::Down { problem, .. } => (EngineState::Lost, Some(problem.clone())),
        };
        view::Snapshot {
            state,
            problem,
            engine: self.view_engine(),
            host: self.host.clone(),
            rosetta: self.rosetta.clone(),
            translator,
            probing: self.is_probing(),
            interrupted: self.interrupted.known.clone(),
            several: self.several.shown.clone(),
            containers: platform
                .map(|platform| self.board.view_containers(platform))
                .unwrap_or_default(),
            images: platform
                .map(|platform| self.board.view_images(platform))
                .unwrap_or_default(),
            containers_complete: self.board.containers_complete,
            images_complete: self.board.images_complete,
        }
    }

    pub(super) fn view_engine(&self) -> Option<view::Engine> {
        self.identity
            .as_ref()
            .map(|identity| present::engine(identity, self.setup.sample))
    }

    pub(super) fn tell_complete(&mut self) {
        self.publish();
        let (containers, images) = (self.board.containers_complete, self.board.images_complete);
        self.tell(&Update::Complete { containers, images });
    }

    pub(super) fn tell_engine(&mut self, state: EngineState, why: &str) {
        let problem = match &self.link {
            Link::Down { problem, .. } => Some(problem.clone()),
            Link::Idle | Link::Making | Link::Up(_) => None,
        };
        let update = Update::Engine {
            state,
            why: why.to_owned(),
            engine: self.view_engine(),
            problem,
        };
        self.tell(&update);
    }

    pub(super) fn tell(&mut self, update: &Update) {
        self.watchers
            .retain(|watcher| watcher.send(update.clone()).is_ok());
    }
}
