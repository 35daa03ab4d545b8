//! Of the system, the runtime, and its virtual machine.

use engine::Identity;
use host::{
    Machine, Os,
    checks::{Installed, System},
};

use super::{fix, list, literal, product, said};
use crate::{
    checklist::{Fix, Said},
    problem::plain,
};

pub(crate) fn system(machine: &Machine, system: &System, chip: Option<&str>) -> Said {
    let architecture = machine.architecture.as_deref();
    match machine.os {
        Os::Linux => {
            let name = system.distribution.as_deref().unwrap_or("Linux");
            let processor = system.processor.as_deref();
            let detail = match (system.distribution.as_deref(), processor, architecture) {
                (_, _, None) => "nothing tells for which processor these files are".to_owned(),
                (None, ..) => "`/etc/os-release` does not say which distribution it is".to_owned(),
                (_, Some(processor), _) => format!("the processor is `{processor}`"),
                (_, None, Some(architecture)) => format!("the processor is {architecture}"),
            };
            said(on(name, architecture), detail)
        }
        Os::MacOs => {
            let version = machine.os_version.as_deref();
            let name = version.map_or_else(|| "macOS".to_owned(), |it| format!("macOS {it}"));
            let processor = match (chip, architecture) {
                (Some(chip), _) => Some(literal(chip)),
                (None, Some("arm64")) => Some("Apple Silicon".to_owned()),
                (None, Some("amd64")) => Some("an Intel processor".to_owned()),
                (None, other) => other.map(str::to_owned),
            };
            let detail = match (version, architecture) {
                (None, _) => "`SystemVersion.plist` does not say which macOS it is",
                (_, None) => "nothing tells which processor this Mac has",
                (_, Some("amd64")) => "amd64 programs run by themselves here, and arm64 ones are translated",
                (_, Some(_)) => "arm64 programs run by themselves here, and amd64 ones are translated",
            };
            said(on(&name, processor.as_deref()), detail)
        }
    }
}

fn on(name: &str, processor: Option<&str>) -> String {
    processor.map_or_else(|| name.to_owned(), |processor| format!("{name} on {processor}"))
}

pub(crate) fn macos_too_old(system: Said) -> Said {
    said(
        system.title,
        "macOS shares its translator with virtual machines from 13 on",
    )
}

pub(crate) fn update_macos() -> Fix {
    fix("update-macos", "Update macOS to 14.1 or newer")
}

pub(crate) fn installed(installed: &Installed) -> Said {
    said(build_of(installed), place_of(installed))
}

/// `Docker Desktop 4.91.0 is the Apple Silicon build`.
fn build_of(installed: &Installed) -> String {
    let builds: Vec<&str> = installed.architectures.iter().map(|it| build(it)).collect();
    match builds.as_slice() {
        [] => named(installed),
        [one] => format!("{} is the {one} build", named(installed)),
        several => format!("{} is built for {}", named(installed), several.join(" and ")),
    }
}

fn named(installed: &Installed) -> String {
    let name = product(installed.runtime.as_str());
    let version = installed.version.as_ref();
    version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"))
}

fn place_of(installed: &Installed) -> String {
    let architectures = installed.architectures.join(" and ");
    if architectures.is_empty() {
        return format!("`{}`", installed.place);
    }
    format!("`{}` is {architectures}", installed.place)
}

fn build(architecture: &str) -> &str {
    match architecture {
        "arm64" => "Apple Silicon",
        "amd64" => "Intel",
        other => other,
    }
}

pub(crate) fn own_architecture_unknown(installed: &Installed) -> Said {
    let detail = format!(
        "{}, and nothing tells which processor this machine has",
        place_of(installed)
    );
    said(named(installed), detail)
}

pub(crate) fn runtime_unreadable(installed: &Installed) -> Said {
    let detail = format!(
        "what the program in `{}` was built for cannot be read",
        installed.place
    );
    said(named(installed), detail)
}

pub(crate) fn runtime_version_unknown(installed: &Installed) -> Said {
    let detail = format!(
        "{}, and its `Info.plist` does not say which version it is",
        place_of(installed)
    );
    said(build_of(installed), detail)
}

pub(crate) fn other_build(installed: &Installed, own: &str) -> Said {
    let detail = format!(
        "{}, while this machine is {own}, so the runtime itself is translated",
        place_of(installed)
    );
    said(build_of(installed), detail)
}

