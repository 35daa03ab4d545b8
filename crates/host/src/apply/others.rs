//! Runtimes that are changed by their own commands.

mod colima;
mod lima;
mod orbstack;
mod podman;
mod rancher_desktop;

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Change, Command, Ground, Plan, Refusal, Target, Want, Way, place, planning, reading, verdict};
use crate::{HostError, Roots, Runtime, State, Why};

/// Profiles or machines of one runtime that are listed; more are not read.
const MACHINES: usize = 256;

/// Whether a file of `runtime` is in the user's home.
pub(super) fn is_here(ground: &Ground<'_>, runtime: Runtime) -> bool {
    let roots = ground.roots;
    match runtime {
        Runtime::OrbStack => roots.is_file(&orbstack::file(roots)),
        Runtime::Colima => !colima::profiles(ground).is_empty(),
        Runtime::Lima => !lima::instances(ground).is_empty(),
        Runtime::RancherDesktop => roots.is_file(&rancher_desktop::file(roots)),
        Runtime::Podman => !podman::machines(ground).is_empty(),
        Runtime::Finch => roots.is_file(&finch(roots)),
        Runtime::AppleContainer | Runtime::DockerDesktop | Runtime::DockerEngine | Runtime::Unknown => false,
    }
}

/// What turning Rosetta on or off would do.
pub(super) fn plan(ground: &Ground<'_>, want: Want, target: &Target) -> Plan {
    let named = target.machine.as_deref();
    let roots = ground.roots;
    let planned = match target.runtime {
        Runtime::OrbStack => orbstack::plan(roots, want),
        Runtime::Colima => colima::plan(ground, want, named),
        Runtime::Lima => lima::plan(ground, want, named),
        Runtime::RancherDesktop => rancher_desktop::plan(roots, want),
        Runtime::Podman => podman::plan(ground, want, named),
        Runtime::Finch | Runtime::AppleContainer => Ok(left(ground, want, target)),
        Runtime::DockerDesktop | Runtime::DockerEngine | Runtime::Unknown => {
            Err(Refusal::Unsupported(target.runtime))
        }
    };
    let plan = match planned {
        Ok(plan) => plan,
        Err(refusal) => Plan {
            target: target.clone(),
            refusals: vec![refusal],
            ..planning::empty(want.aim(), target.runtime)
        },
    };
    let found = verdict::verdict(ground, &plan.target);
    verdict::agreed(plan, want, found)
}

/// Finch follows its file when it makes its machine, and Apple's `container` has no switch for all containers.
fn left(ground: &Ground<'_>, want: Want, target: &Target) -> Plan {
    let found = verdict::verdict(ground, target);
    let refusal = if target.runtime == Runtime::Finch {
        Refusal::OnlyWhenMade {
            runtime: Runtime::Finch,
            command: "finch vm init",
        }
    } else {
        Refusal::NotHere(Why::PerContainer)
    };
    verdict::left(target, want, found.as_ref(), refusal)
}

/// What is known of a machine's setting before it is changed.
struct Known {
    runtime: Runtime,
    machine: Option<String>,
    file: PathBuf,
    key: &'static str,
    /// Its value in the file; `None` where the file has none.
    from: Option<bool>,
    /// What an absent value means; `None` where that is not known.
    default: Option<bool>,
}

impl Known {
    /// A plan of these commands; of none where it is as wanted already.
    fn plan(self, want: Want, commands: Vec<Command>) -> Plan {
        let now = self.from.or(self.default);
        let state = match now {
            Some(true) => State::On,
            Some(false) => State::Off,
            None => State::Unknown,
        };
        let target = Target {
            runtime: self.runtime,
            machine: self.machine,
        };
        let plan = Plan {
            target,
            state,
            ..planning::empty(want.aim(), self.runtime)
        };
        if now == Some(want.is_on()) {
            return plan;
        }
        Plan {
            way: Some(Way::Commands),
            change: Some(Change {
                file: Some(self.file),
                key: self.key.to_owned(),
                from: self.from,
                to: Some(want.is_on()),
                diff: String::new(),
                backup: None,
                texts: None,
            }),
            commands,
            ..plan
        }
    }
}

/// The one machine that is meant: the named one, the only one, or the one of the usual name.
fn chosen(runtime: Runtime, names: Vec<String>, wish: Option<&str>, usual: &str) -> Result<String, Refusal> {
    if let Some(name) = wish {
        let name = name.to_owned();
        let is_there = names.contains(&name);
        return is_there
            .then_some(name.clone())
            .ok_or(Refusal::NoSuchMachine { runtime, name });
    }
    match names.as_slice() {
        [] => Err(Refusal::NotStartedYet { runtime }),
        [only] => Ok(only.clone()),
        _ if names.iter().any(|name| name == usual) => Ok(usual.to_owned()),
        _ => Err(Refusal::SeveralMachines { runtime, names }),
    }
}

/// Names of the folders in `folder` that have `file` in them, sorted.
fn folders_with(roots: &Roots, folder: &Path, file: &str) -> Vec<String> {
    let Ok(entries) = roots
        .resolve(folder)
        .map(fs::read_dir)
        .and_then(|entries| entries.map_err(|error| HostError::from_io(folder, &error)))
    else {
        return Vec::new();
    };
    let entries = entries.take(MACHINES).filter_map(Result::ok);
    let names = entries
        .filter(|entry| roots.is_file(&entry.path().join(file)))
        .filter_map(|entry| entry.file_name().into_string().ok());
    // What begins otherwise is the runtime's own, or could be read as an option.
    let mut names: Vec<_> = names
        .filter(|name| name.starts_with(|it: char| it.is_ascii_alphanumeric()))
        .collect();
    names.sort();
    names
}

/// The text of a file that has to be there.
fn text(roots: &Roots, path: &Path) -> Result<String, Refusal> {
    let bytes = place::text_in(roots, path).map_err(Refusal::Unreadable)?;
    let missing = || Refusal::Unreadable(HostError::Missing { path: path.into() });
    let bytes = bytes.ok_or_else(missing)?;
    String::from_utf8(bytes).map_err(|_| unknown(path, "UTF-8"))
}

fn unknown(path: &Path, key: &str) -> Refusal {
    Refusal::UnknownForm {
        file: path.into(),
        key: key.to_owned(),
    }
}

fn new_machine(runtime: Runtime, file: PathBuf, says: &str) -> Refusal {
    Refusal::NeedsNewMachine {
        runtime,
        file,
        says: says.to_owned(),
    }
}

/// The machine's type has to be Apple's framework; another one cannot be changed afterwards.
fn must_be_vz(runtime: Runtime, file: &Path, key: &str, found: Option<&str>) -> Result<(), Refusal> {
    match found {
        Some("vz") => Ok(()),
        Some(other) => Err(new_machine(runtime, file.into(), &format!("{key}: {other}"))),
        None => Err(unknown(file, key)),
    }
}

/// A switch in a YAML file, which may be absent but has to be one.
fn yaml_switch(file: &Path, text: &str, path: &[&str]) -> Result<Option<bool>, Refusal> {
    match reading::yaml(text, path) {
        None => Ok(None),
        Some(value) => match reading::switch(value) {
            Some(value) => Ok(Some(value)),
            None => Err(unknown(file, &path.join("."))),
        },
    }
}

fn finch(roots: &Roots) -> PathBuf {
    roots.home.join(".finch/finch.yaml")
}
