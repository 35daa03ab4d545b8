//! This machine and its container runtimes, read from their own files.
//!
//! In: a file-system root, a home folder and what the process knows of itself.
//! Out: values. The environment is never asked, and nothing is ever written.

mod binfmt;
pub mod checks;
mod docker_desktop;
mod error;
mod machine;
mod plist_file;
mod read;
mod reason;
mod roots;
mod rosetta;
mod runtime;
mod version;
mod words;

pub use binfmt::{Handler, binfmt};
pub use error::HostError;
pub use machine::{Machine, Os, ProcessFacts, machine};
pub use reason::{Conflict, Newer, Setting, Step, Why};
pub use roots::Roots;
pub use rosetta::{Rosetta, Source, State, rosetta};
pub use runtime::{Runtime, Vmm};
pub use version::Version;
