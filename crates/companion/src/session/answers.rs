//! Answers that wait until enough is known.

use std::time::Duration;

use tokio::time::Instant;

use super::{Reply, actor::Actor, link::Link};
use crate::view::{self, Problem};

/// How long a list waits for causes once it is complete.
const CAUSES_LIMIT: Duration = Duration::from_secs(2);

/// Somebody who waits, and for what.
pub(super) enum Waiting {
    Status(Reply<view::Status>),
    /// With the time at which the answer goes out as it is.
    Containers(Reply<view::Containers>, Option<Instant>),
    Images(Reply<view::Images>),
    /// For an engine, to do something with it.
    Engine(Box<dyn FnOnce(Result<engine::Engine, Problem>) + Send>),
}

impl Actor {
    /// Answers everybody for whom enough is known.
    pub(super) fn answer(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let (ready, waiting): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|waiting| self.is_ready(waiting));
        self.waiting = waiting;
        let is_list = |waiting: &Waiting| !matches!(waiting, Waiting::Engine(_));
        if ready.iter().any(is_list) {
            self.memory.save();
        }
        for waiting in ready {
            self.reply(waiting);
        }
        self.set_deadlines();
    }

    /// Writes down what was found out, in the pauses: whoever ends the program does not wait for it.
    pub(super) fn save_when_quiet(&mut self) {
        if !self.is_looking() {
            self.memory.save();
        }
    }

    /// When the next answer goes out without waiting any longer.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let deadline = |waiting: &Waiting| match waiting {
            Waiting::Containers(_, deadline) => *deadline,
            Waiting::Status(_) | Waiting::Images(_) | Waiting::Engine(_) => None,
        };
        self.waiting.iter().filter_map(deadline).min()
    }

    /// Everybody who waits for an engine hears that there is none.
    pub(super) fn fail_waiting(&mut self, problem: &Problem) {
        for waiting in std::mem::take(&mut self.waiting) {
            fail(waiting, problem.clone());
        }
    }

    /// Does `job` with the engine as soon as there is one, or with the reason why there is none.
    pub(super) fn with_engine(&mut self, job: impl FnOnce(Result<engine::Engine, Problem>) + Send + 'static) {
        match &self.link {
            Link::Up(engine) => job(Ok(engine.clone())),
            Link::Down { problem, .. } => job(Err(problem.clone())),
            Link::Idle | Link::Making => {
                self.waiting.push(Waiting::Engine(Box::new(job)));
                self.connect();
            }
        }
    }

    fn is_ready(&self, waiting: &Waiting) -> bool {
        let complete = self.board.containers_complete;
        match waiting {
            Waiting::Engine(_) => self.link.engine().is_some(),
            // Whether an image's platform is translated here is seen by what runs.
            Waiting::Images(_) => {
                self.board.running_complete && self.board.images_complete && !self.is_looking()
            }
            Waiting::Status(_) => {
                complete && self.board.images_complete && !self.is_looking() && self.interrupted.looked
            }
            Waiting::Containers(_, deadline) => {
                let late = deadline.is_some_and(|deadline| deadline <= Instant::now());
                complete && self.interrupted.looked && (late || !self.is_looking())
            }
        }
    }

    fn set_deadlines(&mut self) {
        if !self.board.containers_complete {
            return;
        }
        for waiting in &mut self.waiting {
            if let Waiting::Containers(_, deadline @ None) = waiting {
                *deadline = Some(Instant::now() + CAUSES_LIMIT);
            }
        }
    }

    /// That nobody waits for the answer any more is no problem.
    fn reply(&mut self, waiting: Waiting) {
        let (Some(platform), Some(engine)) = (self.platform().cloned(), self.view_engine()) else {
            return;
        };
        let host = view::Native {
            platform: platform.to_string(),
        };
        match waiting {
            Waiting::Engine(job) => {
                if let Some(engine) = self.link.engine() {
                    job(Ok(engine.clone()));
                }
            }
            Waiting::Images(reply) => {
                reply
                    .send(Ok(view::Images {
                        host,
                        images: self.board.view_images(&platform),
                    }))
                    .ok();
            }
            Waiting::Containers(reply, _) => {
                let containers = self.board.view_containers(&platform);
                let undiagnosed = if self.wants.causes {
                    undiagnosed(&containers)
                } else {
                    0
                };
                reply
                    .send(Ok(view::Containers {
                        host,
                        containers,
                        undiagnosed,
                    }))
                    .ok();
            }
            Waiting::Status(reply) => {
                let counts = self.board.counts(&platform);
                let status = view::Status {
                    engine,
                    host: self.host.clone(),
                    translator: self.translator(),
                    counts,
                    interrupted: self.interrupted.known.clone(),
                };
                reply.send(Ok(status)).ok();
            }
        }
    }
}

fn undiagnosed(containers: &[view::Container]) -> u32 {
    let left = containers
        .iter()
        .filter(|container| container.crashed && container.cause.is_none())
        .count();
    u32::try_from(left).unwrap_or(u32::MAX)
}

/// That nobody waits for the answer any more is no problem.
fn fail(waiting: Waiting, problem: Problem) {
    match waiting {
        Waiting::Status(reply) => drop(reply.send(Err(problem))),
        Waiting::Containers(reply, _) => drop(reply.send(Err(problem))),
        Waiting::Images(reply) => drop(reply.send(Err(problem))),
        Waiting::Engine(job) => job(Err(problem)),
    }
}
