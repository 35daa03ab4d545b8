//! Repairs of the image, its build and its configuration, as concrete as what is known allows.

use platform::{Mount, MountKind, Platform};

use super::{is_plain, is_safe, packages, plain};
use crate::{
    Cause, Remedy, RemedyKind,
    faults::Fault,
    foreign_text::quoted,
    rules::Case,
    words::{place_of, port, script_place},
};

/// Ports that macOS itself takes: the AirPlay receiver's.
const AIRPLAY: [u16; 2] = [5000, 7000];

/// Where a file comes from, so that it can be mended there.
struct Origin {
    /// The file's path on the engine's machine, when it is mounted.
    host: Option<String>,
    /// In words.
    words: String,
}

fn origin(case: &Case<'_>) -> Option<Origin> {
    let judged = case.faulty()?;
    if let Some(mount) = judged
        .link
        .mount
        .as_ref()
        .filter(|mount| mount.kind == MountKind::Bind)
    {
        let host = on_host(mount, judged.link.place());
        return Some(Origin {
            words: format!("it is {} of the engine's machine", quoted(&host)),
            host: Some(host),
        });
    }
    let copied = case.facts.hints.copied_by.as_deref()?;
    let folder = case.facts.hints.project_folder.as_deref();
    let context = folder.map_or_else(|| "the build context".to_owned(), quoted);
    Some(Origin {
        host: None,
        words: format!("the Dockerfile's {} brings it from {context}", quoted(copied)),
    })
}

/// The path on the engine's machine of what is at `path` below `mount`.
fn on_host(mount: &Mount, path: &str) -> String {
    let below = path
        .strip_prefix(mount.destination.trim_end_matches('/'))
        .unwrap_or_default();
    format!("{}{below}", mount.source.trim_end_matches('/'))
}

/// `why`, and where the file comes from.
fn with_origin(case: &Case<'_>, why: &str) -> String {
    origin(case).map_or_else(|| why.to_owned(), |origin| format!("{why}; {}", origin.words))
}

/// `command FILE`, when the file is on the engine's machine.
fn on_file(case: &Case<'_>, command: &str) -> Option<String> {
    let host = origin(case)?.host?;
    is_plain(&host).then(|| format!("{command} {host}"))
}

pub(super) fn line_endings(case: &Case<'_>) -> Remedy {
    let script = script_place(case);
    let base = script
        .trim_matches('`')
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let copied = case.facts.hints.copied_by.as_deref();
    let source = copied
        .and_then(|copied| copied.split_whitespace().rev().nth(1))
        .filter(|source| source.ends_with(&base));
    let in_context = source
        .filter(|source| is_plain(source))
        .map(|source| format!(r"sed -i 's/\r$//' {source}"));
    let why = with_origin(
        case,
        &format!("Save {script} with LF, and keep it so with `*.sh text eol=lf` in `.gitattributes`"),
    );
    Remedy {
        command: on_file(case, r"sed -i 's/\r$//'").or(in_context),
        ..plain(
            RemedyKind::FixLineEndings,
            "Save the script with LF line ends",
            &why,
        )
    }
}

pub(super) fn shebang(case: &Case<'_>) -> Remedy {
    let (title, why) = match case.cause {
        Cause::ByteOrderMark => (
            "Let the script begin with `#!`",
            "Save it as UTF-8 without a byte order mark and without anything else before `#!`",
        ),
        _ => (
            "Give the script a first line",
            "Without `#!/bin/sh` or its like the kernel does not know what runs it",
        ),
    };
    let mark = (case.cause == Cause::ByteOrderMark).then_some(r"sed -i '1s/^\xEF\xBB\xBF//'");
    Remedy {
        command: mark.and_then(|command| on_file(case, command)),
        ..plain(RemedyKind::FixShebang, title, &with_origin(case, why))
    }
}

pub(super) fn interpreter(case: &Case<'_>) -> Vec<Remedy> {
    let asked = case
        .faulty()
        .map(|judged| judged.link.path.as_str())
        .unwrap_or_default();
    let name = asked.rsplit('/').next().unwrap_or_default();
    if let Some((program, _)) = name.split_once(' ') {
        let why = format!(
            "`env` takes {} for one name; write `#!/usr/bin/env -S {}`",
            quoted(name),
            quoted(name).trim_matches('`')
        );
        return vec![plain(
            RemedyKind::FixShebang,
            &format!("Let `env` split what stands behind {}", quoted(program)),
            &why,
        )];
    }
    let tool = case.facts.hints.package_tool.as_deref();
    let package = tool.and_then(|tool| packages::of_program(tool, name));
    let install = Remedy {
        command: tool
            .zip(package)
            .and_then(|(tool, package)| packages::installs(tool, package)),
        ..plain(
            RemedyKind::InstallInterpreter,
            "Put the interpreter into the image",
            "The script names it in its first line, and the image does not have it",
        )
    };
    let other = plain(
        RemedyKind::FixShebang,
        "Or name an interpreter that is there",
        "A script that needs nothing of `bash` runs with `#!/bin/sh`, which almost every image has",
    );
    vec![install, other]
}

