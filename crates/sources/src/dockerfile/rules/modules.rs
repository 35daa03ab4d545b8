//! What package managers installed on the host: `node_modules`, Python environments.

use super::Places;
use crate::dockerfile::{
    Context, Dockerfile, Entry, Finding, Rule, Severity,
    copies::{Copy, copies},
    ignore,
    instruction::{Instruction, Keyword},
    scope::HOLE,
    shell,
    stage::Stage,
    words,
};

const MODULES: &str = "node_modules";

/// Names that people give to Python environments, and to little else.
const ENVIRONMENTS: [&str; 3] = ["venv", ".venv", "virtualenv"];

/// Managers that install into `node_modules`.
const MANAGERS: [&str; 4] = ["npm", "yarn", "pnpm", "bun"];

/// Copies of them, by name or with all else.
pub(super) fn find(file: &Dockerfile, places: &Places, context: &Context) -> Vec<Finding> {
    let mut found = Vec::new();
    for copy in copies(file).iter().filter(|copy| !places.is_windows(copy.stage)) {
        for source in copy.sources.iter().filter(|source| !source.contains(HOLE)) {
            found.extend(by_name(copy, source, context));
            found.extend(with_all(file, copy, source, context));
        }
    }
    found
}

fn finding(rule: Rule, line: u32, severity: Severity, message: String, fix: String) -> Finding {
    Finding {
        rule,
        line,
        severity,
        message,
        fix: Some(fix),
    }
}

/// A source that is nothing else.
fn by_name(copy: &Copy, source: &str, context: &Context) -> Option<Finding> {
    let path = ignore::cleaned(source)?;
    let name = path.rsplit('/').find(|name| !name.contains('*'))?;
    if name == MODULES && !context.leaves_out(&path) {
        let (message, fix) = (words::modules_by_name(&path), words::modules_by_name_fix());
        return Some(finding(
            Rule::CopyNodeModules,
            copy.line,
            Severity::Warning,
            message,
            fix,
        ));
    }
    let is_environment = match context.entry(&path) {
        Some(Entry::Environment) => true,
        Some(Entry::Folder | Entry::File(..)) => false,
        None => ENVIRONMENTS.contains(&name),
    };
    is_environment.then(|| {
        let (message, fix) = (
            words::environment_by_name(&path),
            words::environment_by_name_fix(),
        );
        finding(Rule::CopyVirtualenv, copy.line, Severity::Error, message, fix)
    })
}

/// A folder that has them, or will have them after the next install on the host.
fn with_all(file: &Dockerfile, copy: &Copy, source: &str, context: &Context) -> Vec<Finding> {
    context.root().map_or_else(Vec::new, |_| {
        let folders = context.sources(source).into_iter();
        let folders = folders.filter(|name| name.is_empty() || context.entry(name) == Some(&Entry::Folder));
        folders
            .flat_map(|folder| in_folder(file, copy, folder, context))
            .collect()
    })
}

fn in_folder(file: &Dockerfile, copy: &Copy, folder: &str, context: &Context) -> Vec<Finding> {
    let mut found = Vec::new();
    if folder.rsplit('/').next() == Some(MODULES) {
        return found;
    }
    let stage = &file.stages()[copy.stage];
    let is_modules = |(name, _): &(&str, &Entry)| name.rsplit('/').next() == Some(MODULES);
    let there = context.below(folder).find(is_modules).map(|(name, _)| name);
    let next = if folder.is_empty() {
        MODULES.to_owned()
    } else {
        format!("{folder}/{MODULES}")
    };
    let package = next.replace(MODULES, "package.json");
    let is_project = context.entry(&package).is_some() && !context.leaves_out(&next);
    let cleans = cleans_after(stage, copy.line);
    if let Some(there) = there.filter(|_| !cleans) {
        let (message, fix) = (
            words::modules_there(there),
            words::ignore_fix(there, ignore_file(context)),
        );
        found.push(finding(
            Rule::CopyNodeModules,
            copy.line,
            Severity::Warning,
            message,
            fix,
        ));
    } else if is_project && !cleans && installs(stage) {
        let message = words::modules_to_come(&next, ignore_file(context));
        let fix = words::ignore_fix(&next, ignore_file(context));
        found.push(finding(
            Rule::CopyNodeModules,
            copy.line,
            Severity::Note,
            message,
            fix,
        ));
    }
    let environment = context
        .below(folder)
        .find(|(_, entry)| **entry == Entry::Environment);
    if let Some((name, _)) = environment {
        let (message, fix) = (
            words::environment_there(name),
            words::ignore_fix(name, ignore_file(context)),
        );
        found.push(finding(
            Rule::CopyVirtualenv,
            copy.line,
            Severity::Warning,
            message,
            fix,
        ));
    }
    found
}

fn ignore_file(context: &Context) -> words::IgnoreFile {
    if context.has_ignore() {
        words::IgnoreFile::There
    } else {
        words::IgnoreFile::Missing
    }
}

fn runs(stage: &Stage) -> impl Iterator<Item = &Instruction> {
    stage
        .instructions
        .iter()
        .filter(|one| one.keyword == Keyword::Run)
}

/// Whether modules are installed in the stage itself, so that it wants its own.
fn installs(stage: &Stage) -> bool {
    let commands = runs(stage).flat_map(Instruction::texts).flat_map(shell::commands);
    commands.into_iter().any(|command| {
        let is_bare_yarn =
            command.name() == "yarn" && command.arguments().iter().all(|word| word.text.starts_with('-'));
        let installs = ["install", "ci", "i"].iter().any(|word| command.has(word));
        MANAGERS.contains(&command.name()) && (installs || is_bare_yarn)
    })
}

/// Whether the host's are thrown away again: `npm ci` begins with that.
fn cleans_after(stage: &Stage, line: u32) -> bool {
    let after = runs(stage).filter(|run| run.line > line);
    let mut commands = after.flat_map(Instruction::texts).flat_map(shell::commands);
    commands.any(|command| {
        let removes =
            command.name() == "rm" && command.arguments().iter().any(|word| word.text.contains(MODULES));
        removes || (command.name() == "npm" && (command.has("ci") || command.has("clean-install")))
    })
}
