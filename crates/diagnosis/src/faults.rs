//! What is wrong with one link, by its bytes.

use platform::{Format, Link, Native, Platform, Role, Script, Target};

use crate::{Cause, refusal::Errno};

/// What is wrong with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Foreign,
    NotLinux,
    /// The interpreter's name ends in a carriage return.
    CarriageReturn,
    /// The name that the interpreter `env` is to find ends in one.
    CarriageReturnForEnv,
    BytesBeforeShebang,
    NoShebang,
    BadShebang,
    /// Neither a program nor a text.
    Unrecognised,
    MissingCommand,
    MissingInterpreter,
    MissingLoader,
    Empty,
    Truncated,
    NotExecutable,
    Directory,
}

impl Fault {
    /// Whether the kernel refuses a link of this fault with `errno`; a loader is refused in its own way.
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
            Self::CarriageReturn | Self::MissingCommand | Self::MissingInterpreter => {
                errno == Errno::NotThere
            }
            Self::MissingLoader => matches!(errno, Errno::NotThere | Errno::NoLoader),
            Self::NotExecutable | Self::Directory => errno == Errno::Denied,
            Self::CarriageReturnForEnv => false,
        }
    }

    /// Whether nothing can run a link of this fault: no translator, and no shell that takes what the kernel refused.
    pub(crate) fn forbids_running(self) -> bool {
        match self {
            Self::Foreign
            | Self::BytesBeforeShebang
            | Self::NoShebang
            | Self::BadShebang
            | Self::Truncated
            | Self::CarriageReturnForEnv => false,
            Self::NotLinux
            | Self::CarriageReturn
            | Self::Unrecognised
            | Self::MissingCommand
            | Self::MissingInterpreter
            | Self::MissingLoader
            | Self::Empty
            | Self::NotExecutable
            | Self::Directory => true,
        }
    }

    /// The cause that this fault is; which one a foreign program is depends on the rest of the chain.
    pub(crate) fn cause(self) -> Cause {
        match self {
            Self::NotLinux => Cause::NotLinuxBinary,
            Self::CarriageReturn | Self::CarriageReturnForEnv => Cause::CrlfLineEndings,
            Self::BytesBeforeShebang => Cause::ByteOrderMark,
            Self::NoShebang | Self::BadShebang => Cause::MissingShebang,
            Self::MissingCommand => Cause::CommandNotFound,
            Self::MissingInterpreter => Cause::MissingInterpreter,
            Self::MissingLoader => Cause::MissingLoader,
            Self::Empty => Cause::EmptyProgram,
            Self::Truncated => Cause::TruncatedProgram,
            Self::NotExecutable => Cause::NotExecutable,
            Self::Directory => Cause::IsADirectory,
            Self::Foreign | Self::Unrecognised => Cause::Unknown,
        }
    }
}

/// The fault of `link` on an engine of platform `engine`.
pub(crate) fn fault(link: &Link, engine: &Platform) -> Option<Fault> {
    match &link.target {
        Target::Missing => Some(missing(link)),
        Target::Directory => Some(Fault::Directory),
        Target::Special | Target::Unreadable(_) => None,
        // The kernel looks at the permission before it looks at the bytes, a loader's too.
        Target::File(file) if !file.executable => Some(Fault::NotExecutable),
        Target::File(file) => match file.program.format {
            Format::Elf => elf(link, engine),
            Format::MachO | Format::Pe => Some(Fault::NotLinux),
            Format::Empty => Some(Fault::Empty),
            Format::Other => Some(Fault::Unrecognised),
            Format::Text | Format::Script if link.role == Role::Loader => Some(Fault::Unrecognised),
            Format::Text => Some(text(link)),
            Format::Script => link
                .program()
                .and_then(|program| program.script())
                .and_then(script),
        },
    }
}

/// A carriage return at the end of a first line makes the interpreter's name another one.
fn missing(link: &Link) -> Fault {
    match link.role {
        Role::Interpreter if link.path.ends_with('\r') => Fault::CarriageReturn,
        Role::Interpreter => Fault::MissingInterpreter,
        Role::Loader => Fault::MissingLoader,
        Role::Command | Role::Script | Role::Program | Role::Module => Fault::MissingCommand,
    }
}

fn elf(link: &Link, engine: &Platform) -> Option<Fault> {
    let program = link.program()?;
    if program.elf()?.truncation.is_fatal() {
        return Some(Fault::Truncated);
    }
    match program.platform.as_ref() {
        Some(platform) if platform.os() != "linux" => Some(Fault::NotLinux),
        Some(platform) if platform.runs_on(engine) == Native::No => Some(Fault::Foreign),
        _ => None,
    }
}

/// `env` splits what stands behind `-S` by itself, and takes a carriage return for a blank there.
fn script(script: &Script) -> Option<Fault> {
    if script.refusal.is_some() {
        return Some(Fault::BadShebang);
    }
    let argument = script.argument.as_deref().unwrap_or_default();
    let by_env = script.interpreter.rsplit('/').next() == Some("env");
    (by_env && argument.ends_with('\r') && !argument.starts_with('-')).then_some(Fault::CarriageReturnForEnv)
}

fn text(link: &Link) -> Fault {
    let text = link.program().and_then(|program| program.text());
    match text {
        Some(text) if text.shebang_at.is_some() => Fault::BytesBeforeShebang,
        _ => Fault::NoShebang,
    }
}
