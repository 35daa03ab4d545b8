//! The Docker engine: finds it, reads it, and in one module ([`act`]) changes it.
//!
//! Everything goes through bollard, whose types stay inside. What comes out are this crate's own plain values and one
//! error type; platforms are [`platform::Platform`].
//!
//! ```no_run
//! # async fn example() -> Result<(), engine::EngineError> {
//! let surroundings = engine::Surroundings { home: "/home/ada".into(), ..Default::default() };
//! let endpoint = engine::locate(&surroundings).await?;
//! let engine = engine::Engine::connect(&endpoint).await?;
//! for container in engine.containers(engine::Scope::All).await? {
//!     println!("{} {:?}", container.name, container.platform);
//! }
//! # Ok(())
//! # }
//! ```

pub mod act;
mod began;
mod chain;
mod connection;
mod containers;
mod contexts;
mod endpoint;
mod error;
mod events;
mod file_system;
mod files;
#[doc(hidden)]
pub mod fuzzing;
mod identity;
mod images;
mod inspect;
mod known_sockets;
mod logs;
mod processes;
mod read;
mod scan;
mod tar_head;
mod tunnel;

pub use chain::{Chain, Copied, Libraries, Root, Share};
pub use connection::Engine;
pub use containers::{Container, Scope};
pub use endpoint::{Endpoint, Surroundings, locate};
pub use error::EngineError;
pub use events::{End, Event, EventKind};
pub use file_system::{Asked, FileSystem};
pub use files::{FileKind, Head, Stat};
pub use identity::{Identity, Registries, Runtime, Store};
pub use images::{Image, LocalPlatform};
pub use inspect::{HealthCheck, Inspection, State};
pub use logs::{LogLine, LogTail};
pub use processes::Translator;
pub use scan::{Census, Extent, Foreign, Group, MOUNT_BYTES, Reach, Scan, Walked};
