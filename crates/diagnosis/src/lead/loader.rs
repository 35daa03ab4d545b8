//! What loaders say of libraries and modules that they do not load.

use platform::Sought;

use super::name;

/// What glibc says behind the name of a file: it is not there or not for this platform, no ELF file, or cut off.
const GLIBC: [&str; 6] = [
    ": cannot open shared object file",
    ": invalid ELF header",
    ": wrong ELF class",
    ": file too short",
    ": only ET_DYN and ET_EXEC can be loaded",
    ": ELF file data encoding not",
];

/// What glibc says before it when a program's own libraries are not there.
const GLIBC_AT_START: &str = ": error while loading shared libraries: ";

/// What musl says before the name.
const MUSL: &str = "Error loading shared library ";
const MUSL_RELOCATING: &str = "Error relocating ";

/// What the file of a Prisma engine is called.
const PRISMA: (&str, &str) = ("libquery_engine-", ".so.node");

/// What runtimes say before the path of a library, and what stands behind it.
const RUNTIMES: [(&str, &str); 4] = [
    ("UnsatisfiedLinkError: Can't load library: ", "\n"),
    ("UnsatisfiedLinkError: ", ": "),
    ("DllNotFoundException: Unable to load shared library '", "'"),
    ("cannot load such file -- ", " (LoadError)"),
];

pub(super) fn wanted(line: &str) -> Option<Sought> {
    glibc(line)
        .or_else(|| musl(line))
        .or_else(|| prisma(line))
        .or_else(|| runtime(line))
}

fn glibc(line: &str) -> Option<Sought> {
    let said = GLIBC.iter().find(|words| line.contains(**words))?;
    let named = name::before(line, said)?;
    if let Some(path) = name::path(named) {
        return Some(Sought::Module(path));
    }
    let name = name::library(named)?;
    let needed_by = glibc_program(line).or_else(|| ruby_module(line));
    Some(Sought::Library { name, needed_by })
}

/// `X: error while loading shared libraries: …`
fn glibc_program(line: &str) -> Option<String> {
    name::before(line, GLIBC_AT_START).and_then(name::program)
}

/// Ruby ends what the loader said in `- PATH (LoadError)`.
fn ruby_module(line: &str) -> Option<String> {
    let (_, path) = line.strip_suffix(" (LoadError)")?.rsplit_once(" - ")?;
    name::absolute(path)
}

/// `Error loading shared library L: WHY (needed by X)`, and `Error relocating X: SYMBOL: symbol not found`.
fn musl(line: &str) -> Option<Sought> {
    if let Some((_, rest)) = line.split_once(MUSL_RELOCATING) {
        let (path, _) = rest.split_once(": ")?;
        return name::path(path).map(Sought::Module);
    }
    let (_, rest) = line.split_once(MUSL)?;
    let (named, why) = rest.split_once(": ")?;
    if let Some(path) = name::path(named) {
        return Some(Sought::Module(path));
    }
    let name = name::library(named)?;
    let needed_by = why
        .split_once("(needed by ")
        .and_then(|(_, by)| name::program(by.split_once(')')?.0));
    Some(Sought::Library { name, needed_by })
}

/// A path that leads to an engine of Prisma, wherever it stands.
fn prisma(line: &str) -> Option<Sought> {
    let (begin, end) = PRISMA;
    let (before, behind) = line.split_once(begin)?;
    let (middle, _) = behind.split_once(end)?;
    let folder = before.rsplit(['"', '\'', '`', '(', ' ']).next()?;
    name::absolute(&format!("{folder}{begin}{middle}{end}")).map(Sought::Module)
}

fn runtime(line: &str) -> Option<Sought> {
    let path = |(before, behind): &(&str, &str)| {
        let (_, rest) = line.split_once(before)?;
        let path = rest.split_once(behind).map_or(rest, |(path, _)| path);
        name::absolute(path).filter(|path| path.contains(".so"))
    };
    RUNTIMES.iter().find_map(path).map(Sought::Module)
}
