//! `OrbStack`: its settings, its application.

use crate::document::Document;
use crate::runtimes::Ground;
use crate::{HostError, Rosetta, Runtime, Source, State, Step, Why, folders, plist_file};

/// The settings that differ from the defaults, below the home folder.
const SETTINGS: &str = ".orbstack/vmconfig.json";
const FOLDER: &str = ".orbstack";
const KEY: &str = "rosetta";

/// What `OrbStack`'s files say; `None` when nothing of it is here.
pub(crate) fn rosetta(ground: &Ground<'_>) -> Option<Rosetta> {
    let home = &ground.roots.home;
    let app = folders::bundle(ground.roots, "OrbStack.app");
    if app.is_none() && !ground.roots.has(&home.join(FOLDER)) {
        return None;
    }
    let list = app.map(|app| app.join("Contents/Info.plist"));
    let version =
        list.and_then(|list| plist_file::version(ground.roots, &list, "CFBundleShortVersionString"));
    let answer = read(ground).unwrap_or_else(|error| Rosetta::unreadable(Runtime::OrbStack, error));
    Some(Rosetta {
        runtime_version: version.map(|version| version.to_string()),
        socket: Some(home.join(".orbstack/run/docker.sock")),
        ..answer
    })
}

fn read(ground: &Ground<'_>) -> Result<Rosetta, HostError> {
    let path = ground.roots.home.join(SETTINGS);
    let document = Document::json(ground.roots, &path)?;
    let written = document
        .as_ref()
        .map(|document| document.switch(KEY))
        .transpose()?;
    let (is_on, source, why) = match written.flatten() {
        Some((is_on, found)) => (is_on, Source::SettingsFile, Why::Says(found)),
        None => (
            true,
            Source::Default,
            Why::Absent {
                runtime: Runtime::OrbStack,
                file: document.map(|document| document.path),
                key: KEY,
                default: State::On,
            },
        ),
    };
    let steps = [
        Step::InWindow(Runtime::OrbStack),
        Step::RunBoth("orb config set rosetta true".to_owned(), "orb restart".to_owned()),
        Step::ExpectStoppedContainers,
    ];
    let rosetta = Rosetta::new(Runtime::OrbStack, State::on_if(is_on), source, why);
    Ok(if is_on { rosetta } else { rosetta.with_steps(steps) })
}
