//! Podman: a drop-in of our own says it, and it is read again at each start of the machine.
//!
//! No command of Podman's changes it. A drop-in counts before the user's own `containers.conf`, which stays as it is.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{MACHINES, chosen, new_machine, text, unknown};
use crate::{
    Found, Roots, Runtime, State, Step, Version,
    apply::{
        Change, Command, Ground, Plan, Refusal, Restart, Target, Texts, Want, Warning, Way,
        docker_desktop::unreadable, place, planning as base, reading,
    },
    podman, read,
};

/// Where machines of Apple's framework, and of the one that has no Rosetta, are described.
const MACHINE_FOLDERS: [(&str, &str); 2] = [("applehv", "applehv"), ("libkrun", "libkrun")];
/// After what most people name theirs.
const DROP_IN: &str = "99-archlight-rosetta.conf";
const KEY: &str = "machine.rosetta";
/// The machine that needs no name.
const USUAL: &str = "podman-machine-default";
/// Where Homebrew puts versions, and the first version with and without a marker in the machine.
const CELLAR: &str = "opt/homebrew/Cellar/podman";
const MARKER_FROM: (u32, u32) = (5, 6);
const MARKER_UNTIL: (u32, u32) = (6, 0);
const MARKER: &str = "/etc/containers/enable-rosetta";

/// The names of all machines.
pub(super) fn machines(ground: &Ground<'_>) -> Vec<String> {
    let mut names: Vec<_> = described(ground).into_iter().map(|(_, name, _)| name).collect();
    names.sort();
    names.dedup();
    names
}

pub(super) fn plan(ground: &Ground<'_>, want: Want, named: Option<&str>) -> Result<Plan, Refusal> {
    let roots = ground.roots;
    let runtime = Runtime::Podman;
    let name = chosen(runtime, machines(ground), named, USUAL)?;
    let all = described(ground);
    let (provider, _, file) = all
        .into_iter()
        .find(|(_, machine, _)| *machine == name)
        .ok_or(Refusal::NotStartedYet { runtime })?;
    if provider != "applehv" {
        return Err(new_machine(runtime, file, &format!("provider: {provider}")));
    }
    let machine: Value = serde_json::from_str(&text(roots, &file)?).map_err(|_| unknown(&file, "Rosetta"))?;
    let configured = machine
        .pointer("/AppleHypervisor/Vfkit/Rosetta")
        .and_then(Value::as_bool);
    let version = version(roots);
    let needs_marker = needs_marker(version.as_ref());
    let target = Target {
        runtime,
        machine: Some(name.clone()),
    };
    let plan = Plan {
        version: version.map(|version| version.to_string()),
        // What a file says of it is not what the machine does.
        state: State::Unknown,
        target,
        ..base::empty(want.aim(), runtime)
    };
    let later = later(ground)?;
    if let Some((_, found)) = later.clone().filter(|(is_on, _)| *is_on != want.is_on()) {
        return Err(Refusal::Overruled(found));
    }
    let change = match (later, &ground.folders.containers_conf) {
        (Some(_), _) => None,
        (None, Some(file)) => match said(roots, [file.clone()])? {
            Some((is_on, _)) if is_on == want.is_on() => None,
            _ => return Ok(in_place_of(plan, want, file)),
        },
        (None, None) => change(ground, want, configured)?,
    };
    let has_drop_in = change.is_none();
    if has_drop_in && !(want.is_on() && needs_marker) {
        return Ok(Plan {
            state: if want.is_on() { State::On } else { State::Off },
            ..plan
        });
    }
    let marker = Command::new(&["podman", "machine", "ssh", &name, "sudo", "touch", MARKER]);
    Ok(Plan {
        way: Some(if has_drop_in { Way::Commands } else { Way::File }),
        change,
        commands: (want.is_on() && needs_marker)
            .then_some(marker)
            .into_iter()
            .collect(),
        restart: Restart::ByCommands(vec![
            Command::new(&["podman", "machine", "stop", &name]),
            Command::new(&["podman", "machine", "start", &name]),
        ]),
        warnings: vec![Warning::OwnFile, Warning::StopsContainers],
        ..plan
    })
}

/// A drop-in is not read at all where the environment names a file.
fn in_place_of(plan: Plan, want: Want, file: &Path) -> Plan {
    let refusal = Refusal::InPlaceOf {
        variable: "CONTAINERS_CONF",
        file: file.into(),
    };
    let set = Step::SetKey {
        file: file.into(),
        line: format!("rosetta = {}", want.is_on()),
    };
    let restart = Step::RunBoth(
        "podman machine stop".to_owned(),
        "podman machine start".to_owned(),
    );
    Plan {
        refusals: vec![refusal],
        steps: vec![set, restart, Step::ExpectStoppedContainers],
        ..plan
    }
}

