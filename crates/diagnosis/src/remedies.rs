//! What can be done, best first: a native build, then translation, then the image's own repair.

use platform::{Native, Platform};

use crate::{Cause, Remedy, RemedyKind, Role, rules::Case, words::quoted};

pub(crate) fn of(case: &Case<'_>) -> Vec<Remedy> {
    match case.cause {
        Cause::WrongArchitecture => wrong_architecture(case),
        Cause::MislabelledImage => mislabelled(case),
        Cause::ForeignBinary => vec![fix_build(case), report(case)],
        Cause::NotLinuxBinary => vec![fix_build(case)],
        Cause::CrlfLineEndings => vec![line_endings(case)],
        Cause::ByteOrderMark => vec![plain(
            RemedyKind::FixShebang,
            "Save the script without a byte order mark",
            "The kernel only knows a script by `#!` as its first two bytes",
        )],
        Cause::MissingShebang => vec![plain(
            RemedyKind::FixShebang,
            "Give the script a first line",
            "Without `#!/bin/sh` or its like the kernel does not know what runs it",
        )],
        Cause::MissingInterpreter => vec![plain(
            RemedyKind::InstallInterpreter,
            "Put the interpreter into the image",
            "Or name one in the script's first line that is there, such as `/bin/sh`",
        )],
        Cause::MissingLoader => vec![plain(
            RemedyKind::FixBuild,
            "Build the program for this image's C library",
            "It was linked for another one: glibc and musl programs need their own loaders",
        )],
        Cause::EmptyProgram | Cause::TruncatedProgram => vec![plain(
            RemedyKind::FixBuild,
            "Copy the program again",
            "A build step or a copy ended before the file was complete",
        )],
        Cause::NotExecutable => vec![plain(
            RemedyKind::FixPermissions,
            "Let it be executed",
            "`RUN chmod +x` in the Dockerfile, or `COPY --chmod=755`",
        )],
        Cause::IsADirectory | Cause::CommandNotFound => vec![plain(
            RemedyKind::FixCommand,
            "Name a program that is there",
            "Look at `ENTRYPOINT`, `CMD` and the command that was given",
        )],
        Cause::OutOfMemory => vec![plain(
            RemedyKind::RaiseMemory,
            "Allow more memory",
            "The container's limit, or the virtual machine's, was reached",
        )],
        Cause::IllegalInstruction => vec![plain(
            RemedyKind::UseNativeBuild,
            "Use a build for this processor",
            "Programs built for newer processors stop where an instruction is missing",
        )],
        Cause::MissingLibrary
        | Cause::ForeignModule
        | Cause::NoexecMount
        | Cause::TranslatorFailure
        | Cause::PlatformUnavailable
        | Cause::PortInUse
        | Cause::MountSourceMissing
        | Cause::Stopped
        | Cause::ApplicationExit
        | Cause::Unknown => Vec::new(),
    }
}

fn wrong_architecture(case: &Case<'_>) -> Vec<Remedy> {
    let engine = &case.facts.engine;
    let mut remedies = vec![Remedy {
        title: format!("Re-run as {engine}"),
        why: "The native build runs at full speed, if the image has one; the registry is asked before anything changes"
            .to_owned(),
        ..rerun(case, engine)
    }];
    let Some(foreign) = case.actual else {
        return remedies;
    };
    remedies.push(translation(engine, foreign));
    remedies.push(Remedy {
        title: format!("Re-run as {foreign}"),
        why: format!(
            "Once {} programs are translated here, the same image runs",
            foreign.short()
        ),
        ..rerun(case, foreign)
    });
    remedies
}

/// The same tag for the platform that its program is for may be whole: its loader and libraries match.
fn mislabelled(case: &Case<'_>) -> Vec<Remedy> {
    let rerun_actual = case.actual.map(|actual| Remedy {
        title: format!("Re-run as {actual}"),
        why: match actual.runs_on(&case.facts.engine) {
            Native::Yes => "The program inside is native here; only the label is wrong".to_owned(),
            Native::No | Native::Depends => {
                format!(
                    "The tag may have a right {} build, which runs where it is translated",
                    actual.short()
                )
            }
        },
        ..rerun(case, actual)
    });
    rerun_actual
        .into_iter()
        .chain([fix_build(case), report(case)])
        .collect()
}

fn rerun(case: &Case<'_>, platform: &Platform) -> Remedy {
    Remedy {
        kind: RemedyKind::RerunPlatform,
        title: String::new(),
        command: Some(format!(
            "archlight rerun {} --platform {platform}",
            case.facts.container
        )),
        why: String::new(),
        platform: Some(platform.clone()),
    }
}

/// What translates depends on the machine: Apple's translator knows amd64 on arm64 only.
fn translation(engine: &Platform, foreign: &Platform) -> Remedy {
    let by_rosetta = engine.architecture() == "arm64" && foreign.architecture() == "amd64";
    let (kind, title, command, why) = if by_rosetta {
        let why = "On a Mac, Rosetta translates amd64 programs; `archlight rosetta` says whether it is on and how to turn it on";
        (
            RemedyKind::TurnOnTranslation,
            "Turn on Rosetta".to_owned(),
            "archlight rosetta".to_owned(),
            why.to_owned(),
        )
    } else {
        let name = foreign.architecture();
        let why = format!(
            "QEMU, registered with the kernel, translates {name} programs, more slowly than native ones"
        );
        let command = format!("docker run --privileged --rm tonistiigi/binfmt --install {name}");
        (
            RemedyKind::InstallTranslator,
            format!("Install a translator for {name}"),
            command,
            why,
        )
    };
    Remedy {
        kind,
        title,
        command: Some(command),
        why,
        platform: Some(foreign.clone()),
    }
}

fn fix_build(case: &Case<'_>) -> Remedy {
    let claimed = case
        .facts
        .claimed
        .as_known()
        .map_or_else(|| case.facts.engine.short(), Platform::short);
    let why = format!("The Dockerfile copies or downloads a program for another platform than {claimed}");
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
    let script = case.chain.iter().find(|judged| judged.link.role == Role::Script);
    let name = script.map_or_else(|| "the script".to_owned(), |judged| quoted(judged.link.place()));
    let why = format!("Save {name} with LF, and keep it so with `*.sh text eol=lf` in `.gitattributes`");
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
