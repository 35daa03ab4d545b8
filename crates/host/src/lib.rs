//! This machine and its container runtimes, read from their own files.
//!
//! In: a file-system root, a home folder and what the process knows of itself.
//! Out: values. The environment is never asked, and nothing is written but by [`apply`]. The one thing that is not a file is
//! the socket of a running Docker Desktop, which is asked for its settings, for two seconds at most.

mod apple_container;
pub mod apply;
mod binary_list;
mod binfmt;
pub mod checks;
mod colima;
mod docker_desktop;
mod document;
mod error;
mod finch;
mod folders;
#[doc(hidden)]
pub mod fuzzing;
mod homebrew;
mod host_rosetta;
mod known_trouble;
mod lima;
mod links;
mod machine;
mod orbstack;
mod plist_file;
mod podman;
mod processor;
mod rancher_desktop;
mod read;
mod reason;
mod roots;
mod rosetta;
mod runtime;
mod runtimes;
mod version;
mod words;
mod yaml;

pub use binfmt::{Handler, binfmt};
pub use document::Found;
pub use error::HostError;
pub use folders::Folders;
pub use host_rosetta::{HostRosetta, host_rosetta};
pub use known_trouble::{Combination, Cure, ImageStore, KNOWN_TROUBLE, Shows, Span, Trouble, known_trouble};
pub use machine::{Machine, Os, ProcessFacts, machine};
pub use reason::{Conflict, Newer, Setting, Step, Why};
pub use roots::Roots;
pub use rosetta::{Confidence, Rosetta, Source, State};
pub use runtime::{Runtime, Vmm};
pub use runtimes::{Serving, rosetta, runtimes, serving};
pub use version::Version;
