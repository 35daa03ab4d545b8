//! The runtime started the container, and the kernel refused the program: the words are in the log.

use diagnosis::{Cause, State};
use platform::{Role, Target};

use crate::{
    assert_causes,
    build::{
        MACH_O, dynamic, elf, file, interpreter, link, loader, missing, missing_loader, not_a_script,
        not_executable, pe, program, script,
    },
};

const FORMAT: &str = "exec /app/start.sh: exec format error";
const NOT_THERE: &str = "exec /app/start.sh: no such file or directory";
const DENIED: &str = "exec /app/start.sh: permission denied";

#[test]
fn scripts_whose_interpreter_the_kernel_refuses_have_their_causes() {
    assert_causes(&[
        (
            "a first line that ends in CR LF",
            |world| {
                let chain = [
                    script("#!/bin/sh\r\necho hi\r\n"),
                    missing(Role::Interpreter, "/bin/sh\r"),
                ];
                world.container(chain).refused(NOT_THERE)
            },
            Cause::CrlfLineEndings,
        ),
        (
            "CR LF behind an argument, and an interpreter that is not there",
            |world| {
                let chain = [
                    script("#!/bin/bash -e\r\n"),
                    missing(Role::Interpreter, "/bin/bash"),
                ];
                world.container(chain).refused(NOT_THERE)
            },
            Cause::MissingInterpreter,
        ),
        (
            "CR LF, and an `env` that is not there",
            |world| {
                let chain = [
                    script("#!/usr/bin/env sh\r\n"),
                    missing(Role::Interpreter, "/usr/bin/env"),
                ];
                world.container(chain).refused(NOT_THERE)
            },
            Cause::MissingInterpreter,
        ),
        (
            "an interpreter that is not there",
            |world| {
                let chain = [script("#!/bin/bash\n"), missing(Role::Interpreter, "/bin/bash")];
                world.container(chain).refused(NOT_THERE)
            },
            Cause::MissingInterpreter,
        ),
        (
            "an interpreter that nobody may execute",
            |world| {
                let chain = [
                    script("#!/usr/bin/mysh sh\n"),
                    not_executable(interpreter("/usr/bin/mysh", world.home)),
                ];
                world.container(chain).refused(DENIED)
            },
            Cause::NotExecutable,
        ),
    ]);
}

#[test]
fn texts_without_a_right_first_line_have_their_causes() {
    assert_causes(&[
        (
            "a byte order mark of UTF-8",
            |world| {
                world
                    .container([not_a_script("\u{feff}#!/bin/sh\necho hi\n".as_bytes())])
                    .refused(FORMAT)
            },
            Cause::ByteOrderMark,
        ),
        (
            "a byte order mark of UTF-16",
            |world| {
                world
                    .container([not_a_script(b"\xff\xfe#\0!\0/\0b\0i\0n\0/\0s\0h\0\n\0")])
                    .refused(FORMAT)
            },
            Cause::ByteOrderMark,
        ),
        (
            "an empty line before the first one",
            |world| {
                world
                    .container([not_a_script(b"\n#!/bin/sh\necho hi\n")])
                    .refused(FORMAT)
            },
            Cause::ByteOrderMark,
        ),
        (
            "no `#!` line",
            |world| world.container([not_a_script(b"echo hi\n")]).refused(FORMAT),
            Cause::MissingShebang,
        ),
        (
            "a `#!` line that names nothing",
            |world| world.container([script("#!\necho hi\n")]).refused(FORMAT),
            Cause::MissingShebang,
        ),
        (
            "an interpreter that is a script without `#!`",
            |world| {
                let chain = [
                    script("#!/bin/run\n"),
                    file(Role::Interpreter, "/bin/run", b"echo hi\n"),
                ];
                world.container(chain).refused(FORMAT)
            },
            Cause::MissingShebang,
        ),
    ]);
}

#[test]
fn programs_that_the_kernel_refuses_have_their_causes() {
    assert_causes(&[
        (
            "an empty file",
            |world| world.container([not_a_script(b"")]).refused(FORMAT),
            Cause::EmptyProgram,
        ),
        (
            "a file that ends within its program headers",
            |world| {
                let mut bytes = elf(world.home, Some("/lib/ld.so"));
                bytes.truncate(100);
                world
                    .container([file(Role::Program, "/app/start.sh", &bytes)])
                    .refused(FORMAT)
            },
            Cause::TruncatedProgram,
        ),
        (
            "a file that ends before its loader's name",
            |world| {
                let mut bytes = elf(world.home, Some("/lib/ld.so"));
                bytes.truncate(121);
                let line = "exec /app/start.sh: input/output error";
                world
                    .container([file(Role::Program, "/app/start.sh", &bytes)])
                    .refused(line)
            },
            Cause::TruncatedProgram,
        ),
        (
            "a program of macOS",
            |world| {
                world
                    .container([file(Role::Program, "/app/start.sh", &MACH_O)])
                    .refused(FORMAT)
            },
            Cause::NotLinuxBinary,
        ),
        (
            "a program of Windows",
            |world| {
                world
                    .container([file(Role::Program, "/app/start.sh", &pe())])
                    .refused(FORMAT)
            },
            Cause::NotLinuxBinary,
        ),
        (
            "a native program without its loader",
            |world| {
                world
                    .container([dynamic("/app/start.sh", world.home), missing_loader()])
                    .refused(NOT_THERE)
            },
            Cause::MissingLoader,
        ),
        (
            "a loader that nobody may execute",
            |world| {
                let chain = [
                    dynamic("/app/start.sh", world.home),
                    not_executable(loader(world.home)),
                ];
                world.container(chain).refused(DENIED)
            },
            Cause::NotExecutable,
        ),
        (
            "a loader that is an empty file",
            |world| {
                let chain = [
                    dynamic("/app/start.sh", world.home),
                    file(Role::Loader, "/lib/ld.so", b""),
                ];
                world
                    .container(chain)
                    .refused("exec /app/start.sh: input/output error")
            },
            Cause::EmptyProgram,
        ),
    ]);
}

