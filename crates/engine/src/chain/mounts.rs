//! What lies over the image's own files in a container, by its configuration.

use platform::{Mount, MountKind};
use serde_json::Value;

use crate::{Engine, EngineError, Inspection, read};

/// Mounts that are looked at: engines refuse nothing, and nobody needs more.
const MOUNTS: usize = 512;

/// The mounts of a container, the deepest first.
pub(crate) fn of(inspection: &Inspection) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = points(inspection).chain(memory(inspection)).collect();
    mounts.truncate(MOUNTS);
    mounts.sort_by_key(|mount| std::cmp::Reverse(mount.destination.len()));
    mounts
}

impl Engine {
    /// Whether the options of volume `name` forbid to execute what is on it; `None` where they say nothing.
    pub(crate) async fn volume_forbids_execution(&self, name: &str) -> Result<Option<bool>, EngineError> {
        let Ok(name) = read::container_name(name) else {
            return Ok(None);
        };
        let asked = self
            .get::<Value>(&format!("/volumes/{name}"), read::QUICK, read::OBJECT_BYTES)
            .await;
        match asked {
            Ok(volume) => {
                let options = volume
                    .pointer("/Options/o")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                Ok(options
                    .split(',')
                    .any(|option| option == "noexec")
                    .then_some(true))
            }
            Err(error) if error.is_lost() => Err(error),
            Err(_) => Ok(None),
        }
    }
}

/// The mount on which `path`, which is absolute, lies.
pub(crate) fn over<'a>(mounts: &'a [Mount], path: &str) -> Option<&'a Mount> {
    mounts.iter().find(|mount| holds(mount, path))
}

/// Whether `path` lies on `mount`.
pub(crate) fn holds(mount: &Mount, path: &str) -> bool {
    let rest = path.strip_prefix(mount.destination.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The memory that every container has without asking, and from which nothing may be executed; the host's own is as that
/// mounts it.
pub(crate) fn shared_memory(inspection: &Inspection) -> Option<Mount> {
    let mode = inspection
        .json()
        .pointer("/HostConfig/IpcMode")
        .and_then(Value::as_str);
    let is_own = !mode.is_some_and(|mode| mode == "host" || mode == "none" || mode.starts_with("container:"));
    is_own.then(|| in_memory("/dev/shm", false))
}

/// What the engine says that it mounted.
fn points(inspection: &Inspection) -> impl Iterator<Item = Mount> {
    let points = inspection.json().pointer("/Mounts").and_then(Value::as_array);
    points.into_iter().flatten().filter_map(|point| {
        let text = |field: &str| point.get(field).and_then(Value::as_str).unwrap_or_default();
        let kind = match text("Type") {
            "bind" => MountKind::Bind,
            "volume" => MountKind::Volume,
            // The configuration has more of these.
            "tmpfs" => return None,
            _ => MountKind::Other,
        };
        let source = if kind == MountKind::Volume {
            text("Name")
        } else {
            text("Source")
        };
        Some(Mount {
            kind,
            source: source.to_owned(),
            destination: normal(text("Destination")),
            forbids_execution: None,
        })
    })
}

/// Memory: from `--tmpfs`, and from `--mount type=tmpfs`. Engines forbid to execute what lies on it unless told not to.
fn memory(inspection: &Inspection) -> impl Iterator<Item = Mount> {
    let json = inspection.json();
    let short = json.pointer("/HostConfig/Tmpfs").and_then(Value::as_object);
    let short = short.into_iter().flatten().map(|(destination, options)| {
        let options = options.as_str().unwrap_or_default();
        in_memory(destination, options.split(',').any(|option| option == "exec"))
    });
    let long = json.pointer("/HostConfig/Mounts").and_then(Value::as_array);
    let long = long.into_iter().flatten().filter_map(|mount| {
        if mount.get("Type").and_then(Value::as_str) != Some("tmpfs") {
            return None;
        }
        let destination = mount.get("Target").and_then(Value::as_str)?;
        let options = mount.pointer("/TmpfsOptions/Options").and_then(Value::as_array);
        let allows = |option: &Value| option.get(0).and_then(Value::as_str) == Some("exec");
        Some(in_memory(
            destination,
            options.is_some_and(|options| options.iter().any(allows)),
        ))
    });
    short.chain(long)
}

fn in_memory(destination: &str, allows_execution: bool) -> Mount {
    Mount {
        kind: MountKind::Memory,
        source: String::new(),
        destination: normal(destination),
        forbids_execution: Some(!allows_execution),
    }
}

fn normal(destination: &str) -> String {
    let trimmed = destination.trim_end_matches('/');
    if trimmed.is_empty() { "/" } else { trimmed }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_deepest_mount_counts() {
        let inspection = Inspection::from_json(json!({
            "Mounts": [
                {"Type": "bind", "Source": "/home/ada/app", "Destination": "/app"},
                {"Type": "volume", "Name": "data", "Source": "/var/lib/docker/volumes/data/_data", "Destination": "/app/data/"},
            ],
            "HostConfig": {"Tmpfs": {"/run": "", "/fast": "size=1m,exec"}, "Mounts": [{"Type": "tmpfs", "Target": "/app/tmp"}]},
        }));
        let mounts = of(&inspection);
        let over = |path: &str| {
            over(&mounts, path).map(|mount| (mount.kind, mount.source.as_str(), mount.forbids_execution))
        };
        assert_eq!(
            over("/app/server"),
            Some((MountKind::Bind, "/home/ada/app", None))
        );
        assert_eq!(over("/app/data/x"), Some((MountKind::Volume, "data", None)));
        assert_eq!(over("/app/tmp/x"), Some((MountKind::Memory, "", Some(true))));
        assert_eq!(over("/run/x"), Some((MountKind::Memory, "", Some(true))));
        assert_eq!(over("/fast/x"), Some((MountKind::Memory, "", Some(false))));
        assert_eq!(over("/application"), None);
    }
}
