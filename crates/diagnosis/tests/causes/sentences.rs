//! What people read, word by word.

use diagnosis::{Cause, Known, State, diagnose};
use platform::{Role, Target};

use crate::build::{
    Container, MACH_O, World, dynamic, file, forgotten, interpreter, link, missing, missing_loader,
    not_a_script, not_executable, program, script,
};

const ON_ARM: World = World {
    home: "arm64",
    away: "amd64",
    refusal: 255,
};

fn summary(container: &Container) -> String {
    diagnose(&container.facts).summary
}

fn evidence(container: &Container) -> Vec<String> {
    let evidence = diagnose(&container.facts).evidence;
    evidence
        .into_iter()
        .map(|piece| format!("{}: {}", piece.kind.as_str(), piece.text))
        .collect()
}

const FORMAT: &str = "exec /app/x: exec format error";
const SCRIPT_FORMAT: &str = "exec /app/start.sh: exec format error";
const SCRIPT_NOT_THERE: &str = "exec /app/start.sh: no such file or directory";

#[test]
fn architectures_are_told_in_one_sentence() {
    let foreign = || ON_ARM.container([program("/app/x", "amd64")]).labelled("amd64");
    for (container, sentence) in [
        (
            foreign().refused(FORMAT),
            "The image is built for amd64, this engine is arm64, and nothing translated it",
        ),
        (
            foreign().without_label().refused(FORMAT),
            "The program `/app/x` is built for amd64, this engine is arm64, and nothing translated it",
        ),
        (
            foreign().labelled("arm64").refused(FORMAT),
            "The image says arm64, but its program `/app/x` is built for amd64",
        ),
        (
            ON_ARM
                .container([dynamic("/app/x", "amd64"), missing_loader()])
                .refused(FORMAT),
            "`/app/x` is built for amd64, inside an image for arm64",
        ),
        (
            foreign().log("no database").exited(3),
            "The program, built for amd64 and translated to arm64, ran and ended with exit code 3",
        ),
        (
            foreign().exited(132),
            "The program, built for amd64 and translated to arm64, stopped at an instruction that its translator does not know (exit code 132, SIGILL)",
        ),
        (
            foreign().refused("exec /app/x: no such file or directory"),
            "`/app/x` is there, and the kernel does not find what translates amd64 programs: it was registered in a way that does not reach into containers",
        ),
    ] {
        assert_eq!(summary(&container), sentence);
    }
}

#[test]
fn faults_of_files_are_told_in_one_sentence() {
    let text = |bytes: &[u8]| ON_ARM.container([not_a_script(bytes)]).refused(SCRIPT_FORMAT);
    let by_script = |line: &str, interpreter: &str| {
        let chain = [script(line), missing(Role::Interpreter, interpreter)];
        ON_ARM.container(chain).refused(SCRIPT_NOT_THERE)
    };
    for (container, sentence) in [
        (
            by_script("#!/bin/bash\r\n", "/bin/bash\r"),
            "The first line of `/app/start.sh` ends in CR LF, so its interpreter is not found",
        ),
        (
            by_script("#!/bin/bash\n", "/bin/bash"),
            "The script's interpreter `/bin/bash` is not in the container",
        ),
        (
            text(b"\xef\xbb\xbf#!/bin/sh\n"),
            "`/app/start.sh` has a byte order mark before its `#!`",
        ),
        (
            text(b"\n#!/bin/sh\n"),
            "`/app/start.sh` has one byte before its `#!`",
        ),
        (
            text(b"echo hi\n"),
            "`/app/start.sh` is a text without a `#!` line",
        ),
        (text(b""), "`/app/start.sh` is an empty file"),
        (
            ON_ARM.container([script("#!\n")]).refused(SCRIPT_FORMAT),
            "The `#!` line of `/app/start.sh` names no interpreter that the kernel can read",
        ),
        (
            ON_ARM
                .container([file(Role::Program, "/app/x", &MACH_O)])
                .refused(FORMAT),
            "`/app/x` is a program for macOS, not for Linux",
        ),
        (
            ON_ARM
                .container([dynamic("/app/x", "arm64"), missing_loader()])
                .refused("exec /app/x: no such file or directory"),
            "The program's loader `/lib/ld-linux.so` is not in the container",
        ),
    ] {
        assert_eq!(summary(&container), sentence);
    }
}

