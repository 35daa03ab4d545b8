//! The user's own files. Reads them, and in one module ([`edit`]) writes one: the override file of a Compose project.
//!
//! ```no_run
//! # fn example() -> Result<(), sources::SourcesError> {
//! # let labels = |_: &str| None;
//! let project = sources::compose::Project::of(labels)?;
//! let says = sources::Says { platform: "linux/amd64".parse().expect("a platform"), image: None };
//! let edit = sources::edit::Override::plan(&project, &says)?;
//! println!("{}\n{}", edit.file().display(), edit.after());
//! edit.write()?;
//! edit.take_back()?;
//! # Ok(())
//! # }
//! ```

pub mod advice;
pub mod compose;
pub mod dockerfile;
pub mod edit;
mod error;
#[doc(hidden)]
pub mod fuzzing;
mod notation;
mod read;
mod yaml;

pub use error::SourcesError;
pub use notation::Says;
pub use yaml::Fault;
