//! How the session comes to its engine, and what it does when that comes and goes.

use std::sync::Arc;

use tokio::{task::JoinSet, time::Instant};

use super::{
    actor::Actor,
    jobs::What,
    link::{self, Link},
};
use crate::{
    board::Board,
    memory::{Memory, Probes},
    view::{EngineState, Problem},
};

impl Actor {
    /// Makes sure that a link is there or being made.
    pub(super) fn connect(&mut self) {
        if matches!(self.link, Link::Making | Link::Up(_)) {
            return;
        }
        self.link = Link::Making;
        self.reporter.epoch += 1;
        let reporter = self.reporter();
        if self.setup.sample && self.sample.is_none() {
            tokio::spawn(async move { reporter.send(What::Sample(link::start_sample().await)) });
            return;
        }
        let sample = self
            .sample
            .as_ref()
            .map(|sample| format!("unix://{}", sample.socket().display()));
        let setup = self.setup.clone();
        tokio::spawn(async move { reporter.send(What::Connected(link::connect(setup, sample).await)) });
    }

    pub(super) fn reconnect(&mut self) {
        self.following = JoinSet::new();
        self.link = Link::Idle;
        self.failures = 0;
        self.connect();
    }

    pub(super) fn use_sample(&mut self) {
        self.setup.sample = true;
        // What was found out about real containers has nothing to do with the sample's.
        self.memory.save();
        self.memory = Memory::default();
        self.known = Arc::new(Memory::default());
        self.probes = Probes::default();
        self.board = Board::default();
        self.identity = None;
        self.reconnect();
        self.send_snapshots();
    }

    pub(super) fn with_sample(&mut self, sample: sample::Sample) {
        self.sample = Some(sample);
        self.link = Link::Idle;
        self.connect();
    }

    pub(super) fn connected(&mut self, engine: engine::Engine) {
        let identity = engine.identity().clone();
        let known = self.identity.as_ref().map(|known| known.id == identity.id);
        if known == Some(false) {
            // Another engine: nothing that was shown is there.
            self.board = Board::default();
            self.send_snapshots();
        }
        if known != Some(true) {
            self.tidying.start(engine.clone());
            self.look_for_interrupted(engine.clone());
        }
        self.up_since = Some(Instant::now());
        self.identity = Some(identity);
        self.link = Link::Up(engine);
        self.tell_engine(EngineState::Connected, "it answers");
        self.tell_translator();
        self.resume_looks();
        self.load();
    }

    pub(super) fn lost(&mut self, problem: &Problem) {
        // A problem with one list while the link is being made anew says nothing new.
        if matches!(self.link, Link::Down { .. }) {
            return;
        }
        // An engine that answers and breaks off again and again is no better than one that is gone.
        if self
            .up_since
            .take()
            .is_some_and(|since| since.elapsed() >= link::STEADY)
        {
            self.failures = 0;
        }
        let again = self
            .wants
            .follow
            .then(|| Instant::now() + link::pause(self.failures));
        self.failures = self.failures.saturating_add(1);
        self.following = JoinSet::new();
        self.link = Link::Down {
            problem: problem.clone(),
            again,
        };
        self.tell_engine(EngineState::Lost, &problem.message);
        self.fail_waiting(problem);
    }
}
