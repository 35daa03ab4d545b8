//! What is read of a setting after its change: that a command ended well is no proof that it did anything.

use super::{Aim, Ground, Plan, Want, Way, planning, verdict::verdict};
use crate::State;

/// How Rosetta is by the settings, after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadBack {
    /// Whether it is on.
    pub state: State,
    /// Whether that is not what the plan was for.
    pub differs: bool,
}

/// What the settings say after `plan` was carried out.
///
/// They are read twice, by who makes plans and by who gives verdicts: a file that only one of them follows is found so.
pub fn read_back(ground: &Ground<'_>, plan: &Plan) -> ReadBack {
    let verdict = verdict(ground, &plan.target).map(|found| found.state);
    let aimed = match plan.aim {
        Aim::On => Some(Want::On),
        Aim::Off => Some(Want::Off),
        Aim::Before => plan.change.as_ref().and_then(|change| change.to).map(Want::of),
    };
    let want = aimed.unwrap_or(Want::On);
    let again = planning::plan(ground, want, Some(&plan.target), None);
    let opposite = if want.is_on() {
        [State::Off, State::Impossible]
    } else {
        [State::On; 2]
    };
    let is_left = again.refusals.is_empty() && again.change.is_some();
    let is_hidden = !again.refusals.is_empty() && plan.way == Some(Way::Commands);
    let is_opposite = verdict.is_some_and(|state| opposite.contains(&state));
    let is_known = verdict.filter(|state| *state != State::Unknown);
    ReadBack {
        state: is_known.unwrap_or(again.state),
        differs: aimed.is_some() && (is_left || is_hidden || is_opposite),
    }
}
