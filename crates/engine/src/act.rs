//! What changes an engine: re-run, undo, discard, and what is only there for a while: specimens, which are made, read and
//! removed, and probes, which run for a moment in between. Nothing else in this crate writes.
//!
//! A re-run never removes anything. The new container is made first, under a name of its own; only then is the old one
//! stopped and renamed to say what it is kept for. When any step fails, all steps are taken back.

mod body;
mod command;
mod difference;
mod kept;
mod maker;
mod plan;
pub(crate) mod probe;
mod pull;
mod rerun;
pub(crate) mod specimen;
mod steps;
mod undo;

pub use difference::Difference;
pub use kept::{kept_for, kept_name};
pub use plan::{Blocker, Change, Field, Plan, Source, Warning};
pub use probe::{Doubt, Feature, Probe, RunBy, Runs, Why};
pub use rerun::{Done, Progress, Report};
pub use specimen::Specimen;
pub use undo::Restored;

/// Whether a container of this name is there for a while only, `has` telling of its labels: no list shows it.
pub(crate) fn is_passing(name: &str, has: impl Fn(&str) -> bool) -> bool {
    specimen::is_specimen(name, &has) || probe::is_probe(name, &has)
}
