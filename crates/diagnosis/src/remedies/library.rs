//! Repairs of what a program loads: its loader, its libraries and its modules.

use platform::MountKind;

use super::{distributions, origin::with_origin, packages, plain};
use crate::{Remedy, RemedyKind, diagnose::Case, foreign_text::quoted};

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
    if let Some(folder) = &case.facts.hints.uncached {
        let why = format!(
            "The loader finds what lies in {} once its cache names it; run it behind what puts the library there",
            quoted(folder)
        );
        return vec![Remedy {
            command: Some("RUN ldconfig".to_owned()),
            ..plain(
                RemedyKind::InstallLibrary,
                "Let `ldconfig` write the loader's cache",
                &why,
            )
        }];
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
    let hide = node.filter(|_| mounted).map(|folder| {
        let option = quoted(&format!("-v {folder}/node_modules"));
        plain(
            RemedyKind::RebuildModules,
            "Keep the host's `node_modules` out of the container",
            &format!(
                "A volume without a name over the folder, {option} among its options, hides the host's modules; install the container's own into it with `npm ci`"
            ),
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
            command: distributions::of_module(place)
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
