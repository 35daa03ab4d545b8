//! What of this crate only reads foreign bytes, laid open for the package `fuzz` and for nobody else.

use std::path::Path;

use crate::{
    compose::{Variables, part::Source},
    notation,
    yaml::{self, Budget},
};

/// The services of a file of ours and the file as it is written anew; `None` for a file of somebody else.
pub fn services(text: &str) -> Option<(Vec<String>, String)> {
    let services = notation::services(text)?;
    let again = notation::text(&services);
    Some((services.into_keys().collect(), again))
}

/// The services of the last document of a Compose file; `None` where it cannot be read.
pub fn compose_services(text: &str) -> Option<Vec<String>> {
    let documents = yaml::parse(text).ok()?;
    let source = Source {
        file: Path::new("compose.yaml"),
        document: documents.last()?,
        variables: &Variables::default(),
    };
    let parts = source.parts(&mut Budget::default()).ok()??;
    Some(parts.into_keys().collect())
}
