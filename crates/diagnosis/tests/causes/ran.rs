//! Programs that were started: what they chose, what ended them, and what nobody remembers.

use diagnosis::{Cause, EvidenceKind, Known, diagnose};
use platform::{Link, Role, Via};

use crate::{
    assert_causes,
    build::{
        Container, World, by_shell, dynamic, elf, file, forgotten, interpreter, loader, missing,
        missing_for_env, missing_loader, named_module, not_a_script, not_readable, program, script, worlds,
    },
};

fn sound(world: &World) -> Container {
    world.container([program("/bin/sh", world.home)])
}

#[test]
fn a_native_program_that_ran_chose_its_exit_code() {
    assert_causes(&[
        (
            "exit code 0",
            |world| sound(world).log("x86_64"),
            Cause::ApplicationExit,
        ),
        (
            "exit code 3",
            |world| sound(world).log("out\nerr").exited(3),
            Cause::ApplicationExit,
        ),
        (
            "exit code 255 and no log",
            |world| sound(world).exited(255),
            Cause::ApplicationExit,
        ),
        (
            "a wrong label",
            |world| sound(world).labelled(world.away).log("x").exited(1),
            Cause::ApplicationExit,
        ),
        (
            "a segmentation fault",
            |world| sound(world).exited(139),
            Cause::ApplicationExit,
        ),
        ("a trap", |world| sound(world).exited(133), Cause::ApplicationExit),
        (
            "SIGKILL that nobody asked the engine for",
            |world| sound(world).exited(137),
            Cause::Unknown,
        ),
        (
            "the code of SIGKILL, which its script names",
            |world| sound(world).exited(137).exits(137),
            Cause::ApplicationExit,
        ),
        (
            "the code of SIGILL, which its script names",
            |world| sound(world).exited(132).exits(132),
            Cause::ApplicationExit,
        ),
        (
            "words of a child that a signal ended, and another code",
            |world| sound(world).log("Illegal instruction (core dumped)").exited(1),
            Cause::ApplicationExit,
        ),
        (
            "a runtime that does not say what it could not start",
            |world| sound(world).log("OSError: [Errno 8] Exec format error").exited(1),
            Cause::Unknown,
        ),
        (
            "no log, and a sound native chain",
            |world| sound(world).exited(1).log_unreadable(),
            Cause::ApplicationExit,
        ),
        (
            "no chain, and a log of its own",
            |world| sound(world).chain_unreadable().log("no database").exited(1),
            Cause::ApplicationExit,
        ),
        (
            "a script that its shell could not open",
            |world| {
                let chain = [
                    not_readable(script("#!/bin/sh\nid\n")),
                    interpreter("/bin/sh", world.home),
                ];
                world
                    .container(chain)
                    .log("/bin/sh: can't open '/app/start.sh': Permission denied")
                    .exited(2)
            },
            Cause::NotExecutable,
        ),
        (
            "a text without `#!`, which the C library gave to a shell",
            |world| world.container([not_a_script(b"echo hi\n")]).log("hi").exited(1),
            Cause::ApplicationExit,
        ),
    ]);
}