pub(super) fn loader(case: &Case<'_>) -> Vec<Remedy> {
    let path = case
        .faulty()
        .map(|judged| judged.link.path.as_str())
        .unwrap_or_default();
    let for_musl = path.contains("ld-musl");
    let (own, other) = if for_musl {
        ("musl", "glibc")
    } else {
        ("glibc", "musl")
    };
    let build = plain(
        RemedyKind::FixBuild,
        &format!("Build the program for {other}, or as a static one"),
        &format!(
            "It was built for {own}, whose loader {} this image does not have; a static program needs none",
            quoted(path)
        ),
    );
    let base = plain(
        RemedyKind::FixBuild,
        &format!("Or use a base image with {own}"),
        if for_musl {
            "Alpine and its relatives have musl"
        } else {
            "Debian, Ubuntu, Fedora and their relatives have glibc; Alpine has not"
        },
    );
    let compatible = (case.facts.hints.package_tool.as_deref() == Some("apk") && !for_musl).then(|| Remedy {
        command: packages::installs("apk", "gcompat"),
        ..plain(
            RemedyKind::InstallLibrary,
            "Or try Alpine's compatibility layer",
            "`gcompat` stands for the loader of glibc, and is enough for many simple programs",
        )
    });
    [build, base].into_iter().chain(compatible).collect()
}

pub(super) fn library(case: &Case<'_>) -> Vec<Remedy> {
    let name = case
        .faulty()
        .map(|judged| judged.link.path.as_str())
        .unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    if name == "libc.so" || name.starts_with("libc.musl-") {
        return vec![plain(
            RemedyKind::RebuildModules,
            "Install the module's build for glibc",
            "What needs this library was built for musl, and the image has glibc; install it again inside of the image",
        )];
    }
    let tool = case.facts.hints.package_tool.as_deref();
    let package = tool.and_then(|tool| packages::of_library(tool, name));
    let why = match package {
        Some(package) => format!("{} is usually in the package `{package}`", quoted(name)),
        None => format!("Look for the package that has {}", quoted(name)),
    };
    vec![Remedy {
        command: tool
            .zip(package)
            .and_then(|(tool, package)| packages::installs(tool, package)),
        ..plain(RemedyKind::InstallLibrary, "Put the library into the image", &why)
    }]
}

/// How a module for another platform came in decides what mends it.
pub(super) fn modules(case: &Case<'_>) -> Vec<Remedy> {
    let Some(judged) = case.faulty() else {
        return Vec::new();
    };
    let place = judged.link.place();
    let node = place
        .split("/node_modules/")
        .next()
        .filter(|_| place.contains("/node_modules/"));
    let is_python = place.contains("/site-packages/")
        || place.contains("/dist-packages/")
        || place.contains(".cpython-")
        || place.contains(".abi3.");
    let mounted = judged
        .link
        .mount
        .as_ref()
        .is_some_and(|mount| mount.kind == MountKind::Bind);
    let hide = node.filter(|_| mounted).filter(|folder| is_plain(folder)).map(|folder| Remedy {
        command: Some(format!("docker run -v {folder}/node_modules …")),
        ..plain(
            RemedyKind::RebuildModules,
            "Keep the host's `node_modules` out of the container",
            "A volume without a name over the folder hides the host's modules; install the container's own into it with `npm ci`",
        )
    });
    let rebuild = match (node, is_python) {
        (Some(_), _) => Remedy {
            command: Some("RUN npm rebuild".to_owned()),
            ..plain(
                RemedyKind::RebuildModules,
                "Install the modules inside of the image",
                "`npm ci` or `npm rebuild` in the Dockerfile fetches the builds for the image's own platform; list `node_modules` in `.dockerignore`, so that a `COPY` does not bring the host's",
            )
        },
        (None, true) => Remedy {
            command: package(place)
                .map(|name| format!("RUN pip install --force-reinstall --no-cache-dir {name}")),
            ..plain(
                RemedyKind::RebuildModules,
                "Install the package inside of the image",
                "`pip` takes the wheel for the platform that it runs on; list the host's environment in `.dockerignore`, so that a `COPY` does not bring it",
            )
        },
        (None, false) => plain(
            RemedyKind::RebuildModules,
            "Build or fetch it for the program's platform",
            &with_origin(
                case,
                "A library must be for the same architecture as the program that loads it",
            ),
        ),
    };
    let stages = plain(
        RemedyKind::FixBuild,
        "Or let a stage of the build install them",
        "A stage that starts from the same base as the final image, for the same platform, installs what fits; copy its result",
    );
    hide.into_iter().chain([rebuild, stages]).collect()
}

/// The Python package that `path` lies in.
fn package(path: &str) -> Option<&str> {
    let below = path
        .split_once("/site-packages/")
        .or_else(|| path.split_once("/dist-packages/"))?
        .1;
    let name = below.split(['/', '.']).next()?;
    (is_safe(name)).then_some(name)
}