/// The files here are read in the order of their names, and the last that says it counts.
fn drop_ins(ground: &Ground<'_>) -> PathBuf {
    podman::conf(ground.roots, ground.folders).with_extension("conf.d")
}

/// What the last file says that is read after ours, so that ours would say it in vain.
fn later(ground: &Ground<'_>) -> Result<Option<(bool, Found)>, Refusal> {
    let (roots, folders) = (ground.roots, ground.folders);
    let last = said(roots, folders.containers_conf_override.clone())?;
    if last.is_some() || folders.containers_conf.is_some() {
        return Ok(last);
    }
    let folder = drop_ins(ground);
    let names = read::names(roots, &folder, MACHINES).map_err(Refusal::Unreadable)?;
    let later = names
        .iter()
        .rev()
        .filter(|name| name.as_str() > DROP_IN && name.strip_suffix(".conf").is_some());
    said(roots, later.map(|name| folder.join(name)))
}

/// What the first of `files` says that says anything of it.
fn said(roots: &Roots, files: impl IntoIterator<Item = PathBuf>) -> Result<Option<(bool, Found)>, Refusal> {
    podman::first_said(roots, files).map_err(|error| unreadable(&error))
}

/// The drop-in; `None` where it says so already.
fn change(ground: &Ground<'_>, want: Want, configured: Option<bool>) -> Result<Option<Change>, Refusal> {
    let roots = ground.roots;
    let file = drop_ins(ground).join(DROP_IN);
    let before = place::text_in(roots, &file).map_err(Refusal::Unreadable)?;
    let after = format!("[machine]\nrosetta = {}\n", want.is_on()).into_bytes();
    let ours =
        [Want::On, Want::Off].map(|want| format!("[machine]\nrosetta = {}\n", want.is_on()).into_bytes());
    if before.as_ref() == Some(&after) {
        return Ok(None);
    }
    if before.as_ref().is_some_and(|before| !ours.contains(before)) {
        return Err(unknown(&file, "rosetta"));
    }
    let backup = place::resolved(roots, &file).ok();
    let backup = before.as_ref().zip(backup);
    let backup = backup.and_then(|(text, real)| place::backup(&real, text));
    Ok(Some(Change {
        diff: reading::diff(&file, before.as_deref().unwrap_or_default(), &after),
        from: configured,
        to: Some(want.is_on()),
        key: KEY.to_owned(),
        backup,
        texts: Some(Texts {
            before,
            after: Some(after),
        }),
        file: Some(file),
    }))
}

/// Provider, name and file of each machine.
fn described(ground: &Ground<'_>) -> Vec<(&'static str, String, PathBuf)> {
    let machines = MACHINE_FOLDERS.into_iter().flat_map(|(provider, folder)| {
        let folder = podman::machines(ground.roots, ground.folders).join(folder);
        let entries = ground
            .roots
            .resolve(&folder)
            .into_iter()
            .flat_map(fs::read_dir)
            .flatten()
            .take(MACHINES)
            .filter_map(Result::ok);
        entries.filter_map(move |entry| {
            let name = entry.file_name().into_string().ok()?;
            let name = name.strip_suffix(".json")?.to_owned();
            name.starts_with(|it: char| it.is_ascii_alphanumeric())
                .then(|| (provider, name, entry.path()))
        })
    });
    machines.collect()
}

/// The version that Homebrew installed last.
fn version(roots: &Roots) -> Option<Version> {
    let entries = fs::read_dir(roots.resolve(&roots.known(CELLAR)).ok()?).ok()?;
    let names = entries.take(MACHINES).filter_map(Result::ok);
    let versions = names.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        // A formula's own revision follows an underscore.
        Version::parse(name.split('_').next()?)
    });
    let versions: Vec<_> = versions.collect();
    match <[Version; 1]>::try_from(versions) {
        Ok([only]) => Some(only),
        Err(_) => None,
    }
}

/// An unknown version may need it, and the others do not mind it.
fn needs_marker(version: Option<&Version>) -> bool {
    let at_least = |(major, minor): (u32, u32)| version.map(|version| version.is_at_least(major, minor));
    at_least(MARKER_FROM) != Some(false) && at_least(MARKER_UNTIL) != Some(true)
}