#[test]
fn what_a_program_says_of_others_is_no_cause() {
    assert_causes(&[
        (
            "a foreign child under bash",
            |world| {
                let line = "/bin/bash: line 1: /app/uname: cannot execute binary file: Exec format error";
                sound(world).log(line).exited(126)
            },
            // Nothing but the words tell, and the code agrees with them.
            Cause::ForeignBinary,
        ),
        (
            "an exec error in the middle of its log",
            |world| {
                sound(world)
                    .log("exec /bin/sh: exec format error\nretrying\ngave up")
                    .exited(1)
            },
            Cause::ApplicationExit,
        ),
        (
            "an exec error of another file at the end of its log",
            |world| {
                sound(world)
                    .log("starting\nexec /app/plugin: exec format error")
                    .exited(1)
            },
            Cause::ApplicationExit,
        ),
        (
            "a library that is not there",
            |world| {
                let line = "/usr/bin/curl: error while loading shared libraries: libcurl.so.4: cannot open shared object file: No such file or directory";
                world
                    .container([program("/usr/bin/curl", world.home)])
                    .log(line)
                    .exited(127)
            },
            Cause::MissingLibrary,
        ),
        (
            "an interpreter that `env` does not find, which the chain does not follow",
            |world| {
                let chain = [
                    script("#!/usr/bin/env bash\n"),
                    interpreter("/usr/bin/env", world.home),
                ];
                world
                    .container(chain)
                    .log("env: can't execute 'bash': No such file or directory")
                    .exited(127)
            },
            Cause::ApplicationExit,
        ),
        (
            "its own name at the end of its log, which nothing in its bytes explains",
            |world| sound(world).log("exec /bin/sh: exec format error").exited(1),
            Cause::ApplicationExit,
        ),
    ]);
}

#[test]
fn what_failed_before_the_end_is_not_its_cause() {
    assert_causes(&[
        (
            "a hook that is not there, and a script that goes on",
            |world| {
                let hook = by_shell(missing(Role::Command, "/opt/hook"));
                world
                    .container([script("#!/bin/sh\n"), interpreter("/bin/sh", world.home), hook])
                    .log("/app/start.sh: line 2: /opt/hook: not found\nfatal: a key is missing")
                    .exited(1)
            },
            Cause::ApplicationExit,
        ),
        (
            "the same hook at the end",
            |world| {
                let hook = by_shell(missing(Role::Command, "/opt/hook"));
                world
                    .container([script("#!/bin/sh\n"), interpreter("/bin/sh", world.home), hook])
                    .log("/app/start.sh: line 2: /opt/hook: not found")
                    .exited(127)
            },
            Cause::CommandNotFound,
        ),
        (
            "a module that could not be loaded, and something else that failed behind it",
            |world| {
                world
                    .container([
                        dynamic("node", world.home),
                        loader(world.home),
                        named_module("/app/x.node", world.away),
                    ])
                    .log(
                        "warning: /app/x.node: wrong ELF class, using the slow one\nError: listen EADDRINUSE",
                    )
                    .exited(1)
            },
            Cause::ApplicationExit,
        ),
        (
            "a module that could not be loaded, and its stack",
            |world| {
                world
                    .container([dynamic("node", world.home), loader(world.home), named_module("/app/x.node", world.away)])
                    .log("Error: /app/x.node: cannot open shared object file\n    at Module.load (node:1)\n\nNode.js v22")
                    .exited(1)
            },
            Cause::ForeignModule,
        ),
        (
            "a child that the kernel ended, and a program that was stopped",
            |world| {
                let container = sound(world).out_of_memory().exited(143);
                container.stop_requested(Known::Known(true))
            },
            Cause::Stopped,
        ),
        (
            "a child that the kernel ended, and a program that ended well",
            |world| sound(world).out_of_memory(),
            Cause::ApplicationExit,
        ),
    ]);
}

