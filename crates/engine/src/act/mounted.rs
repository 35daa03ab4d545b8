//! What a container has mounted, as it is carried over.

use serde_json::Value;

use super::plan::Plan;

/// What is mounted into the new container as it was into the old one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounted {
    /// `volume`, `bind` or `tmpfs`, in the engine's words.
    pub kind: String,
    /// The volume's name or the machine's folder.
    pub source: String,
    /// Where it is mounted.
    pub path: String,
}

impl Mounted {
    /// Whether it is a volume that the engine named.
    pub fn is_nameless(&self) -> bool {
        self.kind == "volume" && is_generated(&self.source)
    }
}

/// Engines name volumes by 64 digits where nobody else does.
pub(super) fn is_generated(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// A path in a container as the engine takes it: `/a/../b//c/.` is `/b/c`. Engines tell it so of some mounts, and as it was
/// said of others.
pub(super) fn cleaned(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Whether two paths in a container are one place.
pub(super) fn is_same_place(one: &str, other: &str) -> bool {
    cleaned(one) == cleaned(other)
}

impl Plan {
    /// What is mounted, but for what is copied.
    pub fn mounted(&self) -> Vec<Mounted> {
        let mounts = self.old.json().get("Mounts").and_then(Value::as_array);
        let text = |mount: &Value, field: &str| mount[field].as_str().unwrap_or_default().to_owned();
        let mounted = mounts.into_iter().flatten().map(|mount| {
            let kind = text(mount, "Type");
            let from = if kind == "volume" { "Name" } else { "Source" };
            Mounted {
                source: text(mount, from),
                path: text(mount, "Destination"),
                kind,
            }
        });
        let is_copied = |path: &str| self.copies.iter().any(|copy| is_same_place(&copy.path, path));
        mounted.filter(|mount| !is_copied(&mount.path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cleaned_as_an_engine_does_it() {
        for (path, clean) in [
            ("/data", "/data"),
            ("/data/", "/data"),
            ("/c/d/../e", "/c/e"),
            ("/c//d/", "/c/d"),
            ("/c/./d/.", "/c/d"),
            ("/../../etc", "/etc"),
            ("/..data/...", "/..data/..."),
            ("", "/"),
            ("/", "/"),
        ] {
            assert_eq!(cleaned(path), clean, "{path}");
        }
    }
}
