//! Re-runs of what Compose made: an override file of the user's project says the platform, and `docker compose up` makes
//! the service anew.
//!
//! What is made by hand in such a project is made anew by its next `up`, as its files say. So the files have to say it.

mod note;
mod plan;
mod process;
mod program;
mod rerun;
mod turn;

pub(crate) use note::{Note, Notebook};
pub(crate) use plan::{ByCompose, NotHere, plan};
pub(crate) use program::{Failure, Program, is_program, quoted, within};
pub(crate) use rerun::{carry_out, discard, undo};

/// What a label tells of where a dev container is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DevContainer<'a> {
    /// In this file.
    File(&'a str),
    /// In this folder.
    Folder(&'a str),
    /// It does not say.
    Somewhere,
}

/// Whether a container is a dev container.
pub(crate) fn dev_container(old: &engine::Inspection) -> Option<DevContainer<'_>> {
    let folders = [
        "devcontainer.local_folder",
        "vsch.local.folder",
        "vsch.local.repository",
    ];
    let file = old.label("devcontainer.config_file").map(DevContainer::File);
    let folder = || folders.iter().find_map(|name| old.label(name));
    let said = || old.label("devcontainer.metadata");
    file.or_else(|| folder().map(DevContainer::Folder))
        .or_else(|| said().map(|_| DevContainer::Somewhere))
}
