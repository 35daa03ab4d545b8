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
use crate::examine::{Examined, Seen};

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
            foreign
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
                tokio::spawn(jobs::see(engine.clone(), id, self.reporter()));
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
            Err(error) if error.is_lost() => return self.lost(&(&error).into()),
            Err(_) => {}
        }
        self.look();
    }

    pub(super) fn keep_finding(&mut self, id: &str, examined: Examined) {
        // What was only guessed may be known at the next look.
        let sure = !matches!(examined.finding.cause.as_str(), "" | "unknown");
        if examined.bad && sure {
            self.memory
                .learn_finding(examined.key.clone(), examined.finding.clone());
        }
        if let Some(entry) = self.board.containers.get_mut(id) {
            let moved_on = entry.row.state != examined.state;
            entry.row.state.clone_from(&examined.state);
            entry.examined = Some(examined);
            // It was started, or ended, while it was looked at: what is worth a look now is another thing.
            if moved_on {
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
