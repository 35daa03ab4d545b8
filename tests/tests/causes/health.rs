//! Containers that run, and whose health check's own command does not start.

use super::{
    case::{
        Actual::Native,
        Case,
        Faulty::{self, At},
        UNHEALTHY, case,
    },
    images::Image,
};

const SLEEP: &[&str] = &["sleep", "1000"];

/// A container of tools whose health is asked for by a shell.
fn checked(name: &'static str, text: &'static str) -> Case {
    let often = ["--health-interval", "1s", "--health-retries", "1"];
    case(name, Image::Tools, SLEEP)
        .with(&["--health-cmd", text])
        .with(&often)
        .until(UNHEALTHY)
}

pub(crate) fn cases() -> Vec<Case> {
    let missing = "command-not-found";
    let foreign = "foreign-binary";
    vec![
        checked("health-without-curl", "curl -f http://localhost/").is(missing, Native, At("curl")),
        // The shell went on behind it, so its exit code is another one.
        checked("health-without-curl-or-1", "curl -f http://localhost/ || exit 1")
            .is(missing, Native, At("curl"))
            .but_only_likely(),
        checked("health-by-foreign", "/opt/foreign true").is(foreign, Native, At("/opt/foreign")),
        checked("health-without-interpreter", "/app/bash.sh").is(
            "missing-interpreter",
            Native,
            At("/bin/bash"),
        ),
        checked("health-by-crlf", "/app/crlf.sh").is("crlf-line-endings", Native, At("/app/crlf.sh")),
        checked("health-not-executable", "/app/script-644").is(
            "not-executable",
            Native,
            At("/app/script-644"),
        ),
        // Without a shell the engine itself says that it could not execute it.
        case("health-words-without-curl", Image::CheckedByCurl, SLEEP)
            .until(UNHEALTHY)
            .is(missing, Native, At("curl")),
        case("health-words-by-foreign", Image::CheckedByForeign, SLEEP)
            .until(UNHEALTHY)
            .is(foreign, Native, At("/opt/foreign")),
        // It runs, and is not content with what it finds.
        checked("health-fails-by-itself", "echo down; exit 1").is("unknown", Native, Faulty::None),
    ]
}
