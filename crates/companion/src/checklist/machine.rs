//! The system, the runtime and its virtual machine.

use host::{Runtime, Version, checks::Installed};

use super::{Id, Judged, Seen};
use crate::{checklist_words as words, view::CheckState};

/// The first macOS that shares its translator with virtual machines.
const FIRST_MACOS: u32 = 13;
/// The first Docker Desktop that turns Rosetta on by itself.
const DESKTOP_WITH_DEFAULT: (u32, u32) = (4, 25);
/// The first that starts again after Apple's installer was declined.
const DESKTOP_MENDED: (u32, u32) = (4, 30);
/// The first engine that builds with `BuildKit` by itself.
const ENGINE_WITH_BUILDKIT: u32 = 23;

pub(super) fn system(seen: &Seen) -> Judged {
    let said = words::system(&seen.machine, &seen.facts.system, seen.variables.chip.as_deref());
    if !seen.is_mac() {
        return match seen.architecture() {
            Some(_) => Id::System.ok(said),
            None => Id::System.unknown(said),
        };
    }
    let version = seen.machine.os_version.as_deref().and_then(Version::parse);
    match (version, seen.architecture()) {
        (Some(version), _) if !version.is_at_least(FIRST_MACOS, 0) => {
            Id::System.todo(words::macos_too_old(said), words::update_macos())
        }
        (Some(_), Some(_)) => Id::System.ok(said),
        (None, _) | (_, None) => Id::System.unknown(said),
    }
}

pub(super) fn runtime(seen: &Seen) -> Judged {
    let name = seen.runtime();
    let used = seen.facts.runtimes.iter().find(|it| it.runtime.as_str() == name);
    let old_engine = seen.engine.as_ref().ok().filter(|engine| {
        let major = engine.version.split('.').next().and_then(|it| it.parse().ok());
        major.is_some_and(|major: u32| major < ENGINE_WITH_BUILDKIT)
    });
    let judged = match (used, &seen.engine) {
        (Some(installed), _) => self::installed(seen, installed),
        (None, Ok(engine)) => Id::Runtime.ok(words::engine_answers(engine)),
        (None, Err(_)) => {
            return Id::Runtime.todo(words::no_runtime(), words::install_runtime(seen.machine.os));
        }
    };
    match old_engine {
        Some(engine) if judged.state == CheckState::Ok => {
            Id::Runtime.warn(words::old_engine(engine), words::update_engine())
        }
        _ => judged.also(others(seen, used)),
    }
}

fn installed(seen: &Seen, installed: &Installed) -> Judged {
    let said = words::installed(installed);
    let Some(own) = seen.architecture() else {
        return Id::Runtime.unknown(words::own_architecture_unknown(installed));
    };
    if installed.architectures.is_empty() {
        return Id::Runtime.unknown(words::runtime_unreadable(installed));
    }
    if !installed.architectures.iter().any(|it| it == own) {
        return Id::Runtime.todo(
            words::other_build(installed, own),
            words::install_native(installed, own),
        );
    }
    if installed.runtime != Runtime::DockerDesktop {
        return Id::Runtime.ok(said);
    }
    let at_least = |(major, minor)| installed.version.as_ref().map(|it| it.is_at_least(major, minor));
    match (at_least(DESKTOP_WITH_DEFAULT), at_least(DESKTOP_MENDED)) {
        (None, _) | (_, None) => Id::Runtime.unknown(words::runtime_version_unknown(installed)),
        (Some(false), _) => Id::Runtime.todo(words::desktop_too_old(installed), words::update_desktop()),
        (_, Some(false)) => Id::Runtime.warn(words::desktop_old(installed), words::update_desktop()),
        (Some(true), Some(true)) => Id::Runtime.ok(said),
    }
}

/// The other runtimes, which may hold the socket or the containers that are missed.
fn others(seen: &Seen, used: Option<&Installed>) -> Option<String> {
    let others = seen.facts.runtimes.iter().filter(|it| Some(*it) != used);
    words::also_installed(&others.collect::<Vec<_>>())
}

pub(super) fn virtual_machine(seen: &Seen) -> Judged {
    let id = Id::VirtualMachine;
    if !seen.is_mac() {
        return id.not_applicable(words::no_virtual_machine());
    }
    let Some(settings) = &seen.settings else {
        return id
            .unknown(words::unread("Virtual machine"))
            .with(words::read_settings());
    };
    match settings.vmm.as_deref() {
        Some("apple-virtualization" | "vz") => id.ok(words::apple_virtualization()),
        Some(other) => id.todo(
            words::other_machine(other, seen.runtime()),
            words::use_apple_virtualization(seen.runtime()),
        ),
        None if settings.state == "not-needed" => id.not_applicable(words::machine_not_needed(&settings.why)),
        None => id.unknown(words::machine_unknown(&settings.why)),
    }
}
