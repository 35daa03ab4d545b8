//! A small product of facts: no combination panics, and what is said holds together.

use diagnosis::{Cause, Diagnosis, Facts, Known, State, diagnose};
use platform::{Link, Role, Target};

use crate::build::{
    Container, World, dynamic, file, forgotten, interpreter, link, loader, missing, missing_loader,
    not_a_script, not_executable, program, script, worlds,
};

const LOGS: [&str; 8] = [
    "",
    "served",
    "exec /app/start.sh: exec format error",
    "exec /app/start.sh: no such file or directory",
    "exec /app/start.sh: permission denied",
    "[FATAL tini (7)] exec /app/start.sh failed: Exec format error",
    "qemu-aarch64: Could not open '/lib/ld-linux.so': No such file or directory",
    "exec : ",
];

const ERRORS: [&str; 3] = [
    "",
    "port is already allocated",
    r#"exec: "/app/start.sh": permission denied"#,
];

const CODES: [i64; 8] = [0, 1, 127, 132, 137, 255, i64::MIN, i64::MAX];

const STATES: [State; 5] = [
    State::Created,
    State::Running,
    State::Restarting,
    State::Ended,
    State::Image,
];

fn chains(world: &World) -> Vec<Vec<Link>> {
    vec![
        vec![],
        vec![program("/app/start.sh", world.home)],
        vec![program("/app/start.sh", world.away)],
        vec![program("/app/start.sh", "x32")],
        vec![program("/app/start.sh", "arm/v7")],
        vec![dynamic("/app/start.sh", world.home), loader(world.away)],
        vec![dynamic("/app/start.sh", world.away), missing_loader()],
        vec![script("#!/bin/sh\n"), interpreter("/bin/sh", world.away)],
        vec![script("#!/bin/sh\r\n"), missing(Role::Interpreter, "/bin/sh\r")],
        vec![script("#!"), missing(Role::Interpreter, "")],
        vec![not_a_script(b"echo hi\n")],
        vec![not_a_script(b"\0\0\0\0")],
        vec![file(Role::Module, "\u{1b}[31m`\r\n", b"\x7fELF")],
        vec![not_executable(program("/app/start.sh", world.away))],
        vec![missing(Role::Loader, "")],
        vec![link(Role::Command, "/app/start.sh", Target::Directory)],
        vec![link(Role::Command, "", Target::Special)],
        vec![link(
            Role::Program,
            "/app/start.sh",
            Target::Unreadable("gone\n".to_owned()),
        )],
    ]
}

/// In both directions, every log, error, code and state on every chain; what else varies goes along with them.
fn for_each(mut check: impl FnMut(&Facts)) {
    for world in worlds().into_iter().step_by(2) {
        for chain in chains(&world) {
            for (at, log) in LOGS.iter().enumerate() {
                for (error, code) in ERRORS.iter().flat_map(|error| CODES.map(|code| (error, code))) {
                    for state in STATES {
                        let container = world
                            .container(chain.clone())
                            .error(error)
                            .exited(code)
                            .state(state);
                        check(&vary(container.log(log), at).facts);
                    }
                }
            }
        }
    }
}

fn vary(container: Container, at: usize) -> Container {
    match at % 5 {
        0 => container.without_label(),
        1 => container.labelled("arm64").stop_requested(forgotten()),
        2 => container.labelled("amd64"),
        3 => container.log_unreadable(),
        _ => container.stop_requested(Known::Known(true)),
    }
}

#[test]
fn no_facts_panic_and_the_same_facts_give_the_same_findings() {
    let mut count = 0;
    for_each(|facts| {
        let diagnosis = diagnose(facts);
        assert_eq!(diagnosis, diagnose(facts));
        holds_together(facts, &diagnosis);
        count += 1;
    });
    assert!(count > 10_000, "{count}");
}

fn holds_together(facts: &Facts, diagnosis: &Diagnosis) {
    let links = facts.chain.as_known().map_or(0, Vec::len);
    assert_eq!(diagnosis.chain.len(), links, "every link is judged");
    let context = || format!("{facts:#?} {diagnosis:#?}");
    let texts = diagnosis.evidence.iter().map(|piece| &piece.text);
    let reasons = diagnosis
        .remedies
        .iter()
        .flat_map(|remedy| [&remedy.title, &remedy.why]);
    for text in texts.chain(reasons).chain([&diagnosis.summary]) {
        assert!(
            !text.is_empty() && !text.chars().any(char::is_control),
            "{}",
            context()
        );
        assert_eq!(text.matches('`').count() % 2, 0, "{}", context());
    }
    let needs_fault = matches!(
        diagnosis.cause,
        Cause::WrongArchitecture | Cause::MislabelledImage | Cause::ForeignBinary | Cause::MissingLoader
    );
    let has_fault = diagnosis.chain.iter().any(|judged| judged.fault.is_some());
    assert!(
        !needs_fault || has_fault,
        "a cause without a fault: {}",
        context()
    );
    if !facts.ending.is_bad() && facts.ending.state != State::Image {
        let calm = [Cause::ApplicationExit, Cause::Stopped, Cause::Unknown];
        assert!(calm.contains(&diagnosis.cause), "{}", context());
    }
}
