//! Programs that were built on the host.

use std::collections::BTreeSet;

use platform::{Detail, Format, Kind, Program};

use super::{Places, chain};
use crate::dockerfile::{
    Context, Dockerfile, Entry, Finding, Rule, Severity,
    architecture::{named, only},
    copies::{Copy, copies, placed},
    ignore,
    scope::HOLE,
    words,
};

/// Folders whose programs nobody runs.
const EXAMPLES: [&str; 8] = [
    "test",
    "tests",
    "testdata",
    "fixtures",
    "examples",
    "docs",
    "__tests__",
    "spec",
];

/// Endings of files that may be for one architecture: archives, packages, libraries. Without one it is a program.
const PROGRAMS: [&str; 14] = [
    "gz", "tgz", "xz", "txz", "bz2", "zst", "zip", "deb", "rpm", "apk", "whl", "so", "node", "bin",
];

/// Files that are programs, by their bytes or by where they lie.
pub(super) fn find(file: &Dockerfile, places: &Places, context: &Context) -> Vec<Finding> {
    let copies = copies(file);
    let several = copies
        .iter()
        .flat_map(|copy| &copy.sources)
        .flat_map(|source| named(source));
    let several: BTreeSet<_> = several.map(|(architecture, _)| architecture).collect();
    let mut found = foreign(file, places, context, &copies);
    for copy in copies.iter().filter(|copy| !places.is_fixed(copy.stage)) {
        if found.iter().any(|finding| finding.line == copy.line) {
            continue;
        }
        let outputs = copy
            .sources
            .iter()
            .filter_map(|source| output(source, context, several.len()));
        found.extend(outputs.map(|message| Finding {
            rule: Rule::CopyBuildOutput,
            line: copy.line,
            severity: Severity::Warning,
            message,
            fix: Some(words::output_fix()),
        }));
    }
    found
}

/// A source that is what a compiler made on the host, by its path.
fn output(source: &str, context: &Context, architectures: usize) -> Option<String> {
    let path = ignore::cleaned(source).filter(|path| !path.contains(HOLE))?;
    let is_text = |program: &Program| matches!(program.format, Format::Text | Format::Script | Format::Empty);
    let is_harmless = match context.entry(&path) {
        Some(Entry::File(_, program)) => program.as_deref().is_some_and(is_text),
        Some(Entry::Folder | Entry::Environment) => true,
        None => false,
    };
    if is_harmless || context.leaves_out(&path) {
        return None;
    }
    if let Some(tool) = compiler(&path) {
        return Some(words::output(&path, tool));
    }
    let last = path.rsplit('/').next()?;
    let ending = last.rsplit_once('.').map(|(_, ending)| ending);
    let may_be = ending.is_none_or(|ending| PROGRAMS.contains(&ending) || only(ending).is_some());
    let architecture = only(&path).filter(|_| may_be && architectures == 1)?;
    Some(words::output_by_name(&path, architecture))
}

/// Whose output lies at such a path.
fn compiler(path: &str) -> Option<&'static str> {
    let names: Vec<&str> = path.split('/').collect();
    let is_java = [".jar", ".war", ".wasm", ".js", ".json"]
        .iter()
        .any(|ending| path.ends_with(ending));
    let is_kind = |name: &str| matches!(name, "release" | "debug");
    let after = |folder: &str| {
        names
            .iter()
            .position(|name| *name == folder)
            .map(|at| &names[at + 1..])
    };
    if is_java {
        return None;
    }
    if let Some([first, rest @ ..]) = after("target")
        && (is_kind(first)
            || rest
                .first()
                .is_some_and(|second| is_kind(second) && first.contains('-')))
    {
        return (!rest.is_empty()).then_some("Cargo");
    }
    if after(".build")
        .and_then(<[&str]>::first)
        .is_some_and(|name| is_kind(name))
    {
        return Some("Swift");
    }
    if after("zig-out").and_then(<[&str]>::first) == Some(&"bin") {
        return Some("Zig");
    }
    let is_cmake = names.iter().any(|name| name.starts_with("cmake-build-"));
    is_cmake.then_some("CMake")
}

/// Files that are programs for one platform, by their bytes.
fn foreign(file: &Dockerfile, places: &Places, context: &Context, copies: &[Copy]) -> Vec<Finding> {
    let last = chain(file, file.stages().len() - 1);
    let files = placed(copies, context);
    let mut found = Vec::new();
    for (index, copy) in copies.iter().enumerate() {
        if places.is_fixed(copy.stage) {
            continue;
        }
        let mine = files
            .iter()
            .filter(|one| one.copy == index)
            .map(|one| one.file.as_str());
        let names: BTreeSet<&str> = mine.collect();
        let programs: Vec<_> = names
            .into_iter()
            .filter_map(|name| program(name, copy, context))
            .collect();
        let platforms: BTreeSet<_> = programs
            .iter()
            .map(|(_, program)| program.platform.clone())
            .collect();
        let wide = |name: &str| !is_by_name(copy, name, context);
        // A program for each platform is how one is chosen later.
        if platforms.len() > 1 {
            continue;
        }
        let is_in_image = last.contains(&copy.stage);
        let first = programs.iter().find(|(name, _)| !wide(name) || is_in_image);
        found.extend(first.map(|(name, program)| finding(copy, name, program, programs.len())));
    }
    found
}

fn finding(copy: &Copy, name: &str, program: &Program, count: usize) -> Finding {
    let is_linux = program.format == Format::Elf;
    Finding {
        rule: Rule::CopyForeignBinary,
        line: copy.line,
        severity: if is_linux {
            Severity::Warning
        } else {
            Severity::Error
        },
        message: words::foreign(name, program, count),
        fix: Some(words::output_fix()),
    }
}

/// Whether a source names this file, or files like it.
fn is_by_name(copy: &Copy, name: &str, context: &Context) -> bool {
    let names = |source: &String| context.sources(source).contains(&name);
    copy.sources.iter().any(names)
}

/// A file that somebody runs or loads, and that is for one platform.
fn program<'a>(name: &'a str, copy: &Copy, context: &'a Context) -> Option<(&'a str, &'a Program)> {
    let Some(Entry::File(mode, Some(program))) = context.entry(name) else {
        return None;
    };
    let by_name = is_by_name(copy, name, context);
    let is_example = name.split('/').any(|part| EXAMPLES.contains(&part));
    let is_library = name.contains(".so") || name.contains(".node");
    let counts = match &program.detail {
        Detail::Elf(elf) => {
            let is_program = !matches!(elf.kind, Kind::Relocatable | Kind::Core);
            is_program
                && program.platform.is_some()
                && (by_name || (!is_example && (mode & 0o111 != 0 || is_library)))
        }
        Detail::MachO(_) => by_name,
        // What .NET makes for every platform looks like this too, and so do the programs that Wine is to run.
        Detail::Pe(_) | Detail::Script(_) | Detail::Text(_) | Detail::Nothing => false,
    };
    counts.then_some((name, program))
}
