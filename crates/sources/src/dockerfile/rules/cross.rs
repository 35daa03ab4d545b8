//! Stages that run on the builder's platform, and what they make for another.

use super::{Places, chain};
use crate::dockerfile::{
    Dockerfile, Finding, Rule, Severity,
    instruction::{Instruction, Keyword},
    shell::{self, Command},
    stage::Stage,
    words,
};

/// Words that show that a stage knows for what it builds.
const AIMS: [&str; 16] = [
    "GOARCH",
    "TARGETPLATFORM",
    "xx-",
    "--target",
    "CARGO_BUILD_TARGET",
    "CROSS_COMPILE",
    "cargo zigbuild",
    "cargo-zigbuild",
    "zig cc",
    "goreleaser",
    "gox ",
    "--host=",
    "-linux-gnu",
    "-linux-musl",
    "CMAKE_TOOLCHAIN",
    "TARGETVARIANT",
];

/// Stages whose programs are for whoever builds, and are put into an image for somebody else.
pub(super) fn find(file: &Dockerfile, places: &Places) -> Vec<Finding> {
    let mut found: Vec<Finding> = whole_image(file, places).into_iter().collect();
    for (index, stage) in file.stages().iter().enumerate() {
        let is_root = stage
            .platform
            .as_deref()
            .is_some_and(|platform| platform.contains("BUILDPLATFORM"));
        if places.is_fixed(index) || !places.is_builder(index) {
            continue;
        }
        let built = chain(file, index)
            .iter()
            .find_map(|at| compiles(&file.stages()[*at]));
        let Some((line, compiler)) = built else { continue };
        // The line of the stage that says the platform is the one to change.
        let from = if is_root {
            stage.line
        } else {
            root_line(file, index)
        };
        if aims(file, index) || !leaves(file, places, index) {
            continue;
        }
        found.push(Finding {
            rule: Rule::BuildPlatformWithoutCrossCompiling,
            line: from,
            severity: Severity::Error,
            message: words::no_cross(compiler, line),
            fix: Some(words::no_cross_fix(compiler)),
        });
    }
    found
}

fn root_line(file: &Dockerfile, index: usize) -> u32 {
    let says = |stage: &&Stage| stage.platform.is_some();
    let all = chain(file, index);
    let stages = all.iter().map(|at| &file.stages()[*at]);
    stages
        .clone()
        .find(says)
        .map_or(file.stages()[index].line, |stage| stage.line)
}

/// The first line that compiles for one architecture, and with what.
fn compiles(stage: &Stage) -> Option<(u32, &'static str)> {
    let runs = stage
        .instructions
        .iter()
        .filter(|one| one.keyword == Keyword::Run);
    runs.flat_map(Instruction::texts)
        .flat_map(shell::commands)
        .find_map(|command| {
            let line = command.words.first()?.line;
            Some((line, compiler(&command)?))
        })
}

fn compiler(command: &Command) -> Option<&'static str> {
    let first = command.arguments().first().map_or("", |word| word.text.as_str());
    match (command.name(), first) {
        ("go", "build") => Some("go build"),
        ("cargo", "build") => Some("cargo build"),
        ("gcc" | "cc" | "g++" | "clang", _) if command.has("-o") => Some("a C compiler"),
        _ => None,
    }
}

/// Whether anything in it, or in what it begins with, knows the target.
fn aims(file: &Dockerfile, index: usize) -> bool {
    let head = file.head().iter().any(says_aim);
    head || chain(file, index).iter().any(|at| {
        let stage = &file.stages()[*at];
        // A compiler's image that is made for it.
        stage.image.contains("cross") || stage.image.contains("xx") || stage.instructions.iter().any(says_aim)
    })
}

fn says_aim(instruction: &Instruction) -> bool {
    // An `ARG` alone only offers the word, and Go and Cargo do not look for it.
    let is_offer = instruction.keyword == Keyword::Arg;
    let says = |text: &str| {
        AIMS.iter().any(|word| text.contains(word)) || text.contains("TARGETARCH") || text.contains("_ARCH")
    };
    let flags = instruction
        .flags
        .iter()
        .any(|flag| flag.value.as_deref().is_some_and(says));
    !is_offer && (flags || instruction.texts().any(|text| says(text.as_str())))
}

/// Whether what it makes comes into a stage that is for the target.
fn leaves(file: &Dockerfile, places: &Places, index: usize) -> bool {
    let stage = &file.stages()[index];
    let number = index.to_string();
    let is_it = |from: &str| {
        from == number
            || stage
                .name
                .as_deref()
                .is_some_and(|name| name.eq_ignore_ascii_case(from))
    };
    // Only what the image is made of, or takes from, is known to be for the target.
    let image = image(file);
    file.stages()
        .iter()
        .enumerate()
        .skip(index + 1)
        .any(|(other, target)| {
            let takes = |one: &Instruction| {
                one.keyword == Keyword::Copy
                    && one.flag("from").is_some_and(is_it)
                    && !takes_text(one, file.escape())
            };
            image.contains(&other)
                && !places.is_builder(other)
                && !places.is_fixed(other)
                && target.instructions.iter().any(takes)
        })
}

/// The stages that the image is made of, and those that these take from.
fn image(file: &Dockerfile) -> Vec<usize> {
    let own = chain(file, file.stages().len() - 1);
    let takes = own
        .iter()
        .flat_map(|at| &file.stages()[*at].instructions)
        .filter_map(|one| one.flag("from"));
    let named = takes.filter_map(|from| {
        let is_it = |stage: &Stage| {
            stage
                .name
                .as_deref()
                .is_some_and(|name| name.eq_ignore_ascii_case(from))
        };
        file.stages().iter().position(is_it)
    });
    named.chain(own.iter().copied()).collect()
}

/// An image that is made on the builder's platform, and starts something.
fn whole_image(file: &Dockerfile, places: &Places) -> Option<Finding> {
    let last = file.stages().len() - 1;
    let starts = |at: &usize| {
        let mut all = file.stages()[*at].instructions.iter();
        all.any(|one| matches!(one.keyword, Keyword::Cmd | Keyword::Entrypoint))
    };
    let is_it = places.is_builder(last) && !places.is_fixed(last) && chain(file, last).iter().any(starts);
    is_it.then(|| Finding {
        rule: Rule::BuildPlatformWithoutCrossCompiling,
        line: root_line(file, last),
        severity: Severity::Warning,
        message: words::builders_image(),
        fix: Some(words::builders_image_fix()),
    })
}

/// Whether it takes only what no compiler makes.
fn takes_text(copy: &Instruction, escape: char) -> bool {
    let texts = [
        "/ssl/",
        "/etc/",
        "zoneinfo",
        "static",
        "public",
        "dist",
        "html",
        "assets",
        "templates",
        "migrations",
        ".yaml",
        ".yml",
        ".json",
        ".crt",
        ".pem",
        ".sh",
        ".conf",
    ];
    let (sources, _) = copy.sources(escape);
    sources
        .iter()
        .all(|source| texts.iter().any(|word| source.contains(word)))
}