pub(crate) fn install_native(installed: &Installed, own: &str) -> Fix {
    let how = format!(
        "Install the build of {} for {} over it; images, containers and settings stay",
        product(installed.runtime.as_str()),
        build(own)
    );
    fix("install-native-build", how)
}

pub(crate) fn desktop_too_old(installed: &Installed) -> Said {
    let detail = "Docker Desktop turns Rosetta on by itself from 4.25 on";
    said(format!("{} is too old", named(installed)), detail)
}

pub(crate) fn desktop_old(installed: &Installed) -> Said {
    let detail = "before 4.30, Docker Desktop left Rosetta off, or did not start, after Apple's installer was declined";
    said(format!("{} is old", named(installed)), detail)
}

pub(crate) fn update_desktop() -> Fix {
    fix(
        "update-runtime",
        "In Docker Desktop, open Settings → Software updates, and update it",
    )
}

pub(crate) fn engine_answers(engine: &Identity) -> Said {
    let title = format!("{} answers", plain(&engine.name));
    let detail = format!(
        "with engine {}; no runtime lies in the usual places of this machine, so it may be another one's",
        plain(&engine.version)
    );
    said(title, detail)
}

pub(crate) fn old_engine(engine: &Identity) -> Said {
    let title = format!("Engine {} is old", plain(&engine.version));
    said(
        title,
        "from 23.0 on, `docker build` uses BuildKit, which knows platforms, by itself",
    )
}

pub(crate) fn update_engine() -> Fix {
    fix(
        "update-runtime",
        "Update the engine, or the runtime that brings it, to 23.0 or newer",
    )
}

pub(crate) fn no_runtime() -> Said {
    said(
        "No runtime was found",
        "no engine answered, and no runtime lies in the usual places",
    )
}

pub(crate) fn install_runtime(os: Os) -> Fix {
    let how = match os {
        Os::MacOs => {
            "Install a runtime, such as Docker Desktop, OrbStack or Colima, in its build for this Mac"
        }
        Os::Linux => "Install Docker Engine from your distribution or from docs.docker.com",
    };
    fix("install-runtime", how)
}

pub(crate) fn also_installed(others: &[&Installed]) -> Option<String> {
    let names = others.iter().map(|it| format!("{} in `{}`", named(it), it.place));
    (!others.is_empty()).then(|| format!("also here: {}", list(names)))
}

pub(crate) fn no_virtual_machine() -> Said {
    said(
        "No virtual machine",
        "on Linux, containers run on the machine itself",
    )
}

pub(crate) fn machine_not_needed(why: &str) -> Said {
    said("Virtual machine", why)
}

pub(crate) fn unread(title: &str) -> Said {
    said(
        title,
        "the runtime's settings were not read yet: macOS may ask for permission first",
    )
}

pub(crate) fn read_settings() -> Fix {
    fix(
        "read-settings",
        "Let Archlight read the runtime's settings, and allow it when macOS asks",
    )
}

pub(crate) fn apple_virtualization() -> Said {
    said(
        "Virtual machine: Apple Virtualization framework",
        "the only one that can use Rosetta",
    )
}

pub(crate) fn other_machine(vmm: &str, runtime: &str) -> Said {
    let name = match vmm {
        "docker-vmm" => "Docker VMM",
        "qemu" => "QEMU",
        "krun" => "libkrun",
        other => other,
    };
    said(
        format!("Virtual machine: {name}"),
        format!("{} cannot use Rosetta with it", product(runtime)),
    )
}

pub(crate) fn use_apple_virtualization(runtime: &str) -> Fix {
    let how = match runtime {
        "docker-desktop" => {
            "In Docker Desktop, open Settings → General, choose Apple Virtualization framework, and apply"
        }
        "colima" | "lima" | "finch" => {
            "The kind of machine is chosen when it is made: a new one of type `vz` is needed, and what is in the old one is lost with it"
        }
        _ => "Choose Apple's Virtualization framework in the runtime's settings",
    };
    fix("use-apple-virtualization", how)
}

pub(crate) fn machine_unknown(why: &str) -> Said {
    said("Virtual machine", format!("which one it is, is not known: {why}"))
}
