//! Of the image store, and of what the virtual machine was given.

use engine::Runtime;
use host::checks::Allotment;

use super::{command, fix, gigabytes, said};
use crate::checklist::{Fix, Said};

pub(crate) fn containerd_store() -> Said {
    said(
        "Several architectures can live under one tag",
        "the engine uses the containerd image store",
    )
}

pub(crate) fn podman_store() -> Said {
    said(
        "Several architectures can live under one tag",
        "Podman keeps them in lists of manifests",
    )
}

pub(crate) fn classic_store() -> Said {
    said(
        "One architecture to a tag",
        "the engine uses the classic image store",
    )
}

pub(crate) fn switch_store(runtime: Runtime) -> Fix {
    let how = match runtime {
        Runtime::DockerDesktop => {
            "In Docker Desktop, open Settings → General and choose containerd for pulling and storing images; what is in the old store is hidden until it is chosen again"
        }
        Runtime::OrbStack
        | Runtime::Colima
        | Runtime::Lima
        | Runtime::RancherDesktop
        | Runtime::Podman
        | Runtime::Finch
        | Runtime::DockerEngine
        | Runtime::Unknown => {
            "Set `\"features\": {\"containerd-snapshotter\": true}` in the engine's `daemon.json` and restart it; what is in the old store is hidden until it is chosen again"
        }
    };
    fix("switch-image-store", how)
}

pub(crate) fn nothing_allotted() -> Said {
    said(
        "Disk and memory",
        "there is no virtual machine: containers have what this machine has",
    )
}

pub(crate) fn memory_unknown() -> Said {
    said(
        "Disk and memory",
        "the engine does not say how much memory it has",
    )
}

pub(crate) fn resources(memory: u64, processors: Option<u64>, disk: Option<u64>) -> Said {
    said(title_of(memory, processors), disk_of(disk))
}

pub(crate) fn allotted(allotted: &Allotment, memory: u64) -> Said {
    let detail = format!("`{}` says so; {}", allotted.place, disk_of(allotted.disk));
    said(title_of(memory, allotted.processors), detail)
}

fn title_of(memory: u64, processors: Option<u64>) -> String {
    let memory = gigabytes(memory);
    match processors {
        Some(1) => format!("The virtual machine has {memory} of memory and 1 processor"),
        Some(count) => format!("The virtual machine has {memory} of memory and {count} processors"),
        None => format!("The virtual machine has {memory} of memory"),
    }
}

fn disk_of(disk: Option<u64>) -> String {
    disk.map_or_else(
        || "how large its disk is, is not told".to_owned(),
        |disk| format!("its disk may grow to {}", gigabytes(disk)),
    )
}

pub(crate) fn little_memory(resources: Said) -> Said {
    let seen = resources.detail;
    said(
        resources.title,
        format!("less than 4 GB is little for builds and databases. {seen}"),
    )
}

pub(crate) fn raise_memory(runtime: &str) -> Fix {
    let how = "Give the virtual machine 8 GB; running containers stop for it";
    let raise = match runtime {
        "colima" => "colima stop && colima start --memory 8",
        "orbstack" => "orb config set memory_mib 8192",
        "rancher-desktop" => "rdctl set --virtual-machine.memory-in-gb 8",
        "podman" => "podman machine stop && podman machine set --memory 8192 && podman machine start",
        _ => {
            return fix(
                "raise-memory",
                "In the runtime's settings, open Resources, and give it 8 GB of memory",
            );
        }
    };
    command("raise-memory", how, raise)
}
