//! The words of the set-up checklist: a headline and what was seen of each check, why it matters, and what to do.
//!
//! Details and fixes are sentences without a full stop; what comes from outside stands between back-quotes.

mod files;
mod machine;
mod memory;
mod programs;
mod translation;

use host::HostError;

use crate::{
    checklist::{Fix, Id, Said},
    problem::capitalised,
    view::{self, Problem},
};

pub(crate) use files::*;
pub(crate) use machine::*;
pub(crate) use memory::*;
pub(crate) use programs::*;
pub(crate) use translation::*;

/// How many checks are in which state.
pub(crate) struct Counts {
    pub(crate) counted: usize,
    pub(crate) ok: usize,
    pub(crate) todo: usize,
    pub(crate) warn: usize,
    pub(crate) unknown: usize,
}

/// How things stand, in one sentence.
pub(crate) fn summary(counts: &Counts) -> String {
    let mut parts = vec![format!("{} of {} are in place", counts.ok, counts.counted)];
    let more = [
        (counts.todo, "to do"),
        (counts.warn, "to look at"),
        (counts.unknown, "not known"),
    ];
    parts.extend(
        more.into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}")),
    );
    parts.join(", ")
}

/// Why a check matters.
pub(crate) fn why(id: Id) -> &'static str {
    match id {
        Id::System => {
            "The processor decides which programs run by themselves, and the system which translator there is"
        }
        Id::Runtime => {
            "A runtime that is itself translated, or too old, makes every container slow or keeps Rosetta away"
        }
        Id::VirtualMachine => "Only Apple's Virtualization framework can use Rosetta",
        Id::Translator => {
            "Without it, programs for the other architecture do not run, or run many times slower"
        }
        Id::Translation => {
            "Settings may say one thing and the machine do another: only a program that ran proves it"
        }
        Id::ImageStore => {
            "With one platform to a tag, pulling the other one moves the tag away from the first"
        }
        Id::DefaultPlatform => {
            "Every image is pulled, run and built for this platform, also those that have a native build"
        }
        Id::DockerHost => "It decides which engine answers, and a window does not see what a terminal sets",
        Id::Socket => {
            "Programs that know no contexts, such as Testcontainers and many editors, only look there"
        }
        Id::Credentials => "A pull asks this program for a password, and fails where it does not find it",
        Id::Builder => "A build for servers and Macs needs a builder that makes both platforms",
        Id::Ports => {
            "Registries and web frameworks use them, and a container cannot publish a port that is taken"
        }
        Id::Tools => {
            "A tool for another processor is translated itself: slower, and it reports the wrong architecture"
        }
        Id::Resources => "Builds and databases are ended without a word when the machine has no memory left",
        Id::Terminal => {
            "What a translated terminal starts is translated too, and takes the machine for an Intel one"
        }
    }
}

/// Not known, because no engine answered.
pub(crate) fn no_engine(title: &str) -> Said {
    said(title, "not known, since no engine answered")
}

/// That whether something works could not be tried.
pub(crate) fn no_engine_to_prove() -> String {
    "no engine answered, so it could not be tried".to_owned()
}

/// The sample engine says nothing of this machine.
pub(crate) fn only_sample() -> Problem {
    Problem {
        kind: "sample-engine".to_owned(),
        message: "The sample engine says nothing of this machine".to_owned(),
        hint: "Look for a real engine".to_owned(),
    }
}

/// An engine that was found, and did not answer in time.
pub(crate) fn engine_too_slow(seconds: u64) -> Problem {
    Problem {
        kind: "engine-timeout".to_owned(),
        message: format!("The engine did not answer within {seconds} s"),
        hint: "Look whether the runtime hangs, restart it, and try again".to_owned(),
    }
}

fn said(title: impl Into<String>, detail: impl AsRef<str>) -> Said {
    Said {
        title: title.into(),
        detail: capitalised(detail.as_ref()),
    }
}

fn fix(kind: &'static str, how: impl Into<String>) -> Fix {
    Fix {
        kind,
        how: how.into(),
        command: None,
    }
}

fn command(kind: &'static str, how: impl Into<String>, command: impl Into<String>) -> Fix {
    Fix {
        command: Some(command.into()),
        ..fix(kind, how)
    }
}

/// A file's fault with the file's own name only: where it lies is said beside it.
fn fault(error: &HostError) -> String {
    error.to_string()
}

/// The name of a runtime for people.
pub(crate) fn product(runtime: &str) -> &str {
    match runtime {
        "docker-desktop" => "Docker Desktop",
        "orbstack" => "OrbStack",
        "colima" => "Colima",
        "lima" => "Lima",
        "rancher-desktop" => "Rancher Desktop",
        "podman" => "Podman",
        "finch" => "Finch",
        "docker-engine" => "Docker Engine",
        "apple-container" => "Apple's container",
        _ => "the runtime",
    }
}

/// Several names in a sentence.
fn list(names: impl IntoIterator<Item = String>) -> String {
    const MOST: usize = 5;
    let names: Vec<String> = names.into_iter().collect();
    let shown = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(MOST) {
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ => shown,
    }
}

/// Bytes for people, in the units of settings.
fn gigabytes(bytes: u64) -> String {
    const GIB: u64 = 1 << 30;
    let tenths = bytes.saturating_mul(10).saturating_add(GIB / 2) / GIB;
    if tenths.is_multiple_of(10) || tenths >= 100 {
        format!("{} GB", tenths / 10)
    } else {
        format!("{}.{} GB", tenths / 10, tenths % 10)
    }
}

/// Text of the system's as one literal.
fn literal(text: &str) -> String {
    host::checks::veiled(text)
}

/// What was measured of the engine's own platform.
pub(crate) fn native(native: &str, chip: Option<&str>) -> view::Measured {
    let label = chip.map_or_else(
        || "what runs here by itself".to_owned(),
        |chip| format!("this machine, {}", literal(chip)),
    );
    measured(native, label)
}

/// The engine that answers.
pub(crate) fn engine(engine: &engine::Identity) -> view::Measured {
    measured(
        &format!("Engine {}", literal(&engine.version)),
        literal(&engine.name),
    )
}

/// What ran the programs of the other architecture.
pub(crate) fn ran(probed: &view::Probed) -> view::Measured {
    let name = probed.platform.rsplit('/').next().unwrap_or_default();
    if !probed.runs {
        return measured("nothing", format!("runs {name} code here"));
    }
    measured(
        translator(&probed.translator),
        format!("what really ran {name} code"),
    )
}

/// How fast it is.
pub(crate) fn speed(relative: f64) -> view::Measured {
    measured(&format!("{relative:.2}×"), "its speed against native".to_owned())
}

/// What programs of the other architecture miss most often.
pub(crate) fn no_avx() -> view::Measured {
    measured("no AVX", "images that need it will stop".to_owned())
}

fn measured(value: &str, label: String) -> view::Measured {
    view::Measured {
        value: value.to_owned(),
        label,
    }
}

fn translator(name: &str) -> &str {
    match name {
        "rosetta" => "Rosetta",
        "qemu" => "QEMU",
        _ => "a translator",
    }
}
