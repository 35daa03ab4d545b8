//! Scripts of the context that cannot be run as they are.

use platform::{LineEnding, Program};

use super::{
    Places, chain,
    execute::{How, executed, file_of, read},
};
use crate::dockerfile::{
    Context, Dockerfile, Finding, Rule, Severity,
    copies::{Copy, Mode, copies, placed},
    instruction::{Instruction, Keyword},
    shell::{self, Command},
    words,
};

/// Words with which line endings are mended in the image.
const MENDS: [&str; 4] = ["dos2unix", "fromdos", "\\r", "unix2dos"];

/// Those with Windows' line endings, and those that may not be executed.
pub(super) fn find(file: &Dockerfile, places: &Places, context: &Context) -> Vec<Finding> {
    let copies = copies(file);
    let files = placed(&copies, context);
    let mut found = Vec::new();
    for executed in executed(file) {
        if places.is_windows(executed.stage) {
            continue;
        }
        let Some((copy, script)) = file_of(file, &copies, &files, &executed) else {
            continue;
        };
        let Some((mode, program)) = read(context, script) else {
            continue;
        };
        if has_crlf(program) && !mends(file, executed.stage) {
            found.push(Finding {
                rule: Rule::ScriptCrlf,
                line: copy.line,
                severity: Severity::Error,
                message: words::crlf(&script.file, executed.line),
                fix: Some(words::crlf_fix(&script.file)),
            });
        }
        let is_locked = mode & 0o111 == 0 && copy.mode == Mode::AsIs && executed.how == How::Directly;
        if is_locked && !unlocks(file, executed.stage, copy, &script.path) {
            found.push(Finding {
                rule: Rule::ScriptNotExecutable,
                line: copy.line,
                severity: Severity::Error,
                message: words::locked(&script.file, executed.line),
                fix: Some(words::locked_fix(&script.file)),
            });
        }
    }
    found
}

/// Its first line ends as Windows' lines do.
fn has_crlf(program: &Program) -> bool {
    match (program.script(), program.text()) {
        (Some(script), _) => script.line_ending == LineEnding::CrLf,
        (None, Some(text)) => text.first_line.ends_with(b"\r\n"),
        (None, None) => false,
    }
}

fn runs(file: &Dockerfile, stage: usize) -> impl Iterator<Item = &Instruction> {
    let stages = chain(file, stage).into_iter();
    let all = stages.flat_map(|at| &file.stages()[at].instructions);
    all.filter(|one| one.keyword == Keyword::Run)
}

fn mends(file: &Dockerfile, stage: usize) -> bool {
    let mut texts = runs(file, stage).flat_map(Instruction::texts);
    texts.any(|text| MENDS.iter().any(|word| text.as_str().contains(word)))
}

/// Whether something makes it executable, or may.
fn unlocks(file: &Dockerfile, stage: usize, copy: &Copy, path: &str) -> bool {
    let after = runs(file, stage).filter(|run| run.line > copy.line || copy.stage != stage);
    let mut commands = after.flat_map(Instruction::texts).flat_map(shell::commands);
    commands.any(|command| is_chmod_of(&command, path))
}

fn is_chmod_of(command: &Command, path: &str) -> bool {
    let is_chmod = command.name() == "chmod" || command.has("chmod");
    let is_install = command.name() == "install";
    let base = path.rsplit('/').next().unwrap_or_default();
    let may_be = |text: &str| {
        let is_pattern = text.contains(['*', '?', '$', '{']);
        let is_above = path.starts_with(text.trim_end_matches('/')) || text == "." || text.starts_with("..");
        text.ends_with(base) || is_pattern || is_above || !text.starts_with('/') && path.contains(text)
    };
    (is_chmod || is_install) && command.arguments().iter().any(|word| may_be(&word.text))
}
