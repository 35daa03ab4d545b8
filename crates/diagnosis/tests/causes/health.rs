//! Containers that run, and whose health check fails.

use diagnosis::{Cause, Diagnosis, Health, RemedyKind, State, diagnose};
use platform::{Link, Role, Via};

use crate::build::{World, by_shell, interpreter, missing, program};

const ON_ARM: World = World {
    home: "arm64",
    away: "amd64",
    refusal: 255,
};

/// What the engine starts for the check.
fn checks(link: Link) -> Link {
    Link {
        via: Via::HealthCheck,
        ..link
    }
}

fn found(chain: Vec<Link>, exit_code: i64, output: &str) -> Diagnosis {
    let mut container = ON_ARM
        .container([program("/app/server", "arm64")])
        .state(State::Running);
    container.facts.hints.package_tool = Some("apk".to_owned());
    container.facts.health = Some(Health {
        output: output.lines().map(str::to_owned).collect(),
        exit_code,
        chain,
    });
    diagnose(&container.facts)
}

fn shell() -> Link {
    checks(interpreter("/bin/sh", "arm64"))
}

#[test]
fn a_command_that_is_not_there_is_told_to_be_the_health_check_s() {
    let by_words = vec![checks(missing(Role::Command, "curl"))];
    let by_text = vec![shell(), by_shell(missing(Role::Command, "curl"))];
    let refusal = r#"OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH: unknown"#;
    for (chain, code, output, sure) in [
        (by_words, -1, refusal, "certain"),
        (by_text.clone(), 127, "/bin/sh: curl: not found", "certain"),
        (by_text.clone(), 127, "/bin/sh: 1: curl: not found", "certain"),
        (by_text, 1, "/bin/sh: curl: not found", "likely"),
    ] {
        let found = found(chain, code, output);
        assert_eq!(found.cause, Cause::CommandNotFound, "{output}: {found:#?}");
        assert_eq!(found.confidence.as_str(), sure, "{output}");
        assert_eq!(
            found.summary,
            "It runs, and its health check does not start: there is no program `curl` in the container"
        );
        let kinds: Vec<RemedyKind> = found.remedies.iter().map(|remedy| remedy.kind).collect();
        assert_eq!(kinds, [RemedyKind::FixBuild, RemedyKind::FixCommand]);
        let command = found.remedies[0].command.as_deref();
        assert_eq!(command, Some("RUN apk add --no-cache curl"));
        assert!(found.remedies[1].why.contains("HEALTHCHECK"), "{found:#?}");
        let places: Vec<&str> = found.chain.iter().map(|judged| judged.link.place()).collect();
        assert_eq!((places[0], places[places.len() - 1]), ("/app/server", "curl"));
        assert_eq!(found.chain[0].fault, None);
    }
}

#[test]
fn a_program_for_another_platform_is_a_stray_one_in_an_image_that_runs() {
    let chain = vec![checks(program("/opt/check", "amd64"))];
    let words = "OCI runtime exec failed: exec failed: unable to start container process: exec /opt/check: exec format error: unknown";
    let found = found(chain, -1, words);
    assert_eq!(found.cause, Cause::ForeignBinary, "{found:#?}");
    assert_eq!(found.actual, Some("linux/arm64".parse().expect("a platform")));
}

#[test]
fn a_check_that_runs_and_fails_says_nothing_of_its_command() {
    let curl = || vec![shell(), by_shell(program("/usr/bin/curl", "arm64"))];
    for (code, output) in [
        (1, "connection refused"),
        (7, "curl: (7) Failed to connect to localhost port 80"),
        (-1, "Health check exceeded timeout (3s)"),
        (137, ""),
    ] {
        let found = found(curl(), code, output);
        assert_eq!(found.cause, Cause::Unknown, "{output}: {found:#?}");
        assert_eq!(
            found.summary,
            "It runs, its health check fails, and nothing that was read says why"
        );
        assert!(
            found.chain.iter().all(|judged| judged.fault.is_none()),
            "{found:#?}"
        );
    }
}
