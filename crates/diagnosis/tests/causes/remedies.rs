//! What is proposed, as exact as what is known allows, and no more exact than that.

use diagnosis::{Cause, Copied, Diagnosis, Memory, RemedyKind, diagnose};
use platform::{Line, Link, Mount, MountKind, Role};

use crate::build::{
    Container, World, by_shell, dynamic, interpreter, loader, missing, named_module, program, script,
};

const ON_ARM: World = World {
    home: "arm64",
    away: "amd64",
    refusal: 255,
};

fn found(container: &Container) -> Diagnosis {
    diagnose(&container.facts)
}

fn commands(container: &Container) -> Vec<String> {
    let remedies = found(container).remedies;
    remedies.into_iter().filter_map(|remedy| remedy.command).collect()
}

fn kinds(container: &Container) -> Vec<RemedyKind> {
    let remedies = found(container).remedies;
    remedies.into_iter().map(|remedy| remedy.kind).collect()
}

#[test]
fn rosetta_is_offered_only_where_it_can_be() {
    let foreign = ON_ARM
        .container([program("/app/x", "amd64")])
        .labelled("amd64")
        .refused("exec /app/x: exec format error");
    assert!(kinds(&foreign).contains(&RemedyKind::TurnOnTranslation));
    let mut on_linux = foreign;
    on_linux.facts.hints.may_have_rosetta = false;
    assert!(!kinds(&on_linux).contains(&RemedyKind::TurnOnTranslation));
    let qemu = "docker run --privileged --rm tonistiigi/binfmt --install amd64".to_owned();
    assert!(commands(&on_linux).contains(&qemu));
    // The table of known texts proposes it as well.
    let words = "qemu: uncaught target signal 11 (Segmentation fault) - core dumped";
    let mut crashed = ON_ARM
        .container([program("/app/x", "amd64")])
        .labelled("amd64")
        .log(words)
        .exited(139);
    assert!(kinds(&crashed).contains(&RemedyKind::TurnOnTranslation));
    crashed.facts.hints.may_have_rosetta = false;
    assert!(!kinds(&crashed).contains(&RemedyKind::TurnOnTranslation));
}

#[test]
fn a_limit_of_memory_is_doubled_and_none_is_made_up() {
    let killed = |memory| {
        let mut container = ON_ARM
            .container([program("/app/x", "arm64")])
            .exited(137)
            .out_of_memory();
        container.facts.hints.memory = memory;
        container
    };
    let limit = 96 << 20;
    for (with_swap, command) in [
        (None, "docker update --memory 192m worker-1"),
        (
            Some(2 << 30),
            "docker update --memory 192m --memory-swap 4g worker-1",
        ),
    ] {
        let container = killed(Some(Memory { limit, with_swap }));
        assert_eq!(commands(&container), [command]);
    }
    let unlimited = killed(None);
    assert_eq!(found(&unlimited).cause, Cause::OutOfMemory);
    assert!(commands(&unlimited).is_empty());
}

#[test]
fn a_script_is_mended_where_the_build_context_has_it() {
    let chain = || [script("#!/bin/sh\r\n"), missing(Role::Interpreter, "/bin/sh\r")];
    let copied = |file: Option<&str>, may_be_of_stage| {
        let mut container = ON_ARM
            .container(chain())
            .refused("exec /app/start.sh: no such file or directory");
        container.facts.hints.copied_by = Some(Copied {
            instruction: "COPY . /app".to_owned(),
            file: file.map(str::to_owned),
            may_be_of_stage,
        });
        container
    };
    let known = copied(Some("docker/start.sh"), false);
    assert_eq!(commands(&known), [r"sed -i 's/\r$//' docker/start.sh"]);
    assert!(commands(&copied(Some("has blanks.sh"), false)).is_empty());
    let of_stage = copied(None, true);
    assert!(commands(&of_stage).is_empty());
    let why = &found(&of_stage).remedies[0].why;
    assert!(
        why.ends_with("brings it from the build context, or from an earlier stage"),
        "{why}"
    );
}

#[test]
fn what_a_script_asks_for_is_told_with_its_line() {
    let asked = Link {
        asked_in: Some(Line {
            script: "/entrypoint.sh".to_owned(),
            number: 7,
        }),
        ..by_shell(missing(Role::Command, "/app/serve"))
    };
    let container = ON_ARM
        .container([script("#!/bin/sh\n"), interpreter("/bin/sh", "arm64"), asked])
        .log("/entrypoint.sh: line 7: /app/serve: not found")
        .exited(127);
    let found = found(&container);
    assert_eq!(found.cause, Cause::CommandNotFound);
    assert_eq!(
        found.chain[2].detail,
        "nothing is at that path; line 7 of `/entrypoint.sh`"
    );
    assert_eq!(
        found.remedies[0].why,
        "It is asked for in line 7 of `/entrypoint.sh`"
    );
}

