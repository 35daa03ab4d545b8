//! Images that never ran: what `diagnose --image` says of them.

use lab::{Archlight, Generation, ImageSpec, Lab};
use serde_json::json;

use super::{
    case::{
        Actual::{Foreign, Native, Nothing, Unsaid},
        Case,
        Faulty::{self, At},
        GLIBC_LOADER, case,
    },
    images::Image,
    stage::{side_by_side, wrong},
};

/// The image of each case, with the case's command as its own.
fn cases() -> Vec<Case> {
    vec![
        // Only a start shows whether something translates it.
        case("foreign", Image::Foreign, &["uname"])
            .is("wrong-architecture", Foreign, At("/bin/busybox"))
            .but_only_likely(),
        case("lying", Image::Lying, &["uname"])
            .is("mislabelled-image", Foreign, At("/bin/busybox"))
            .but_only_likely(),
        case("stray", Image::Tools, &["/opt/foreign"])
            .is("foreign-binary", Foreign, At("/opt/foreign"))
            .but_only_likely(),
        case("crlf", Image::Tools, &["/app/crlf.sh"]).is("crlf-line-endings", Unsaid, At("/app/crlf.sh")),
        case("no-loader", Image::Musl, &["/app/hello"]).is("missing-loader", Native, At(GLIBC_LOADER)),
        case("no-bash", Image::Tools, &["/app/bash.sh"]).is("missing-interpreter", Nothing, At("/bin/bash")),
        case("absent", Image::Tools, &["/app/nope"]).is("command-not-found", Nothing, At("/app/nope")),
        case("crlf-argument", Image::Tools, &["/app/crlf-argument.sh"])
            .is("crlf-line-endings", Native, At("/app/crlf-argument.sh"))
            .but_only_likely(),
        case(
            "typing-error",
            Image::Tools,
            &["/app/exec-arguments.sh", "srever"],
        )
        .is("command-not-found", Native, At("srever"))
        .but_only_likely(),
        // What its text changes first may run then.
        case(
            "made-executable",
            Image::Tools,
            &[
                "/bin/sh",
                "-c",
                "chmod +x /app/script-644 && exec /app/script-644",
            ],
        )
        .is("", Native, Faulty::None)
        .and_nothing_known(),
        // The branch that its word fits is the one that runs.
        case("branch", Image::Tools, &["/app/branch.sh", "known"])
            .is("", Native, Faulty::None)
            .and_nothing_known(),
        case("healthy", Image::Tools, &["/app/start.sh"])
            .is("", Native, Faulty::None)
            .and_nothing_known(),
    ]
}

/// Asks about each image, and gives what is wrong with the answers and with what is left behind.
pub(crate) fn play(lab: &Lab, generation: Generation) -> Vec<String> {
    let engine = lab.start(generation);
    let archlight = Archlight::for_engine(&engine);
    let ask = |case: &Case| {
        let name = format!("acme/{}", case.name);
        let variant = case.image.variant(lab).command(&case.command);
        let reference = engine.push(&ImageSpec::new(&name, "1").variant(variant));
        engine.docker_ok(&[
            "pull",
            "--quiet",
            "--platform",
            &case.image.platform(),
            &reference,
        ]);
        let mut answer = archlight.ask(&["diagnose", "--image", &reference]);
        // Nothing is wrong: there is no cause, or none is known.
        if case.cause.is_empty() && (answer.json["cause"].is_null() || answer.json["cause"] == "unknown") {
            answer.json["cause"] = json!("");
        }
        wrong(case, &answer)
    };
    let mut wrong: Vec<String> = side_by_side(&cases(), ask).into_iter().flatten().collect();
    let left = engine.docker_ok(&["ps", "--all", "--quiet"]);
    if !left.is_empty() {
        wrong.push(format!("containers are left: {left}"));
    }
    wrong
}
