//! What is wrong with one link, by its bytes.

use platform::{Format, Native, Platform};

use crate::{Link, Role, Target};

/// What is wrong with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Foreign,
    NotLinux,
    CarriageReturn,
    ByteOrderMark,
    NoShebang,
    MissingCommand,
    MissingInterpreter,
    MissingLoader,
    Empty,
    Truncated,
    NotExecutable,
    Directory,
}

/// The fault of `link` on an engine of platform `engine`; `before` is the link that named it.
pub(crate) fn fault(link: &Link, before: Option<&Link>, engine: &Platform) -> Option<Fault> {
    match &link.target {
        Target::Missing => Some(missing(link, before)),
        Target::Directory => Some(Fault::Directory),
        Target::Special | Target::Unreadable(_) => None,
        // The kernel looks at the permission before it looks at the bytes. A loader is mapped, not executed.
        Target::File(file) if !file.executable && link.role != Role::Loader => Some(Fault::NotExecutable),
        Target::File(file) => match file.program.format {
            Format::Elf => elf(link, engine),
            Format::MachO | Format::Pe => Some(Fault::NotLinux),
            Format::Empty => Some(Fault::Empty),
            Format::Text | Format::Other => Some(not_a_program(link)),
            Format::Script => refused_line(link),
        },
    }
}

/// A carriage return at the end of a first line makes the interpreter's name another one.
fn missing(link: &Link, before: Option<&Link>) -> Fault {
    match link.role {
        Role::Interpreter if ends_in_carriage_return(before) => Fault::CarriageReturn,
        Role::Interpreter => Fault::MissingInterpreter,
        Role::Loader => Fault::MissingLoader,
        Role::Command | Role::Script | Role::Program | Role::Module => Fault::MissingCommand,
    }
}

fn ends_in_carriage_return(link: Option<&Link>) -> bool {
    let script = link.and_then(Link::program).and_then(|program| program.script());
    script.is_some_and(|script| script.line_ending == platform::LineEnding::CrLf)
}

fn elf(link: &Link, engine: &Platform) -> Option<Fault> {
    let program = link.program()?;
    let elf = program.elf()?;
    if elf.truncation.is_fatal() {
        return Some(Fault::Truncated);
    }
    match program.platform.as_ref() {
        Some(platform) if platform.os() != "linux" => Some(Fault::NotLinux),
        Some(platform) if platform.runs_on(engine) == Native::No => Some(Fault::Foreign),
        _ => None,
    }
}

/// A `#!` line that names nothing, or more than the kernel reads, is no better than none.
fn refused_line(link: &Link) -> Option<Fault> {
    let script = link.program()?.script()?;
    script.refusal.map(|_| Fault::NoShebang)
}

fn not_a_program(link: &Link) -> Fault {
    let text = link.program().and_then(|program| program.text());
    match text {
        Some(text) if text.byte_order_mark && text.script.is_some() => Fault::ByteOrderMark,
        _ => Fault::NoShebang,
    }
}
