//! What a `FROM` names.

use std::collections::HashSet;

use super::{Places, chain};
use crate::dockerfile::{
    Answer, Answers, Dockerfile, Finding, Keyword, Rule, Severity,
    architecture::of_platform,
    stage::{Base, Stage},
    walk::pins,
    words,
};

/// Images by a digest under which there is one platform only.
pub(super) fn digests(file: &Dockerfile, places: &Places, answers: &Answers) -> Vec<Finding> {
    let stage_of = |line: u32| {
        file.stages()
            .iter()
            .rposition(|stage| stage.line <= line)
            .unwrap_or_default()
    };
    let found = pins(file).into_iter().filter_map(|pin| {
        let Some(Answer::Image(platform)) = answers.get(&pin.reference) else {
            return None;
        };
        let platform = platform.as_ref()?;
        if places.is_fixed(stage_of(pin.line)) || platform.os() != "linux" {
            return None;
        }
        Some(Finding {
            rule: Rule::FromSinglePlatformDigest,
            line: pin.line,
            severity: Severity::Warning,
            message: words::single_digest(&platform.to_string()),
            fix: Some(words::single_digest_fix(&pin.reference)),
        })
    });
    found.collect()
}

/// Platforms that are written down.
pub(super) fn platforms(file: &Dockerfile, places: &Places) -> Vec<Finding> {
    let constant = |stage: &Stage| stage.constant_platform.as_deref().and_then(of_platform);
    let all: HashSet<_> = file.stages().iter().filter_map(constant).collect();
    // One stage for each of several architectures is how they are told apart.
    if all.len() > 1 {
        return Vec::new();
    }
    let parts = parts(file);
    let mut found = Vec::new();
    for (index, stage) in file.stages().iter().enumerate() {
        let Some(platform) = stage
            .constant_platform
            .as_deref()
            .filter(|_| constant(stage).is_some())
        else {
            continue;
        };
        if places.is_windows(index) || !platform.contains("linux") || by_name(file, places, index) {
            continue;
        }
        let part = parts[index];
        found.push(Finding {
            rule: Rule::FromConstantPlatform,
            line: stage.line,
            severity: if part == words::Part::Files {
                Severity::Note
            } else {
                Severity::Warning
            },
            message: words::constant_platform(platform, part),
            fix: Some(words::constant_platform_fix(platform, part)),
        });
    }
    found
}

/// Whether the name of the stage or of the file says the same.
fn by_name(file: &Dockerfile, places: &Places, index: usize) -> bool {
    let stage = &file.stages()[index];
    let named = stage
        .name
        .as_deref()
        .and_then(crate::dockerfile::architecture::only);
    named.is_some() || places.by_file
}

/// What each stage is for.
fn parts(file: &Dockerfile) -> Vec<words::Part> {
    let runs = |stage: &Stage| stage.instructions.iter().any(|one| one.keyword == Keyword::Run);
    let mut parts = vec![words::Part::Files; file.stages().len()];
    // A base stands before its stages, so each is known before what it begins with.
    for (index, stage) in file.stages().iter().enumerate().rev() {
        if parts[index] == words::Part::Files && runs(stage) {
            parts[index] = words::Part::Build;
        }
        if let (Base::Stage(base), words::Part::Build) = (&stage.base, parts[index]) {
            parts[*base] = words::Part::Build;
        }
    }
    for index in chain(file, parts.len() - 1) {
        parts[index] = words::Part::Image;
    }
    parts
}