#[test]
fn only_packages_whose_names_are_known_are_installed() {
    let module = |path| {
        let chain = [
            dynamic("/usr/bin/python3", "arm64"),
            loader("arm64"),
            named_module(path, "amd64"),
        ];
        ON_ARM
            .container(chain)
            .log(&format!("ImportError: {path}: cannot open shared object file"))
            .exited(1)
    };
    let pillow = module("/v/site-packages/PIL/_imaging.cpython-311-x86_64-linux-gnu.so");
    assert_eq!(
        commands(&pillow),
        ["RUN pip install --force-reinstall --no-cache-dir pillow"]
    );
    let other = module("/v/site-packages/mine/_native.cpython-311-x86_64-linux-gnu.so");
    assert_eq!(found(&other).cause, Cause::ForeignModule);
    assert!(commands(&other).is_empty());
}

#[test]
fn no_command_has_a_gap_to_be_filled() {
    let mount = |kind, destination: &str| {
        Some(Mount {
            kind,
            source: "/home/ada/app".to_owned(),
            destination: destination.to_owned(),
            forbids_execution: Some(true),
        })
    };
    let mounted = Link {
        mount: mount(MountKind::Bind, "/app"),
        ..named_module("/app/node_modules/x/x.node", "amd64")
    };
    let modules = ON_ARM
        .container([dynamic("/usr/bin/node", "arm64"), loader("arm64"), mounted])
        .log("Error: /app/node_modules/x/x.node: invalid ELF header")
        .exited(1);
    let in_memory = Link {
        mount: mount(MountKind::Memory, "/run/x"),
        ..program("/run/x/server", "arm64")
    };
    let denied = ON_ARM
        .container([in_memory])
        .refused("exec /run/x/server: permission denied");
    for (container, words) in [
        (modules, "`-v /app/node_modules`"),
        (denied, "`--tmpfs /run/x:exec`"),
    ] {
        let found = found(&container);
        assert!(found.remedies[0].why.contains(words), "{found:#?}");
        assert!(!commands(&container).iter().any(|command| command.contains('…')));
    }
}

#[test]
fn where_files_cannot_be_read_an_engine_s_words_of_one_meaning_make_a_cause_likely() {
    for (program, error, cause) in [
        (
            "nope",
            r#"exec: "nope": executable file not found in $PATH"#,
            Cause::CommandNotFound,
        ),
        (
            "/app/x",
            r#"exec: "/app/x": stat /app/x: no such file or directory"#,
            Cause::CommandNotFound,
        ),
        (
            "/app/x/y",
            r#"exec: "/app/x/y": stat /app/x/y: not a directory"#,
            Cause::CommandNotFound,
        ),
        (
            "/app",
            r#"exec: "/app": is a directory: permission denied"#,
            Cause::IsADirectory,
        ),
        ("", "No command specified", Cause::CommandNotFound),
        ("/app/x", "Rosetta is not installed", Cause::TranslatorFailure),
        // A file, a folder, or a mount that forbids it.
        ("/app/x", r#"exec: "/app/x": permission denied"#, Cause::Unknown),
        ("/app/x", "exec /app/x: no such file or directory", Cause::Unknown),
        // What the engine itself looks for.
        (
            "/app/x",
            r#"error running hook #0: exec: "hook": executable file not found in $PATH"#,
            Cause::Unknown,
        ),
        (
            "/app/x",
            r#"exec: "docker-init": executable file not found in $PATH"#,
            Cause::Unknown,
        ),
    ] {
        let found = found(
            &ON_ARM
                .container([])
                .of(program)
                .chain_unreadable()
                .failed(127, error),
        );
        assert_eq!(found.cause, cause, "{error}: {found:#?}");
        let sure = if cause == Cause::Unknown { "none" } else { "likely" };
        assert_eq!(found.confidence.as_str(), sure, "{error}");
        assert!(!found.summary.contains("the program the"), "{}", found.summary);
    }
}

#[test]
fn bytes_overrule_an_engine_s_words() {
    let sound = ON_ARM.container([program("/app/x", "arm64")]);
    let found = found(&sound.failed(127, r#"exec: "nope": executable file not found in $PATH"#));
    assert_eq!(found.cause, Cause::Unknown);
    assert_eq!(found.chain[0].fault, None);
}
