//! The application without a face: the session, what it shows, what can go wrong, and the menu as data.
//!
//! The window, the menu bar and the command line all talk to one [`Session`], an actor that owns all state:
//!
//! ```no_run
//! # async fn example() -> Result<(), companion::view::Problem> {
//! let setup = companion::Setup { sample: true, ..companion::Setup::default() };
//! let session = companion::Session::start(setup);
//! for container in session.containers(companion::Causes::Wanted).await?.containers {
//!     println!("{}: {}", container.name, container.summary.unwrap_or_default());
//! }
//! # Ok(())
//! # }
//! ```

mod board;
mod compose;
mod compose_words;
pub mod dockerfile;
mod examine;
mod image;
mod memory;
mod mirror;
mod plan_words;
mod present;
mod present_scan;
mod probe_words;
mod problem;
pub mod report;
mod scan_words;
mod session;
mod setup;
pub mod tray;
pub mod view;

pub use problem::Refusal;
pub use session::{Causes, RerunOptions, RerunRequest, Session, Volumes, Way};
pub use setup::{ProcessFacts, Setup};
