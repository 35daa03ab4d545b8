//! Colima: a profile's type and architecture are fixed when it is made, Rosetta is not.

use super::{Known, chosen, folders_with, must_be_vz, new_machine, text, yaml_switch};
use crate::{
    Runtime,
    apply::{Command, Ground, Plan, Refusal, Want, Warning, backend, reading},
    colima,
};

const FILE: &str = "colima.yaml";
/// The profile that needs no name.
const USUAL: &str = "default";

/// The names of all profiles.
pub(super) fn profiles(ground: &Ground<'_>) -> Vec<String> {
    folders_with(ground.roots, &colima::folder(ground.roots, ground.folders), FILE)
}

/// `colima start` takes the switches and keeps them in the profile's file.
pub(super) fn plan(ground: &Ground<'_>, want: Want, named: Option<&str>) -> Result<Plan, Refusal> {
    let runtime = Runtime::Colima;
    let profile = chosen(runtime, profiles(ground), named, USUAL)?;
    let folder = colima::folder(ground.roots, ground.folders).join(&profile);
    let file = folder.join(FILE);
    let text = text(ground.roots, &file)?;
    must_be_vz(runtime, &file, "vmType", reading::yaml(&text, &["vmType"]))?;
    match reading::yaml(&text, &["arch"]) {
        None | Some("host" | "aarch64" | "arm64") => {}
        Some(arch) => return Err(new_machine(runtime, file, &format!("arch: {arch}"))),
    }
    let known = Known {
        runtime,
        machine: Some(profile.clone()),
        from: yaml_switch(&file, &text, &["rosetta"])?,
        file,
        key: "rosetta",
        default: Some(false),
    };
    let is_up = backend::listening(ground.roots, &folder.join("docker.sock")).is_some();
    let stop = is_up.then(|| of(&profile, &["colima", "stop"]));
    let plan = known.plan(want, stop.into_iter().chain([start(&profile, want)]).collect());
    let warning = if is_up {
        Warning::StopsContainers
    } else {
        Warning::StartsMachine { machine: profile }
    };
    let warnings = if plan.is_done() { Vec::new() } else { vec![warning] };
    Ok(Plan { warnings, ..plan })
}

fn start(profile: &str, want: Want) -> Command {
    match want {
        Want::On => of(profile, &["colima", "start", "--vm-type", "vz", "--vz-rosetta"]),
        Want::Off => of(profile, &["colima", "start", "--vz-rosetta=false"]),
    }
}

fn of(profile: &str, words: &[&str]) -> Command {
    let named: &[&str] = if profile == USUAL {
        &[]
    } else {
        &["--profile", profile]
    };
    Command::new(&[words, named].concat())
}
