//! Rancher Desktop: `rdctl set` changes the settings and restarts the machine.

use std::path::PathBuf;

use serde_json::Value;

use super::{Known, must_be_vz, unknown};
use crate::{
    Roots, Runtime,
    apply::{Command, Plan, Refusal, Want, Warning, place},
    rancher_desktop,
};

/// The first form of the settings in which the machine's are no experiment.
const SETTLED: u64 = 15;
/// What an administrator locks, in the folders in which it is looked for.
const LOCKED: &str = "io.rancherdesktop.profile.locked.plist";
const LOCKED_FOLDERS: [&str; 2] = ["Library/Managed Preferences", "Library/Preferences"];

pub(super) fn file(roots: &Roots) -> PathBuf {
    roots
        .home
        .join("Library/Preferences/rancher-desktop/settings.json")
}

pub(super) fn plan(roots: &Roots, want: Want) -> Result<Plan, Refusal> {
    let runtime = Runtime::RancherDesktop;
    let file = file(roots);
    let text = place::text_in(roots, &file).map_err(Refusal::Unreadable)?;
    let text = text.ok_or(Refusal::NotStartedYet { runtime })?;
    let settings: Value = serde_json::from_slice(&text).map_err(|_| unknown(&file, "virtualMachine"))?;
    let version = settings.get("version").and_then(Value::as_u64);
    let version = version.ok_or_else(|| unknown(&file, "version"))?;
    if version > rancher_desktop::LAST_SCHEMA {
        return Err(unknown(&file, "version"));
    }
    let (path, prefix, key) = if version >= SETTLED {
        (
            "/virtualMachine",
            "--virtual-machine",
            "virtualMachine.useRosetta",
        )
    } else {
        (
            "/experimental/virtualMachine",
            "--experimental.virtual-machine",
            "experimental.virtualMachine.useRosetta",
        )
    };
    let machine = settings.pointer(path).ok_or_else(|| unknown(&file, key))?;
    if let Some(file) = lock(roots, path)? {
        return Err(Refusal::Locked { file: Some(file) });
    }
    let kind = machine.get("type").and_then(Value::as_str);
    must_be_vz(runtime, &file, "virtualMachine.type", kind)?;
    let from = match machine.get("useRosetta") {
        None => None,
        Some(value) => Some(value.as_bool().ok_or_else(|| unknown(&file, key))?),
    };
    let known = Known {
        runtime,
        machine: None,
        file,
        key,
        from,
        default: Some(false),
    };
    let switch = format!("{prefix}.use-rosetta={}", want.is_on());
    let kind = format!("{prefix}.type=vz");
    let words: &[&str] = match want {
        Want::On => &["rdctl", "set", &kind, &switch],
        Want::Off => &["rdctl", "set", &switch],
    };
    let plan = known.plan(want, vec![Command::new(words)]);
    let warnings = if plan.is_done() {
        Vec::new()
    } else {
        vec![Warning::RestartsItself, Warning::StopsContainers]
    };
    Ok(Plan { warnings, ..plan })
}

/// The file by which an administrator locks the setting at `path`.
fn lock(roots: &Roots, path: &str) -> Result<Option<PathBuf>, Refusal> {
    let system = LOCKED_FOLDERS
        .iter()
        .map(|folder| roots.known(folder).join(LOCKED));
    let own = roots.home.join("Library/Preferences").join(LOCKED);
    for file in system.chain([own]) {
        let Some(bytes) = place::text_in(roots, &file).map_err(Refusal::Unreadable)? else {
            continue;
        };
        let Ok(mut value) = plist::from_bytes::<plist::Value>(&bytes) else {
            return Err(unknown(&file, "useRosetta"));
        };
        let mut keys = path.split('/').skip(1).chain(["useRosetta"]);
        let found = keys.try_for_each(|key| {
            let next = value.as_dictionary_mut()?.remove(key)?;
            value = next;
            Some(())
        });
        if found.is_some() {
            return Ok(Some(file));
        }
    }
    Ok(None)
}
