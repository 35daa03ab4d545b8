//! What a kernel starts, link by link: plain values, which whoever reads a file system fills in.

use crate::{Platform, Program};

/// The part that a link plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// What was asked for, when it is nothing that can be executed.
    Command,
    /// A file with a `#!` line.
    Script,
    /// What a `#!` line names, or what `env` is to find for it.
    Interpreter,
    /// What a program names as its loader.
    Loader,
    /// A binary.
    Program,
    /// A library, or a module that a program loads.
    Module,
}

/// Who asks for a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// The configuration, or the kernel for what it was told to start.
    Kernel,
    /// `env`, which looks a name up.
    Env,
    /// Another program whose work is to start one, such as `tini` or `gosu`.
    Launcher,
    /// A shell, in a script or a text that it was given.
    Shell,
    /// The engine, for the container's health check.
    HealthCheck,
    /// A shell that was told to read it, and needs no permission to execute it.
    Reader,
    /// The loader, for a library that a file needs.
    Loader,
    /// Nothing that was read: somebody's words name it.
    Words,
}

/// A file, by its first bytes and its permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What its bytes say.
    pub program: Program,
    /// Whether the user who was to execute it may do so.
    pub executable: bool,
    /// Whether that user may read it.
    pub readable: bool,
    /// A folder above it that this user may not enter.
    pub barred_by: Option<String>,
}

/// What is at the end of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file.
    File(Box<File>),
    /// A folder.
    Directory,
    /// A device, pipe or socket.
    Special,
    /// Nothing.
    Missing,
    /// It is there, or may be, and could not be read, for this reason.
    Unreadable(String),
}

/// What lies over a part of the image's own files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// What sort it is.
    pub kind: MountKind,
    /// The folder of the host, or the volume's name; empty for memory.
    pub source: String,
    /// Where it is in the container.
    pub destination: String,
    /// Whether its options forbid to execute what lies on it; `None` where nothing tells.
    pub forbids_execution: Option<bool>,
}

/// The sorts of mounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MountKind {
    /// A folder or file of the engine's machine.
    Bind,
    /// A volume.
    Volume,
    /// Memory, empty at each start.
    Memory,
    /// Something else.
    Other,
}

/// A line of a script, which asks for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The script, as whoever reads it was told.
    pub script: String,
    /// Counted from 1.
    pub number: usize,
}

/// One step of what a kernel, or what it started, was to execute or load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its part.
    pub role: Role,
    /// Who asks for it.
    pub via: Via,
    /// As it was asked for.
    pub path: String,
    /// Where that led, after `PATH` and symbolic links.
    pub resolved: Option<String>,
    /// What is there.
    pub target: Target,
    /// The mount on which it lies, when it is not of the image.
    pub mount: Option<Mount>,
    /// The line of a shell's script that asks for it, where one does.
    pub asked_in: Option<Line>,
}

/// What no link leads to and a log names. Names may be anything that could be a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// A file at this path, loaded as a library or module.
    Module(String),
    /// A library by its name, to be looked for as a loader does.
    Library {
        /// The name, without a folder.
        name: String,
        /// The file that needs it, when said.
        needed_by: Option<String>,
    },
    /// A Python module, whose file's name begins with this and a dot.
    PythonModule {
        /// The last part of its name.
        name: String,
        /// The folders in which it would be, most likely first.
        folders: Vec<String>,
    },
    /// A program that a shell or another program tried to start; without a slash, to be looked for in `PATH`. It ends in
    /// a carriage return when the name that was looked for does.
    Program(String),
}

/// What the texts that shells were given say, beside what is certain to be started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asides {
    /// Exit codes that they name themselves.
    pub exits: Vec<i64>,
    /// Programs that they may start, by the name that they use, in their order.
    pub starts: Vec<String>,
    /// Paths that they hand to programs, which may change what is there.
    pub touched: Vec<String>,
    /// Folders that they go to.
    pub folders: Vec<String>,
    /// Folders that they go to and that are only known when they run, as they stand in the text.
    pub unclear: Vec<String>,
}

impl Link {
    /// The platform that its bytes say.
    pub fn platform(&self) -> Option<&Platform> {
        self.program()?.platform.as_ref()
    }

    /// What its bytes say.
    pub fn program(&self) -> Option<&Program> {
        self.file().map(|file| &file.program)
    }

    /// The file, when there is one.
    pub fn file(&self) -> Option<&File> {
        match &self.target {
            Target::File(file) => Some(file),
            Target::Directory | Target::Special | Target::Missing | Target::Unreadable(_) => None,
        }
    }

    /// Whether it is a program that was started and has a loader, which loads libraries for it.
    pub fn loads_libraries(&self) -> bool {
        let elf = self.program().and_then(|program| program.elf());
        let is_started = matches!(self.role, Role::Program | Role::Interpreter) || self.via == Via::Launcher;
        is_started && elf.is_some_and(|elf| elf.interpreter.is_some())
    }

    /// Where it is, as far as that is known.
    pub fn place(&self) -> &str {
        self.resolved.as_deref().unwrap_or(&self.path)
    }
}
