//! The words of a scan: its summary, and what to do about each package with files for another platform.

use engine::{Extent, Group, MOUNT_BYTES};
use platform::{Mount, MountKind, PackageKind, Platform, family};

use crate::view::{self, Fix};

/// What is said of a package.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Advice {
    /// Something is to be done.
    Fix(Fix),
    /// Nothing is, because of this.
    Nothing(String),
}

/// How many programs are foreign, in one sentence.
pub(crate) fn summary(of: &Platform, programs: u64, unnamed: u64, foreign: u64) -> String {
    let judged = programs.saturating_sub(unnamed);
    match (judged, foreign) {
        (0, _) => "There are no programs in it".to_owned(),
        (1, 0) => format!("Its only program is for {of}"),
        (_, 0) => format!("All {judged} programs are for {of}"),
        (_, foreign) if foreign == judged => {
            format!("None of its programs is for {of}, which it says that it is for")
        }
        (_, 1) => format!("1 of {judged} programs is for another platform than {of}"),
        (_, foreign) => format!("{foreign} of {judged} programs are for another platform than {of}"),
    }
}

/// How far a scan of `subject` is.
pub(crate) fn progress(subject: &str, bytes: u64) -> view::Progress {
    view::Progress {
        container: subject.to_owned(),
        step: format!("Reading its files, {} MB so far", bytes / 1_000_000),
        fraction: None,
    }
}

/// Why a mount was not read to its end; `None` when it was.
pub(crate) fn unread(extent: &Extent) -> Option<String> {
    match extent {
        Extent::Whole => None,
        Extent::Limit => Some(format!("only its first {} GB were read", MOUNT_BYTES >> 30)),
        Extent::Unread => {
            Some("it holds nothing that was installed: memory, devices or the host's whole disk".to_owned())
        }
        Extent::Broken(error) => Some(error.to_string()),
    }
}

/// What to do about `group`, which lies on `mount`, in a container or image for `of`.
pub(crate) fn advice(group: &Group, mount: Option<&Mount>, of: &Platform) -> Advice {
    if group.covered {
        return Advice::Nothing(format!("It brings the same for {of} as well, and picks that"));
    }
    let nothing = match group.package.kind {
        PackageKind::Toolchain => Some(format!(
            "Kept for another machine, to build for it for example; programs for {of} do not load these"
        )),
        PackageKind::Firmware => Some("The kernel hands these to devices; no program runs them".to_owned()),
        PackageKind::Python if group.launchers == group.files => {
            Some("Launchers that it brings for Windows; nothing on Linux uses them".to_owned())
        }
        PackageKind::Npm | PackageKind::Python | PackageKind::Gem => None,
    };
    if let Some(why) = nothing {
        return Advice::Nothing(why);
    }
    let is_gem = group.package.kind == PackageKind::Gem;
    Advice::Fix(match mount.filter(|mount| mount.kind == MountKind::Bind) {
        Some(mount) => mounted(group, mount, of),
        None if group.elf == 0 && !is_gem => copied(group, of),
        None => rebuilt(group, mount, of),
    })
}

/// A folder of the host lies over the image's own.
fn mounted(group: &Group, mount: &Mount, of: &Platform) -> Fix {
    let folder = installation(group);
    let platforms = names(&group.platforms);
    if folder.len() <= mount.destination.len() {
        return Fix {
            kind: "rebuild-modules".to_owned(),
            title: format!("Leave `{folder}` out of the mounts"),
            command: None,
            why: format!(
                "It is `{}` of the host, whose packages are for {platforms}; without the mount the image's own are used",
                mount.source
            ),
        };
    }
    Fix {
        kind: "rebuild-modules".to_owned(),
        title: format!("Add `-v {folder}` where the container is started"),
        command: None,
        why: format!(
            "`{}` of the host is mounted, with packages for {platforms}; a volume of its own there keeps those that \
             the image installed for {of}",
            mount.source
        ),
    }
}

/// Nothing of it is for Linux: it was installed on another computer and copied.
fn copied(group: &Group, of: &Platform) -> Fix {
    let folder = installation(group);
    let name = folder.rsplit('/').next().unwrap_or_default();
    let from = if group.mach_o > 0 { "a Mac" } else { "Windows" };
    Fix {
        kind: "fix-build".to_owned(),
        title: format!("Keep `{name}` out of the build"),
        command: is_plain(name).then(|| format!("echo {name} >> .dockerignore")),
        why: format!(
            "It was installed on {from} and copied into the image; with `{name}` in `.dockerignore` the image installs \
             its own for {of}"
        ),
    }
}

/// It was installed for another machine.
fn rebuilt(group: &Group, mount: Option<&Mount>, of: &Platform) -> Fix {
    let name = group.package.name.as_str();
    let platforms = names(&group.platforms);
    let (command, picked) = match group.package.kind {
        PackageKind::Npm if family(name).is_some() => {
            (format!("npm ci --os={} --cpu={}", of.os(), cpu(of)), true)
        }
        PackageKind::Npm => (format!("npm rebuild {name}"), false),
        PackageKind::Python => (
            format!("pip install --force-reinstall --no-cache-dir {name}"),
            true,
        ),
        PackageKind::Gem | PackageKind::Toolchain | PackageKind::Firmware => {
            (format!("gem pristine {name}"), false)
        }
    };
    let done = if picked { "picked" } else { "built" };
    let place = match mount {
        Some(mount) => format!(
            "in the container, because the volume at `{}` keeps it",
            mount.destination
        ),
        None => format!(
            "in a stage for {of}: one with `--platform=$BUILDPLATFORM` installs for the machine that builds"
        ),
    };
    Fix {
        kind: "rebuild-modules".to_owned(),
        title: format!("Install `{name}` again for {of}"),
        command: is_plain(name).then_some(command),
        why: format!("It was {done} for {platforms}; do this {place}"),
    }
}

/// The folder that one command installs: the outermost `node_modules`, or the virtual environment.
fn installation(group: &Group) -> &str {
    let folder = group.package.folder.as_str();
    let marker = match group.package.kind {
        PackageKind::Npm => "/node_modules",
        PackageKind::Python => "/lib/python",
        PackageKind::Gem | PackageKind::Toolchain | PackageKind::Firmware => return folder,
    };
    let Some(at) = folder.find(marker).filter(|at| *at > 0) else {
        return folder;
    };
    let end = if group.package.kind == PackageKind::Npm {
        at + marker.len()
    } else {
        at
    };
    folder.get(..end).unwrap_or(folder)
}

/// Whether a shell takes it for one word: names come from an image, and commands are there to be copied.
fn is_plain(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"@/._-".contains(&byte);
    !name.is_empty() && !name.starts_with(['-', '.']) && name.bytes().all(fits) || name == ".venv"
}

/// The processor as npm calls it.
fn cpu(platform: &Platform) -> &str {
    match platform.architecture() {
        "amd64" => "x64",
        "386" => "ia32",
        other => other,
    }
}

fn names(platforms: &[Platform]) -> String {
    let names: Vec<String> = platforms.iter().map(ToString::to_string).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests;
