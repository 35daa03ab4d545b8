//! A project read from its files, as Compose joins them.

mod find;
mod join;

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{
    service::{Service, Spot},
    variables::Variables,
};
use crate::{SourcesError, yaml::Fault};

/// What is to be read. All paths are absolute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Files, or one folder. Without any, what Compose finds from `folder` on.
    pub paths: Vec<PathBuf>,
    /// Where the user is.
    pub folder: PathBuf,
    /// The environment.
    pub variables: Variables,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The folder that its paths begin at.
    pub folder: PathBuf,
    /// The files that were named or found, in the order in which they are joined.
    pub files: Vec<PathBuf>,
    /// Every file that says something of it, included and extended ones too.
    pub all: Vec<PathBuf>,
    /// Its services, those of all profiles, in the order of the files.
    pub services: Vec<Service>,
    /// The variables, with those of `.env`.
    pub variables: Variables,
}

/// Why a project cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// A file of it cannot be read.
    #[error(transparent)]
    File(#[from] SourcesError),
    /// A file that it names is not there.
    #[error("`{}` is not there{}", path.display(), named(from.as_ref()))]
    Missing {
        /// The file.
        path: PathBuf,
        /// What names it, if that is not the user.
        from: Option<Spot>,
    },
    /// Neither is any of Compose's usual names in the folder, nor above it.
    #[error("no Compose file is in `{}`", folder.display())]
    NoFile {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// A file is no YAML.
    #[error("`{}` cannot be read as YAML in line {}: {why}", spot.file.display(), spot.line)]
    Syntax {
        /// Where.
        spot: Spot,
        /// In the parser's words.
        why: String,
    },
    /// A file is YAML, and not what Compose takes.
    #[error("`{}` is no Compose file, line {}: {why}", spot.file.display(), spot.line)]
    Shape {
        /// Where.
        spot: Spot,
        /// What is wrong.
        why: String,
    },
    /// A service begins as one that is not there, or as itself.
    #[error("`{service}` in `{}`, line {}, extends `{base}`, which {why}", spot.file.display(), spot.line)]
    Extends {
        /// The service.
        service: String,
        /// What it extends.
        base: String,
        /// Where it says so.
        spot: Spot,
        /// What is wrong with that.
        why: &'static str,
    },
    /// A service is here and in what is included.
    #[error("`{service}` is in `{}`, line {}, and in an included file too", spot.file.display(), spot.line)]
    Twice {
        /// The service.
        service: String,
        /// Where it is here.
        spot: Spot,
    },
    /// A name of a file depends on a variable that has no value, or leads to another machine.
    #[error("`{raw}` in `{}`, line {}, {why}", spot.file.display(), spot.line)]
    Elsewhere {
        /// What the file says.
        raw: String,
        /// Where.
        spot: Spot,
        /// Why it is not read.
        why: &'static str,
    },
    /// There are more files than anybody has.
    #[error("the project has more than {limit} files")]
    TooMany {
        /// The bound.
        limit: usize,
    },
    /// No file says a service.
    #[error("`{}` has no services", file.display())]
    NoServices {
        /// The first file.
        file: PathBuf,
    },
}

impl ReadError {
    pub(crate) fn syntax(file: &Path, fault: Fault) -> Self {
        Self::Syntax {
            spot: Spot {
                file: file.to_owned(),
                line: fault.line,
            },
            why: fault.why,
        }
    }
}

fn named(from: Option<&Spot>) -> String {
    from.map(|spot| format!(", which `{}` names in line {}", spot.file.display(), spot.line))
        .unwrap_or_default()
}

/// Reads a project: its files, their overrides, what they include and what their services extend.
pub fn read(request: &Request) -> Result<Reading, ReadError> {
    let found = find::files(request)?;
    let mut joiner = join::Joiner::default();
    let parts = joiner.project(&found.files, &found.folder, &found.variables)?;
    let mut services: Vec<_> = parts.into_iter().map(|(name, part)| part.service(name)).collect();
    let order = |spot: &Spot| (joiner.read.iter().position(|file| *file == spot.file), spot.line);
    services.sort_by_cached_key(|service| order(&service.spot));
    let Some(first) = found.files.first() else {
        return Err(ReadError::NoFile { folder: found.folder });
    };
    if services.is_empty() {
        return Err(ReadError::NoServices { file: first.clone() });
    }
    Ok(Reading {
        folder: found.folder,
        all: joiner.read,
        files: found.files,
        services,
        variables: found.variables,
    })
}

/// A path of a file, begun at `folder`, without `.` and `..` where the names alone tell.
pub(super) fn at(folder: &Path, path: &str) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                whole.pop();
            }
            std::path::Component::Normal(_)
            | std::path::Component::RootDir
            | std::path::Component::Prefix(_) => whole.push(part),
        }
    }
    whole
}

#[cfg(test)]
mod tests;
