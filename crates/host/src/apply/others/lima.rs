//! Lima: an instance's type is fixed when it is made, Rosetta is edited while it is stopped.

use super::{Known, chosen, folders_with, must_be_vz, new_machine, text, yaml_switch};
use crate::{
    Runtime,
    apply::{Command, Ground, Plan, Refusal, Want, Warning, reading},
    homebrew, lima,
};

const FILE: &str = "lima.yaml";
/// What Lima keeps beside it for a machine of Apple's framework.
const IDENTIFIER: &str = "vz-identifier";
/// What `limactl` takes without a name.
const USUAL: &str = "default";

/// The names of all instances.
pub(super) fn instances(ground: &Ground<'_>) -> Vec<String> {
    folders_with(ground.roots, &lima::folder(ground.roots, ground.folders), FILE)
}

/// The key moved in version 2, and both places count.
pub(super) fn plan(ground: &Ground<'_>, want: Want, named: Option<&str>) -> Result<Plan, Refusal> {
    let roots = ground.roots;
    let runtime = Runtime::Lima;
    let name = chosen(runtime, instances(ground), named, USUAL)?;
    let folder = lima::folder(roots, ground.folders).join(&name);
    let file = folder.join(FILE);
    let text = text(roots, &file)?;
    // The type need not be in the file; only machines of Apple's framework have such an identifier.
    let is_vz = roots.is_file(&folder.join(IDENTIFIER));
    let kind = reading::yaml(&text, &["vmType"]).or(is_vz.then_some("vz"));
    must_be_vz(runtime, &file, "vmType", kind)?;
    if let Some(arch @ ("x86_64" | "amd64")) = reading::yaml(&text, &["arch"]) {
        return Err(new_machine(runtime, file, &format!("arch: {arch}")));
    }
    let version = lima::version(roots, &folder).or_else(|| homebrew::version(roots, "lima"));
    let usual = lima::read_by(version.as_ref(), &lima::ROSETTA)[0];
    let newer = yaml_switch(&file, &text, &["vmOpts", "vz", "rosetta", "enabled"])?;
    let older = yaml_switch(&file, &text, &["rosetta", "enabled"])?;
    let known = Known {
        runtime,
        machine: Some(name.clone()),
        file,
        key: if newer.is_none() && older.is_some() {
            lima::ROSETTA[1]
        } else {
            usual
        },
        from: newer.filter(|_| usual == lima::ROSETTA[0]).or(older),
        default: Some(false),
    };
    let switch = match want {
        Want::On => "--rosetta",
        Want::Off => "--rosetta=false",
    };
    // Where it runs is written by its host agent.
    let is_up = roots.is_file(&folder.join("ha.pid"));
    let stop = is_up.then(|| Command::new(&["limactl", "stop", &name]));
    let edit = Command::new(&["limactl", "edit", &name, switch, "--tty=false"]);
    let start = is_up.then(|| Command::new(&["limactl", "start", &name, "--tty=false"]));
    let plan = known.plan(want, stop.into_iter().chain([edit]).chain(start).collect());
    let stops = is_up && !plan.is_done();
    Ok(Plan {
        warnings: stops.then_some(Warning::StopsContainers).into_iter().collect(),
        ..plan
    })
}
