//! What changes an engine: re-run, undo, discard, and specimens, which are made, read and removed. Nothing else in this
//! crate writes.
//!
//! A re-run never removes anything. The new container is made first, under a name of its own; only then is the old one
//! stopped and renamed to say what it is kept for. When any step fails, all steps are taken back.

mod around;
mod blockers;
mod body;
mod command;
mod compose;
mod database;
mod defaults;
mod difference;
mod find_image;
mod journal;
mod kept;
mod mac;
mod options;
mod plan;
mod pull;
mod record;
mod rerun;
pub(crate) mod specimen;
mod steps;
mod take_back;
mod undo;
mod unsaid;
mod usual;
mod wanted;

pub use difference::Difference;
pub use find_image::{Build, Names, Release};
pub use journal::Journal;
pub use kept::{kept_for, kept_name};
pub use plan::{Blocker, Change, Field, Plan, Warning};
pub use record::Phase;
pub use rerun::{Done, Progress, Report};
pub use specimen::Specimen;
pub use undo::{Interrupted, Restored};
