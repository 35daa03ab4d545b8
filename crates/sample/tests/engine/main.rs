//! The sample engine as a client sees it.

mod client;
mod faults;
mod life;
mod load;
mod look;
mod rerun;
