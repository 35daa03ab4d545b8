//! Why a container ended: facts in, findings out.
//!
//! [`diagnose`] cannot fail, reads nothing and has no clock: the same facts give the same findings. What is not known
//! is a fact too, with its reason, and leads to [`Cause::Unknown`] rather than to a guess.
//!
//! ```
//! use diagnosis::{Cause, Ending, Facts, File, Known, Link, Role, State, Target, diagnose};
//! use platform::{Platform, read_program};
//!
//! let script = b"#!/bin/bash\r\n";
//! let file = |bytes: &[u8]| Target::File(File { program: read_program(bytes, bytes.len() as u64), executable: true });
//! let facts = Facts {
//!     container: "worker".into(),
//!     image: "acme/worker:1".into(),
//!     engine: Platform::linux("arm64"),
//!     claimed: Known::Known(Platform::linux("arm64")),
//!     ending: Ending { state: State::Ended, exit_code: 255, ..Ending::default() },
//!     chain: Known::Known(vec![
//!         Link { role: Role::Script, path: "/run.sh".into(), resolved: Some("/run.sh".into()), target: file(script) },
//!         Link { role: Role::Interpreter, path: "/bin/bash\r".into(), resolved: None, target: Target::Missing },
//!     ]),
//!     log: Known::Known(vec!["exec /run.sh: no such file or directory".into()]),
//!     stop_requested: Known::Known(false),
//! };
//! assert_eq!(diagnose(&facts).cause, Cause::CrlfLineEndings);
//! ```

mod evidence;
mod facts;
mod fate;
mod faults;
mod finding;
mod foreign_text;
mod refusal;
mod remedies;
mod rules;
mod verdict;
mod words;

pub use facts::{Ending, Facts, File, Known, Link, Role, State, Target};
pub use finding::{Cause, Diagnosis, Evidence, EvidenceKind, JudgedLink, Remedy, RemedyKind};
pub use rules::diagnose;
