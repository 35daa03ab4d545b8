//! Apple's `container`: a machine for each container, each with Rosetta where the container is an amd64 one.

use crate::document::Document;
use crate::runtimes::Ground;
use crate::{Conflict, Found, HostError, Rosetta, Runtime, Source, State, Vmm, Why};

/// The program, as its installer lays it.
const PROGRAM: &str = "usr/local/bin/container";
/// Its data, below the home folder.
const DATA: &str = "Library/Application Support/com.apple.container";
/// The settings of 1.0 and newer, below the folder for configuration.
const SETTINGS: &str = "container/config.toml";
const ROSETTA: &str = "build.rosetta";
/// The settings of the releases before, below the home folder.
const EARLY: &str = "Library/Preferences/com.apple.container.defaults.plist";
/// There, the key is one name with a dot in it.
const EARLY_ROSETTA: &str = "build.rosetta";

/// What its files say; `None` when nothing of it is here.
pub(crate) fn rosetta(ground: &Ground<'_>) -> Option<Rosetta> {
    let home = &ground.roots.home;
    let settings = ground.folders.config(home).join(SETTINGS);
    let program = ground.roots.known(PROGRAM);
    let is_here = [&program, &settings].into_iter().any(|it| ground.roots.has(it));
    if !is_here && !ground.roots.is_folder(&home.join(DATA)) {
        return None;
    }
    let builds = builds(&settings, ground);
    let mut rosetta = Rosetta::new(
        Runtime::AppleContainer,
        State::On,
        Source::Default,
        Why::PerContainer,
    );
    rosetta.vmm = Some(Vmm::AppleVirtualization);
    match builds {
        Ok(Some((is_on, found))) => {
            rosetta.file = Some(found.file.clone());
            rosetta.key = Some(found.key.clone());
            rosetta.value = Some(found.value.clone());
            if !is_on {
                rosetta.conflicts.push(Conflict::NotForBuilds(found));
            }
        }
        Ok(None) => {}
        Err(error) => rosetta.conflicts.push(Conflict::Unseen(error)),
    }
    Some(rosetta)
}

/// Whether builds use it: containers that are run do in any case.
fn builds(settings: &std::path::Path, ground: &Ground<'_>) -> Result<Option<(bool, Found)>, HostError> {
    if let Some(document) = Document::toml(ground.roots, settings)?
        && let Some(found) = document.switch(ROSETTA)?
    {
        return Ok(Some(found));
    }
    let early = Document::list(ground.roots, &ground.roots.home.join(EARLY))?;
    Ok(early.and_then(|early| early.switch_named(EARLY_ROSETTA)))
}
