//! The translator that the system has, and whether it is on and proven.

use host::{Handler, HostError, HostRosetta};

use super::{Id, Judged, Seen};
use crate::{checklist_words as words, view};

/// With it, a registered translator works inside of containers.
const FIXED: char = 'F';

pub(super) fn translator(seen: &Seen) -> Judged {
    let id = Id::Translator;
    if !seen.is_mac() {
        return handlers(seen);
    }
    if seen.architecture().is_some_and(|it| it != "arm64") {
        return id.not_applicable(words::intel_mac());
    }
    let version = seen.machine.os_version.as_deref();
    match &seen.facts.system.rosetta {
        Some(HostRosetta::BuiltIn) => id.ok(words::translator_built_in(version)),
        Some(HostRosetta::Installed { .. }) => id.ok(words::translator_installed(version)),
        // Where nothing tells the processor, it may be an Intel Mac, to which nothing is to be installed.
        Some(HostRosetta::Missing { .. }) if seen.architecture().is_none() => {
            id.unknown(words::translator_for_what())
        }
        Some(HostRosetta::Missing { .. } | HostRosetta::WithoutLinux { .. }) => {
            id.todo(words::translator_missing(version), words::install_rosetta())
        }
        Some(HostRosetta::TooOld) => id.todo(words::translator_too_old(version), words::update_macos()),
        Some(HostRosetta::Unknown { .. } | HostRosetta::NotNeeded) | None => {
            id.unknown(words::translator_unknown())
        }
    }
}

/// On Linux a handler of the kernel starts the translator.
fn handlers(seen: &Seen) -> Judged {
    let id = Id::Translator;
    let Some(own) = seen.architecture() else {
        return id.unknown(words::handlers_for_what());
    };
    let foreign = if own == "amd64" { "arm64" } else { "amd64" };
    let handlers = match &seen.handlers {
        Ok(handlers) => handlers,
        Err(error) => return id.unknown(words::handlers_unread(foreign, error)),
    };
    let takes = |it: &&Handler| {
        it.platform
            .as_ref()
            .is_some_and(|it| it.architecture() == foreign)
    };
    let mut fitting: Vec<&Handler> = handlers.iter().filter(takes).collect();
    // The best of several is the one that decides.
    fitting.sort_by_key(|it| (!it.enabled, !it.flags.contains(FIXED)));
    match fitting.first() {
        None => id.todo(words::no_handler(foreign), words::install_handler(foreign)),
        Some(handler) if !handler.enabled => id.todo(
            words::handler_off(foreign, handler),
            words::enable_handler(handler),
        ),
        Some(handler) if !handler.flags.contains(FIXED) => id.todo(
            words::handler_not_fixed(foreign, handler),
            words::replace_handler(foreign, handler),
        ),
        Some(handler) => id.ok(words::handler(foreign, handler)),
    }
}

pub(super) fn translation(seen: &Seen) -> Judged {
    let id = Id::Translation;
    if seen.is_mac() && seen.architecture().is_some_and(|it| it != "arm64") {
        return id.not_applicable(words::intel_mac());
    }
    let Some(foreign) = seen.foreign() else {
        return id.unknown(words::foreign_unknown());
    };
    if let Some(probed) = probed(seen, foreign) {
        return proven(seen, probed);
    }
    let judged = match &seen.settings {
        _ if !seen.is_mac() => id.unknown(words::not_proven(foreign)).with(words::prove()),
        None => {
            return id
                .unknown(words::unread("Translation"))
                .with(words::read_settings());
        }
        Some(settings) => by_settings(seen, settings, foreign),
    };
    Judged {
        needs_engine: seen.engine.is_err(),
        ..judged.also(seen.engine.is_err().then(words::no_engine_to_prove))
    }
}

/// What the last probe found out, if it did.
fn probed<'a>(seen: &'a Seen, foreign: &str) -> Option<&'a view::Probed> {
    let all = seen.probe.as_ref()?.foreign.iter();
    let named = |it: &&view::Probed| it.platform.rsplit('/').next() == Some(foreign);
    all.filter(|it| it.known).find(named)
}

/// What ran decides; what the settings say is only compared with it.
fn proven(seen: &Seen, probed: &view::Probed) -> Judged {
    let id = Id::Translation;
    let settings = seen.settings.as_ref().filter(|_| seen.is_mac());
    let state = settings.map_or("", |it| it.state.as_str());
    match (probed.runs, probed.translator.as_str(), state) {
        (false, ..) => id.todo(words::does_not_run(probed), words::hint_of(probed)),
        (true, "qemu", "on") => id.todo(words::on_but_qemu(probed), words::restart_runtime()),
        (true, "qemu", "off" | "impossible") => {
            let settings = settings.map_or("", |it| it.why.as_str());
            id.todo(words::off_and_qemu(probed, settings), words::turn_on())
        }
        (true, "rosetta", "off" | "impossible") => id
            .ok(words::proven(probed))
            .also(Some(words::settings_differ(state))),
        (true, ..) => id.ok(words::proven(probed)),
    }
}

fn by_settings(seen: &Seen, settings: &view::Rosetta, foreign: &str) -> Judged {
    let id = Id::Translation;
    let conflict = settings.conflicts.first().cloned();
    let judged = match settings.state.as_str() {
        "on" => id
            .unknown(words::on_not_proven(seen.runtime(), settings))
            .with(words::prove()),
        "off" => id.todo(words::off(seen.runtime(), settings, foreign), words::turn_on()),
        "impossible" => id.todo(words::impossible(settings), words::make_possible(settings)),
        "not-needed" => id.not_applicable(words::not_needed(settings)),
        _ => id
            .unknown(words::settings_unknown(settings))
            .with(words::look_at_settings(settings)),
    };
    judged.also(conflict)
}

/// The kernel's handlers, read only where there are any.
pub(crate) fn read_handlers(roots: &host::Roots, os: host::Os) -> Result<Vec<Handler>, HostError> {
    match os {
        host::Os::Linux => host::binfmt(roots),
        host::Os::MacOs => Ok(Vec::new()),
    }
}
