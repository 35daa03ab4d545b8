//! Images that never ran: what would keep them from starting is in their files alone.

use diagnosis::{Cause, Confidence, EvidenceKind, Known, RemedyKind, State, diagnose};
use platform::{Link, Role, Target};

use crate::{
    assert_causes,
    build::{
        Container, MACH_O, World, by_shell, dynamic, file, interpreter, link, loader, missing,
        missing_for_env, missing_loader, not_a_script, not_executable, program, script, worlds,
    },
};

fn image<const N: usize>(world: &World, chain: [Link; N]) -> Container {
    world.container(chain).state(State::Image)
}

fn image_of(world: &World, chain: impl IntoIterator<Item = Link>) -> Container {
    world.container(chain).state(State::Image)
}

fn label(architecture: &str) -> String {
    format!("linux/{architecture}")
}

#[test]
fn the_first_fault_of_an_image_is_its_cause() {
    assert_causes(&[
        (
            "another architecture",
            |world| image(world, [program("/app", world.away)]).labelled(&label(world.away)),
            Cause::WrongArchitecture,
        ),
        (
            "a label that lies",
            |world| image(world, [program("/app", world.away)]),
            Cause::MislabelledImage,
        ),
        (
            "a foreign program whose loader is missing",
            |world| image(world, [dynamic("/app", world.away), missing_loader()]),
            Cause::ForeignBinary,
        ),
        (
            "a foreign program with the image's own loader",
            |world| image(world, [dynamic("/app", world.away), loader(world.home)]),
            Cause::ForeignBinary,
        ),
        (
            "CR LF",
            |world| {
                image(
                    world,
                    [script("#!/bin/sh\r\n"), missing(Role::Interpreter, "/bin/sh\r")],
                )
            },
            Cause::CrlfLineEndings,
        ),
        (
            "CR LF behind env",
            |world| {
                let env = interpreter("/usr/bin/env", world.home);
                let python = missing_for_env("python\r");
                image(world, [script("#!/usr/bin/env python\r\n"), env, python])
            },
            Cause::CrlfLineEndings,
        ),
        (
            "no interpreter",
            |world| {
                image(
                    world,
                    [script("#!/bin/bash\n"), missing(Role::Interpreter, "/bin/bash")],
                )
            },
            Cause::MissingInterpreter,
        ),
        (
            "no loader",
            |world| image(world, [dynamic("/app", world.home), missing_loader()]),
            Cause::MissingLoader,
        ),
        (
            "no command",
            |world| image(world, [missing(Role::Command, "/app")]),
            Cause::CommandNotFound,
        ),
        (
            "no permission",
            |world| image(world, [not_executable(program("/app", world.home))]),
            Cause::NotExecutable,
        ),
        (
            "a folder",
            |world| image(world, [link(Role::Command, "/app", Target::Directory)]),
            Cause::IsADirectory,
        ),
        (
            "no first line",
            |world| image(world, [not_a_script(b"echo hi\n")]),
            Cause::MissingShebang,
        ),
        (
            "no bytes",
            |world| image(world, [not_a_script(b"")]),
            Cause::EmptyProgram,
        ),
        (
            "a Mac's program",
            |world| image(world, [file(Role::Program, "/app", &MACH_O)]),
            Cause::NotLinuxBinary,
        ),
    ]);
}

#[test]
fn an_image_in_which_no_fault_was_found_has_no_cause() {
    assert_causes(&[
        (
            "nothing wrong",
            |world| image(world, [script("#!/bin/sh\n"), interpreter("/bin/sh", world.home)]),
            Cause::Unknown,
        ),
        (
            "nothing readable",
            |world| image(world, []).chain_unreadable(),
            Cause::Unknown,
        ),
        (
            "bytes that are nothing",
            |world| image(world, [not_a_script(b"\0\0\0\0")]),
            Cause::Unknown,
        ),
    ]);
}

#[test]
fn a_foreign_image_is_offered_as_a_native_one_and_nothing_is_run_again() {
    for world in worlds() {
        let facts = image(&world, [program("/app", world.away)])
            .labelled(&label(world.away))
            .facts;
        let found = diagnose(&facts);
        assert!(
            !found.summary.contains("nothing translated it"),
            "{}",
            found.summary
        );
        assert!(found.chain[0].fault.is_some(), "a fault stays one until it ran");
        let first = &found.remedies[0];
        assert_eq!(first.kind, RemedyKind::UseNativeBuild);
        let command = format!("docker run --platform linux/{} acme/worker:1", world.home);
        assert_eq!(first.command.as_deref(), Some(command.as_str()));
        let again = |remedy: &diagnosis::Remedy| remedy.kind == RemedyKind::RerunPlatform;
        assert!(!found.remedies.iter().any(again), "{:?}", found.remedies);
        let doubt = |evidence: &diagnosis::Evidence| evidence.kind == EvidenceKind::Missing;
        assert!(found.evidence.iter().any(doubt), "{:?}", found.evidence);
    }
}

#[test]
fn an_image_that_goes_by_its_id_or_holds_a_shell_s_signs_is_in_no_command() {
    for name in [
        "sha256:00ff",
        "0123456789ab",
        "acme/x@sha256:00",
        "-v",
        "a;b",
        "a b",
        "",
    ] {
        for world in worlds() {
            let mut facts = image(&world, [program("/app", world.away)])
                .labelled(&label(world.away))
                .facts;
            name.clone_into(&mut facts.image);
            assert_eq!(diagnose(&facts).remedies[0].command, None, "{name:?}");
        }
    }
}

#[test]
fn an_image_without_a_fault_says_what_was_not_looked_at() {
    for world in worlds() {
        let found = diagnose(&image(&world, [program("/app", world.home)]).facts);
        assert_eq!((found.confidence, found.remedies.len()), (Confidence::Nothing, 0));
        assert_eq!(found.summary, "Nothing that was read keeps it from starting");
        assert!(
            found
                .evidence
                .iter()
                .any(|evidence| evidence.kind == EvidenceKind::Missing)
        );
    }
}

#[test]
fn what_a_shell_may_make_before_is_not_missing_and_what_it_starts_is_only_likely() {
    for world in worlds() {
        let start = [script("#!/bin/sh\n"), interpreter("/bin/sh", world.home)];
        let made = by_shell(missing(Role::Command, "/tmp/run"));
        let found = diagnose(&image_of(&world, start.iter().cloned().chain([made])).facts);
        assert_eq!(found.cause, Cause::Unknown);
        let stray = by_shell(program("/opt/tool", world.away));
        let found = diagnose(&image_of(&world, start.into_iter().chain([stray])).facts);
        assert_eq!(
            (found.cause, found.confidence),
            (Cause::ForeignBinary, Confidence::Likely)
        );
    }
}

#[test]
fn what_could_not_be_read_is_not_called_healthy() {
    for world in worlds() {
        let gone = link(Role::Program, "/app", Target::Unreadable("gone".to_owned()));
        let mut unnamed = image(&world, []).facts;
        unnamed.chain = Known::Unknown("the image names no command".to_owned());
        for facts in [
            unnamed,
            image(&world, [gone]).facts,
            image(&world, [not_a_script(b"\0\0\0\0")]).facts,
        ] {
            let summary = diagnose(&facts).summary;
            assert!(!summary.contains("Nothing that was read"), "{summary}");
        }
    }
}
