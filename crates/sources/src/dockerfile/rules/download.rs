//! Downloads of what is for one architecture.

use super::{Places, guard::is_guarded, inherited};
use crate::dockerfile::{
    Dockerfile, Finding, Rule, Severity, Text,
    architecture::only,
    expand::{Quotes, word},
    instruction::{Instruction, Keyword},
    scope::{Scope, Trust},
    shell::{self, Command, Word},
    stage::Stage,
    walk::{Here, walk},
    words,
};

/// Programs that fetch what an address names.
const FETCHERS: [&str; 28] = [
    "curl", "wget", "aria2c", "axel", "apt-get", "apt", "aptitude", "dpkg", "gdebi", "dnf", "yum",
    "microdnf", "tdnf", "rpm", "zypper", "apk", "pip", "pip3", "pipx", "uv", "python", "python3", "npm",
    "yarn", "pnpm", "conda", "mamba", "wget2",
];

/// Endings of what is for every architecture, or is no program at all.
const HARMLESS: [&str; 24] = [
    ".asc",
    ".sig",
    ".sha256",
    ".sha256sum",
    ".sha512",
    ".sha1",
    ".md5",
    ".gpg",
    ".key",
    ".pub",
    ".json",
    ".yml",
    ".yaml",
    ".txt",
    ".md",
    ".html",
    ".patch",
    ".diff",
    ".repo",
    ".list",
    "_all.deb",
    "noarch.rpm",
    "-any.whl",
    ".conf",
];

/// Words of addresses whose content is not for Linux.
const ELSEWHERE: [&str; 9] = [
    "windows", "win-", "win32", "win64", "darwin", "macos", "osx", ".exe", ".msi",
];

/// Instructions that fetch, each where it stands, and declarations that nothing uses.
pub(super) fn find(file: &Dockerfile, places: &Places) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut stages = Vec::new();
    let (packages, added) = (inherited(file, mixes), added(file));
    walk(file, |here| {
        if places.is_fixed(here.stage) {
            return;
        }
        let before = found.len();
        let instruction = here.instruction.trigger.as_deref().unwrap_or(here.instruction);
        if instruction.keyword == Keyword::Run {
            let packages = packages[here.stage].unwrap_or(Packages::Own);
            run(instruction, here.scope, packages, &mut found);
        } else if instruction.keyword == Keyword::Add && !has_others(here.instruction, &added[here.stage]) {
            add(instruction, here, file.escape(), &mut found);
        }
        if found.len() > before {
            stages.push((here.stage, here.instruction.line));
        }
    });
    let unused = stages
        .iter()
        .filter_map(|(stage, line)| unused(file, *stage, *line));
    found.extend(unused.collect::<Vec<_>>());
    found
}

fn finding(what: &str, found: &Found) -> Finding {
    Finding {
        rule: Rule::SingleArchitectureDownload,
        line: found.written,
        severity: match found.by {
            Trust::Constants => Severity::Warning,
            Trust::Defaults => Severity::Note,
        },
        message: words::download(
            found.architecture,
            what,
            found.by,
            (found.line != found.written).then_some(found.line),
        ),
        fix: Some(words::download_fix(found.architecture)),
    }
}

/// An architecture, and whether a build can choose another.
struct Found {
    architecture: &'static str,
    by: Trust,
    /// Where it is fetched.
    line: u32,
    /// Where the architecture is written.
    written: u32,
}

/// Whether packages of other architectures may be installed beside those of the image's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packages {
    Own,
    Mixed,
}

/// The one architecture that each `ADD` of a stage names, where it names one; stage by stage.
fn added(file: &Dockerfile) -> Vec<Vec<&'static str>> {
    let adds = |stage: &Stage| {
        let adds = stage
            .instructions
            .iter()
            .filter(|one| one.keyword == Keyword::Add);
        adds.filter_map(|one| only(one.text.as_str())).collect()
    };
    file.stages().iter().map(adds).collect()
}

/// Whether the stage adds the same for other architectures too, and chooses later.
fn has_others(add: &Instruction, added: &[&str]) -> bool {
    let mine = only(add.text.as_str());
    mine.is_some_and(|mine| added.iter().any(|other| *other != mine))
}

/// In all stages that begin with one that mixes them, packages are mixed.
fn mixes(stage: &Stage) -> Option<Packages> {
    let mut texts = stage.instructions.iter().flat_map(Instruction::texts);
    let mixes = texts.any(|text| text.as_str().contains("--add-architecture"));
    mixes.then_some(Packages::Mixed)
}

fn run(instruction: &Instruction, scope: &Scope, packages: Packages, found: &mut Vec<Finding>) {
    if is_guarded(instruction, scope) {
        return;
    }
    let mut scope = scope.clone();
    for text in instruction.texts() {
        script(text, &mut scope, packages, found);
    }
}

