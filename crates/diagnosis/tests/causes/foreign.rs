//! Programs of another architecture: refused, translated, or not told.

use diagnosis::{Cause, RemedyKind, diagnose};

use crate::{
    assert_causes,
    build::{
        Container, LOADER, World, dynamic, interpreter, loader, missing_loader, program, script, worlds,
    },
};

const FORMAT: &str = "exec /bin/uname: exec format error";

fn foreign(world: &World) -> Container {
    world
        .container([program("uname", world.away)])
        .labelled(world.away)
}

#[test]
fn a_foreign_image_that_nothing_translates() {
    assert_causes(&[
        (
            "a static program",
            |world| foreign(world).refused(FORMAT),
            Cause::WrongArchitecture,
        ),
        (
            "a dynamic program",
            |world| {
                let chain = [dynamic("/bin/uname", world.away), loader(world.away)];
                world.container(chain).labelled(world.away).refused(FORMAT)
            },
            Cause::WrongArchitecture,
        ),
        (
            "a dynamic program whose loader is missing as well",
            |world| {
                let chain = [dynamic("/bin/uname", world.away), missing_loader()];
                world.container(chain).labelled(world.away).refused(FORMAT)
            },
            Cause::WrongArchitecture,
        ),
        (
            "a third architecture",
            |world| {
                world
                    .container([program("uname", "riscv64")])
                    .labelled("riscv64")
                    .refused(FORMAT)
            },
            Cause::WrongArchitecture,
        ),
        (
            "under tini",
            |world| {
                foreign(world)
                    .log("[FATAL tini (8)] exec uname failed: Exec format error")
                    .exited(1)
            },
            Cause::WrongArchitecture,
        ),
        (
            "an image without a label",
            |world| foreign(world).without_label().refused(FORMAT),
            Cause::WrongArchitecture,
        ),
    ]);
}

#[test]
fn a_label_that_the_whole_chain_denies() {
    assert_causes(&[
        (
            "a static program",
            |world| world.container([program("uname", world.away)]).refused(FORMAT),
            Cause::MislabelledImage,
        ),
        (
            "a program and its loader",
            |world| {
                world
                    .container([dynamic("uname", world.away), loader(world.away)])
                    .refused(FORMAT)
            },
            Cause::MislabelledImage,
        ),
        (
            "a script and its interpreter",
            |world| {
                let chain = [script("#!/bin/sh\n"), interpreter("/bin/sh", world.away)];
                world
                    .container(chain)
                    .refused("exec /app/start.sh: exec format error")
            },
            Cause::MislabelledImage,
        ),
        (
            "a label of a third platform",
            |world| {
                world
                    .container([program("uname", world.away)])
                    .labelled("s390x")
                    .refused(FORMAT)
            },
            Cause::MislabelledImage,
        ),
    ]);
}

#[test]
fn one_foreign_program_in_an_image_that_is_what_it_says() {
    assert_causes(&[
        (
            "its loader is not in the image",
            |world| {
                world
                    .container([dynamic("uname", world.away), missing_loader()])
                    .refused(FORMAT)
            },
            Cause::ForeignBinary,
        ),
        (
            "its loader is missed by QEMU",
            |world| {
                let line = format!("aarch64-binfmt-P: Could not open '{LOADER}': No such file or directory");
                world
                    .container([dynamic("uname", world.away), missing_loader()])
                    .log(&line)
                    .exited(255)
            },
            Cause::ForeignBinary,
        ),
        (
            "its loader is missed by Rosetta",
            |world| {
                let line = format!("rosetta error: failed to open elf at {LOADER}\nTrace/breakpoint trap");
                world
                    .container([dynamic("uname", world.away), missing_loader()])
                    .log(&line)
                    .exited(133)
            },
            Cause::ForeignBinary,
        ),
        (
            "a native program with a foreign loader",
            |world| {
                let line = "exec /bin/uname: accessing a corrupted shared library";
                world
                    .container([dynamic("uname", world.home), loader(world.away)])
                    .refused(line)
            },
            Cause::ForeignBinary,
        ),
        (
            "a native loader, and no label",
            |world| {
                world
                    .container([dynamic("uname", world.away), loader(world.home)])
                    .without_label()
                    .refused(FORMAT)
            },
            Cause::ForeignBinary,
        ),
    ]);
}

