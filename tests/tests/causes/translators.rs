//! Foreign programs where something translates them, well or badly.

use super::{
    case::{
        Actual::{Foreign, Nothing, Of, Unsaid},
        Case, FOREIGN_GLIBC_LOADER,
        Faulty::{self, At},
        Translator::{self, Fixed, NotFixed},
        Until, case, shell,
    },
    images::Image,
};

const FAILURE: &str = "translator-failure";
/// A program that crashes as process 1 under QEMU says this and never ends.
const HANGS: Until = Until::Says("uncaught target signal");

pub(crate) fn cases() -> Vec<Case> {
    [translated(), crashing(), not_found_by_the_kernel()].concat()
}

fn translated() -> Vec<Case> {
    let rows = vec![
        shell("translated-exit", Image::Foreign, "exit 3").is("application-exit", Foreign, Faulty::None),
        case("translated-script", Image::Foreign, &["/app/start.sh"]).is(
            "application-exit",
            Foreign,
            Faulty::None,
        ),
        shell("translated-lying", Image::Lying, "exit 3").is("application-exit", Foreign, Faulty::None),
        shell("translated-stray", Image::Tools, "/opt/true && exit 3").is(
            "application-exit",
            Unsaid,
            Faulty::None,
        ),
        case("translated-crlf", Image::Foreign, &["/app/crlf.sh"]).is(
            "crlf-line-endings",
            Nothing,
            At("/app/crlf.sh"),
        ),
        case("translated-no-bash", Image::Foreign, &["/app/bash.sh"]).is(
            "missing-interpreter",
            Nothing,
            At("/bin/bash"),
        ),
        case("translated-without-loader", Image::Foreign, &["/app/hello"]).is(
            "missing-loader",
            Foreign,
            At(FOREIGN_GLIBC_LOADER),
        ),
        // The loader is missing because the program does not belong.
        case(
            "translated-stray-without-loader",
            Image::Tools,
            &["/app/hello-foreign"],
        )
        .is("foreign-binary", Foreign, At("/app/hello-foreign")),
        shell(
            "translated-stray-by-shell",
            Image::Tools,
            "exec /app/hello-foreign",
        )
        .is("foreign-binary", Foreign, At("/app/hello-foreign"))
        .but_only_likely(),
        // Another architecture than the one that is translated.
        case("translated-otherwise", Image::S390x, &["uname"]).is(
            "wrong-architecture",
            Of("linux/s390x"),
            At("/bin/busybox"),
        ),
    ];
    under(Fixed, rows)
}

fn crashing() -> Vec<Case> {
    let rows = vec![
        case("translated-segfault", Image::Foreign, &["/app/segfault"])
            .until(HANGS)
            .is(FAILURE, Foreign, Faulty::Unsaid)
            .but_only_likely(),
        case(
            "translated-segfault-under-init",
            Image::Foreign,
            &["/app/segfault"],
        )
        .with(&["--init"])
        .is(FAILURE, Foreign, Faulty::Unsaid)
        .but_only_likely(),
        // The translator lacks what the program asked for, and says so by the signal's name.
        case("translated-illegal", Image::Foreign, &["/app/illegal"])
            .until(HANGS)
            .is("illegal-instruction", Foreign, Faulty::Unsaid)
            .but_only_likely(),
        case("translated-illegal-under-init", Image::Foreign, &["/app/illegal"])
            .with(&["--init"])
            .is("illegal-instruction", Foreign, Faulty::Unsaid)
            .but_only_likely(),
    ];
    under(Fixed, rows)
}

/// Registered without the flag `F`: the kernel looks for the translator inside of the container.
fn not_found_by_the_kernel() -> Vec<Case> {
    let rows = vec![
        case("unfixed-image", Image::Foreign, &["uname", "-m"]).is(FAILURE, Foreign, Faulty::Unsaid),
        case("unfixed-script", Image::Foreign, &["/app/start.sh"]).is(FAILURE, Foreign, Faulty::Unsaid),
        case("unfixed-under-init", Image::Foreign, &["uname", "-m"])
            .with(&["--init"])
            .is(FAILURE, Foreign, Faulty::Unsaid),
        // The translator failed too, but with the right program it would not have been asked.
        case("unfixed-lying", Image::Lying, &["uname", "-m"])
            .is("mislabelled-image", Foreign, At("/bin/busybox"))
            .but_only_likely(),
        case("unfixed-stray", Image::Tools, &["/opt/foreign", "ls"]).is(
            "foreign-binary",
            Foreign,
            At("/opt/foreign"),
        ),
        shell("unfixed-stray-by-shell", Image::Tools, "exec /opt/foreign ls").is(
            "foreign-binary",
            Foreign,
            At("/opt/foreign"),
        ),
    ];
    under(NotFixed, rows)
}

fn under(translator: Translator, cases: Vec<Case>) -> Vec<Case> {
    cases.into_iter().map(|case| case.under(translator)).collect()
}