#[test]
fn what_stands_behind_a_failure_tells_whether_it_ended_there() {
    assert_causes(&[
        (
            "a module that it did without, and what it said then",
            |world| {
                world
                    .container([dynamic("node", world.home), loader(world.home), named_module("/app/x.node", world.away)])
                    .log("no speedups: /app/x.node: cannot open shared object file\nusing the slow one\nbad port")
                    .exited(1)
            },
            Cause::ApplicationExit,
        ),
        (
            "a worker that nobody caught the error of, and what its keeper says",
            |world| {
                world
                    .container([dynamic("python3", world.home), loader(world.home), named_module("/app/x.so", world.away)])
                    .log("ImportError: /app/x.so: cannot open shared object file\n[INFO] Worker exiting\n[INFO] Shutting down")
                    .exited(3)
            },
            Cause::ForeignModule,
        ),
        (
            "a runtime that does not find what it was to start, and its stack",
            |world| {
                let wanted = Link {
                    via: Via::Words,
                    ..missing(Role::Command, "ffmpeg")
                };
                world
                    .container([dynamic("node", world.home), loader(world.home), wanted])
                    .log("Error: spawn ffmpeg ENOENT\n    at onErrorNT\nEmitted 'error' event at:\n    at x {\n  path: 'ffmpeg'\n}\n\nNode.js v20")
                    .exited(1)
            },
            Cause::CommandNotFound,
        ),
        (
            "a name that a shell did not find, and a code that is not its own",
            |world| {
                let wanted = Link {
                    via: Via::Words,
                    ..missing(Role::Command, "nope")
                };
                world
                    .container([script("#!/bin/sh\n"), interpreter("/bin/sh", world.home), wanted])
                    .log("no key\n/app/start.sh: line 2: nope: not found")
                    .exited(1)
            },
            Cause::ApplicationExit,
        ),
    ]);
}

#[test]
fn what_shells_and_launchers_end_with_tells_whether_they_went_on() {
    assert_causes(&[
        (
            "a child that the kernel ended, and a foreign program behind it",
            |world| {
                world
                    .container([
                        program("/bin/sh", world.home),
                        by_shell(program("/app/x", world.away)),
                    ])
                    .log("/app/x: line 1: syntax error: unexpected word")
                    .out_of_memory()
                    .exited(2)
            },
            Cause::ForeignBinary,
        ),
        (
            "a foreign program that `xargs` was to start",
            |world| {
                world
                    .container([
                        program("/bin/sh", world.home),
                        by_shell(program("/app/x", world.away)),
                    ])
                    .log("/app/x: line 1: syntax error: unexpected word")
                    .exited(123)
            },
            Cause::ForeignBinary,
        ),
        (
            "a shell's 127, and nothing said of what is not there",
            |world| {
                let wanted = by_shell(missing(Role::Command, "/app/nope"));
                world
                    .container([script("#!/bin/sh\n"), interpreter("/bin/sh", world.home), wanted])
                    .exited(127)
            },
            Cause::Unknown,
        ),
    ]);
}

#[test]
fn faults_that_show_after_the_start_need_the_exit_code_that_they_lead_to() {
    assert_causes(&[
        (
            "`env` looks for a name that ends in CR",
            |world| {
                let chain = [
                    script("#!/usr/bin/env sh\r\necho hi\r\n"),
                    interpreter("/usr/bin/env", world.home),
                    missing_for_env("sh\r"),
                ];
                world
                    .container(chain)
                    .log("env: can't execute 'sh\r': No such file or directory")
                    .exited(127)
            },
            Cause::CrlfLineEndings,
        ),
        (
            "`env -S` takes CR for a blank",
            |world| {
                let chain = [
                    script("#!/usr/bin/env -S node\r\n"),
                    interpreter("/usr/bin/env", world.home),
                ];
                world
                    .container(chain)
                    .log("env: 'node': No such file or directory")
                    .exited(127)
            },
            Cause::ApplicationExit,
        ),
        (
            "an interpreter that `env` does not find, where the chain follows it",
            |world| {
                let chain = [
                    script("#!/usr/bin/env bash\n"),
                    interpreter("/usr/bin/env", world.home),
                    missing_for_env("bash"),
                ];
                world
                    .container(chain)
                    .log("env: can't execute 'bash': No such file or directory")
                    .exited(127)
            },
            Cause::MissingInterpreter,
        ),
        (
            "a program that is cut off, and memory that is not there",
            |world| {
                let mut bytes = elf(world.home, Some("/lib/ld.so"));
                bytes.truncate(100);
                world
                    .container([file(Role::Program, "/app/x", &bytes)])
                    .exited(139)
            },
            Cause::TruncatedProgram,
        ),
    ]);
}

