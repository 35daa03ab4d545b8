//! What runtimes' own settings give to their virtual machines.
//!
//! Docker Desktop's lie in a protected folder and are not read here: its engine says what it has.

use std::path::Path;

use serde_json::Value;

use super::{Folders, place};
use crate::{Roots, Runtime, read};

/// Settings of a machine have some kilobytes, comments included.
const LIMIT: usize = 256 * 1024;
const ORBSTACK: &str = ".orbstack/vmconfig.json";
const RANCHER: &str = "Library/Preferences/rancher-desktop/settings.json";
const COLIMA: &str = "default/colima.yaml";
/// What binary kilobytes and the like are apart.
const STEP: u64 = 1024;

/// What a runtime's settings give to its machine; `None` where they do not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allotment {
    /// The runtime.
    pub runtime: Runtime,
    /// The file, as the user writes it.
    pub place: String,
    /// Processors.
    pub processors: Option<u64>,
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Bytes of disk.
    pub disk: Option<u64>,
}

pub(super) fn read(roots: &Roots, folders: &Folders) -> Vec<Allotment> {
    let colima = [roots.home.join(".colima"), folders.config(roots).join("colima")];
    let colima = colima.iter().find_map(|it| self::colima(roots, &it.join(COLIMA)));
    [orbstack(roots), rancher(roots), colima]
        .into_iter()
        .flatten()
        .collect()
}

fn orbstack(roots: &Roots) -> Option<Allotment> {
    let file = roots.home.join(ORBSTACK);
    let object = read::json_object(roots, &file, LIMIT).ok()?;
    let number = |key: &str| object.get(key).and_then(Value::as_u64);
    Some(Allotment {
        runtime: Runtime::OrbStack,
        place: place::shown(roots, &file),
        processors: number("cpu"),
        memory: number("memory_mib").and_then(|it| it.checked_mul(STEP * STEP)),
        disk: None,
    })
}

fn rancher(roots: &Roots) -> Option<Allotment> {
    let file = roots.home.join(RANCHER);
    let object = read::json_object(roots, &file, LIMIT).ok()?;
    let machine = object.get("virtualMachine")?;
    let number = |key: &str| machine.get(key).and_then(Value::as_u64);
    Some(Allotment {
        runtime: Runtime::RancherDesktop,
        place: place::shown(roots, &file),
        processors: number("numberCPUs"),
        memory: number("memoryInGB").and_then(gigabytes),
        disk: None,
    })
}

/// Only keys at the very left are read: what is indented belongs to another key.
fn colima(roots: &Roots, file: &Path) -> Option<Allotment> {
    let bytes = read::whole(roots, file, LIMIT).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let number = |key: &str| {
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
        let value = value.split('#').next().unwrap_or_default();
        value.trim().parse::<u64>().ok()
    };
    Some(Allotment {
        runtime: Runtime::Colima,
        place: place::shown(roots, file),
        processors: number("cpu"),
        memory: number("memory").and_then(gigabytes),
        disk: number("disk").and_then(gigabytes),
    })
}

fn gigabytes(count: u64) -> Option<u64> {
    count.checked_mul(STEP * STEP * STEP)
}
