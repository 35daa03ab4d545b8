//! What can be done, best first: a native build, then translation, then the image's own repair.

mod distributions;
mod library;
mod origin;
mod packages;
mod repair;
mod script;
mod setup;

use platform::{Native, Platform};

use crate::{
    Cause, Remedy, RemedyKind, State,
    diagnose::Case,
    foreign_text::quoted,
    signature::{self, Advice},
};

/// What `tonistiigi/binfmt` can install.
const INSTALLABLE: [&str; 10] = [
    "386", "amd64", "arm", "arm64", "loong64", "mips64", "mips64le", "ppc64le", "riscv64", "s390x",
];

pub(crate) use setup::{is_list_as_text, made_in_place};

pub(crate) fn of(case: &Case<'_>) -> Vec<Remedy> {
    let is_image = case.facts.ending.state == State::Image;
    let mut remedies: Vec<Remedy> = Vec::new();
    for remedy in of_cause(case) {
        let remedy = if is_image {
            of_image(case, remedy)
        } else {
            Some(remedy)
        };
        // Two pieces of advice may come to the same thing to do.
        let is_new = |remedy: &Remedy| {
            let same = |known: &Remedy| known.title == remedy.title && known.command == remedy.command;
            !remedies.iter().any(same)
        };
        let new = remedy.filter(is_new);
        remedies.extend(new);
    }
    remedies
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
    if let Some(signature) = case.signature {
        let can_be = |advice: &&Advice| {
            advice.kind != RemedyKind::TurnOnTranslation || case.facts.hints.may_have_rosetta
        };
        let remedies = signature.remedies.iter().filter(can_be);
        return remedies.map(|advice| advised(case, advice)).collect();
    }
    match case.cause {
        Cause::WrongArchitecture => wrong_architecture(case),
        Cause::MislabelledImage => mislabelled(case),
        Cause::ForeignBinary => foreign_binary(case),
        Cause::NotLinuxBinary | Cause::EmptyProgram | Cause::TruncatedProgram => vec![repair::build(case)],
        Cause::IllegalInstruction => illegal_instruction(case),
        Cause::TranslatorFailure => translator(case),
        Cause::CrlfLineEndings => vec![script::line_endings(case)],
        Cause::ByteOrderMark | Cause::MissingShebang => vec![script::shebang(case)],
        Cause::MissingInterpreter => script::interpreter(case),
        Cause::MissingLoader => library::loader(case),
        Cause::MissingLibrary => library::library(case),
        Cause::ForeignModule => library::modules(case),
        Cause::NotExecutable => repair::permissions(case),
        Cause::IsADirectory | Cause::CommandNotFound => setup::command(case),
        Cause::NoexecMount => setup::noexec(case),
        Cause::OutOfMemory => vec![setup::memory(case)],
        Cause::MountSourceMissing => vec![setup::mount_source()],
        // Only known texts tell of the first two, with remedies of their own.
        Cause::PlatformUnavailable
        | Cause::PortInUse
        | Cause::Stopped
        | Cause::ApplicationExit
        | Cause::Unknown => Vec::new(),
    }
}

/// What the table of known texts advises, with this container's own commands.
fn advised(case: &Case<'_>, advice: &Advice) -> Remedy {
    let remedy = plain(advice.kind, advice.title, advice.why);
    match advice.kind {
        RemedyKind::RerunPlatform => {
            let Remedy {
                command, platform, ..
            } = rerun(case, &case.facts.engine);
            Remedy {
                command,
                platform,
                ..remedy
            }
        }
        // No container holds what macOS itself does.
        RemedyKind::FreePort if advice.title == signature::advice::AIRPLAY.title => remedy,
        RemedyKind::FreePort => Remedy {
            command: setup::holder_of_port(case),
            ..remedy
        },
        RemedyKind::RaiseMemory => setup::memory(case),
        RemedyKind::UseNativeBuild
        | RemedyKind::UseNewerTag
        | RemedyKind::TurnOnTranslation
        | RemedyKind::TurnOffTranslation
        | RemedyKind::InstallTranslator
        | RemedyKind::FixLineEndings
        | RemedyKind::FixShebang
        | RemedyKind::InstallInterpreter
        | RemedyKind::InstallLibrary
        | RemedyKind::RebuildModules
        | RemedyKind::FixPermissions
        | RemedyKind::FixCommand
        | RemedyKind::FixBuild
        | RemedyKind::UpdateRuntime
        | RemedyKind::ReportUpstream => remedy,
    }
}

/// The native build first, then a translator that is registered as containers need it.
fn translator(case: &Case<'_>) -> Vec<Remedy> {
    let Some(foreign) = case.actual else {
        return vec![rerun_natively(case)];
    };
    vec![rerun_natively(case), translation(case, foreign)]
}

fn wrong_architecture(case: &Case<'_>) -> Vec<Remedy> {
    let native = rerun_natively(case);
    let Some(foreign) = case.actual else {
        return vec![native];
    };
    vec![
        native,
        translation(case, foreign),
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
    let translated = case.actual.map(|actual| {
        let rerun = Remedy {
            why: format!(
                "Where {0} programs are translated and the same tag has its own build for {0}, that one runs; the registry is asked before anything changes",
                actual.short()
            ),
            ..rerun_translated(case, actual)
        };
        [rerun, translation(case, actual)]
    });
    native
        .into_iter()
        .chain(translated.into_iter().flatten())
        .chain([repair::build(case), report(case)])
        .collect()
}

/// Where the image is the engine's and one program in it is not, the image's build for that program is whole.
fn foreign_binary(case: &Case<'_>) -> Vec<Remedy> {
    let engine = &case.facts.engine;
    let claimed = case.facts.claimed.as_known();
    let is_foreign = |platform: &Platform| platform.runs_on(engine) != Native::Yes;
    let whole = case
        .actual
        .filter(|actual| is_foreign(actual) && claimed.is_some_and(|claimed| !is_foreign(claimed)));
    let whole = whole.map(|actual| Remedy {
        why: format!(
            "Where {0} programs are translated, the image's {0} build runs as a whole, if there is one; the registry is asked before anything changes",
            actual.short()
        ),
        ..rerun_translated(case, actual)
    });
    whole
        .into_iter()
        .chain([repair::build(case), report(case)])
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

/// Whether `path` is one that a shell takes as it is.
fn is_plain(path: &str) -> bool {
    let plain =
        |letter: char| letter.is_alphanumeric() || matches!(letter, '/' | '_' | '.' | '-' | '+' | '@' | ':');
    !path.is_empty() && !path.starts_with('-') && path.chars().all(plain)
}

/// What translates depends on the machine: Apple's translator knows amd64 on arm64 only, and only a Mac has it.
fn translation(case: &Case<'_>, foreign: &Platform) -> Remedy {
    let is_pair = case.facts.engine.architecture() == "arm64" && foreign.architecture() == "amd64";
    let by_rosetta = is_pair && case.facts.hints.may_have_rosetta;
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

fn report(case: &Case<'_>) -> Remedy {
    let why = format!(
        "Whoever publishes {} can rebuild it; this diagnosis is the proof",
        quoted(&case.facts.image)
    );
    plain(RemedyKind::ReportUpstream, "Tell whoever builds the image", &why)
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
