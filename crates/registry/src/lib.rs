//! Which platforms a reference offers, asked of its registry.
//!
//! Nothing is ever written to a registry. Names and manifests are read with oci-client's grammar and types, which stay
//! inside; what comes out are this crate's own plain values and one error type, and platforms are
//! [`platform::Platform`]. The requests are this crate's own: every body has a bound, every answer a time limit, and no
//! message holds a secret.
//!
//! ```no_run
//! # async fn example() -> Result<(), registry::RegistryError> {
//! let registry = registry::Registry::new(registry::Access::default());
//! let offer = registry.offer("nginx").await?;
//! for build in &offer.builds {
//!     println!("{} {}", build.platform, build.digest);
//! }
//! # Ok(())
//! # }
//! ```

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")
)]

mod access;
mod address;
mod answer;
mod ask;
mod body;
mod cache;
mod certificates;
mod challenge;
mod client;
mod config_file;
mod credentials;
mod digest;
mod document;
mod error;
mod fetch;
#[doc(hidden)]
pub mod fuzzing;
mod helper;
mod host;
mod image;
mod layer;
mod line;
mod login;
mod newer;
mod offer;
mod pass;
mod patience;
mod registry;
mod tags;
mod target;
mod token;
mod tree;
mod walk;

pub use access::{Access, Proxies};
pub use answer::Allowance;
pub use error::{Credentials, RegistryError};
pub use image::{Layers, Outline};
pub use layer::{Node, NodeKind};
pub use line::Line;
pub use login::{Login, Secret};
pub use newer::Newer;
pub use offer::{Build, Kind, Offer};
pub use registry::{Registry, full_name};
pub use tags::Tags;
pub use tree::Tree;
