//! Which files of the image are executed, as far as the Dockerfile itself says so.

use super::chain;
use crate::dockerfile::{
    Context, Dockerfile,
    copies::{Copy, Placed},
    instruction::{Instruction, Keyword},
    shell,
    walk::{joined, walk},
};

/// Something that is executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Executed {
    pub(super) stage: usize,
    pub(super) line: u32,
    pub(super) how: How,
    /// Where it may lie in the image, the likeliest first.
    pub(super) paths: Vec<String>,
}

/// Who reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// The kernel, by its first line.
    Directly,
    /// The shell that is named before it.
    ByShell,
}

/// Where programs without a folder are looked for in nearly every image.
const PATH: [&str; 6] = [
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
];

/// Programs that start what follows them.
const INITS: [&str; 5] = ["tini", "dumb-init", "catatonit", "exec", "env"];

const SHELLS: [&str; 5] = ["sh", "bash", "ash", "dash", "zsh"];

/// Everything that the instructions execute by name.
pub(super) fn executed(file: &Dockerfile) -> Vec<Executed> {
    let mut found = Vec::new();
    walk(file, |here| {
        let instruction = here.instruction;
        let is_start = matches!(instruction.keyword, Keyword::Cmd | Keyword::Entrypoint);
        if !(is_start || instruction.keyword == Keyword::Run) {
            return;
        }
        let stage = &file.stages()[here.stage];
        if instruction.keyword == Keyword::Cmd && has_entrypoint(file, here.stage) {
            return;
        }
        let moves = |one: &Instruction| one.keyword == Keyword::Workdir && one.line > instruction.line;
        let folder = here
            .folder
            .filter(|_| !(is_start && stage.instructions.iter().any(moves)));
        for words in commands(instruction) {
            let Some((how, program)) = program(&words) else {
                continue;
            };
            let paths = paths(&how, program, folder);
            found.push(Executed {
                stage: here.stage,
                line: instruction.line,
                how,
                paths,
            });
        }
    });
    found
}

/// Its command is then only what the entrypoint is given.
fn has_entrypoint(file: &Dockerfile, stage: usize) -> bool {
    let stages = chain(file, stage);
    let mut all = stages.iter().flat_map(|at| &file.stages()[*at].instructions);
    all.any(|one| one.keyword == Keyword::Entrypoint && one.text.as_str() != "[]")
}

/// The words of each command of an instruction.
pub(super) fn commands(instruction: &Instruction) -> Vec<Vec<String>> {
    if let Some(words) = &instruction.json {
        return vec![words.clone()];
    }
    let commands = instruction.texts().flat_map(shell::commands);
    commands
        .map(|command| command.words.into_iter().map(|word| word.text).collect())
        .collect()
}

fn program(words: &[String]) -> Option<(How, &str)> {
    let mut words = words.iter().map(String::as_str).peekable();
    let mut first = words.next()?;
    let base = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
    while INITS.contains(&base(first).as_str()) {
        first = words.find(|word| !word.starts_with('-'))?;
    }
    if SHELLS.contains(&base(first).as_str()) {
        let script = words
            .next()
            .filter(|word| !word.starts_with('-') && !word.contains(['$', ' ']))?;
        return Some((How::ByShell, script));
    }
    (!first.contains(['$', ' '])).then_some((How::Directly, first))
}

fn paths(how: &How, program: &str, folder: Option<&str>) -> Vec<String> {
    if program.contains('/') || *how == How::ByShell {
        return joined(folder, program).into_iter().collect();
    }
    PATH.iter().map(|folder| format!("{folder}/{program}")).collect()
}

/// The file of the context that is executed, with the copy that put it there: the last one before.
pub(super) fn file_of<'a>(
    file: &Dockerfile,
    copies: &'a [Copy],
    placed: &'a [Placed],
    executed: &Executed,
) -> Option<(&'a Copy, &'a Placed)> {
    let stages = chain(file, executed.stage);
    let fits = |placed: &&Placed| {
        let copy = &copies[placed.copy];
        let before = copy.stage != executed.stage || copy.line < executed.line;
        stages.contains(&copy.stage) && before && executed.paths.contains(&placed.path)
    };
    let found = placed.iter().rfind(fits)?;
    let copy = &copies[found.copy];
    let base = found.path.rsplit('/').next().unwrap_or_default();
    let replaces = |one: &Instruction| {
        let comes_from = one.keyword == Keyword::Copy && one.flag("from").is_some();
        comes_from && one.line > copy.line && one.text.as_str().contains(base)
    };
    let mut all = stages.iter().flat_map(|at| &file.stages()[*at].instructions);
    (!all.any(replaces)).then_some((copy, found))
}

/// The bytes of a file of the context, as far as they were read.
pub(super) fn read<'a>(context: &'a Context, placed: &Placed) -> Option<(u32, &'a platform::Program)> {
    match context.entry(&placed.file) {
        Some(crate::dockerfile::Entry::File(mode, Some(program))) => Some((*mode, program)),
        Some(_) | None => None,
    }
}
