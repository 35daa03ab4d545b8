//! The sentences on a file that cannot be run, or is not there.

use platform::Platform;

use super::{mounted, name, place, place_of, script_place, whole};
use crate::{
    Confidence,
    diagnose::Case,
    faults::Fault,
    foreign_text::quoted,
    remedies::{is_list_as_text, made_in_place},
};

pub(super) fn carriage_return(case: &Case<'_>) -> String {
    let script = script_place(case);
    match case.faulty().and_then(|judged| judged.kind) {
        Some(Fault::CarriageReturn | Fault::ScriptCarriageReturn) => {
            format!("The first line of {script} ends in CR LF, so its interpreter is not found")
        }
        _ => format!("The lines of {script} end in CR LF, and what reads them stumbles over it"),
    }
}

pub(super) fn bytes_before_shebang(case: &Case<'_>) -> String {
    let place = place(case);
    let text = case.faulty().and_then(|judged| judged.link.program()?.text());
    match text.map(|text| (text.byte_order_mark, text.shebang_at)) {
        Some((false, Some(1))) => format!("{place} has one byte before its `#!`"),
        Some((false, Some(at))) => format!("{place} has {at} bytes before its `#!`"),
        _ => format!("{place} has a byte order mark before its `#!`"),
    }
}

pub(super) fn missing_shebang(case: &Case<'_>) -> String {
    let place = place(case);
    if case.faulty().and_then(|judged| judged.kind) == Some(Fault::BadShebang) {
        format!("The `#!` line of {place} names no interpreter that the kernel can read")
    } else {
        format!("{place} is a text without a `#!` line")
    }
}

pub(super) fn missing_library(case: &Case<'_>) -> String {
    match case
        .faulty()
        .filter(|judged| judged.kind == Some(Fault::MissingLibrary))
    {
        Some(judged) => match &case.facts.hints.uncached {
            Some(folder) => format!(
                "The library {} is in {}, and the loader's cache does not name it",
                place_of(judged),
                quoted(folder)
            ),
            None => format!("The library {} is not in the {}", place_of(judged), whole(case)),
        },
        None => "Its log says that a library is missing, or is too old".to_owned(),
    }
}

pub(super) fn foreign_module(case: &Case<'_>) -> String {
    let Some(judged) = case
        .faulty()
        .filter(|judged| judged.kind == Some(Fault::ForeignModule))
    else {
        return "Its log says that a module could not be loaded, as one for another platform is not"
            .to_owned();
    };
    let place = place_of(judged);
    let program = case
        .actual
        .map_or_else(|| case.facts.engine.short(), Platform::short);
    match judged.link.platform().map(Platform::os) {
        Some("darwin") => format!("{place} is built for macOS, and a Linux program loads it"),
        Some("windows") => format!("{place} is built for Windows, and a Linux program loads it"),
        _ => format!(
            "{place} is built for {}, and the program that loads it for {program}",
            name(judged.link.platform())
        ),
    }
}

pub(super) fn not_executable(case: &Case<'_>) -> String {
    let place = place(case);
    let file = case.faulty().and_then(|judged| judged.link.file());
    match (
        case.faulty().and_then(|judged| judged.kind),
        file.and_then(|file| file.barred_by.as_deref()),
    ) {
        (_, Some(folder)) => {
            format!(
                "{place} lies below {}, which its user may not enter",
                quoted(folder)
            )
        }
        (Some(Fault::NotReadable), None) => format!("{place} may not be read by its user"),
        _ => format!("{place} has no permission to be executed"),
    }
}

pub(super) fn folder(case: &Case<'_>) -> String {
    let place = place(case);
    match case.faulty().and_then(made_in_place) {
        Some(source) => format!(
            "{place} is a folder: there was no file {} to be mounted, so the engine made a folder of that name",
            quoted(source)
        ),
        None => format!("{place} is a folder, not a program"),
    }
}

pub(super) fn not_there(case: &Case<'_>) -> String {
    if case.signature.is_some() {
        return "There is no such program as was to be started, by the engine's words".to_owned();
    }
    let hidden = case.faulty().and_then(|judged| judged.link.mount.as_ref());
    let place = place(case);
    if case
        .faulty()
        .is_some_and(|judged| is_list_as_text(&judged.link.path))
    {
        return format!(
            "There is no program {place}: the command is a list that is no JSON, and a shell read it as text"
        );
    }
    match hidden {
        Some(mount) => format!(
            "There is no program {place}: {} lies over what the image has there",
            mounted(mount)
        ),
        None => format!("There is no program {place} in the {}", whole(case)),
    }
}

pub(super) fn noexec(case: &Case<'_>) -> String {
    let mount = case.faulty().and_then(|judged| judged.link.mount.as_ref());
    let place = place(case);
    match (mount, case.confidence) {
        (Some(mount), Confidence::Certain) => {
            format!("{place} lies on {}, which forbids to execute it", mounted(mount))
        }
        (Some(mount), _) => format!(
            "{place} may be executed by its permissions, and lies on {}, which seems to forbid it",
            mounted(mount)
        ),
        (None, _) => format!("{place} lies where execution is forbidden"),
    }
}
