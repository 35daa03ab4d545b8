//! A Dockerfile: read as `BuildKit` reads it, and what is wrong with it on another architecture.
//!
//! [`Dockerfile::parse`] reads the bytes, [`Context::look`] the folder that is built, and [`check`] concludes from both,
//! and from what registries said of [`Dockerfile::pins`], without any further reading.
//!
//! ```
//! use sources::dockerfile::{Answers, Context, Dockerfile, check};
//!
//! let file = Dockerfile::parse(b"FROM --platform=linux/amd64 alpine\nCMD [\"true\"]\n")?;
//! let report = check(&file, "Dockerfile", &Context::unknown(), &Answers::default());
//! assert_eq!(report.findings[0].rule.id(), "from-constant-platform");
//! assert_eq!(report.findings[0].line, 1);
//! # Ok::<(), sources::dockerfile::Damage>(())
//! ```

mod architecture;
mod check;
mod context;
mod copies;
mod damage;
mod directives;
mod expand;
mod file;
mod finding;
mod heredoc;
mod ignore;
mod instruction;
mod lines;
mod quoted;
mod rules;
mod scope;
mod shell;
mod stage;
mod text;
mod walk;
mod words;

pub use check::{Report, check};
pub use context::{Context, Entry};
pub use damage::{Damage, DamageKind};
pub use file::{Dockerfile, ReadError, read};
pub use finding::{Answer, Answers, Checked, Finding, Pin, Rule, Severity};
pub use heredoc::{Heredoc, Quoting};
pub use ignore::Ignore;
pub use instruction::{Flag, Instruction, Keyword};
pub use stage::{Base, Stage};
pub use text::Text;
