//! What of this crate only reads foreign bytes, laid open for the package `fuzz` and for nobody else.

use crate::notation;

/// The services of a file of ours and the file as it is written anew; `None` for a file of somebody else.
pub fn services(text: &str) -> Option<(Vec<String>, String)> {
    let services = notation::services(text)?;
    let again = notation::text(&services);
    Some((services.into_keys().collect(), again))
}
