//! `OrbStack`: one machine, one sparse JSON file.

use std::path::PathBuf;

use serde_json::Value;

use super::{Known, unknown};
use crate::{
    Roots, Runtime,
    apply::{Command, Plan, Refusal, Restart, Want, Warning, place},
};

pub(super) fn file(roots: &Roots) -> PathBuf {
    roots.home.join(".orbstack/vmconfig.json")
}

/// `orb config set` writes the value; it counts from the next start.
pub(super) fn plan(roots: &Roots, want: Want) -> Result<Plan, Refusal> {
    let file = file(roots);
    let runtime = Runtime::OrbStack;
    let text = place::text_in(roots, &file).map_err(Refusal::Unreadable)?;
    let text = text.ok_or(Refusal::NotStartedYet { runtime })?;
    let Ok(Value::Object(object)) = serde_json::from_slice(&text) else {
        return Err(unknown(&file, "rosetta"));
    };
    let from = match object.get("rosetta") {
        None => None,
        Some(value) => Some(value.as_bool().ok_or_else(|| unknown(&file, "rosetta"))?),
    };
    let known = Known {
        runtime,
        machine: None,
        file,
        key: "rosetta",
        from,
        default: Some(true),
    };
    let value = if want.is_on() { "true" } else { "false" };
    let plan = known.plan(
        want,
        vec![Command::new(&["orb", "config", "set", "rosetta", value])],
    );
    if plan.is_done() {
        return Ok(plan);
    }
    Ok(Plan {
        restart: Restart::ByCommands(vec![
            Command::new(&["orb", "stop"]),
            Command::new(&["orb", "start"]),
        ]),
        warnings: vec![Warning::StopsContainers],
        ..plan
    })
}
