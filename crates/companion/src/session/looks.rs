//! Closer looks: at containers that ended, for the cause; at foreign ones that run, for what translates them.

use std::{
    cmp::Reverse,
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use engine::EngineError;
use platform::Native;

use super::{
    actor::Actor,
    jobs::{self, Depth},
};
use crate::{
    board::Entry,
    examine::{Examined, Seen},
};

/// Closer looks at a time: beyond this an engine only queues them.
const AT_ONCE: usize = 24;

/// Looks that are due, and those under way.
#[derive(Default)]
pub(super) struct Looks {
    due: VecDeque<String>,
    under_way: HashSet<String>,
}

impl Actor {
    /// Queues a closer look where one is worth it.
    pub(super) fn queue(&mut self, id: &str) {
        let Some(engine) = self.platform().cloned() else {
            return;
        };
        let Some(entry) = self.board.containers.get_mut(id) else {
            return;
        };
        let foreign = entry
            .claimed
            .as_ref()
            .is_none_or(|claimed| claimed.runs_on(&engine) != Native::Yes);
        let worth = if entry.is_running() {
            foreign || entry.is_unhealthy()
        } else {
            entry.row.state == "created" || entry.ended_badly()
        };
        if worth && !entry.looked_at {
            entry.looked_at = true;
            self.looks.due.push_back(id.to_owned());
        }
    }

    /// Starts closer looks, the newest containers first, as many as may run at a time.
    pub(super) fn look(&mut self) {
        let Some(engine) = self.link.engine().cloned() else {
            return;
        };
        self.looks
            .due
            .make_contiguous()
            .sort_by_key(|id| Reverse(self.board.containers.get(id).map_or(0, |entry| entry.row.created)));
        while self.looks.under_way.len() < AT_ONCE {
            let Some(id) = self.looks.due.pop_front() else {
                break;
            };
            let Some(entry) = self.board.containers.get(&id) else {
                continue;
            };
            self.looks.under_way.insert(id.clone());
            if entry.is_running() {
                let claimed = entry.claimed.clone();
                let here = Arc::clone(&self.here);
                tokio::spawn(jobs::see(engine.clone(), id, claimed, here, self.reporter()));
                continue;
            }
            let depth = if self.wants.causes {
                Depth::Cause
            } else {
                Depth::Ending
            };
            let (claimed, known) = (entry.claimed.clone(), Arc::clone(&self.known));
            tokio::spawn(jobs::examine(
                engine.clone(),
                id,
                claimed,
                depth,
                known,
                Arc::clone(&self.here),
                self.reporter(),
            ));
        }
    }

    /// Whether closer looks are still under way.
    pub(super) fn is_looking(&self) -> bool {
        !self.looks.due.is_empty() || !self.looks.under_way.is_empty()
    }

    pub(super) fn examined(&mut self, id: &str, examined: Result<Examined, EngineError>) {
        self.looks.under_way.remove(id);
        match examined {
            Ok(examined) => self.keep_finding(id, examined),
            Err(EngineError::NotThere { .. }) => {
                self.board.containers.remove(id);
            }
            // One container that does not answer in time says nothing of the engine.
            Err(EngineError::TimedOut { .. }) => {}
            Err(error) if error.is_lost() => return self.lost(&(&error).into()),
            Err(_) => {}
        }
        self.look();
    }

    /// What was under way on a link that broke never comes: on a new one it is due again.
    pub(super) fn resume_looks(&mut self) {
        self.looks = Looks::default();
        self.image_looks.give_up();
        for entry in self.board.containers.values_mut() {
            entry.looked_at = entry.examined.is_some() || entry.seen.is_some();
        }
        let ids: Vec<String> = self.board.containers.keys().cloned().collect();
        self.queue_all(&ids);
    }

    fn queue_all(&mut self, ids: &[String]) {
        for id in ids {
            self.queue(id);
        }
        self.look();
    }

    /// From now on causes are wanted, also of those that were only looked at for how they ended.
    pub(super) fn want_causes(&mut self) {
        self.wants.causes = true;
        let unexplained = |entry: &Entry| entry.examined.as_ref().is_some_and(is_unexplained);
        let mut due = Vec::new();
        for (id, entry) in &mut self.board.containers {
            if unexplained(entry) {
                entry.looked_at = false;
                due.push(id.clone());
            }
        }
        self.queue_all(&due);
    }

    pub(super) fn keep_finding(&mut self, id: &str, examined: Examined) {
        // What was only guessed may be known at the next look.
        let sure = !matches!(examined.finding.cause.as_str(), "" | "unknown");
        if examined.bad && sure {
            self.memory
                .learn_finding(examined.key.clone(), examined.finding.clone());
        }
        let unexplained = self.wants.causes && is_unexplained(&examined);
        if let Some(entry) = self.board.containers.get_mut(id) {
            let moved_on = entry.row.state != examined.state;
            entry.row.state.clone_from(&examined.state);
            entry.examined = Some(examined);
            // It was started, or ended, while it was looked at, or more is wanted now: that is worth another look.
            if moved_on || unexplained {
                entry.looked_at = false;
                self.queue(id);
            }
        }
    }

    pub(super) fn seen(&mut self, id: &str, seen: Option<Seen>) {
        self.looks.under_way.remove(id);
        if let Some(entry) = self.board.containers.get_mut(id) {
            // A look that failed says nothing: the next change is worth another one.
            entry.looked_at = seen.is_some();
            entry.seen = seen;
        }
        self.look();
    }
}

/// Whether it ended badly and was not looked into.
fn is_unexplained(examined: &Examined) -> bool {
    examined.bad && examined.finding.cause.is_empty()
}
