//! What a link of the chain is, and what is wrong with it, in a few words.

use platform::{Line, Link, Native, Platform, Role, Target};

use super::name;
use crate::{
    faults::Fault,
    foreign_text::{quoted, shown},
};

/// What is wrong with `link`.
pub(crate) fn fault(fault: Fault, link: &Link, engine: &Platform) -> String {
    let words = match fault {
        Fault::Foreign => return foreign(link, engine),
        Fault::NotLinux => "not a Linux program",
        Fault::CarriageReturn => "not in the container; its name ends in a carriage return",
        Fault::ScriptCarriageReturn => "its first line ends in CR LF",
        Fault::LineEndings => "its lines end in CR LF",
        Fault::ForeignModule => return foreign_to_loader(link),
        Fault::NoExecution => "it lies where execution is forbidden",
        Fault::NotReadable => "its user may not read it",
        Fault::BytesBeforeShebang => "`#!` does not come first",
        Fault::NoShebang => "a text without `#!`",
        Fault::BadShebang => "`#!` names no interpreter that the kernel can read",
        Fault::Unrecognised if link.role == Role::Loader => "not a loader",
        Fault::Unrecognised => "neither a program nor a text",
        Fault::MissingCommand | Fault::MissingInterpreter | Fault::MissingLoader => "not in the container",
        Fault::MissingLibrary => "not where its loader looks",
        Fault::Empty => "an empty file",
        Fault::Truncated => "its headers point past its end",
        Fault::NotExecutable if link.file().is_some_and(|file| file.barred_by.is_some()) => {
            "its user may not enter a folder above it"
        }
        Fault::NotExecutable => "its user may not execute it",
        Fault::Directory => "a folder",
    };
    words.to_owned()
}

fn foreign_to_loader(link: &Link) -> String {
    match link.platform().map(Platform::os) {
        Some("darwin") => "built for macOS".to_owned(),
        Some("windows") => "built for Windows".to_owned(),
        _ => format!("built for {}, unlike what loads it", name(link.platform())),
    }
}

/// Some processors of the engine's platform may run it, this one does not.
fn foreign(link: &Link, engine: &Platform) -> String {
    let (platform, engine_name) = (name(link.platform()), engine.short());
    match link.platform().map(|platform| platform.runs_on(engine)) {
        Some(Native::Depends) => {
            format!("built for {platform}, which this {engine_name} engine does not run")
        }
        _ => format!("built for {platform}, and this engine is {engine_name}"),
    }
}

/// What `link` is, and which line of a script asks for it, in one line.
pub(crate) fn detail(link: &Link) -> String {
    let what = what(link);
    match &link.asked_in {
        Some(asker) => format!("{what}; {}", asked_in(asker)),
        None => what,
    }
}

/// A line of a script, in words.
pub(crate) fn asked_in(line: &Line) -> String {
    format!("line {} of {}", line.number, quoted(&line.script))
}

fn what(link: &Link) -> String {
    match &link.target {
        Target::File(file) => file.program.describe(),
        Target::Directory => "folder".to_owned(),
        Target::Special => "device, pipe or socket".to_owned(),
        Target::Missing => "nothing is at that path".to_owned(),
        Target::Unreadable(why) => format!("could not be read: {}", shown(why)),
    }
}
