//! The administrator's settings, which hold for signed-in members of an organisation.

use serde_json::Value;

use super::decide::Installed;
use crate::{HostError, Roots, Setting, read};

/// Where an administrator puts them.
const FILE: &str = "Library/Application Support/com.docker.docker/admin-settings.json";
/// The documentation's example of every key has 3 KiB.
const LIMIT: usize = 1024 * 1024;
/// The first Docker Desktop that reads the key.
const KNOWS_KEY: (u32, u32) = (4, 29);
const ROSETTA: &str = "useVirtualizationFrameworkRosetta";

/// What the administrator says of Rosetta.
#[derive(Debug)]
pub(super) struct Managed {
    /// The key and its value.
    pub(super) setting: Setting,
    /// True when users cannot choose; otherwise the value is for those who have not chosen.
    pub(super) locked: bool,
}

/// Reads the administrator's file; `None` when there is none, or when it leaves Rosetta alone.
pub(super) fn managed(roots: &Roots, installed: &Installed) -> Result<Option<Managed>, HostError> {
    if installed.is_at_least(KNOWS_KEY) == Some(false) {
        return Ok(None);
    }
    let file = roots.known(FILE);
    let Some(object) = read::optional(read::json_object(roots, &file, LIMIT))? else {
        return Ok(None);
    };
    let entry = object
        .into_iter()
        .find(|(key, value)| key.eq_ignore_ascii_case(ROSETTA) && !value.is_null());
    let Some((key, entry)) = entry else {
        return Ok(None);
    };
    let Some(value) = entry.get("value").and_then(Value::as_bool) else {
        return Err(HostError::NotABoolean { path: file, key });
    };
    let locked = entry.get("locked").and_then(Value::as_bool);
    Ok(Some(Managed {
        setting: Setting { file, key, value },
        locked: locked.unwrap_or(false),
    }))
}
