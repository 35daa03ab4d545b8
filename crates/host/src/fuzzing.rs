//! What of this crate only reads foreign bytes, laid open for the package `fuzz` and for nobody else.

use std::path::Path;

use crate::docker_desktop::{backend, http};
use crate::{binary_list, yaml};

/// YAML as JSON, or the line and column of its first fault.
pub fn yaml(text: &str) -> Result<String, (usize, usize)> {
    let value = yaml::read(text).map_err(|fault| (fault.line, fault.column))?;
    Ok(value.to_string())
}

/// A binary property list as JSON.
pub fn binary_list(bytes: &[u8]) -> Option<String> {
    binary_list::read(bytes).map(|value| value.to_string())
}

/// The status and the length of an answer that has come in so far, or that ended.
pub fn response(bytes: &[u8], ended: bool) -> Result<Option<(u16, usize)>, &'static str> {
    let response = http::response(bytes, ended)?;
    Ok(response.map(|response| (response.status, response.body.len())))
}

/// Whether a page of a running Docker Desktop is understood, or why it is not.
pub fn backend(bytes: &[u8]) -> Result<(), String> {
    let said = backend::read(Path::new("/backend.sock"), bytes);
    said.map(drop).map_err(|error| error.to_string())
}
