//! Docker Compose's own reading of a change, before it is written, where there is a Docker Compose.

use std::path::Path;

use platform::Platform;
use serde_json::Value;
use sources::compose::{Project, Reading};

use super::Ground;
use crate::{
    compose::{Failure, Program},
    compose_file_words as words,
};

/// What came of it.
pub(super) enum Proof {
    /// It reads the same, but for the change.
    Same,
    /// It was not asked, or cannot read the file as it is either.
    NotAsked(String),
    /// It reads something else, or nothing.
    Otherwise(String),
}

/// `compose config` wants the name of an engine, and asks it nothing.
const NOBODY: &str = "unix:///nonexistent/docker.sock";

/// Compares what Compose makes of both texts of one file of a project. The platforms of `done` may differ.
pub(super) async fn of_file(
    file: &Path,
    reading: &Reading,
    (before, after): (&str, &str),
    done: &[&str],
    ground: &Ground,
) -> Proof {
    let program = match program(ground).await {
        Ok(program) => program,
        Err(failure) => return Proof::NotAsked(words::no_compose(&failure)),
    };
    let [only] = reading.files.as_slice() else {
        return Proof::NotAsked(words::SEVERAL_FILES.to_owned());
    };
    if only != file {
        return Proof::NotAsked(words::SEVERAL_FILES.to_owned());
    }
    let old = match program.whole(&reading.folder, &[], before).await {
        Ok(old) => old,
        Err(failure) => return Proof::NotAsked(words::cannot_read(&failure)),
    };
    match program.whole(&reading.folder, &[], after).await {
        Ok(new) if same(&old, &new, done) => Proof::Same,
        Ok(_) => Proof::Otherwise(words::READ_OTHERWISE.to_owned()),
        Err(failure) => Proof::Otherwise(words::cannot_read(&failure)),
    }
}

/// Asks Compose to put an override on top of its project.
pub(super) async fn of_override(
    project: &Project,
    place: &Path,
    text: &str,
    platforms: &[(String, Platform)],
    ground: &Ground,
) -> Proof {
    let program = match program(ground).await {
        Ok(program) => program,
        Err(failure) => return Proof::NotAsked(words::no_compose(&failure)),
    };
    let files = project.files_without(place);
    if let Err(failure) = program.whole(&project.folder, &files, "services: {}\n").await {
        return Proof::NotAsked(words::cannot_read(&failure));
    }
    let read = match program.whole(&project.folder, &files, text).await {
        Ok(read) => read,
        Err(failure) => return Proof::Otherwise(words::cannot_read(&failure)),
    };
    let value: Value = serde_json::from_slice(&read).unwrap_or_default();
    let says = |(service, platform): &(String, Platform)| {
        let said = value["services"][service]["platform"].as_str();
        said.and_then(|said| said.parse().ok()).as_ref() == Some(platform)
    };
    if platforms.iter().all(says) {
        Proof::Same
    } else {
        Proof::Otherwise(words::READ_OTHERWISE.to_owned())
    }
}

async fn program(ground: &Ground) -> Result<Program, Failure> {
    let host = ground.engine.as_deref().unwrap_or(NOBODY);
    Program::find(ground.setup.path.as_deref(), host).await
}

fn same(old: &[u8], new: &[u8], done: &[&str]) -> bool {
    let read = |bytes: &[u8]| -> Option<Value> {
        let mut value: Value = serde_json::from_slice(bytes).ok()?;
        for name in done {
            if let Some(service) = value["services"].get_mut(*name).and_then(Value::as_object_mut) {
                service.remove("platform");
            }
        }
        Some(value)
    };
    let old = read(old);
    old.is_some() && old == read(new)
}
