//! Why a container ended: facts in, findings out.
//!
//! [`diagnose()`] cannot fail, reads nothing and has no clock: the same facts give the same findings. What is not known
//! is a fact too, with its reason, and leads to [`Cause::Unknown`] rather than to a guess.
//!
//! ```
//! use diagnosis::{Cause, Ending, Facts, Hints, Known, State, diagnose};
//! use platform::{Asides, File, Link, Platform, Role, Target, Via, read_program};
//!
//! let script = b"#!/bin/bash\r\n";
//! let program = read_program(script, script.len() as u64);
//! let file = Target::File(Box::new(File { program, executable: true, readable: true, barred_by: None }));
//! let link = |role, path: &str, target| Link {
//!     role, via: Via::Kernel, path: path.into(), resolved: None, target, mount: None, asked_in: None,
//! };
//! let facts = Facts {
//!     container: "worker".into(),
//!     image: "acme/worker:1".into(),
//!     engine: Platform::linux("arm64"),
//!     claimed: Known::Known(Platform::linux("arm64")),
//!     program: "/run.sh".into(),
//!     ending: Ending { state: State::Ended, exit_code: 255, ..Ending::default() },
//!     chain: Known::Known(vec![
//!         link(Role::Script, "/run.sh", file),
//!         link(Role::Interpreter, "/bin/bash\r", Target::Missing),
//!     ]),
//!     unfollowed: Vec::new(),
//!     asides: Asides::default(),
//!     witness: None,
//!     health: None,
//!     log: Known::Known(vec!["exec /run.sh: no such file or directory".into()]),
//!     stop_requested: Known::Known(false),
//!     user: String::new(),
//!     missing_source: None,
//!     hints: Hints::default(),
//! };
//! assert_eq!(diagnose(&facts).cause, Cause::CrlfLineEndings);
//! ```

mod attempts;
mod behind;
mod diagnose;
mod evidence;
mod facts;
mod fate;
mod faults;
mod finding;
mod foreign_text;
mod health;
mod lead;
mod refusal;
mod remedies;
mod signature;
mod tail;
mod verdict;
mod words;

pub use diagnose::{diagnose, may_miss_libraries};
pub use facts::{Copied, Ending, Facts, Health, Hints, Known, Memory, State};
pub use finding::{Cause, Confidence, Diagnosis, Evidence, EvidenceKind, JudgedLink, Remedy, RemedyKind};
pub use lead::{Lead, leads};
pub use verdict::FATAL;
