//! Versions of programs that Homebrew installed, by the names of its folders.

use crate::links::Led;
use crate::{Roots, Version, read};

/// Where Homebrew lies on Apple Silicon.
const PREFIX: &str = "opt/homebrew";
/// Homebrew keeps a few versions of one program at most.
const VERSIONS: usize = 64;

/// The version of `program` that is in use: the one that is linked, or the only one that is there.
pub(crate) fn version(roots: &Roots, program: &str) -> Option<Version> {
    let prefix = roots.known(PREFIX);
    // The version is the name of the folder that it leads to, which need not be there.
    let linked = match roots.led(&prefix.join("opt").join(program)) {
        Ok(Led::There(place) | Led::Dangling(place)) => Some(place),
        Ok(Led::Missing(_)) | Err(_) => None,
    };
    let linked = linked.and_then(|place| place.file_name()?.to_str().and_then(of_folder));
    linked.or_else(|| {
        let names = read::names(roots, &prefix.join("Cellar").join(program), VERSIONS).ok()?;
        let [name] = names.as_slice() else {
            return None;
        };
        of_folder(name)
    })
}

/// True when Homebrew has the program, in whatever version.
pub(crate) fn has(roots: &Roots, program: &str) -> bool {
    roots.is_folder(&roots.known(PREFIX).join("Cellar").join(program))
}

/// True on Apple Silicon alone: elsewhere Homebrew has another prefix.
pub(crate) fn is_of_apple_silicon(roots: &Roots) -> bool {
    roots.is_folder(&roots.known(PREFIX).join("Cellar"))
}

/// Homebrew's own revision stands behind a `_`.
fn of_folder(name: &str) -> Option<Version> {
    Version::parse(name.split('_').next()?)
}
