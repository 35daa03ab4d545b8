//! What can be done, best first: a native build, then translation, then the image's own repair.

use platform::{Native, Platform};

use crate::{Cause, Remedy, RemedyKind, State, foreign_text::quoted, rules::Case, words::script_place};

/// What `tonistiigi/binfmt` can install.
const INSTALLABLE: [&str; 10] = [
    "386", "amd64", "arm", "arm64", "loong64", "mips64", "mips64le", "ppc64le", "riscv64", "s390x",
];

/// A cause, and the kind, title and reason of what can be done.
struct Simple(Cause, RemedyKind, &'static str, &'static str);

/// What needs no more than the cause.
const SIMPLE: [Simple; 10] = [
    Simple(
        Cause::ByteOrderMark,
        RemedyKind::FixShebang,
        "Let the script begin with `#!`",
        "Save it as UTF-8 without a byte order mark and without anything else before `#!`",
    ),
    Simple(
        Cause::MissingShebang,
        RemedyKind::FixShebang,
        "Give the script a first line",
        "Without `#!/bin/sh` or its like the kernel does not know what runs it",
    ),
    Simple(
        Cause::MissingInterpreter,
        RemedyKind::InstallInterpreter,
        "Put the interpreter into the image",
        "Or name one in the script's first line that is there, such as `/bin/sh`",
    ),
    Simple(
        Cause::MissingLoader,
        RemedyKind::FixBuild,
        "Build the program for this image's C library",
        "Programs for glibc and for musl need different loaders; a static program needs none",
    ),
    Simple(
        Cause::EmptyProgram,
        RemedyKind::FixBuild,
        "Copy the program again",
        "A download, a build step or a copy ended before the file was complete",
    ),
    Simple(
        Cause::TruncatedProgram,
        RemedyKind::FixBuild,
        "Copy the program again",
        "A download, a build step or a copy ended before the file was complete",
    ),
    Simple(
        Cause::NotExecutable,
        RemedyKind::FixPermissions,
        "Let it be executed",
        "`RUN chmod +x` in the Dockerfile, or `COPY --chmod=755`",
    ),
    Simple(
        Cause::IsADirectory,
        RemedyKind::FixCommand,
        "Name a program that is there",
        "Look at `ENTRYPOINT`, `CMD`, the command that was given, and at mounts that hide the image's files",
    ),
    Simple(
        Cause::CommandNotFound,
        RemedyKind::FixCommand,
        "Name a program that is there",
        "Look at `ENTRYPOINT`, `CMD`, the command that was given, and at mounts that hide the image's files",
    ),
    Simple(
        Cause::OutOfMemory,
        RemedyKind::RaiseMemory,
        "Allow more memory",
        "The container's limit, or the virtual machine's, was reached",
    ),
];

pub(crate) fn of(case: &Case<'_>) -> Vec<Remedy> {
    let remedies = of_cause(case);
    match case.facts.ending.state {
        State::Image => remedies
            .into_iter()
            .filter_map(|remedy| of_image(case, remedy))
            .collect(),
        State::Created | State::Running | State::Restarting | State::Ended => remedies,
    }
}

/// There is no container to run again: an image is run for the engine's own platform, or as it is.
fn of_image(case: &Case<'_>, remedy: Remedy) -> Option<Remedy> {
    if remedy.kind != RemedyKind::RerunPlatform {
        return Some(remedy);
    }
    let (engine, image) = (&case.facts.engine, &case.facts.image);
    (remedy.platform.as_ref() == Some(engine)).then(|| Remedy {
        kind: RemedyKind::UseNativeBuild,
        title: format!("Run it as {engine}"),
        command: is_name(image).then(|| format!("docker run --platform {engine} {image}")),
        why: "The native build runs at full speed, if the image has one".to_owned(),
        ..remedy
    })
}

/// Whether `image` is a name, which may have other builds, and a shell takes it as it is. An id or digest is one build.
fn is_name(image: &str) -> bool {
    let plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-' | '/' | ':');
    let is_id = image.starts_with("sha256:") || image.chars().all(|digit| digit.is_ascii_hexdigit());
    image.starts_with(|first: char| first.is_ascii_alphanumeric()) && image.chars().all(plain) && !is_id
}

fn of_cause(case: &Case<'_>) -> Vec<Remedy> {
    match case.cause {
        Cause::WrongArchitecture => wrong_architecture(case),
        Cause::MislabelledImage => mislabelled(case),
        Cause::ForeignBinary => vec![fix_build(case), report(case)],
        Cause::NotLinuxBinary => vec![fix_build(case)],
        Cause::IllegalInstruction => illegal_instruction(case),
        Cause::CrlfLineEndings => vec![line_endings(case)],
        Cause::ByteOrderMark
        | Cause::MissingShebang
        | Cause::MissingInterpreter
        | Cause::MissingLoader
        | Cause::MissingLibrary
        | Cause::ForeignModule
        | Cause::EmptyProgram
        | Cause::TruncatedProgram
        | Cause::NotExecutable
        | Cause::IsADirectory
        | Cause::CommandNotFound
        | Cause::NoexecMount
        | Cause::TranslatorFailure
        | Cause::PlatformUnavailable
        | Cause::OutOfMemory
        | Cause::PortInUse
        | Cause::MountSourceMissing
        | Cause::Stopped
        | Cause::ApplicationExit
        | Cause::Unknown => simple(case.cause),
    }
}

