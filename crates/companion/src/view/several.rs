//! Several re-runs, one after the other.

use serde::Serialize;
use specta::Type;

use super::{Problem, RerunDone};

/// Several re-runs to one yes: each is carried out whatever became of the others.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Several {
    /// They, in the order in which they are done.
    pub reruns: Vec<EachRerun>,
    /// Whether somebody asked for an end before all were begun. What is under way is done to its end.
    pub stops: bool,
}

/// One of several re-runs.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct EachRerun {
    /// The old container's name.
    pub container: String,
    /// Its id.
    pub id: String,
    /// For which platform it is re-run, as it was asked for.
    pub platform: Option<String>,
    /// How far that is, or what it came to.
    pub became: Became,
}

/// How far one of several re-runs is, or what it came to.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[allow(
    clippy::large_enum_variant,
    reason = "there are few, and boxing would show in the generated types"
)]
pub enum Became {
    /// Its turn has not come.
    Waiting,
    /// It is under way.
    Running {
        /// The step, in words; `None` before the first one.
        step: Option<String>,
        /// How far that step is, between 0 and 1, where it can be said.
        fraction: Option<f64>,
    },
    /// It was re-run.
    Done {
        /// What that did.
        done: RerunDone,
    },
    /// It could not be, and why.
    Failed {
        /// Why.
        problem: Problem,
    },
    /// It was not begun, because somebody asked for an end before.
    Stopped,
}

impl Several {
    /// Whether nothing of it is left to do.
    pub fn is_over(&self) -> bool {
        let is_open = |each: &EachRerun| matches!(each.became, Became::Waiting | Became::Running { .. });
        !self.reruns.iter().any(is_open)
    }
}
