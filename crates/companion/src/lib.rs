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
mod build;
mod build_words;
mod checklist;
mod checklist_words;
mod compose;
mod compose_file_words;
mod compose_files;
mod compose_words;
pub mod dockerfile;
mod examine;
mod image;
mod memory;
mod mirror;
mod native_build;
mod native_build_words;
mod offer_words;
mod offers;
mod plan_words;
mod present;
mod present_rosetta;
mod present_scan;
mod probe_words;
mod problem;
pub mod report;
mod runtime_command;
mod scan_words;
mod session;
mod setting_words;
mod setup;
mod signals;
pub mod tray;
mod verdict;
mod verdict_words;
mod verify;
mod verify_words;
pub mod view;

pub use build::{BuildOptions, BuildOutput, BuildRequest, BuilderOptions};
pub use checklist::{Protected, Variables};
pub use compose_files::{Ask, ComposeChange, ComposeFiles, Target, Write};
pub use host::Folders;
pub use offers::{Elsewhere, OffersRequest, Sizes};
pub use problem::Refusal;
pub use session::{
    Causes, OneOfSeveral, RerunOptions, RerunRequest, Restarting, Session, Turn, TurnRequest, Volumes, Way,
};
pub use setup::{ProcessFacts, Setup};
pub use signals::Signals;
pub use verify::VerifyRequest;
