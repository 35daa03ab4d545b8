//! Whole fake machines, written to a temporary folder and read through the public interface.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod binfmt;
mod broken;
mod checks;
mod conflicts;
mod mac;
mod machine;
mod rosetta;
mod steps;