fn simple(cause: Cause) -> Vec<Remedy> {
    let rows = SIMPLE.iter().filter(|row| row.0 == cause);
    rows.map(|row| plain(row.1, row.2, row.3)).collect()
}

fn wrong_architecture(case: &Case<'_>) -> Vec<Remedy> {
    let native = rerun_natively(case);
    let Some(foreign) = case.actual else {
        return vec![native];
    };
    vec![
        native,
        translation(&case.facts.engine, foreign),
        rerun_translated(case, foreign),
    ]
}

/// Where the label is already the engine's, asking for that again would bring the same image. The same tag may have a
/// whole build for the platform that its program is for.
fn mislabelled(case: &Case<'_>) -> Vec<Remedy> {
    let engine = &case.facts.engine;
    let claimed = case.facts.claimed.as_known();
    let claims_engine = claimed.is_some_and(|claimed| claimed.runs_on(engine) == Native::Yes);
    let native = (!claims_engine).then(|| rerun_natively(case));
    let translated = case
        .actual
        .map(|actual| [rerun_translated(case, actual), translation(engine, actual)]);
    native
        .into_iter()
        .chain(translated.into_iter().flatten())
        .chain([fix_build(case), report(case)])
        .collect()
}

fn illegal_instruction(case: &Case<'_>) -> Vec<Remedy> {
    if case.is_foreign() {
        return vec![rerun_natively(case)];
    }
    vec![plain(
        RemedyKind::UseNativeBuild,
        "Use a build for this processor",
        "Programs built for newer processors stop where an instruction is missing",
    )]
}

fn rerun_natively(case: &Case<'_>) -> Remedy {
    let engine = &case.facts.engine;
    Remedy {
        title: format!("Re-run as {engine}"),
        why: "The native build runs at full speed, if the image has one; the registry is asked before anything changes"
            .to_owned(),
        ..rerun(case, engine)
    }
}

fn rerun_translated(case: &Case<'_>, foreign: &Platform) -> Remedy {
    Remedy {
        title: format!("Re-run as {foreign}"),
        why: format!(
            "Once {} programs are translated here, the image's {} build runs",
            foreign.short(),
            foreign.short()
        ),
        ..rerun(case, foreign)
    }
}

fn rerun(case: &Case<'_>, platform: &Platform) -> Remedy {
    let name = &case.facts.container;
    Remedy {
        kind: RemedyKind::RerunPlatform,
        title: String::new(),
        command: is_safe(name).then(|| format!("archlight rerun {name} --platform {platform}")),
        why: String::new(),
        platform: Some(platform.clone()),
    }
}

/// Whether `name` is one that engines give, which a shell takes as it is.
fn is_safe(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-'))
}

/// What translates depends on the machine: Apple's translator knows amd64 on arm64 only.
fn translation(engine: &Platform, foreign: &Platform) -> Remedy {
    let by_rosetta = engine.architecture() == "arm64" && foreign.architecture() == "amd64";
    let platform = Some(foreign.clone());
    if by_rosetta {
        return Remedy {
            command: Some("archlight rosetta".to_owned()),
            platform,
            ..plain(
                RemedyKind::TurnOnTranslation,
                "Turn on Rosetta",
                "On a Mac, Rosetta translates amd64 programs; `archlight rosetta` says whether it is on and how to turn it on",
            )
        };
    }
    let name = foreign.architecture();
    let command = format!("docker run --privileged --rm tonistiigi/binfmt --install {name}");
    Remedy {
        command: INSTALLABLE.contains(&name).then_some(command),
        platform,
        ..plain(
            RemedyKind::InstallTranslator,
            &format!("Install a translator for {name}"),
            &format!(
                "QEMU, registered with the kernel, translates {name} programs; they run more slowly than native ones"
            ),
        )
    }
}

fn fix_build(case: &Case<'_>) -> Remedy {
    let claimed = case.facts.claimed.as_known().unwrap_or(&case.facts.engine);
    let why =
        format!("Copy or download the program for {claimed}; the Dockerfile took one for another platform");
    plain(RemedyKind::FixBuild, "Fix it where it is built", &why)
}

fn report(case: &Case<'_>) -> Remedy {
    let why = format!(
        "Whoever publishes {} can rebuild it; this diagnosis is the proof",
        quoted(&case.facts.image)
    );
    plain(RemedyKind::ReportUpstream, "Tell whoever builds the image", &why)
}

fn line_endings(case: &Case<'_>) -> Remedy {
    let why = format!(
        "Save {} with LF, and keep it so with `*.sh text eol=lf` in `.gitattributes`",
        script_place(case)
    );
    plain(
        RemedyKind::FixLineEndings,
        "Save the script with LF line ends",
        &why,
    )
}

fn plain(kind: RemedyKind, title: &str, why: &str) -> Remedy {
    Remedy {
        kind,
        title: title.to_owned(),
        command: None,
        why: why.to_owned(),
        platform: None,
    }
}
