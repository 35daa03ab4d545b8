//! The sample engine as a client sees it.

mod client;
mod faults;
mod life;
mod look;
mod rerun;
