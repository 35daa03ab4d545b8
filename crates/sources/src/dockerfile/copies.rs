//! What `COPY` and `ADD` take from the context, and where it comes to lie.

use super::{
    Context, Dockerfile, Entry,
    expand::{Quotes, word},
    ignore,
    instruction::{Instruction, Keyword},
    scope::{HOLE, Scope, Trust},
    walk::{Here, joined, walk},
};

/// The most files of which it is noted where they lie, all instructions together.
const FILES: usize = 50_000;

/// One `COPY` or `ADD` from the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Copy {
    pub(crate) stage: usize,
    pub(crate) line: u32,
    /// The sources as they are written, variables replaced; of unknown ones the known part.
    pub(crate) sources: Vec<String>,
    /// Where they go, as it is written, variables replaced.
    pub(crate) destination: String,
    /// The destination in the image; `None` where it is not known.
    pub(crate) target: Option<String>,
    /// Whether `--chmod` says the permissions.
    pub(crate) mode: Mode,
}

/// Who says the permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The files themselves.
    AsIs,
    /// The instruction.
    Said,
}

/// One file of the context, and where in the image it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Which of the copies.
    pub(crate) copy: usize,
    /// In the context.
    pub(crate) file: String,
    /// In the image.
    pub(crate) path: String,
}

/// All copies from the context, in their order.
pub(crate) fn copies(file: &Dockerfile) -> Vec<Copy> {
    let mut found = Vec::new();
    walk(file, |here| {
        let is_copy = matches!(here.instruction.keyword, Keyword::Copy | Keyword::Add);
        if is_copy && here.instruction.flag("from").is_none() {
            found.push(copy(here, file.escape()));
        }
    });
    found
}

fn copy(here: &Here, escape: char) -> Copy {
    let (sources, destination) = here.instruction.sources(escape);
    let destination = expanded(&destination, here.instruction, escape, here.scope);
    let parents = here.instruction.flag("parents").is_some();
    let plain = |raw: &String| expanded(raw, here.instruction, escape, here.scope);
    Copy {
        stage: here.stage,
        line: here.instruction.line,
        sources: sources
            .iter()
            .map(plain)
            .filter(|source| !source.contains("://"))
            .collect(),
        target: joined(here.folder, &destination).filter(|_| !parents),
        destination,
        mode: if here.instruction.flag("chmod").is_some() {
            Mode::Said
        } else {
            Mode::AsIs
        },
    }
}

fn expanded(raw: &str, instruction: &Instruction, escape: char, scope: &Scope) -> String {
    let quotes = if instruction.json.is_some() {
        Quotes::Gone
    } else {
        Quotes::Off
    };
    word(raw, escape, quotes, scope, Trust::Constants)
}

/// A place that nothing is executed from: where files lie that it is not known of.
const NOWHERE: &str = "\u{1a}";

/// Where each file that is copied comes to lie.
pub(crate) fn placed(copies: &[Copy], context: &Context) -> Vec<Placed> {
    let mut found = Vec::new();
    for (index, copy) in copies.iter().enumerate() {
        let target = copy.target.as_deref().unwrap_or(NOWHERE);
        for source in copy.sources.iter().filter(|source| !source.contains(HOLE)) {
            for name in context.sources(source) {
                place(index, copy, name, target, context, &mut found);
            }
        }
        if found.len() >= FILES {
            break;
        }
    }
    found
}

fn place(index: usize, copy: &Copy, name: &str, target: &str, context: &Context, found: &mut Vec<Placed>) {
    let mut note = |file: &str, path: String| {
        if found.len() < FILES {
            found.push(Placed {
                copy: index,
                file: file.to_owned(),
                path,
            });
        }
    };
    let under = |name: &str| format!("{}/{name}", target.trim_end_matches('/'));
    let base = name.rsplit('/').next().unwrap_or_default();
    match context.entry(name) {
        Some(Entry::File(..)) if context.leaves_out(name) => {}
        Some(Entry::File(..)) => {
            let is_folder = copy.destination.ends_with('/') || copy.destination.ends_with('.');
            if !is_folder {
                note(name, target.to_owned());
            }
            // What has no slash at its end may still be a folder that is there.
            note(name, under(base));
        }
        Some(Entry::Folder) | None => {
            let skip = if name.is_empty() { 0 } else { name.len() + 1 };
            for (file, entry) in context.below(name) {
                if matches!(entry, Entry::File(..)) {
                    note(file, under(&file[skip..]));
                }
            }
        }
        Some(Entry::Environment) => {}
    }
}

/// Names below which a build on the host puts what it makes: they need not be there yet.
const MADE: [&str; 10] = [
    "target",
    "build",
    "dist",
    "out",
    "bin",
    "node_modules",
    "publish",
    "_build",
    "venv",
    ".venv",
];

/// The sources that must be in the folder that is built, for it to be that folder.
pub(crate) fn wanted(file: &Dockerfile) -> Vec<String> {
    let is_fixed = |source: &&String| !source.contains([HOLE, '*', '?', '[']);
    let copies = copies(file);
    let sources = copies.iter().flat_map(|copy| copy.sources.iter());
    sources
        .filter(is_fixed)
        .filter_map(|source| ignore::cleaned(source))
        .filter(|source| !source.split('/').any(|name| MADE.contains(&name)))
        .collect()
}
