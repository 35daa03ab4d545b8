//! What lies over a container's own files, and which of it is read.

use platform::{Mount, MountKind};

use crate::{Inspection, chain::mounts};

/// Folders of the kernel: devices without an end, files that wait for ever, and nothing that was installed.
const KERNEL: [&str; 3] = ["/proc", "/sys", "/dev"];

/// The mounts of a container, each destination once.
#[derive(Debug)]
pub(super) struct Mounts(Vec<Mount>);

impl Mounts {
    /// What `inspection` says of them.
    pub(super) fn of(inspection: &Inspection) -> Self {
        let mut mounts = mounts::of(inspection);
        // The root itself is what an export has.
        mounts.retain(|mount| mount.destination != "/");
        mounts.sort_by(|one, other| one.destination.cmp(&other.destination));
        mounts.dedup_by(|one, other| one.destination == other.destination);
        Self(mounts)
    }

    /// None: those of an image that never ran hold nothing yet.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn all(&self) -> &[Mount] {
        &self.0
    }

    /// The mount on which `path` lies: of nested ones the innermost.
    pub(super) fn over(&self, path: &[u8]) -> Option<usize> {
        let indexed = self.0.iter().enumerate();
        let over = indexed.filter(|(_, mount)| is_below(path, &mount.destination));
        over.max_by_key(|(_, mount)| mount.destination.len())
            .map(|(index, _)| index)
    }

    /// Whether a mount is read by itself: what lies on another one comes with that.
    pub(super) fn is_outermost(&self, index: usize) -> bool {
        let Some(mount) = self.0.get(index) else {
            return false;
        };
        let inside = |other: &Mount| {
            let has_files = other.kind != MountKind::Memory;
            has_files
                && other.destination != mount.destination
                && is_below(mount.destination.as_bytes(), &other.destination)
        };
        !self.0.iter().any(inside)
    }
}

/// Whether there is anything to read on it, and anything that ends.
pub(super) fn is_readable(mount: &Mount) -> bool {
    let kernel = KERNEL
        .iter()
        .any(|folder| is_below(mount.source.as_bytes(), folder));
    // The host's whole file system has the kernel's folders in it.
    mount.kind != MountKind::Memory && !(mount.kind == MountKind::Bind && (kernel || mount.source == "/"))
}

fn is_below(path: &[u8], folder: &str) -> bool {
    path.strip_prefix(folder.as_bytes())
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mounts() -> Mounts {
        Mounts::of(&Inspection::from_json(json!({
            "Mounts": [
                {"Type": "bind", "Source": "/home/ada/app", "Destination": "/app/"},
                {"Type": "volume", "Name": "modules", "Source": "/var/lib/x", "Destination": "/app/node_modules"},
                {"Type": "bind", "Source": "/proc", "Destination": "/host/proc"},
                {"Type": "bind", "Source": "/", "Destination": "/host/root"},
                {"Type": "bind", "Source": "/x", "Destination": "/"},
                {"Type": "tmpfs", "Source": "", "Destination": "/tmp"},
            ],
            "HostConfig": {"Tmpfs": {"/run": "", "/tmp": ""}},
        })))
    }

    #[test]
    fn a_path_lies_on_the_innermost_mount() {
        let mounts = mounts();
        let over = |path: &str| {
            let index = mounts.over(path.as_bytes())?;
            Some(mounts.all()[index].destination.as_str())
        };
        assert_eq!(over("/app/server.js"), Some("/app"));
        assert_eq!(over("/app"), Some("/app"));
        assert_eq!(over("/app/node_modules/a/b.node"), Some("/app/node_modules"));
        assert_eq!(over("/application"), None);
        assert_eq!(over("/run/x"), Some("/run"));
    }

    #[test]
    fn what_is_inside_another_mount_comes_with_that_one() {
        let mounts = mounts();
        let outermost: Vec<_> = (0..mounts.all().len())
            .filter(|index| mounts.is_outermost(*index))
            .map(|index| mounts.all()[index].destination.as_str())
            .collect();
        assert_eq!(outermost, ["/app", "/host/proc", "/host/root", "/run", "/tmp"]);
    }

    #[test]
    fn memory_and_the_kernels_own_folders_are_not_read() {
        let mounts = mounts();
        let read: Vec<_> = mounts.all().iter().filter(|mount| is_readable(mount)).collect();
        let read: Vec<_> = read.iter().map(|mount| mount.destination.as_str()).collect();
        assert_eq!(read, ["/app", "/app/node_modules"]);
    }
}
