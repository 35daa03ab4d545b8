//! Builders, ports, command line tools, and the terminal.

use engine::Store;
use host::checks::{AirPlay, Builder, Program, Side, Taken, Terminals};

use super::{Id, Judged, Seen};
use crate::checklist_words as words;

/// The platforms that a team on Macs and servers builds for.
const BOTH: [&str; 2] = ["amd64", "arm64"];

pub(super) fn builder(seen: &Seen) -> Judged {
    let id = Id::Builder;
    let builders = match &seen.facts.builders {
        Ok(builders) => builders,
        Err(error) => return id.unknown(words::builders_unread(error)),
    };
    let told = seen
        .variables
        .buildx_builder
        .as_deref()
        .filter(|it| !it.is_empty());
    let chosen = builders
        .chosen
        .as_ref()
        .filter(|it| it.everywhere || counts_here(seen, &it.context));
    let name = told.or(chosen.map(|it| it.name.as_str()));
    let used = name.and_then(|name| builders.kept.iter().find(|it| it.name == name));
    match (name, used) {
        (_, Some(builder)) if builder.driver != "docker" => own_builder(builder),
        (Some(name), None) if builders.broken.iter().any(|it| it == name) => {
            id.unknown(words::builder_broken(name))
        }
        _ => usual_builder(seen),
    }
}

/// Whether a choice that was made for `context` counts for the one in use.
fn counts_here(seen: &Seen, context: &str) -> bool {
    let config = seen.facts.docker.as_ref().ok().and_then(Option::as_ref);
    match config.and_then(|it| it.context.as_ref()) {
        Some(used) => used.name == context,
        None => context == "default" || context.contains("://"),
    }
}

fn own_builder(builder: &Builder) -> Judged {
    let fixed = |architecture: &str| {
        let mut all = builder.nodes.iter().flat_map(|it| &it.platforms);
        all.any(|it| it.architecture() == architecture)
    };
    let finds_out = builder.nodes.iter().any(|it| it.platforms.is_empty());
    if BOTH.into_iter().all(fixed) {
        return Id::Builder.ok(words::builder_for_both(builder));
    }
    if finds_out {
        return Id::Builder.ok(words::builder_translates(builder));
    }
    let missing = BOTH.into_iter().find(|it| !fixed(it)).unwrap_or(BOTH[0]);
    Id::Builder.warn(words::builder_misses(builder, missing), words::add_builder())
}

/// The engine's own builder makes several platforms only where its store can hold them.
fn usual_builder(seen: &Seen) -> Judged {
    let id = Id::Builder;
    match &seen.engine {
        Err(_) => id.unseen("Builds for amd64 and arm64"),
        Ok(engine) if engine.store == Store::Containerd => id.ok(words::usual_builder()),
        Ok(_) => id.todo(words::builder_for_one(), words::add_builder()),
    }
}

pub(super) fn ports(seen: &Seen) -> Judged {
    let id = Id::Ports;
    let (ports, airplay) = (&seen.facts.ports, seen.facts.airplay);
    let taken: Vec<u16> = ports
        .iter()
        .filter(|it| it.taken == Taken::Yes)
        .map(|it| it.number)
        .collect();
    let known = ports.iter().all(|it| it.taken != Taken::Unknown);
    if !taken.is_empty() {
        return id.warn(
            words::ports_taken(&taken, airplay),
            words::free_ports(&taken, airplay),
        );
    }
    match airplay {
        _ if known => id.ok(words::ports_free(airplay)),
        AirPlay::On | AirPlay::OnByDefault => id.warn(words::airplay_on(airplay), words::turn_airplay_off()),
        AirPlay::Off | AirPlay::None | AirPlay::Unknown => id.unknown(words::ports_unknown(airplay)),
    }
}

pub(super) fn tools(seen: &Seen) -> Judged {
    let id = Id::Tools;
    let Some(own) = seen.architecture() else {
        return id.unknown(words::tools_for_what());
    };
    let is_foreign =
        |it: &&Program| !it.architectures.is_empty() && !it.architectures.iter().any(|it| it == own);
    let programs = &seen.facts.programs;
    let foreign: Vec<&Program> = programs.iter().filter(is_foreign).collect();
    if foreign.is_empty() {
        return id.ok(words::tools(programs.len(), own));
    }
    let has_brew = programs
        .iter()
        .any(|it| it.side == Side::Brew && it.architectures.iter().any(|it| it == own));
    let brew = has_brew.then_some("/opt/homebrew/bin/brew");
    id.warn(
        words::foreign_tools(&foreign, own),
        words::replace_tools(&foreign, seen.machine.os, brew),
    )
}

pub(super) fn terminal(seen: &Seen) -> Judged {
    let id = Id::Terminal;
    if seen.machine.translated_process {
        return id.warn(words::translated_process(), words::open_natively(None));
    }
    match &seen.facts.terminals {
        Terminals::None => id.not_applicable(words::no_translated_terminals()),
        _ if seen.architecture().is_some_and(|it| it != "arm64") => id.not_applicable(words::intel_mac()),
        Terminals::Translated(names) => match names.first() {
            Some(name) => id.warn(
                words::translated_terminals(names),
                words::open_natively(Some(name)),
            ),
            None => id.ok(words::native_terminals()),
        },
        Terminals::Unknown(error) => id.unknown(words::terminals_unknown(error)),
    }
}
