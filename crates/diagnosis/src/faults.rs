//! What is wrong with one link, by its bytes, its permissions and where it lies.

use platform::{File, Format, Kind, LineEnding, Link, Native, Platform, Role, Script, Target, Via};

use crate::{Cause, refusal::Errno};

/// What is wrong with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Foreign,
    /// A library or module for another architecture than what loads it.
    ForeignModule,
    NotLinux,
    /// The interpreter's name ends in a carriage return.
    CarriageReturn,
    /// The script's first line ends in one, and so does what it names.
    ScriptCarriageReturn,
    /// The script's lines end in one; what reads it may stumble.
    LineEndings,
    BytesBeforeShebang,
    NoShebang,
    BadShebang,
    /// Neither a program nor a text.
    Unrecognised,
    MissingCommand,
    MissingInterpreter,
    MissingLoader,
    MissingLibrary,
    Empty,
    Truncated,
    NotExecutable,
    NotReadable,
    Directory,
    /// It lies where execution is forbidden.
    NoExecution,
}

impl Fault {
    /// Whether the kernel, or a shell that asked it, refuses a link of this fault with `errno`; a loader is refused in its
    /// own way.
    pub(crate) fn explains(self, errno: Errno, role: Role) -> bool {
        let format = match role {
            Role::Loader => matches!(errno, Errno::Format | Errno::Broken),
            Role::Command | Role::Script | Role::Interpreter | Role::Program | Role::Module => {
                errno == Errno::Format
            }
        };
        match self {
            Self::Foreign
            | Self::NotLinux
            | Self::BytesBeforeShebang
            | Self::NoShebang
            | Self::BadShebang
            | Self::Unrecognised
            | Self::Empty => format,
            Self::Truncated => format || errno == Errno::Broken,
            Self::CarriageReturn
            | Self::ScriptCarriageReturn
            | Self::MissingCommand
            | Self::MissingInterpreter => errno == Errno::NotThere,
            Self::MissingLoader => matches!(errno, Errno::NotThere | Errno::NoLoader),
            Self::NotExecutable | Self::NotReadable | Self::Directory | Self::NoExecution => {
                errno == Errno::Denied
            }
            Self::LineEndings | Self::ForeignModule | Self::MissingLibrary => false,
        }
    }

    /// Whether nothing can run a link of this fault: no translator, and no shell that takes what the kernel refused.
    pub(crate) fn forbids_running(self) -> bool {
        match self {
            Self::Foreign
            | Self::ForeignModule
            | Self::MissingLibrary
            | Self::BytesBeforeShebang
            | Self::NoShebang
            | Self::BadShebang
            | Self::Truncated
            | Self::NotReadable
            | Self::NotExecutable
            | Self::LineEndings => false,
            Self::NotLinux
            | Self::CarriageReturn
            | Self::ScriptCarriageReturn
            | Self::Unrecognised
            | Self::MissingCommand
            | Self::MissingInterpreter
            | Self::MissingLoader
            | Self::Empty
            | Self::Directory
            | Self::NoExecution => true,
        }
    }

    /// The cause that this fault is; which one a foreign program is depends on the rest of the chain.
    pub(crate) fn cause(self) -> Cause {
        match self {
            Self::NotLinux => Cause::NotLinuxBinary,
            Self::CarriageReturn | Self::ScriptCarriageReturn | Self::LineEndings => Cause::CrlfLineEndings,
            Self::BytesBeforeShebang => Cause::ByteOrderMark,
            Self::NoShebang | Self::BadShebang => Cause::MissingShebang,
            Self::MissingCommand => Cause::CommandNotFound,
            Self::MissingInterpreter => Cause::MissingInterpreter,
            Self::MissingLoader => Cause::MissingLoader,
            Self::MissingLibrary => Cause::MissingLibrary,
            Self::ForeignModule => Cause::ForeignModule,
            Self::Empty => Cause::EmptyProgram,
            Self::Truncated => Cause::TruncatedProgram,
            Self::NotExecutable | Self::NotReadable => Cause::NotExecutable,
            Self::Directory => Cause::IsADirectory,
            Self::NoExecution => Cause::NoexecMount,
            Self::Foreign | Self::Unrecognised => Cause::Unknown,
        }
    }
}

/// The fault of each link of `chain` on an engine of platform `engine`.
pub(crate) fn faults(chain: &[Link], engine: &Platform) -> Vec<Option<Fault>> {
    let loading = loading(chain);
    let fault = |(at, link): (usize, &Link)| match link.role {
        Role::Module => module(link, loading.unwrap_or(engine)),
        Role::Command | Role::Script | Role::Interpreter | Role::Loader | Role::Program => {
            program(link, engine).or_else(|| carriage_return(link, &chain[at + 1..]))
        }
    };
    chain.iter().enumerate().map(fault).collect()
}

/// The platform of the program that loads modules: of the last one that was started.
fn loading(chain: &[Link]) -> Option<&Platform> {
    let mut programs = chain
        .iter()
        .rev()
        .filter(|link| matches!(link.role, Role::Program | Role::Interpreter) && link.via != Via::Words);
    programs.find_map(Link::platform)
}

fn program(link: &Link, engine: &Platform) -> Option<Fault> {
    match &link.target {
        Target::Missing => Some(missing(link)),
        Target::Directory => Some(Fault::Directory),
        Target::Special => None,
        Target::Unreadable(_) if is_only_read(link) => None,
        Target::Unreadable(_) => forbids_execution(link).then_some(Fault::NoExecution),
        Target::File(file) if is_only_read(link) => read_by_shell(file),
        // The kernel looks at the permission before it looks at the bytes, a loader's too.
        Target::File(file) if !file.executable => Some(Fault::NotExecutable),
        Target::File(_) if forbids_execution(link) => Some(Fault::NoExecution),
        Target::File(file) => bytes(link, file, engine),
    }
}

