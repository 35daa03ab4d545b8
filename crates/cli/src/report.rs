//! Reports for people: tidy at 80 columns, and the same with and without a terminal.

mod diagnosis;
mod dockerfile;
mod lists;
mod probe;
mod rerun;
mod sarif;
mod scan;

pub(crate) use diagnosis::diagnosis;
pub(crate) use dockerfile::dockerfile;
pub(crate) use lists::{containers, images};
pub(crate) use probe::probe;
pub(crate) use rerun::{discarded, done, failed, interrupted, plan, undone};
pub(crate) use sarif::sarif;
pub(crate) use scan::scan;

use companion::view::{Rosetta, Status};

use crate::text::{clean, wrapped};

/// The engine, the machine and the counts.
pub(crate) fn status(status: &Status) -> String {
    let engine = &status.engine;
    let counts = &status.counts;
    let sample = if engine.sample { " (sample)" } else { "" };
    let lines = [
        format!(
            "Engine      {}{sample}, version {}",
            clean(&engine.name),
            clean(&engine.version)
        ),
        format!(
            "            API {}, {} image store, {}",
            engine.api_version, engine.store, engine.runtime
        ),
        format!("Platform    {}", engine.platform),
        format!("This host   {} on {}", status.host.os, status.host.architecture),
        format!(
            "Containers  {}: {} running, {} crashed, {} emulated",
            counts.containers, counts.running, counts.crashed, counts.emulated
        ),
        format!("Images      {}", counts.images),
    ];
    lines.join("\n")
}

/// What the settings say of Rosetta.
pub(crate) fn rosetta(rosetta: &Rosetta) -> String {
    let version = rosetta
        .runtime_version
        .as_deref()
        .map(|version| format!(" {version}"))
        .unwrap_or_default();
    let mut lines = vec![
        format!("Rosetta     {} (by {})", rosetta.state, rosetta.source),
        format!("Runtime     {}{version}", rosetta.runtime),
    ];
    lines.extend(rosetta.vmm.as_ref().map(|vmm| format!("Machine     {vmm}")));
    lines.extend(
        rosetta
            .file
            .as_ref()
            .map(|file| format!("File        {}", clean(file))),
    );
    if rosetta.locked {
        lines.push("Locked      by an administrator".to_owned());
    }
    lines.push(format!("\n{}", wrapped(&rosetta.why, "")));
    lines.extend(
        rosetta
            .conflicts
            .iter()
            .map(|conflict| format!("! {}", clean(conflict))),
    );
    if !rosetta.steps.is_empty() {
        lines.push("\nTo turn it on:".to_owned());
    }
    lines.extend(
        rosetta
            .steps
            .iter()
            .zip(1..)
            .map(|(step, number)| format!("{number}. {}", clean(step))),
    );
    lines.join("\n")
}