#[test]
fn files_that_cannot_have_run_make_an_end_unknown_unless_the_log_is_silent() {
    assert_causes(&[
        (
            "a loader that is not there now",
            |world| {
                world
                    .container([dynamic("/app/x", world.home), missing_loader()])
                    .log("served")
                    .exited(1)
            },
            Cause::Unknown,
        ),
        (
            "a runtime with words of its own",
            |world| {
                let chain = [script("#!/bin/sh\r\n"), missing(Role::Interpreter, "/bin/sh\r")];
                world
                    .container(chain)
                    .log("starting container: ENOENT")
                    .exited(255)
            },
            Cause::Unknown,
        ),
        (
            "no log at all",
            |world| {
                let chain = [script("#!/bin/sh\r\n"), missing(Role::Interpreter, "/bin/sh\r")];
                world.container(chain).log_unreadable().exited(255)
            },
            Cause::CrlfLineEndings,
        ),
        (
            "no log, and a text that a shell may have run",
            |world| {
                world
                    .container([not_a_script(b"echo hi\n")])
                    .log_unreadable()
                    .exited(1)
            },
            Cause::Unknown,
        ),
        (
            "no log and no chain",
            |world| sound(world).chain_unreadable().log_unreadable().exited(1),
            Cause::Unknown,
        ),
    ]);
}

#[test]
fn what_ended_it_from_outside_is_told_where_somebody_remembers() {
    assert_causes(&[
        (
            "memory",
            |world| sound(world).exited(137).out_of_memory(),
            Cause::OutOfMemory,
        ),
        (
            "memory, of a foreign program",
            |world| {
                let chain = [program("/bin/sh", world.away)];
                world
                    .container(chain)
                    .labelled(world.away)
                    .exited(137)
                    .out_of_memory()
            },
            Cause::OutOfMemory,
        ),
        (
            "a kill",
            |world| sound(world).exited(137).stop_requested(Known::Known(true)),
            Cause::Stopped,
        ),
        (
            "a stop",
            |world| sound(world).exited(143).stop_requested(Known::Known(true)),
            Cause::Stopped,
        ),
        (
            "a stop that went well",
            |world| sound(world).stop_requested(Known::Known(true)),
            Cause::Stopped,
        ),
        (
            "a kill that nobody remembers",
            |world| sound(world).exited(137).stop_requested(forgotten()),
            Cause::Unknown,
        ),
        (
            "a stop that nobody remembers",
            |world| sound(world).exited(143).stop_requested(forgotten()),
            Cause::Unknown,
        ),
        (
            "an end of its own",
            |world| sound(world).exited(1).stop_requested(forgotten()),
            Cause::ApplicationExit,
        ),
        (
            "an instruction",
            |world| sound(world).exited(132),
            Cause::IllegalInstruction,
        ),
        (
            "a restart loop of a foreign image that was stopped",
            |world| {
                let container = world
                    .container([program("/bin/x", world.away)])
                    .labelled(world.away);
                container
                    .refused("exec /bin/x: exec format error")
                    .stop_requested(Known::Known(true))
            },
            Cause::WrongArchitecture,
        ),
    ]);
}

#[test]
fn an_unknown_end_says_what_was_missing() {
    for world in worlds() {
        let container = sound(&world)
            .chain_unreadable()
            .log_unreadable()
            .without_label()
            .exited(1);
        let diagnosis = diagnose(&container.facts);
        let missing: Vec<&str> = diagnosis
            .evidence
            .iter()
            .filter(|piece| piece.kind == EvidenceKind::Missing)
            .map(|piece| piece.text.as_str())
            .collect();
        assert_eq!(
            missing,
            [
                "the program could not be read: the engine did not answer in time",
                "the log could not be read: its logging driver keeps nothing",
                "the image's platform is not known: the engine does not say it",
            ]
        );
    }
}
