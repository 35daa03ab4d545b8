//! Targets of compilers that are written down.

use std::collections::HashSet;

use super::{Places, guard::is_guarded};
use crate::dockerfile::{
    Dockerfile, Finding, Rule, Severity,
    architecture::{of_platform, only},
    instruction::{Instruction, Keyword},
    scope::{Scope, Trust, Value},
    shell::{self, Command, assignment},
    walk::{Here, pairs, walk},
    words,
};

/// A target that is written down, and where.
struct Target {
    rule: Rule,
    line: u32,
    value: String,
    architecture: &'static str,
    by: Trust,
}

/// `GOARCH=amd64`, `cargo build --target x86_64-unknown-linux-musl`.
pub(super) fn find(file: &Dockerfile, places: &Places) -> Vec<Finding> {
    let mut targets = Vec::new();
    walk(file, |here| {
        if !places.is_fixed(here.stage) {
            look(here, file.escape(), &mut targets);
        }
    });
    // Whoever builds for several does it on purpose.
    let architectures: HashSet<_> = targets.iter().map(|target| target.architecture).collect();
    if architectures.len() > 1 {
        return Vec::new();
    }
    targets.iter().map(finding).collect()
}

fn finding(target: &Target) -> Finding {
    let (message, fix) = if target.rule == Rule::GoarchConstant {
        (words::goarch(&target.value, target.by), words::goarch_fix())
    } else {
        (words::rust_target(&target.value), words::rust_target_fix())
    };
    Finding {
        rule: target.rule,
        line: target.line,
        severity: match target.by {
            Trust::Constants => Severity::Warning,
            Trust::Defaults => Severity::Note,
        },
        message,
        fix: Some(fix),
    }
}

fn look(here: &Here, escape: char, targets: &mut Vec<Target>) {
    let instruction = here.instruction;
    if instruction.keyword == Keyword::Env {
        environment(here, escape, targets);
    } else if instruction.keyword == Keyword::Arg {
        let value = instruction.text.as_str().strip_prefix("GOARCH=");
        targets.extend(value.and_then(|value| go(instruction.line, value, Trust::Defaults)));
    } else if instruction.keyword == Keyword::Run
        && (!is_guarded(instruction, here.scope) || sets_plainly(instruction))
    {
        run(instruction, here.scope, targets);
    }
}

fn environment(here: &Here, escape: char, targets: &mut Vec<Target>) {
    let text = &here.instruction.text;
    let line = text.line_at(text.as_str().find("GOARCH").unwrap_or_default());
    let pairs = pairs(text.as_str(), escape);
    let is_foreign = pairs
        .iter()
        .any(|(name, value)| name == "GOOS" && value != "linux");
    let set = pairs
        .iter()
        .filter(|(name, _)| name == "GOARCH" && !is_foreign && !is_elsewhere(here.scope));
    let values = set.map(|(_, value)| shell::expanded(value, here.scope, Trust::Constants));
    targets.extend(values.filter_map(|value| go(line, &value, Trust::Constants)));
}

/// `GOARCH` is a question's word too: it is one only where it is not set to a name.
fn sets_plainly(instruction: &Instruction) -> bool {
    let asks = [
        "TARGETARCH",
        "TARGETPLATFORM",
        "uname",
        "--print-architecture",
        "case ",
        "for ",
    ];
    let text = instruction.text.as_str();
    text.contains("GOARCH=") && !asks.iter().any(|word| text.contains(word))
}

fn run(instruction: &Instruction, scope: &Scope, targets: &mut Vec<Target>) {
    for command in instruction.texts().flat_map(shell::commands) {
        let set = command
            .assignments
            .iter()
            .filter_map(|word| Some((word, assignment(&word.text)?)));
        let mut foreign = is_elsewhere(scope);
        let mut found = None;
        for (word, (name, value)) in set {
            let value = shell::expanded(value, scope, Trust::Constants);
            foreign |= name == "GOOS" && value != "linux";
            if name == "GOARCH" {
                found = go(word.line, &value, Trust::Constants);
            }
        }
        targets.extend(found.filter(|_| !foreign));
        targets.extend(rust(&command, scope));
    }
}

fn is_elsewhere(scope: &Scope) -> bool {
    match scope.get("GOOS") {
        Some(Value::Constant(system) | Value::Default(system)) => system != "linux",
        Some(Value::Unknown) | None => false,
    }
}

fn go(line: u32, value: &str, by: Trust) -> Option<Target> {
    let value = value.trim_matches(['"', '\'']);
    Some(Target {
        rule: Rule::GoarchConstant,
        line,
        value: value.to_owned(),
        architecture: of_platform(&format!("linux/{value}"))?,
        by,
    })
}

/// `--target TRIPLE` of a build.
fn rust(command: &Command, scope: &Scope) -> Option<Target> {
    let builds =
        command.name() == "cargo" && (command.has("build") || command.has("install") || command.has("rustc"));
    if !builds {
        return None;
    }
    let mut arguments = command.arguments().iter();
    let (line, triple) = loop {
        let word = arguments.next()?;
        if word.text == "--target" {
            let value = arguments.next()?;
            break (value.line, value.text.as_str());
        }
        if let Some(value) = word.text.strip_prefix("--target=") {
            break (word.line, value);
        }
    };
    let triple = shell::expanded(triple, scope, Trust::Constants);
    let is_linux = triple.contains("-linux-") && !triple.contains("android");
    Some(Target {
        rule: Rule::RustTargetConstant,
        line,
        architecture: only(&triple).filter(|_| is_linux)?,
        value: triple,
        by: Trust::Constants,
    })
}