#[test]
fn a_sound_program_that_writes_as_the_runtime_does_has_run() {
    assert_causes(&[(
        "a static program of the engine's own platform",
        |world| {
            world
                .container([program("/app/start.sh", world.home)])
                .refused(FORMAT)
        },
        Cause::ApplicationExit,
    )]);
}

#[test]
fn an_error_that_the_bytes_do_not_explain_stays_unknown() {
    assert_causes(&[
        (
            "a file without `#!`, and no permission",
            |world| world.container([not_a_script(b"echo hi\n")]).refused(DENIED),
            Cause::Unknown,
        ),
        (
            "CR LF, and a format that the kernel does not know",
            |world| {
                let chain = [script("#!/bin/sh\r\n"), missing(Role::Interpreter, "/bin/sh\r")];
                world.container(chain).refused(FORMAT)
            },
            Cause::Unknown,
        ),
        (
            "a file that is neither a program nor a text",
            |world| {
                world
                    .container([not_a_script(b"!<arch>\n\0\0\0\0")])
                    .refused(FORMAT)
            },
            Cause::Unknown,
        ),
        (
            "a loader that is a text",
            |world| {
                let text = b"# a text that is longer than the header of a program would be, so that all of it is read\n";
                let chain = [
                    dynamic("/app/start.sh", world.home),
                    file(Role::Loader, "/lib/ld.so", text),
                ];
                world
                    .container(chain)
                    .refused("exec /app/start.sh: accessing a corrupted shared library")
            },
            Cause::Unknown,
        ),
        (
            "a platform without a name",
            |world| world.container([program("/app/start.sh", "x32")]).refused(FORMAT),
            Cause::Unknown,
        ),
        (
            "a program that could not be read",
            |world| {
                let target = Target::Unreadable("the engine closed the stream".to_owned());
                world
                    .container([link(Role::Command, "/app/start.sh", target)])
                    .refused(FORMAT)
            },
            Cause::Unknown,
        ),
        (
            "a device",
            |world| {
                world
                    .container([link(Role::Command, "/app/start.sh", Target::Special)])
                    .refused(DENIED)
            },
            Cause::Unknown,
        ),
        (
            "no chain",
            |world| world.container([]).chain_unreadable().refused(FORMAT),
            Cause::Unknown,
        ),
        (
            "an empty chain",
            |world| world.container([]).refused(FORMAT),
            Cause::Unknown,
        ),
    ]);
}

#[test]
fn every_runtime_is_understood() {
    for (line, code) in [
        ("exec /app/start.sh: exec format error", 1),
        ("exec /app/start.sh: exec format error", 255),
        (
            "standard_init_linux.go:228: exec user process caused: exec format error",
            1,
        ),
        (
            r#"standard_init_linux.go:190: exec user process caused "exec format error""#,
            1,
        ),
        ("[FATAL tini (7)] exec /app/start.sh failed: Exec format error", 1),
        ("exec container process `/app/start.sh`: Exec format error", 1),
        (
            r#"{"msg":"exec container process `/app/start.sh`: Exec format error","level":"error"}"#,
            126,
        ),
    ] {
        for world in crate::build::worlds() {
            let container = world
                .container([not_a_script(b"echo hi\n")])
                .log(line)
                .exited(code);
            let cause = diagnosis::diagnose(&container.facts).cause;
            assert_eq!(cause, Cause::MissingShebang, "{line}");
        }
    }
}

#[test]
fn a_restart_loop_is_diagnosed_as_its_starts_are() {
    assert_causes(&[
        (
            "the same line over and over",
            |world| {
                let chain = [script("#!/bin/sh\r\n"), missing(Role::Interpreter, "/bin/sh\r")];
                world
                    .container(chain)
                    .refused(&[NOT_THERE; 7].join("\n"))
                    .state(State::Restarting)
            },
            Cause::CrlfLineEndings,
        ),
        (
            "a program that runs and fails each time",
            |world| {
                let chain = [program("/app/server", world.home)];
                world
                    .container(chain)
                    .log("no database")
                    .exited(1)
                    .state(State::Restarting)
            },
            Cause::ApplicationExit,
        ),
    ]);
}
