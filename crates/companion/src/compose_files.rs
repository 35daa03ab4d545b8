//! Compose files of the user's: what their services say of platforms, held against what registries offer, and another
//! `platform:` in them. Neither needs an engine.

mod check;
mod fix;
mod proof;

use std::path::PathBuf;

use platform::Platform;
use registry::Registry;

use crate::view;

pub(crate) use check::check;
pub(crate) use fix::fix;

/// Which files are looked at, and who is asked. Paths are absolute.
#[derive(Clone, Debug, Default)]
pub struct ComposeFiles {
    /// Files, or one folder; without any, what Compose finds from `folder` on.
    pub paths: Vec<PathBuf>,
    /// Where the user is.
    pub folder: PathBuf,
    /// Who tells what an image is offered for.
    pub ask: Ask,
}

/// Who tells what an image is offered for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ask {
    /// Its registry.
    #[default]
    Registries,
    /// Nobody.
    Nobody,
}

/// What is to become of a file.
#[derive(Clone, Debug)]
pub struct ComposeChange {
    /// The file, as the only path, and who is asked.
    pub files: ComposeFiles,
    /// The services that are meant; without any, all of the file.
    pub services: Vec<String>,
    /// What they are to say: a platform, `native`, or `none`; without it, what the advice says.
    pub platform: Option<String>,
    /// Whose text changes.
    pub target: Target,
    /// Whether it is written.
    pub write: Write,
}

/// Whose text changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The file's own.
    File,
    /// That of an override file beside it.
    Override,
}

/// Whether a change is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Only shown.
    No,
    /// To the disk.
    Yes,
}

/// What answers depend on besides the files.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    /// `None` where neither an engine nor this machine tells.
    pub(crate) native: Option<Platform>,
    /// The address of the engine that told it.
    pub(crate) engine: Option<String>,
    pub(crate) registry: Registry,
    pub(crate) setup: crate::Setup,
}

impl Ground {
    /// What runs natively, and who said so.
    pub(crate) fn native_here(&self) -> view::NativeHere {
        let source = if self.engine.is_some() {
            "engine"
        } else {
            "machine"
        };
        view::NativeHere {
            platform: self.native.as_ref().map(ToString::to_string),
            source: source.to_owned(),
        }
    }
}
