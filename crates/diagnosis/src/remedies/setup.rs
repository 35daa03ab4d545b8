//! Changes of how a container is started: its command, mounts, memory and ports.

use platform::MountKind;

use super::{is_plain, is_safe, plain};
use crate::{Remedy, RemedyKind, diagnose::Case, foreign_text::quoted, words::port};

/// Ports that macOS itself takes: the `AirPlay` receiver's.
const AIRPLAY: [u16; 2] = [5000, 7000];

pub(super) fn command(case: &Case<'_>) -> Remedy {
    let judged = case.faulty();
    let asked = judged.map(|judged| judged.link.path.as_str()).unwrap_or_default();
    if let Some((program, _)) = asked.split_once(' ') {
        let why = format!(
            "The whole text {} is taken for one name; write each word as one of a list, as in {}",
            quoted(asked),
            quoted(&format!("[\"{program}\", …]"))
        );
        return plain(RemedyKind::FixCommand, "Split the command into its words", &why);
    }
    let why = match judged.and_then(|judged| judged.link.mount.as_ref()) {
        Some(mount) => format!(
            "What is mounted at {} lies over the image's own files there",
            quoted(&mount.destination)
        ),
        None => "Look at `ENTRYPOINT`, `CMD`, the command that was given, and at mounts that hide the image's files".to_owned(),
    };
    plain(RemedyKind::FixCommand, "Name a program that is there", &why)
}

pub(super) fn noexec(case: &Case<'_>) -> Vec<Remedy> {
    let mount = case.faulty().and_then(|judged| judged.link.mount.as_ref());
    let memory = mount.filter(|mount| mount.kind == MountKind::Memory && is_plain(&mount.destination));
    let allow = Remedy {
        command: memory.map(|mount| format!("docker run --tmpfs {}:exec …", mount.destination)),
        ..plain(
            RemedyKind::FixCommand,
            "Mount it so that programs may run",
            "Memory is mounted without execution unless `exec` is among its options; a volume's options or the host's own mount decide otherwise",
        )
    };
    let elsewhere = plain(
        RemedyKind::FixBuild,
        "Or keep the program in the image",
        "What lies in the image's own files may always be executed",
    );
    vec![allow, elsewhere]
}

pub(super) fn memory(case: &Case<'_>) -> Remedy {
    let name = &case.facts.container;
    Remedy {
        command: is_safe(name).then(|| format!("docker update --memory 2g --memory-swap 2g {name}")),
        ..plain(
            RemedyKind::RaiseMemory,
            "Allow more memory",
            "The container's limit, or the virtual machine's, was reached",
        )
    }
}

pub(super) fn port_in_use(case: &Case<'_>) -> Vec<Remedy> {
    let taken = port(&case.facts.ending.error);
    let airplay = taken.filter(|port| AIRPLAY.contains(port)).map(|port| {
        plain(
            RemedyKind::FreePort,
            "On a Mac, turn the AirPlay receiver off",
            &format!("macOS itself listens on port {port}: System Settings → General → AirDrop & Handoff → AirPlay Receiver"),
        )
    });
    let holder = Remedy {
        command: taken.map(|port| format!("docker ps --filter publish={port}")),
        ..plain(
            RemedyKind::FreePort,
            "Find out who has the port",
            "Another container, or a program of this machine; stop it, or publish another port",
        )
    };
    airplay.into_iter().chain([holder]).collect()
}

pub(super) fn mount_source(_: &Case<'_>) -> Remedy {
    plain(
        RemedyKind::FixCommand,
        "Give the mount something that is there",
        "Make the folder or file on the engine's machine, or name one that is there; a virtual machine sees only the folders that are shared with it",
    )
}
