//! Whole fake machines, written to a temporary folder and read through the public interface.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod backend;
mod binfmt;
mod broken;
mod checks;
mod colima;
mod conflicts;
mod host_rosetta;
mod lima;
mod links;
mod mac;
mod machine;
mod others;
mod podman;
mod rancher_desktop;
mod rosetta;
mod serving;
mod steps;
mod table;
mod trouble;
mod unreadable;