#[test]
fn a_translator_that_misses_the_loader_of_a_foreign_image_finds_it_incomplete() {
    assert_causes(&[(
        "QEMU",
        |world| {
            let line = format!("qemu-x86_64: Could not open '{LOADER}': No such file or directory");
            let chain = [dynamic("uname", world.away), missing_loader()];
            world.container(chain).labelled(world.away).log(&line).exited(255)
        },
        Cause::MissingLoader,
    )]);
}

#[test]
fn a_foreign_program_without_an_exec_error_was_translated() {
    assert_causes(&[
        (
            "ended well",
            |world| foreign(world).log("aarch64"),
            Cause::ApplicationExit,
        ),
        (
            "exit code 1",
            |world| foreign(world).log("no database").exited(1),
            Cause::ApplicationExit,
        ),
        (
            "exit code 42 and no log",
            |world| foreign(world).exited(42),
            Cause::ApplicationExit,
        ),
        (
            "a wrong label",
            |world| foreign(world).labelled(world.home).log("x").exited(1),
            Cause::ApplicationExit,
        ),
        (
            "a signal, and an unreadable log",
            |world| foreign(world).exited(139).log_unreadable(),
            Cause::ApplicationExit,
        ),
        (
            "an illegal instruction",
            |world| {
                let line = "qemu: uncaught target signal 4 (Illegal instruction) - core dumped";
                foreign(world).log(line).exited(132)
            },
            Cause::IllegalInstruction,
        ),
        (
            "an exec error of an earlier start, and output of a later one",
            |world| {
                foreign(world)
                    .log(&format!("{FORMAT}\nserver started\nno database"))
                    .exited(1)
            },
            Cause::ApplicationExit,
        ),
        (
            "an exec error of an earlier start, and an end that no refusal has",
            |world| foreign(world).log(FORMAT).exited(139),
            Cause::ApplicationExit,
        ),
    ]);
}

#[test]
fn a_translator_that_is_not_there_is_told_from_a_file_that_is_not() {
    assert_causes(&[
        (
            "a foreign program of which nothing is missing",
            |world| foreign(world).refused("exec /bin/uname: no such file or directory"),
            Cause::TranslatorFailure,
        ),
        (
            "a dynamic program without its loader",
            |world| {
                let chain = [dynamic("uname", world.away), missing_loader()];
                world
                    .container(chain)
                    .refused("exec /bin/uname: no such file or directory")
            },
            Cause::ForeignBinary,
        ),
    ]);
}

#[test]
fn what_neither_bytes_nor_words_decide_stays_unknown() {
    assert_causes(&[
        (
            "no log",
            |world| foreign(world).exited(world.refusal).log_unreadable(),
            Cause::Unknown,
        ),
        (
            "no chain",
            |world| foreign(world).chain_unreadable().refused(FORMAT),
            Cause::Unknown,
        ),
    ]);
}

#[test]
fn a_shell_that_reads_a_foreign_program_as_a_script_shows_that_it_did_not_run() {
    assert_causes(&[
        (
            "busybox",
            |world| {
                let line = "/app/uname: line 1: syntax error: unexpected word (expecting \")\")";
                world
                    .container([program("/app/uname", world.away)])
                    .log(line)
                    .exited(2)
            },
            Cause::MislabelledImage,
        ),
        (
            "bash",
            |world| {
                let line = "/bin/bash: line 1: /app/uname: cannot execute binary file: Exec format error";
                world
                    .container([program("/app/uname", world.away)])
                    .log(line)
                    .exited(126)
            },
            Cause::MislabelledImage,
        ),
        (
            "a shell that was started natively and runs something else",
            |world| {
                let line = "/app/uname: line 1: syntax error: unexpected word (expecting \")\")";
                world
                    .container([program("/bin/sh", world.home)])
                    .log(line)
                    .exited(2)
            },
            Cause::ApplicationExit,
        ),
    ]);
}