fn bytes(link: &Link, file: &File, engine: &Platform) -> Option<Fault> {
    match file.program.format {
        Format::Elf => elf(link, engine),
        Format::MachO | Format::Pe => Some(Fault::NotLinux),
        // A shell takes an empty text, and one without a first line, as its own.
        Format::Empty | Format::Text if link.via == Via::Shell => None,
        Format::Empty => Some(Fault::Empty),
        Format::Other => Some(Fault::Unrecognised),
        Format::Text | Format::Script if link.role == Role::Loader => Some(Fault::Unrecognised),
        Format::Text => Some(text(link)),
        Format::Script => {
            let refused = file
                .program
                .script()
                .is_some_and(|script| script.refusal.is_some());
            let unreadable = || (!file.readable).then_some(Fault::NotReadable);
            refused.then_some(Fault::BadShebang).or_else(unreadable)
        }
    }
}

fn forbids_execution(link: &Link) -> bool {
    link.mount
        .as_ref()
        .is_some_and(|mount| mount.forbids_execution == Some(true))
}

/// Whether a shell only reads it, so that it needs neither a permission to be executed nor a first line.
fn is_only_read(link: &Link) -> bool {
    link.via == Via::Reader
}

fn read_by_shell(file: &File) -> Option<Fault> {
    match file.program.format {
        _ if !file.readable => Some(Fault::NotReadable),
        Format::MachO | Format::Pe => Some(Fault::NotLinux),
        Format::Script | Format::Text if ends_in_cr_lf(file) => Some(Fault::LineEndings),
        Format::Script | Format::Text | Format::Empty | Format::Elf | Format::Other => None,
    }
}

fn ends_in_cr_lf(file: &File) -> bool {
    let script = file
        .program
        .script()
        .is_some_and(|script| script.line_ending == LineEnding::CrLf);
    script
        || file
            .program
            .text()
            .is_some_and(|text| text.first_line.ends_with(b"\r\n"))
}

/// A carriage return at the end of a first line makes the interpreter's name, or its argument, another one.
fn missing(link: &Link) -> Fault {
    match link.role {
        _ if link.path.contains('\r') => Fault::CarriageReturn,
        Role::Interpreter => Fault::MissingInterpreter,
        Role::Loader => Fault::MissingLoader,
        Role::Command | Role::Script | Role::Program | Role::Module => Fault::MissingCommand,
    }
}

/// A script is at fault where what it names is missing for its carriage return. Behind an argument, the interpreter gets
/// it, and may stumble.
fn carriage_return(link: &Link, behind: &[Link]) -> Option<Fault> {
    let script: &Script = link.program()?.script()?;
    if script.line_ending != LineEnding::CrLf {
        return None;
    }
    // What the first line names, through `env` as well, comes before anything that a shell would start.
    let own = behind
        .iter()
        .take_while(|link| matches!(link.via, Via::Kernel | Via::Env));
    let names = own
        .into_iter()
        .any(|link| link.path.ends_with('\r') && link.target == Target::Missing);
    let splits = script
        .argument
        .as_deref()
        .is_some_and(|argument| argument.starts_with("-S"));
    if names {
        Some(Fault::ScriptCarriageReturn)
    } else {
        (!splits).then_some(Fault::LineEndings)
    }
}

fn elf(link: &Link, engine: &Platform) -> Option<Fault> {
    let program = link.program()?;
    if program.elf()?.truncation.is_fatal() {
        return Some(Fault::Truncated);
    }
    if matches!(program.elf()?.kind, Kind::Relocatable | Kind::Core) {
        return Some(Fault::Unrecognised);
    }
    match program.platform.as_ref() {
        Some(platform) if platform.os() != "linux" => Some(Fault::NotLinux),
        Some(platform) if platform.runs_on(engine) == Native::No => Some(Fault::Foreign),
        None if program.elf()?.is_for_nameless_machine() => Some(Fault::Foreign),
        _ => None,
    }
}

/// What a program loads must be for its own architecture, whatever translates it.
fn module(link: &Link, loading: &Platform) -> Option<Fault> {
    let file = match &link.target {
        Target::Missing => return Some(Fault::MissingLibrary),
        Target::Directory | Target::Special | Target::Unreadable(_) => return None,
        Target::File(file) => file,
    };
    let platform = link.platform();
    match file.program.format {
        _ if !file.readable => Some(Fault::NotReadable),
        Format::MachO | Format::Pe => Some(Fault::ForeignModule),
        Format::Empty => Some(Fault::Empty),
        Format::Elf if file.program.elf().is_some_and(|elf| elf.truncation.is_fatal()) => {
            Some(Fault::Truncated)
        }
        Format::Elf => {
            let other = platform.is_some_and(|platform| {
                platform.architecture() != loading.architecture() || platform.os() != loading.os()
            });
            other.then_some(Fault::ForeignModule)
        }
        Format::Script | Format::Text | Format::Other => None,
    }
}

fn text(link: &Link) -> Fault {
    let text = link.program().and_then(|program| program.text());
    match text {
        Some(text) if text.shebang_at.is_some() => Fault::BytesBeforeShebang,
        _ => Fault::NoShebang,
    }
}
