//! The engine could not start the container: the words are the engine's, and the container stays created.

use diagnosis::{Cause, Confidence, EvidenceKind, State, diagnose};
use platform::{Link, Role, Target};

use crate::{
    assert_causes,
    build::{link, missing, not_executable, program, script, worlds},
};

/// What engines of 20.10, 26 and 28 (and 28 with an older runc) say around the same error.
fn wordings(point: &str) -> [String; 5] {
    let shim = "failed to create shim task: OCI runtime create failed: runc create failed";
    let task = "failed to create task for container";
    let start = "unable to start container process";
    [
        format!("{shim}: {start}: {point}: unknown"),
        format!("{task}: {shim}: {start}: {point}: unknown"),
        format!("{task}: {shim}: {start}: error during container init: {point}"),
        format!("{task}: {shim}: {start}: {point}"),
        format!(
            "OCI runtime create failed: container_linux.go:380: starting container process caused: {point}: unknown"
        ),
    ]
}

#[test]
fn every_engine_s_words_lead_to_the_cause_that_the_files_show() {
    let text = || not_executable(script("#!/bin/sh\n"));
    let folder = || link(Role::Command, "/app", Target::Directory);
    let rows: [(&str, i64, Link, Cause); 9] = [
        (
            r#"exec: "/app/start.sh": permission denied"#,
            126,
            text(),
            Cause::NotExecutable,
        ),
        (
            r#"exec: "/app": permission denied"#,
            126,
            folder(),
            Cause::IsADirectory,
        ),
        (
            r#"exec: "/app": is a directory: unknown: permission denied"#,
            126,
            folder(),
            Cause::IsADirectory,
        ),
        (
            r#"exec: "/app": is a directory: permission denied"#,
            126,
            folder(),
            Cause::IsADirectory,
        ),
        (
            r#"exec: "/app/nope": stat /app/nope: no such file or directory"#,
            127,
            missing(Role::Command, "/app/nope"),
            Cause::CommandNotFound,
        ),
        (
            r#"exec: "nope": executable file not found in $PATH"#,
            127,
            missing(Role::Command, "nope"),
            Cause::CommandNotFound,
        ),
        (
            r#"exec: "/bin/busybox/x": stat /bin/busybox/x: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type"#,
            127,
            missing(Role::Command, "/bin/busybox/x"),
            Cause::CommandNotFound,
        ),
        // The files are sound for root; the container's user is another one.
        (
            "exec /app/start.sh: permission denied",
            126,
            script("#!/bin/sh\n"),
            Cause::Unknown,
        ),
        (
            r#"exec: "/app/start.sh": permission denied"#,
            126,
            script("#!/bin/sh\n"),
            Cause::Unknown,
        ),
    ];
    for world in worlds() {
        for (point, code, link, cause) in &rows {
            for error in wordings(point) {
                let container = world.container([link.clone()]).failed(*code, &error);
                assert_eq!(diagnose(&container.facts).cause, *cause, "{error}");
            }
        }
    }
}

#[test]
fn podman_s_words_are_understood() {
    let error = "crun: executable file `nope` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found";
    for world in worlds() {
        let container = world
            .container([missing(Role::Command, "nope")])
            .failed(127, error);
        assert_eq!(diagnose(&container.facts).cause, Cause::CommandNotFound);
    }
}

#[test]
fn what_the_engine_says_of_its_own_refusals_is_the_cause() {
    let refusals = [
        (
            "driver failed programming external connectivity on endpoint web (5f2b): Bind for 0.0.0.0:8080 failed: port is already allocated",
            Cause::PortInUse,
        ),
        (
            "Ports are not available: exposing port TCP 0.0.0.0:5000 -> 0.0.0.0:0: listen tcp 0.0.0.0:5000: bind: address already in use",
            Cause::PortInUse,
        ),
        (
            r#"invalid mount config for type "bind": bind source path does not exist: /srv/nonexistent"#,
            Cause::MountSourceMissing,
        ),
        (
            r#"failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/srv/conf" to rootfs at "/app/start.sh": not a directory: Are you trying to mount a directory onto a file (or vice-versa)?"#,
            Cause::MountSourceMissing,
        ),
    ];
    for world in worlds() {
        for (error, cause) in refusals {
            let chains = [
                program("/app/start.sh", world.home),
                missing(Role::Command, "/app/start.sh"),
            ];
            for link in chains {
                let found = diagnose(&world.container([link]).failed(128, error).facts);
                assert_eq!(found.cause, cause, "{error}");
                assert_ne!(found.confidence, Confidence::Nothing, "{error}");
                assert!(!found.remedies.is_empty(), "{error}");
            }
        }
    }
}

#[test]
fn errors_about_something_else_stay_unknown_in_the_engine_s_words() {
    let errors = [
        "unable to find user nosuch: no matching entries in passwd file",
        r#"error running hook #0: exec: "nvidia-container-runtime-hook": executable file not found in $PATH"#,
        r#"exec: "runc": executable file not found in $PATH"#,
    ];
    let sound = |world: &crate::build::World| vec![program("/app/start.sh", world.home)];
    let foreign = |world: &crate::build::World| vec![program("/app/start.sh", world.away)];
    let broken = |_: &crate::build::World| vec![missing(Role::Command, "/app/start.sh")];
    for world in worlds() {
        for error in errors {
            for chain in [sound(&world), foreign(&world), broken(&world)] {
                let diagnosis = diagnose(&world.container(chain).failed(128, error).facts);
                assert_eq!(diagnosis.cause, Cause::Unknown, "{error}");
                let mut words = diagnosis
                    .evidence
                    .iter()
                    .filter(|piece| piece.kind == EvidenceKind::Engine);
                assert!(
                    words.any(|piece| piece.text == format!("`{error}`")),
                    "{diagnosis:#?}"
                );
                assert!(
                    diagnosis.summary.contains("could not be started"),
                    "{}",
                    diagnosis.summary
                );
            }
        }
    }
}

#[test]
fn what_was_never_started_has_no_cause() {
    assert_causes(&[
        (
            "created",
            |world| {
                world
                    .container([program("/app/x", world.away)])
                    .state(State::Created)
            },
            Cause::Unknown,
        ),
        (
            "created with an exit code and without a word",
            |world| {
                world
                    .container([program("/app/x", world.home)])
                    .exited(127)
                    .state(State::Created)
            },
            Cause::Unknown,
        ),
        (
            "running",
            |world| {
                world
                    .container([program("/app/x", world.away)])
                    .state(State::Running)
            },
            Cause::Unknown,
        ),
    ]);
}

#[test]
fn a_later_start_that_fails_counts_although_the_container_ran_before() {
    assert_causes(&[(
        "ended, with an error of the start",
        |world| {
            let error = r#"unable to start container process: exec: "/app/nope": stat /app/nope: no such file or directory"#;
            world
                .container([missing(Role::Command, "/app/nope")])
                .log("served")
                .exited(127)
                .error(error)
        },
        Cause::CommandNotFound,
    )]);
}
