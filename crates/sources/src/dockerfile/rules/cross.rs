//! Stages that run on the builder's platform, and what they make for another.

use super::{Places, chain, inherited};
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
    let (built, aims, roots) = (
        inherited(file, compiles),
        inherited(file, aims),
        inherited(file, says_platform),
    );
    let head = file.head().iter().any(says_aim);
    let takings = takings(file, places);
    for (index, stage) in file.stages().iter().enumerate() {
        if places.is_fixed(index) || !places.is_builder(index) {
            continue;
        }
        let Some((line, compiler)) = built[index] else {
            continue;
        };
        if head || aims[index].is_some() || !leaves(file, &takings, index) {
            continue;
        }
        found.push(Finding {
            rule: Rule::BuildPlatformWithoutCrossCompiling,
            // The line of the stage that says the platform is the one to change.
            line: roots[index].unwrap_or(stage.line),
            severity: Severity::Error,
            message: words::no_cross(compiler, line),
            fix: Some(words::no_cross_fix(compiler)),
        });
    }
    found
}

/// The line of a stage that says a platform.
fn says_platform(stage: &Stage) -> Option<u32> {
    stage.platform.is_some().then_some(stage.line)
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

/// Whether anything in a stage knows the target.
fn aims(stage: &Stage) -> Option<()> {
    // A compiler's image that is made for it.
    let is_cross = stage.image.contains("cross") || stage.image.contains("xx");
    (is_cross || stage.instructions.iter().any(says_aim)).then_some(())
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

/// What stages for the target take that may be a program: which stage, and from where.
fn takings<'a>(file: &'a Dockerfile, places: &Places) -> Vec<(usize, &'a str)> {
    // Only what the image is made of, or takes from, is known to be for the target.
    let mut image = image(file);
    image.sort_unstable();
    image.dedup();
    image.retain(|at| !places.is_builder(*at) && !places.is_fixed(*at));
    let of = |at: usize| {
        let copies = file.stages()[at]
            .instructions
            .iter()
            .filter(|one| one.keyword == Keyword::Copy && !takes_text(one, file.escape()));
        copies.filter_map(move |one| Some((at, one.flag("from")?)))
    };
    image.into_iter().flat_map(of).collect()
}

/// Whether a later stage takes from this one.
fn leaves(file: &Dockerfile, takings: &[(usize, &str)], index: usize) -> bool {
    let number = index.to_string();
    let name = file.stages()[index].name.as_deref();
    takings.iter().any(|(at, from)| {
        let is_it = *from == number || name.is_some_and(|name| name.eq_ignore_ascii_case(from));
        *at > index && is_it
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
        line: inherited(file, says_platform)[last].unwrap_or(file.stages()[last].line),
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
