//! `bash` on Alpine, which does not have it.

use super::{
    Places, chain,
    execute::{How, commands, executed, file_of, read},
};
use crate::dockerfile::{
    Context, Dockerfile, Finding, Rule, Severity,
    copies::{copies, placed},
    instruction::{Instruction, Keyword},
    shell::{self, Command},
    stage::Base,
    words,
};

/// Official images whose Alpine variants are known to come without `bash`. Others bring it for their own scripts.
const WITHOUT: [&str; 12] = [
    "node",
    "python",
    "php",
    "ruby",
    "golang",
    "rust",
    "nginx",
    "httpd",
    "memcached",
    "haproxy",
    "openjdk",
    "redis",
];

/// Where official images are mirrored under the same names.
const LIBRARIES: [&str; 6] = [
    "docker.io/library/",
    "index.docker.io/library/",
    "docker.io/",
    "library/",
    "public.ecr.aws/docker/library/",
    "mirror.gcr.io/library/",
];

/// Packages that need `bash`, or may: with them it is not known.
const BRINGS: [&str; 12] = [
    "libtool", "gettext", "bats", "maven", "gradle", "sdk", "mariadb", "mysql", "docker", "abuild", "git-",
    "rabbitmq",
];

/// Uses of `bash` in a stage that has none.
pub(super) fn find(file: &Dockerfile, places: &Places, context: &Context) -> Vec<Finding> {
    let lacks: Vec<bool> = (0..file.stages().len())
        .map(|stage| lacks_bash(file, places, stage))
        .collect();
    let mut found = Vec::new();
    for (index, stage) in file
        .stages()
        .iter()
        .enumerate()
        .filter(|(index, _)| lacks[*index])
    {
        let image = root(file, index).unwrap_or_default();
        let uses = stage
            .instructions
            .iter()
            .filter(|one| uses_bash(one) && is_used(one, &stage.instructions));
        found.extend(uses.map(|one| finding(one.line, words::bash(image, one.keyword.as_str()))));
    }
    let copies = copies(file);
    let files = placed(&copies, context);
    for executed in executed(file)
        .iter()
        .filter(|one| lacks[one.stage] && one.how == How::Directly)
    {
        let Some((copy, script)) = file_of(file, &copies, &files, executed) else {
            continue;
        };
        let wants =
            read(context, script).is_some_and(|(_, program)| program.script().is_some_and(wants_bash));
        if wants {
            let image = root(file, executed.stage).unwrap_or_default();
            found.push(finding(
                copy.line,
                words::bash_script(image, &script.file, executed.line),
            ));
        }
    }
    found
}

fn finding(line: u32, message: String) -> Finding {
    Finding {
        rule: Rule::BashOnAlpine,
        line,
        severity: Severity::Error,
        message,
        fix: Some(words::bash_fix()),
    }
}

/// The image under a stage.
fn root(file: &Dockerfile, stage: usize) -> Option<&str> {
    let last = *chain(file, stage).last()?;
    match &file.stages()[last].base {
        Base::Image(image) => Some(image),
        Base::Stage(_) | Base::Scratch | Base::Unknown => None,
    }
}

fn lacks_bash(file: &Dockerfile, places: &Places, stage: usize) -> bool {
    let is_alpine = root(file, stage).is_some_and(is_plain_alpine);
    let stages = chain(file, stage);
    let mut all = stages.iter().flat_map(|at| &file.stages()[*at].instructions);
    is_alpine && !places.is_windows(stage) && !all.any(|one| may_bring(one, file.escape()))
}

fn is_plain_alpine(image: &str) -> bool {
    let image = image.split('@').next().unwrap_or_default();
    let prefix = LIBRARIES.iter().find(|prefix| image.starts_with(**prefix));
    let image = prefix.map_or(image, |prefix| &image[prefix.len()..]);
    match image.split_once(':') {
        Some((name, tag)) => name == "alpine" || (WITHOUT.contains(&name) && tag.contains("alpine")),
        None => image == "alpine",
    }
}

/// Whether an instruction installs it, or may.
fn may_bring(instruction: &Instruction, escape: char) -> bool {
    if instruction.keyword == Keyword::Run {
        let mut commands = instruction.texts().flat_map(shell::commands);
        return commands.any(|command| may_install(&command));
    }
    if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) {
        return false;
    }
    let (sources, destination) = instruction.sources(escape);
    let is_bash = |path: &str| path.rsplit('/').next() == Some("bash");
    let is_root = destination == "/" && instruction.flag("from").is_some();
    is_root || is_bash(&destination) || sources.iter().any(|source| is_bash(source))
}

fn may_install(command: &Command) -> bool {
    let is_apk = command.name() == "apk" || command.has("apk");
    let arguments = || command.arguments().iter().map(|word| word.text.as_str());
    let unknown = |word: &str| word.contains('$') && !word.contains("PHPIZE_DEPS");
    let brings =
        |word: &str| word.contains("bash") || unknown(word) || BRINGS.iter().any(|part| word.contains(part));
    let links =
        matches!(command.name(), "ln" | "cp" | "mv") && arguments().any(|word| word.ends_with("bash"));
    // What a script of somebody's own installs is not known.
    let is_script = command
        .words
        .first()
        .is_some_and(|word| word.text.contains(".sh") || word.text.starts_with("./"));
    (is_apk && (command.has("add") && arguments().any(brings) || command.name() == "xargs"))
        || links
        || is_script
}

fn uses_bash(instruction: &Instruction) -> bool {
    let named = |word: &str| matches!(word, "bash" | "/bin/bash" | "/usr/bin/bash");
    let starts = matches!(
        instruction.keyword,
        Keyword::Shell | Keyword::Cmd | Keyword::Entrypoint | Keyword::Run
    );
    let commands = commands(instruction);
    let mut first = commands.iter().filter_map(|words| words.first());
    starts && first.any(|word| named(word))
}

/// A `SHELL` does nothing where nothing follows it that a shell runs.
fn is_used(shell: &Instruction, all: &[Instruction]) -> bool {
    let runs = |one: &Instruction| {
        let may = matches!(one.keyword, Keyword::Run | Keyword::Cmd | Keyword::Entrypoint);
        may && one.json.is_none() && one.line > shell.line
    };
    shell.keyword != Keyword::Shell || all.iter().any(runs)
}

/// Whether the kernel would start it for this script.
fn wants_bash(script: &platform::Script) -> bool {
    let base = script.interpreter.rsplit('/').next().unwrap_or_default();
    let argument = script.argument.as_deref().unwrap_or_default();
    let by_env = base == "env" && argument.split_whitespace().find(|word| *word != "-S") == Some("bash");
    by_env || script.interpreter == "/bin/bash" || script.interpreter == "/usr/bin/bash"
}
