//! Reports for people: tidy at 80 columns, and the same with and without a terminal.

mod build;
mod checklist;
mod compose;
mod diagnosis;
mod dockerfile;
mod lists;
mod offers;
mod probe;
mod rerun;
mod rosetta;
mod sarif;
mod scan;
mod setting;
mod verify;

pub(crate) use build::{StepLines, build_plan, builder_change, builders, built};
pub(crate) use checklist::checklist;
pub(crate) use compose::{compose_check, compose_fix, compose_refused, compose_sarif, compose_worst};
pub(crate) use diagnosis::diagnosis;
pub(crate) use dockerfile::{dockerfile, dockerfile_sarif};
pub(crate) use lists::{containers, images};
pub(crate) use offers::offers;
pub(crate) use probe::probe;
pub(crate) use rerun::{discarded, done, failed, interrupted, plan, undone};
pub(crate) use rosetta::rosetta;
pub(crate) use scan::scan;
pub(crate) use setting::setting;
pub(crate) use verify::{verification, verify_sarif};

use companion::view::Status;

use crate::text::clean;

/// The engine, the machine and the counts.
pub(crate) fn status(status: &Status) -> String {
    let engine = &status.engine;
    let counts = &status.counts;
    let sample = if engine.sample { " (sample)" } else { "" };
    let mut lines = vec![
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
    lines.extend(status.translator.iter().flat_map(probe::known));
    lines.join("\n")
}
