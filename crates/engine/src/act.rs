//! What changes an engine: re-run, undo, discard, and what is only there for a while: specimens, which are made, read and
//! removed, and probes, which run for a moment in between. Nothing else in this crate writes.
//!
//! A re-run never removes anything. The new container is made first, under a name of its own; only then is the old one
//! stopped and renamed to say what it is kept for. When any step fails, all steps are taken back.

mod around;
mod beside;
mod blockers;
mod body;
mod command;
mod compose;
mod copies;
mod database;
mod defaults;
mod difference;
mod find_image;
mod journal;
mod kept;
mod likeness;
mod mac;
pub(crate) mod maker;
mod mounted;
mod needed;
mod notes;
mod options;
mod plan;
pub(crate) mod probe;
mod pull;
mod record;
mod rejoin;
mod rerun;
pub(crate) mod specimen;
mod steps;
mod take_back;
mod undo;
mod unsaid;
mod usual;
mod wanted;

pub use beside::short_id;
pub use copies::VolumeCopy;
pub use difference::Difference;
pub use find_image::{Asked, Build, Names, Release};
pub use journal::Journal;
pub use kept::{kept_for, kept_name};
pub use mounted::Mounted;
pub use needed::NeededNetwork;
pub use notes::{Held, Lock, Notes};
pub use plan::{Blocker, Change, Field, Plan, Warning};
pub use probe::{Doubt, Feature, Probe, RunBy, Runs, Speed, Speeds, Why};
pub use pull::{Login, Secret};
pub use record::Phase;
pub use rerun::{Done, Progress, Report};
pub use specimen::Specimen;
pub use undo::{Interrupted, Left, Restored};

/// Whether a container of this name is there for a while only, `has` telling of its labels: no list shows it.
pub(crate) fn is_passing(name: &str, has: impl Fn(&str) -> bool) -> bool {
    specimen::is_specimen(name, &has) || probe::is_probe(name, &has)
}
