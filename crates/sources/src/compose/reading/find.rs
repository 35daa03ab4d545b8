//! Which files a project has, as Compose finds them.

use std::path::{Path, PathBuf};

use super::{ReadError, Request, at};
use crate::{
    compose::{FILES_AT_MOST, USUAL, USUAL_OVERRIDES, dotenv, variables::Variables},
    read,
};

/// Files of a project, its folder, and the variables for it.
pub(super) struct Found {
    pub(super) files: Vec<PathBuf>,
    pub(super) folder: PathBuf,
    pub(super) variables: Variables,
}

pub(super) fn files(request: &Request) -> Result<Found, ReadError> {
    let named = match request.paths.as_slice() {
        [] => from(&request.folder, Upwards::Yes, &request.variables)?,
        [path] if path.is_dir() => from(path, Upwards::No, &request.variables)?,
        [path] => with_override(path.clone()),
        paths => paths.to_vec(),
    };
    if named.len() > FILES_AT_MOST {
        return Err(ReadError::TooMany { limit: FILES_AT_MOST });
    }
    let folder = named.first().and_then(|file| file.parent());
    let folder = folder.unwrap_or(&request.folder).to_owned();
    Ok(Found {
        variables: with_file(&request.variables, &folder)?,
        files: named,
        folder,
    })
}

/// Whether the folders above are searched too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Upwards {
    Yes,
    No,
}

/// `COMPOSE_FILE`, from the environment or from `.env`, else the usual names.
fn from(folder: &Path, upwards: Upwards, variables: &Variables) -> Result<Vec<PathBuf>, ReadError> {
    // Whoever names a folder means what is in it.
    let outer = if upwards == Upwards::Yes {
        variables.clone()
    } else {
        variables.clone().without(LIST)
    };
    let all = with_file(&outer, folder)?;
    if let Some(list) = all.get(LIST).filter(|list| !list.is_empty()) {
        let separator = all.get(SEPARATOR).filter(|text| !text.is_empty()).unwrap_or(":");
        return Ok(list.split(separator).map(|path| at(folder, path)).collect());
    }
    let here = |folder: &Path| {
        USUAL
            .iter()
            .map(|name| folder.join(name))
            .find(|file| file.is_file())
    };
    let found = match upwards {
        Upwards::Yes => folder.ancestors().find_map(here),
        Upwards::No => here(folder),
    };
    let missing = || ReadError::NoFile {
        folder: folder.to_owned(),
    };
    Ok(with_override(found.ok_or_else(missing)?))
}

/// A file with one of the usual names brings the override beside it, as it does for `docker compose up` there.
fn with_override(file: PathBuf) -> Vec<PathBuf> {
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let beside = USUAL.contains(&name).then(|| {
        USUAL_OVERRIDES
            .iter()
            .map(|name| file.with_file_name(name))
            .find(|file| file.is_file())
    });
    [file].into_iter().chain(beside.flatten()).collect()
}

/// `variables`, and those of the `.env` in `folder`.
pub(super) fn with_file(variables: &Variables, folder: &Path) -> Result<Variables, ReadError> {
    let file = folder.join(".env");
    if !file.is_file() {
        return Ok(variables.clone());
    }
    let text = read::any_text(&file)?.unwrap_or_default();
    Ok(variables.or(dotenv::read(&text, variables)))
}

const LIST: &str = "COMPOSE_FILE";
const SEPARATOR: &str = "COMPOSE_PATH_SEPARATOR";
