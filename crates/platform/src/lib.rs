//! What an architecture is, and what a program's own bytes say of it.
//!
//! Two questions are answered, without any input or output of its own; a [`Link`] says what was read where, and a [`Tar`]
//! gives the first bytes of each file of an archive that streams by:
//!
//! * [`Platform`]: are two names for a platform the same one, does an offer
//!   [satisfy](Platform::satisfies) a wish, and does one platform's program
//!   [run](Platform::runs_on) on another without a translator?
//! * [`read_program`]: given the first bytes of a file, what is it, and for
//!   which platform was it built? Bytes are foreign data: nothing in them makes
//!   this crate fail, and what they do not say is [`None`].
//!
//! ```
//! use platform::{Format, Native, Platform, read_program};
//!
//! // Engines, registries and kernels name one platform in several ways.
//! let engine = Platform::new("linux", "aarch64", "v8");
//! assert_eq!(engine.to_string(), "linux/arm64");
//! let image: Platform = "linux/x86_64".parse()?;
//! assert_eq!(image.runs_on(&engine), Native::No);
//!
//! // A script saved with Windows line endings.
//! let bytes = b"#!/bin/sh\r\nexec node server.js\r\n";
//! let program = read_program(bytes, bytes.len() as u64);
//! assert_eq!(program.format, Format::Script);
//! assert_eq!(program.describe(), r"script, #!/bin/sh\r, CR LF");
//!
//! // And the byte that shows it.
//! let proof = program.proof().expect("a script's first line is its proof");
//! assert_eq!(&proof.bytes[proof.from..proof.to], b"\r");
//! # Ok::<(), platform::PlatformError>(())
//! ```

mod archive;
mod chain;
mod describe;
mod dynamic;
mod elf;
mod mach;
mod machine;
mod package;
mod pe;
mod platform;
mod program;
mod proof;
mod script;
mod text;

pub use archive::{Broken, Entry, EntryKind, Tar};
pub use chain::{Asides, File, Line, Link, Mount, MountKind, Role, Sought, Target, Via};
pub use dynamic::{Dynamic, read_dynamic};
pub use elf::{Class, Elf, Endianness, Kind, Reading, Truncation};
pub use mach::{MachO, Slice};
pub use package::{Distribution, MAX_RECORD, Package, PackageKind, family};
pub use pe::Pe;
pub use platform::{MAX_PLATFORM, Native, Platform, PlatformError};
pub use program::{Detail, Format, PREFIX_LIMIT, Program, read_program};
pub use proof::Proof;
pub use script::{KERNEL_LINE, LineEnding, Refusal, Script};
pub use text::Text;