#[test]
fn ends_are_told_in_one_sentence() {
    let sound = || ON_ARM.container([program("/app/x", "arm64")]);
    let error = r#"failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/app/x": permission denied"#;
    for (container, sentence) in [
        (sound(), "The program ran and ended without an error"),
        (sound().exited(3), "The program ran and ended with exit code 3"),
        (
            sound().exited(139),
            "The program ran and ended with exit code 139, SIGSEGV",
        ),
        (
            sound().exited(137).out_of_memory(),
            "The kernel ended a process in it for want of memory",
        ),
        (
            sound().exited(137).stop_requested(Known::Known(true)),
            "It was stopped by request",
        ),
        (
            sound().exited(137).stop_requested(forgotten()),
            "It ended with exit code 137, SIGKILL, and nothing tells who sent the signal",
        ),
        (sound().state(State::Created), "It was never started"),
        (
            sound().state(State::Created).exited(127),
            "It could not be started, and the engine does not say why",
        ),
        (
            sound().state(State::Running),
            "It runs; there is nothing to explain",
        ),
        (
            sound().failed(126, error),
            "It could not be started, and its files do not show why: `exec: \"/app/x\": permission denied`",
        ),
        (
            sound().chain_unreadable().refused(FORMAT),
            "It could not be started, and its program could not be read (the engine did not answer in time): `exec /app/x: exec format error`",
        ),
        (
            ON_ARM
                .container([not_executable(program("/app/x", "arm64"))])
                .failed(126, error),
            "`/app/x` has no permission to be executed",
        ),
        (
            ON_ARM
                .container([link(Role::Command, "/app/x", Target::Directory)])
                .failed(126, error),
            "`/app/x` is a folder, not a program",
        ),
        (
            ON_ARM
                .container([dynamic("/app/x", "arm64"), missing_loader()])
                .log("served")
                .exited(1),
            "It ended with exit code 1; `/lib/ld-linux.so` cannot be run as it is now, and the log does not say so",
        ),
    ] {
        assert_eq!(summary(&container), sentence);
    }
}

#[test]
fn evidence_begins_with_bytes_and_ends_with_what_was_not_seen() {
    let mislabelled = ON_ARM.container([program("/app/x", "amd64")]).refused(FORMAT);
    assert_eq!(
        evidence(&mislabelled),
        [
            "bytes: `/app/x`: `3e 00` (e_machine = 0x3e, x86-64)",
            "label: the image `acme/worker:1` says linux/arm64; the engine is linux/arm64",
            "log: `exec /app/x: exec format error`",
            "missing: only this program was read; the rest of the image may be what its label says",
        ]
    );
    let chain = [script("#!/bin/sh\r\n"), missing(Role::Interpreter, "/bin/sh\r")];
    assert_eq!(
        evidence(&ON_ARM.container(chain).refused(SCRIPT_NOT_THERE)),
        [
            "bytes: `/app/start.sh`: `0d` (CR before LF, so the interpreter is `/bin/sh\\r`)",
            "engine: the engine finds no `/bin/sh\\r` in the container",
            "log: `exec /app/start.sh: no such file or directory`",
        ]
    );
    let chain = [dynamic("/app/x", "arm64"), missing_loader()];
    assert_eq!(
        evidence(
            &ON_ARM
                .container(chain)
                .refused("exec /app/x: no such file or directory")
        ),
        [
            "bytes: `/app/x` names `/lib/ld-linux.so` as its loader",
            "engine: the engine finds no `/lib/ld-linux.so` in the container",
            "log: `exec /app/x: no such file or directory`",
        ]
    );
}

#[test]
fn names_from_outside_cannot_pretend_to_be_ours() {
    let path = "/app/`x`\u{1b}[2J\u{202e}\n";
    let container = ON_ARM.container([file(Role::Command, path, b"echo hi\n")]);
    let diagnosis = diagnose(
        &container
            .refused("[FATAL tini (7)] exec x failed: Exec format error")
            .facts,
    );
    assert_eq!(diagnosis.cause, Cause::MissingShebang);
    let shown = r"`/app/\u{60}x\u{60}\u{1b}[2J\u{202e}\n` is a text without a `#!` line";
    assert_eq!(diagnosis.summary, shown);
    let long = format!("/{}", "x".repeat(5000));
    let container = ON_ARM.container([interpreter(&long, "arm64"), missing(Role::Interpreter, &long)]);
    let summary = summary(&container.log("served").exited(1));
    assert!(summary.len() < 400, "{summary}");
}
