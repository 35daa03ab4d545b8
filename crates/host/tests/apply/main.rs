//! Rosetta turned on, off and back on whole fake Macs, through the public interface.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod backend;
mod docker_desktop;
mod mac;
mod others;