/// An engine, a label, a program, whether the kernel refused it, and the cause.
type Variant = (&'static str, &'static str, &'static str, bool, Cause);

#[test]
fn variants_are_weak_evidence_and_architectures_decide() {
    let rows: [Variant; 15] = [
        ("amd64", "386", "386", false, Cause::ApplicationExit),
        ("amd64", "amd64", "386", false, Cause::ApplicationExit),
        ("amd64/v3", "amd64", "amd64", false, Cause::ApplicationExit),
        ("amd64/v3", "arm64", "arm64", true, Cause::WrongArchitecture),
        ("amd64", "arm/v5", "arm/v7", true, Cause::WrongArchitecture),
        ("amd64", "arm/v7", "arm/v5", true, Cause::WrongArchitecture),
        ("arm64", "arm/v6", "arm/v7", true, Cause::WrongArchitecture),
        ("arm64", "arm/v7", "arm/v7", false, Cause::ApplicationExit),
        ("arm64", "386", "386", true, Cause::WrongArchitecture),
        // An image may hold programs that all its processors run; some of arm64 run no arm/v7.
        ("arm64", "amd64", "386", true, Cause::WrongArchitecture),
        ("amd64", "arm64", "arm/v7", true, Cause::MislabelledImage),
        ("arm64", "386", "amd64", true, Cause::MislabelledImage),
        ("arm64", "arm64", "386", true, Cause::MislabelledImage),
        // Not every processor of the engine's platform runs it, and this one has just said no.
        ("arm64", "arm64", "arm/v7", true, Cause::MislabelledImage),
        ("amd64", "amd64", "x32", true, Cause::Unknown),
    ];
    for world in worlds() {
        for (engine, label, architecture, refused, cause) in rows {
            let container = world
                .container([program("uname", architecture)])
                .engine(engine)
                .labelled(label);
            let container = if refused {
                container.refused(FORMAT)
            } else {
                container.log("no database").exited(1)
            };
            let found = diagnose(&container.facts).cause;
            assert_eq!(found, cause, "{architecture} labelled {label} on {engine}");
        }
    }
}

#[test]
fn remedies_begin_with_what_is_native_and_end_with_the_image() {
    let kinds = |container: Container| -> Vec<RemedyKind> {
        diagnose(&container.facts)
            .remedies
            .iter()
            .map(|remedy| remedy.kind)
            .collect()
    };
    for world in worlds() {
        let translation = if world.home == "arm64" {
            RemedyKind::TurnOnTranslation
        } else {
            RemedyKind::InstallTranslator
        };
        let rerun = RemedyKind::RerunPlatform;
        let (fix, report) = (RemedyKind::FixBuild, RemedyKind::ReportUpstream);
        assert_eq!(
            kinds(foreign(&world).refused(FORMAT)),
            [rerun, translation, rerun]
        );
        let mislabelled = foreign(&world).labelled(world.home).refused(FORMAT);
        assert_eq!(kinds(mislabelled), [rerun, translation, fix, report]);
        let elsewhere = foreign(&world).labelled("s390x").refused(FORMAT);
        assert_eq!(kinds(elsewhere), [rerun, rerun, translation, fix, report]);
        let chain = [dynamic("uname", world.away), missing_loader()];
        assert_eq!(
            kinds(world.container(chain).refused(FORMAT)),
            [rerun, fix, report],
            "the image's other build may be whole"
        );
        let chain = [dynamic("uname", world.away), loader(world.home)];
        let unlabelled = world.container(chain).without_label().refused(FORMAT);
        assert_eq!(
            kinds(unlabelled),
            [fix, report],
            "nothing says that this one is not"
        );
    }
}

#[test]
fn commands_name_the_platform_to_run_as() {
    let command = |world: &World, at: usize| {
        let diagnosis = diagnose(&foreign(world).refused(FORMAT).facts);
        diagnosis.remedies[at].command.clone().unwrap_or_default()
    };
    let [to_amd, .., to_arm] = worlds()[..] else {
        panic!("two directions")
    };
    assert_eq!(
        command(&to_amd, 0),
        "archlight rerun worker-1 --platform linux/amd64"
    );
    assert_eq!(
        command(&to_amd, 1),
        "docker run --privileged --rm tonistiigi/binfmt --install arm64"
    );
    assert_eq!(
        command(&to_amd, 2),
        "archlight rerun worker-1 --platform linux/arm64"
    );
    assert_eq!(
        command(&to_arm, 0),
        "archlight rerun worker-1 --platform linux/arm64"
    );
    assert_eq!(command(&to_arm, 1), "archlight rosetta");
}

#[test]
fn a_name_that_a_shell_would_take_apart_makes_no_command() {
    for name in ["$(reboot)", "a b", "", "-rf", "a;b", "a\nb"] {
        let mut container = foreign(&worlds()[0]).refused(FORMAT);
        name.clone_into(&mut container.facts.container);
        for remedy in diagnose(&container.facts).remedies {
            let command = remedy.command.unwrap_or_default();
            assert!(!command.contains("archlight rerun"), "{command}");
        }
    }
}