pub(super) fn permissions(case: &Case<'_>) -> Vec<Remedy> {
    let judged = case.faulty();
    let barred = judged.and_then(|judged| judged.link.file()?.barred_by.clone());
    if let Some(folder) = barred {
        let command = is_plain(&folder).then(|| format!("RUN chmod a+x {folder}"));
        return vec![Remedy {
            command,
            ..plain(
                RemedyKind::FixPermissions,
                "Let the container's user into the folder",
                &format!(
                    "{} belongs to another user; install the program elsewhere, or open the folder",
                    quoted(&folder)
                ),
            )
        }];
    }
    let is_read = judged.is_some_and(|judged| judged.kind == Some(Fault::NotReadable));
    let mode = if is_read { "a+rx" } else { "+x" };
    let place = judged.map(|judged| judged.link.place()).unwrap_or_default();
    let in_image = is_plain(place).then(|| format!("RUN chmod {mode} {place}"));
    vec![Remedy {
        command: on_file(case, &format!("chmod {mode}")).or(in_image),
        ..plain(
            RemedyKind::FixPermissions,
            if is_read {
                "Let it be read"
            } else {
                "Let it be executed"
            },
            &with_origin(case, "`RUN chmod +x` in the Dockerfile, or `COPY --chmod=755`"),
        )
    }]
}

pub(super) fn command(case: &Case<'_>) -> Remedy {
    let judged = case.faulty();
    let asked = judged.map(|judged| judged.link.path.as_str()).unwrap_or_default();
    if let Some((program, _)) = asked.split_once(' ') {
        let why = format!(
            "The whole text {} is taken for one name; write each word as one of a list, as in {}",
            quoted(asked),
            quoted(&format!("[\"{program}\", …]"))
        );
        return plain(RemedyKind::FixCommand, "Split the command into its words", &why);
    }
    let why = match judged.and_then(|judged| judged.link.mount.as_ref()) {
        Some(mount) => format!(
            "What is mounted at {} lies over the image's own files there",
            quoted(&mount.destination)
        ),
        None => "Look at `ENTRYPOINT`, `CMD`, the command that was given, and at mounts that hide the image's files".to_owned(),
    };
    plain(RemedyKind::FixCommand, "Name a program that is there", &why)
}

pub(super) fn noexec(case: &Case<'_>) -> Vec<Remedy> {
    let mount = case.faulty().and_then(|judged| judged.link.mount.as_ref());
    let memory = mount.filter(|mount| mount.kind == MountKind::Memory && is_plain(&mount.destination));
    let allow = Remedy {
        command: memory.map(|mount| format!("docker run --tmpfs {}:exec …", mount.destination)),
        ..plain(
            RemedyKind::FixCommand,
            "Mount it so that programs may run",
            "Memory is mounted without execution unless `exec` is among its options; a volume's options or the host's own mount decide otherwise",
        )
    };
    let elsewhere = plain(
        RemedyKind::FixBuild,
        "Or keep the program in the image",
        "What lies in the image's own files may always be executed",
    );
    vec![allow, elsewhere]
}

pub(super) fn memory(case: &Case<'_>) -> Remedy {
    let name = &case.facts.container;
    Remedy {
        command: is_safe(name).then(|| format!("docker update --memory 2g --memory-swap 2g {name}")),
        ..plain(
            RemedyKind::RaiseMemory,
            "Allow more memory",
            "The container's limit, or the virtual machine's, was reached",
        )
    }
}

pub(super) fn port_in_use(case: &Case<'_>) -> Vec<Remedy> {
    let taken = port(&case.facts.ending.error);
    let airplay = taken.filter(|port| AIRPLAY.contains(port)).map(|port| {
        plain(
            RemedyKind::FreePort,
            "On a Mac, turn the AirPlay receiver off",
            &format!("macOS itself listens on port {port}: System Settings → General → AirDrop & Handoff → AirPlay Receiver"),
        )
    });
    let holder = Remedy {
        command: taken.map(|port| format!("docker ps --filter publish={port}")),
        ..plain(
            RemedyKind::FreePort,
            "Find out who has the port",
            "Another container, or a program of this machine; stop it, or publish another port",
        )
    };
    airplay.into_iter().chain([holder]).collect()
}

pub(super) fn mount_source(_: &Case<'_>) -> Remedy {
    plain(
        RemedyKind::FixCommand,
        "Give the mount something that is there",
        "Make the folder or file on the engine's machine, or name one that is there; a virtual machine sees only the folders that are shared with it",
    )
}

pub(super) fn build(case: &Case<'_>) -> Remedy {
    let claimed = case.facts.claimed.as_known().unwrap_or(&case.facts.engine);
    let why = match case.cause {
        Cause::EmptyProgram | Cause::TruncatedProgram => {
            "A download, a build step or a copy ended before the file was complete".to_owned()
        }
        _ => wrong_copy(case, claimed),
    };
    let title = match case.cause {
        Cause::EmptyProgram | Cause::TruncatedProgram => "Copy the program again",
        _ => "Fix it where it is built",
    };
    plain(RemedyKind::FixBuild, title, &with_origin(case, &why))
}

fn wrong_copy(case: &Case<'_>, claimed: &Platform) -> String {
    let place = case.faulty().map_or_else(|| "the program".to_owned(), place_of);
    format!("Copy or download {place} for {claimed}; what is there now is for another platform")
}