fn script(text: &Text, scope: &mut Scope, packages: Packages, found: &mut Vec<Finding>) {
    for command in shell::commands(text) {
        shell::assign(&command, scope);
        for word in &command.words {
            let what = |trust| named(&command, word, &shell::expanded(&word.text, scope, trust));
            let sure = what(Trust::Constants).map(|found| (found, Trust::Constants));
            let named = sure.or_else(|| what(Trust::Defaults).map(|found| (found, Trust::Defaults)));
            let is_package =
                |what: &str| packages == Packages::Mixed && what.contains(':') && !what.contains('/');
            if let Some(((architecture, what), by)) = named.filter(|((_, what), _)| !is_package(what)) {
                let written = scope.origin(&word.text, word.line).unwrap_or(word.line);
                let line = word.line;
                found.push(finding(
                    &what,
                    &Found {
                        architecture,
                        by,
                        line,
                        written,
                    },
                ));
            }
        }
    }
}

/// The architecture that a word of a command fetches, and its name for people.
fn named(command: &Command, word: &Word, text: &str) -> Option<(&'static str, String)> {
    if let Some(options) = text.split("deb [").nth(1).and_then(|rest| rest.split(']').next())
        && text.contains("://")
    {
        let architectures = options
            .split_whitespace()
            .find_map(|option| option.strip_prefix("arch="))?;
        return Some((only(architectures)?, words::deb_source()));
    }
    if !FETCHERS.contains(&command.name()) {
        return None;
    }
    if text.contains("://") {
        return Some((address(text)?, name(text)));
    }
    let package = package(command, &word.text)?;
    Some((package, text.to_owned()))
}

/// The architecture of what an address names.
fn address(text: &str) -> Option<&'static str> {
    let path = text
        .split("://")
        .nth(1)?
        .split(['?', '#'])
        .next()?
        .to_ascii_lowercase();
    let is_harmless = HARMLESS.iter().any(|ending| path.ends_with(ending));
    let is_elsewhere = ELSEWHERE.iter().any(|word| path.contains(word));
    let is_jar_of_all = path.contains(".jar") && only(path.rsplit('/').next()?).is_none();
    if is_harmless || is_elsewhere || is_jar_of_all {
        return None;
    }
    only(path.split_once('/')?.1)
}

/// The last part of an address, without what is not known of it.
fn name(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let last = text.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if only(last).is_some() {
        return last.to_owned();
    }
    text.split("://").nth(1).unwrap_or_default().to_owned()
}

/// A package that is for one architecture by its name, in the way of its manager.
fn package(command: &Command, word: &str) -> Option<&'static str> {
    let installs = command.has("install") || command.has("add") || command.has("i");
    if !installs || word.starts_with('-') || word.contains('$') {
        return None;
    }
    match command.name() {
        "apt-get" | "apt" | "aptitude" => only(word.split_once(':')?.1),
        "dnf" | "yum" | "microdnf" | "zypper" | "tdnf" => {
            only(word.rsplit_once('.')?.1).filter(|architecture| *architecture != "386")
        }
        "npm" | "yarn" | "pnpm" => {
            let name = word.trim_start_matches('@').split('@').next()?;
            only(name).filter(|_| name.contains("linux"))
        }
        _ => None,
    }
}

fn add(instruction: &Instruction, here: &Here, escape: char, found: &mut Vec<Finding>) {
    if is_guarded(instruction, here.scope) {
        return;
    }
    for source in instruction.sources(escape).0 {
        let expanded = |trust| word(&source, escape, Quotes::Off, here.scope, trust);
        for by in [Trust::Constants, Trust::Defaults] {
            let text = expanded(by);
            let is_address = text.contains("://");
            if let Some(architecture) = is_address.then(|| address(&text)).flatten() {
                let line = instruction.line;
                let written = here.scope.origin(&source, line).unwrap_or(line);
                found.push(finding(
                    &name(&text),
                    &Found {
                        architecture,
                        by,
                        line,
                        written,
                    },
                ));
                break;
            }
        }
    }
}

/// The declarations of the target's architecture in a stage that fetches on `line`, if nothing uses them.
fn unused(file: &Dockerfile, stage: usize, line: u32) -> Option<Finding> {
    let stage = &file.stages()[stage];
    let names = ["TARGETARCH", "TARGETPLATFORM"];
    let declares = |one: &&Instruction| {
        one.keyword == Keyword::Arg
            && names
                .iter()
                .any(|name| one.text.as_str().split_whitespace().any(|word| word == *name))
    };
    let argument = stage.instructions.iter().find(declares)?;
    let uses = |one: &Instruction| {
        let says = |text: &str| names.iter().any(|name| text.contains(name));
        let flags = one
            .flags
            .iter()
            .any(|flag| flag.value.as_deref().is_some_and(says));
        one.keyword != Keyword::Arg && (flags || one.texts().any(|text| says(text.as_str())))
    };
    if stage.instructions.iter().any(uses) {
        return None;
    }
    let name = names
        .iter()
        .find(|name| argument.text.as_str().contains(**name))?;
    Some(Finding {
        rule: Rule::TargetarchUnused,
        line: argument.line,
        severity: Severity::Note,
        message: words::unused(name, line),
        fix: Some(words::unused_fix(name)),
    })
}
